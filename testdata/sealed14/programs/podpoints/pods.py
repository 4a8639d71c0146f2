#!/usr/bin/env python3
# pods.py PORT SECONDS: pods of a shop's batch jobs, 25 new ones a second, which live for 50 to 110 seconds and send four values each every ten seconds
import sys, time, random, socket, heapq
port, secs = int(sys.argv[1]), float(sys.argv[2])
rnd = random.Random(25)
s = socket.create_connection(('127.0.0.1', port)); t0 = time.time(); n = pts = 0; due = []; report = t0 + 60
vals = ['cpu.seconds', 'memory.working_set_bytes', 'network.receive_bytes', 'network.transmit_bytes']
while time.time() - t0 < secs:
    now = time.time()
    while n < (now - t0) * 25:
        n += 1
        name = f'cluster.eu-central-1.namespace.batch-{rnd.choice(["orders", "invoices", "pictures", "search"])}.pod.job-{rnd.getrandbits(40):010x}-{rnd.getrandbits(20):05x}'
        heapq.heappush(due, (now, name, now + rnd.uniform(50, 110)))
    b = []
    while due and due[0][0] <= now:
        at, name, end = heapq.heappop(due)
        for v in vals: b.append(f'{name}.{v} {rnd.uniform(0, 1e6):.2f} {int(now)}\n')
        if at + 10 < end: heapq.heappush(due, (at + 10, name, end))
    if b: s.sendall(''.join(b).encode()); pts += len(b)
    if now > report:
        report += 60; print(f'{now - t0:.0f} s: {len(due)} pods, {n} there have been, {pts} values sent', flush=True)
    time.sleep(.2)
