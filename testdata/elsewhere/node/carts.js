'use strict'
// A shop that never empties the carts of customers who left: heap snapshots of a Node.js process.
const { heap, encodeSync } = require('@datadog/pprof')
const fs = require('fs')
const carts = new Map()
function openCart (customer) {
  const lines = []
  for (let i = 0; i < 40; i++) lines.push({ sku: 'SKU-' + i, amount: i, note: 'gift '.repeat(3) + i })
  carts.set('customer-' + customer, { lines, opened: Date.now() })
}
heap.start(512 * 1024, 64)
let customer = 0
function day (customers) { for (let i = 0; i < customers; i++) openCart(customer++) }
function snapshot (name) {
  global.gc()
  fs.writeFileSync(name, encodeSync(heap.profile()))
}
day(1500); snapshot(process.argv[2])
day(6000); snapshot(process.argv[3])
