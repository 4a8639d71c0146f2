#!/usr/bin/env python3
# crates.py PORT SINKPORT SDFILE SECONDS : cold boxes of a fruit trader, each with meters of its own. 48 to 80 are in the yard; each stays for two
# to five minutes, and comes back under a new name. The sink, where the values go, does not take any for a minute and a half out of six
import sys, time, random, math, json, threading, os, socketserver, http.server
port, sink, sd, secs = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
rnd = random.Random(9); start = time.time()
stats = dict(yard=0, came=0, scrapes=0, blocks=0, bytes=0, refused=0)
crates = {}
lines = ['crate_sensor_celsius{slot="%d",side="%s",goods="%s"}' % (i, s, g) for i in range(60) for s in ('door', 'back') for g in ('berries', 'citrus', 'stone')]

class Crate(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        t = int(time.time())
        b = '\n'.join('%s %d.%d' % (l, (i + t) % 9, t % 10) for i, l in enumerate(lines)).encode() + b'\n'
        stats['scrapes'] += 1
        self.send_response(200); self.send_header('Content-Type', 'text/plain'); self.send_header('Content-Length', str(len(b))); self.end_headers(); self.wfile.write(b)
    def log_message(self, *a): pass
class Sink(Crate):
    def do_POST(self):
        b = self.rfile.read(int(self.headers['Content-Length']))
        out = (time.time() - start) % 360 > 270
        if out: stats['refused'] += 1
        else: stats['blocks'] += 1; stats['bytes'] += len(b)
        self.send_response(503 if out else 204); self.send_header('Content-Length', '0'); self.end_headers()
def serve(p, h):
    s = http.server.ThreadingHTTPServer(('0.0.0.0', p), h); s.daemon_threads = True
    threading.Thread(target=s.serve_forever, daemon=True).start()
serve(port, Crate); serve(sink, Sink)
n, last = 0, time.time()
while time.time() - start < secs:
    now = time.time(); t = now - start
    for c in [c for c, e in crates.items() if e < now]: del crates[c]
    want = 64 + 16 * math.sin(2 * math.pi * t / 260)
    while len(crates) < want:
        n += 1; stats['came'] += 1
        crates['127.2.%d.%d:%d' % (n // 250, n % 250 + 1, port)] = now + rnd.uniform(120, 300)
    stats['yard'] = len(crates)
    open(sd + '.new', 'w').write(json.dumps([{'targets': [c], 'labels': {'crate': 'crate-%08x' % (hash(c) & 0xffffffff), 'yard': 'north', 'owner': 'o%d' % (len(c) % 7)}} for c in crates]))
    os.rename(sd + '.new', sd)
    if now - last > 60: last = now; print('%.0f s' % t, stats, flush=True)
    time.sleep(10)
