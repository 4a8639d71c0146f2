#!/usr/bin/env python3
"""screens.py TCPPORT HTTPPORT SECONDS: orders are published, three workers handle them, and browsers' screens follow them for a
while, each by a channel of its own name (as the page gives itself an id). The screens come in waves of four minutes."""
import http.client, math, random, socket, struct, sys, threading, time, json
tcp, web, secs = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
n = {'published': 0, 'screens': 0, 'on': 0, 'got': 0, 'failed': 0}
began = time.time(); end = began + secs
def follow(channel, until):
    try:
        s = socket.create_connection(('127.0.0.1', tcp)); s.settimeout(5); b = b''
        s.sendall(b'  V2' + f'SUB orders {channel}\nRDY 20\n'.encode())
        while time.time() < until:
            try: d = s.recv(65536)
            except socket.timeout: continue
            if not d: raise OSError('closed')
            b += d
            while len(b) >= 4 and len(b) >= 4 + struct.unpack('>i', b[:4])[0]:
                k = 4 + struct.unpack('>i', b[:4])[0]; f, b = b[4:k], b[k:]
                t, f = struct.unpack('>i', f[:4])[0], f[4:]
                if t == 2: s.sendall(b'FIN ' + f[10:26] + b'\n'); n['got'] += 1
                elif f == b'_heartbeat_': s.sendall(b'NOP\n')
        s.close()
    except OSError as e:
        n['failed'] += 1; print(channel, e, flush=True)
def screen(i):
    n['on'] += 1; follow(f'screen-{i}-{random.randrange(16**6):06x}', time.time() + random.uniform(15, 70)); n['on'] -= 1
def publish():
    c = http.client.HTTPConnection('127.0.0.1', web)
    while time.time() < end:
        c.request('POST', '/pub?topic=orders', json.dumps({'order': n['published'], 'goods': [random.randrange(10**6) for _ in range(random.randrange(5, 60))]})); c.getresponse().read()
        n['published'] += 1; time.sleep(random.expovariate(1) / 3)
threading.Thread(target=publish, daemon=True).start(); time.sleep(1)
for w in ('billing', 'packing', 'mailing'): threading.Thread(target=follow, args=(w, end), daemon=True).start()
def log():
    while 1: time.sleep(60); print(time.strftime('%T'), int(time.time() - began), n, flush=True)
threading.Thread(target=log, daemon=True).start()
while time.time() < end:
    time.sleep(1 / (.15 + .35 * (.5 + .5 * math.sin(2 * math.pi * (time.time() - began) / 240))))
    n['screens'] += 1; threading.Thread(target=screen, args=(n['screens'],), daemon=True).start()
