#!/usr/bin/env python3
"""jobs.py PORT SECONDS: 400 machines that push once in a while (all are there after 90 s), and batch jobs that push while they
run and delete their group when they end, in waves of 200 s. Every 15 s all is scraped."""
import http.client, math, random, sys, threading, time, queue
port, secs = int(sys.argv[1]), float(sys.argv[2])
n = {'machines': 0, 'jobs': 0, 'running': 0, 'pushes': 0, 'failed': 0, 'scrape': 0}
began = time.time(); end = began + secs; work = queue.Queue()
def call(c, m, p, b=None):
    c.request(m, p, b); r = c.getresponse(); d = r.read()
    if r.status >= 300: n['failed'] += 1; print(r.status, d[:200], flush=True)
    return d
def metrics(k):
    return ''.join(f'# TYPE stage_{i}_seconds gauge\n' + ''.join(f'stage_{i}_seconds{{part="{p}"}} {random.random()}\n' for p in range(4)) for i in range(k))
def worker():
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    while 1:
        try: call(c, *work.get()); n['pushes'] += 1
        except Exception as e: n['failed'] += 1; print(e, flush=True); c = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
for _ in range(6): threading.Thread(target=worker, daemon=True).start()
def scrape():
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    while 1: time.sleep(15); n['scrape'] = len(call(c, 'GET', '/metrics'))
def machines():
    for i in range(400): work.put(('POST', f'/metrics/job/machine/instance/m{i}', metrics(3))); n['machines'] += 1; time.sleep(.22)
    while 1: work.put(('POST', f'/metrics/job/machine/instance/m{random.randrange(400)}', metrics(3))); time.sleep(.2)
def job(i):
    n['running'] += 1; g = f'/metrics/job/batch/run/{i}-{random.randrange(16**8):08x}'; t = time.time() + random.uniform(20, 60)
    while time.time() < t: work.put(('POST', g, metrics(8))); time.sleep(random.uniform(5, 12))
    work.put(('DELETE', g)); n['running'] -= 1
def log():
    while 1: time.sleep(60); print(time.strftime('%T'), int(time.time() - began), n, flush=True)
for f in (scrape, machines, log): threading.Thread(target=f, daemon=True).start()
while time.time() < end:
    time.sleep(1 / (.4 + 2 * (.5 + .5 * math.sin(2 * math.pi * (time.time() - began) / 200))))
    n['jobs'] += 1; threading.Thread(target=job, args=(n['jobs'],), daemon=True).start()
