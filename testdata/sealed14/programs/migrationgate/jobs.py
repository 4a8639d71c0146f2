#!/usr/bin/env python3
# jobs.py PORT SECONDS: backfills, 15 new ones a second in waves of three minutes, each of which has a name of its own and asks freno two or three times whether it may write
import sys, time, random, http.client, math, uuid
port, secs = int(sys.argv[1]), float(sys.argv[2])
rnd = random.Random(15); t0 = time.time(); c = http.client.HTTPConnection('127.0.0.1', port); jobs = []; n = asked = 0; report = t0 + 60; codes = {}
def ask(name):
    global asked
    c.request('HEAD', f'/check/{name}/mysql/{"orders" if name[9] in "01234567" else "stock"}'); r = c.getresponse(); r.read(); asked += 1; codes[r.status] = codes.get(r.status, 0) + 1
while time.time() - t0 < secs:
    now = time.time()
    for _ in range(int(1.5 * (1 + .6 * math.sin((now - t0) * 2 * math.pi / 180)) + rnd.random())):
        n += 1; name = f'backfill-{uuid.UUID(int=rnd.getrandbits(128))}'; ask(name)
        for k in range(rnd.choice([1, 1, 2])): jobs.append((now + 3 * (k + 1), name))
    for j in [j for j in jobs if j[0] < now]: ask(j[1]); jobs.remove(j)
    if now > report: report += 60; print(f'{now - t0:.0f} s: {n} jobs, {asked} questions, {codes}', flush=True)
    time.sleep(.1)
