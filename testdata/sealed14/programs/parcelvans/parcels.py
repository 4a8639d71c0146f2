#!/usr/bin/env python3
# parcels.py PORT SECONDS: parcels of a city on vans, 90 positions a second; a parcel is there for three minutes (EX), 60 new ones a second at most, in waves of five minutes;
# people follow one of 40 places (FENCE) for 10 to 50 seconds each, 20 to 60 of them at a time
import sys, time, random, socket, math, select
port, secs = int(sys.argv[1]), float(sys.argv[2])
rnd = random.Random(90); t0 = time.time(); n = sets = 0; report = t0 + 60; ids = []; people = []; seen = 0
def conn():
    return socket.create_connection(('127.0.0.1', port), 10)
def cmd(*a):
    return b'*%d\r\n' % len(a) + b''.join(b'$%d\r\n%s\r\n' % (len(x), x) for x in (str(y).encode() for y in a))
c = conn()
while time.time() - t0 < secs:
    now = time.time(); b = b''; k = 0
    for _ in range(int(6 * (.6 + .4 * math.sin((now - t0) * 2 * math.pi / 300)) + rnd.random())):
        n += 1; ids.append((now, f'parcel-{rnd.getrandbits(48):x}', rnd.gauss(52.5, .05), rnd.gauss(13.4, .08)))
        b += cmd('SET', 'parcels', ids[-1][1], 'FIELD', 'weight', rnd.randrange(1, 30), 'EX', 180, 'POINT', ids[-1][2], ids[-1][3]); k += 1
    ids = [i for i in ids if i[0] > now - 170]
    for _ in range(9):
        if ids:
            i = rnd.choice(ids); b += cmd('SET', 'parcels', i[1], 'FIELD', 'weight', 3, 'EX', int(180 - (now - i[0])) + 1, 'POINT', i[2] + rnd.gauss(0, .01), i[3] + rnd.gauss(0, .01)); k += 1
    if rnd.random() < .3: b += cmd('NEARBY', 'parcels', 'LIMIT', 20, 'POINT', rnd.gauss(52.5, .05), rnd.gauss(13.4, .08), 2000); k += 1
    sets += k; c.sendall(b)
    if len(people) < 40 + 20 * math.sin((now - t0) * 2 * math.pi / 200):
        s = conn(); p = rnd.randrange(40); s.sendall(cmd('NEARBY', 'parcels', 'FENCE', 'POINT', 52.4 + p // 8 * .05, 13.2 + p % 8 * .05, 3000)); people.append((s, now + rnd.uniform(10, 50)))
    for p in [p for p in people if p[1] < now]: p[0].close(); people.remove(p)
    r, _, _ = select.select([c] + [p[0] for p in people], [], [], 0)
    for s in r: seen += len(s.recv(1 << 18))
    if now > report: report += 60; print(f'{now - t0:.0f} s: {n} parcels there have been, {len(ids)} under way, {len(people)} people follow', flush=True)
    time.sleep(max(0, .1 - (time.time() - now)))
