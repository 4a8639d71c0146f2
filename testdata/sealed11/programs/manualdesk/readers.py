#!/usr/bin/env python3
# readers.py PORT SECONDS: people who read the pages of packages and their sources in a godoc, in waves of four minutes
import math, random, re, sys, time, urllib.request
port, length = sys.argv[1], float(sys.argv[2])
def get(path): return urllib.request.urlopen(f'http://127.0.0.1:{port}{path}', timeout=60).read()
pk = [p for p in re.findall(r'href="([a-z][a-z0-9/]*)/"', get('/pkg/').decode()) if not p.startswith('cmd')]
begin, n, last = time.time(), 0, 0
while time.time() - begin < length:
    t = time.time() - begin
    p, k = random.choice(pk), random.random()
    try:
        b = get(f'/pkg/{p}/')
        if k < 0.5:
            f = re.findall(rb'href="(/src/[a-z0-9/]*[a-z0-9_]+\.go)"', b)
            if f: get(random.choice(f).decode())
        elif k < 0.6: get('/pkg/')
        elif k < 0.7: get(f'/src/{p}/')
    except Exception as e: print(p, e, flush=True)
    n += 1
    if t - last > 60: last = t; print('%.0f' % t, n, flush=True)
    time.sleep(random.expovariate(0.35 + 0.28 * math.sin(t / 240 * 2 * math.pi)))
