#!/usr/bin/env python3
# pages.py PORT LOGFILE SECONDS: writes a log of a bakery's ovens, eight lines a second, and opens pages that follow it through websocketd:
# 5 to 25 at a time, in waves of four minutes; each is left after 4 to 20 seconds
import sys, time, random, socket, select, math
port, path, secs = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
rnd = random.Random(port)
out = open(path, 'a', buffering=1)
t0 = last = time.time(); pages = []; opened = left = lines = 0; report = t0 + 60
def page():
    s = socket.create_connection(('127.0.0.1', port), 10)
    s.sendall(b'GET / HTTP/1.1\r\nHost: ovens\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n')
    return s
while time.time() - t0 < secs:
    now = time.time()
    while last + .125 < now:
        last += .125; lines += 1
        out.write(f'{time.strftime("%T")} oven {rnd.randrange(40):02d} {rnd.uniform(180, 260):.1f} C, door {"open" if rnd.random() < .1 else "shut"}, batch {lines // 90}\n')
    want = 15 + 10 * math.sin((now - t0) * 2 * math.pi / 240)
    if len(pages) < want:
        pages.append((page(), now + rnd.uniform(4, 20))); opened += 1
    for p in [p for p in pages if p[1] < now]:
        p[0].close(); pages.remove(p); left += 1
    r, _, _ = select.select([p[0] for p in pages], [], [], .1)
    for s in r:
        try: b = s.recv(65536)
        except OSError: b = b''
        if not b: pages[:] = [p for p in pages if p[0] is not s]; s.close()
    if now > report:
        report += 60; print(f'{now - t0:.0f} s: {len(pages)} pages open, {opened} opened, {left} left', flush=True)
