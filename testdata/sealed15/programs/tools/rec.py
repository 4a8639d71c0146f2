#!/usr/bin/env python3
# rec-servers.py NAME PORT|SOCKET N GAP[,GAP..] FLAGS   (flags: gc, text, pb): the seventh set's rec.py, which writes to OUT
import sys, time, gzip, http.client, socket, os
name, port, n, gaps, flags = sys.argv[1], sys.argv[2], int(sys.argv[3]), [float(x) for x in sys.argv[4].split(',')], sys.argv[5].split(',')
out = os.environ['OUT'] + '/' + name
os.makedirs(out, exist_ok=True)
class U(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX); self.sock.settimeout(60); self.sock.connect(port)
def get(path):
    for t in range(3):
        try:
            c = U('x') if port.startswith('/') else http.client.HTTPConnection('127.0.0.1', int(port), timeout=60)
            c.request('GET', path); r = c.getresponse(); b = r.read()
            if r.status != 200: raise Exception(r.status, b[:100])
            c.close(); return b
        except Exception as e:
            err = e; time.sleep(1)
    raise err
t = time.time()
for i in range(1, 1 + n):
    d = t - time.time()
    if d > 0: time.sleep(d)
    t += gaps[(i-1) % len(gaps)]
    if 'text' in flags:
        with open(f'{out}/goroutine-{i:02d}.txt.gz', 'wb') as f:
            f.write(gzip.compress(get('/debug/pprof/goroutine?debug=2'), 9, mtime=0))
    if 'pb' in flags:
        open(f'{out}/goroutine-{i:02d}.pb.gz', 'wb').write(get('/debug/pprof/goroutine'))
    open(f'{out}/heap-{i:02d}.pb.gz', 'wb').write(get('/debug/pprof/heap' + ('?gc=1' if 'gc' in flags else '')))
    print(time.strftime('%T'), i, flush=True)
