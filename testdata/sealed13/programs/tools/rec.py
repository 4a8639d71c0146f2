#!/usr/bin/env python3
# rec.py NAME PORT N GAP[,GAP..] FLAGS   (flags: gc or nogc, and pb or text for the goroutines)
import gzip, sys, time, http.client, os
name, port, n, gaps, flags = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), [float(x) for x in sys.argv[4].split(',')], sys.argv[5].split(',')
out = os.environ['OUT'] + '/' + name
os.makedirs(out, exist_ok=True)
def get(path):
    for t in range(3):
        try:
            c = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
            c.request('GET', path); r = c.getresponse(); b = r.read()
            if r.status != 200: raise Exception(r.status, b[:100])
            c.close(); return b
        except Exception as e:
            err = e; time.sleep(1)
    raise err
t = time.time()
for i in range(1, n + 1):
    d = t - time.time()
    if d > 0: time.sleep(d)
    t += gaps[(i-1) % len(gaps)]
    if 'text' in flags:
        open(f'{out}/goroutine-{i:02d}.txt.gz', 'wb').write(gzip.compress(get('/debug/pprof/goroutine?debug=2'), 9, mtime=0))
    else:
        open(f'{out}/goroutine-{i:02d}.pb.gz', 'wb').write(get('/debug/pprof/goroutine'))
    open(f'{out}/heap-{i:02d}.pb.gz', 'wb').write(get('/debug/pprof/heap' + ('?gc=1' if 'gc' in flags else '')))
    print(time.strftime('%T'), i, flush=True)
