#!/usr/bin/env python3
"""shops.py PROXYPORT ORIGINPORT SECONDS: the shop's own server, and its tills, which reach it through the proxy, in waves of 200 s."""
import http.server, http.client, json, math, random, sys, threading, time
proxy, origin, secs = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
n = {'done': 0, 'failed': 0, 'bytes': 0}
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *a): pass
    def do_GET(self):
        q = ''.join(random.choice('abcdefgh ') for _ in range(200))
        b = json.dumps({'path': self.path, 'articles': [{'id': random.randrange(10**6), 'text': q[random.randrange(100):]} for _ in range(random.randrange(10, 140))]}).encode()
        self.answer(b)
    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length'])); self.answer(b'{"ok": true}')
    def answer(self, b):
        self.send_response(200); self.send_header('Content-Type', 'application/json'); self.send_header('Content-Length', str(len(b))); self.end_headers(); self.wfile.write(b)
s = http.server.ThreadingHTTPServer(('127.0.0.1', origin), H); s.daemon_threads = True
threading.Thread(target=s.serve_forever, daemon=True).start()
began = time.time(); end = began + secs
def till(k):
    c = None
    while time.time() < end:
        w = .5 + .5 * math.sin(2 * math.pi * (time.time() - began) / 200)
        time.sleep(random.expovariate(1) * (1.2 + 3 * (1 - w)))
        try:
            if c is None: c = http.client.HTTPConnection('127.0.0.1', proxy, timeout=20)
            u = f'http://127.0.0.1:{origin}/till/{k}'
            if random.random() < .3: c.request('POST', u + '/sale', json.dumps({'sum': random.randrange(9000), 'goods': ['g'] * random.randrange(40)}), {'Content-Type': 'application/json'})
            else: c.request('GET', u + f'/articles?page={random.randrange(50)}')
            r = c.getresponse(); n['bytes'] += len(r.read()); n['done'] += 1
            if random.random() < .05: c.close(); c = None
        except Exception:
            n['failed'] += 1; c = None
for k in range(22): threading.Thread(target=till, args=(k,), daemon=True).start()
while time.time() < end:
    time.sleep(60); print(time.strftime('%T'), int(time.time() - began), n, flush=True)
