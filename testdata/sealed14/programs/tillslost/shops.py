#!/usr/bin/env python3
# shops.py PORT SECONDS: tills behind frp. 25 to 65 of them are up, in waves of five minutes, for 20 to 90 seconds each, and say so every ten seconds; besides, one of two that
# go loses its net: nothing is heard of it any more, and its connection is not closed
import sys, time, random, socket, json, struct, hashlib, os, math
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
try: from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError: from cryptography.hazmat.primitives.ciphers.modes import CFB
port, secs, token = int(sys.argv[1]), float(sys.argv[2]), 'tills'
key = hashlib.pbkdf2_hmac('sha1', token.encode(), b'frp', 64, 16)
rnd = random.Random(65); t0 = time.time(); up = []; gone = []; n = said = cut = 0; report = t0 + 60
def msg(t, d):
    b = json.dumps(d).encode(); return t + struct.pack('>q', len(b)) + b
class Till:
    def __init__(self, now):
        self.s = socket.create_connection(('127.0.0.1', port), 10); ts = int(now)
        self.s.sendall(msg(b'o', dict(version='0.20.0', hostname=f'till-{n}', os='linux', arch='arm', user='', privilege_key=hashlib.md5(f'{token}{ts}'.encode()).hexdigest(), timestamp=ts, run_id='', pool_count=0)))
        iv = os.urandom(16); self.e = Cipher(algorithms.AES(key), CFB(iv)).encryptor()
        self.s.sendall(iv + self.e.update(msg(b'h', {})))
        self.s.setblocking(False); self.end = now + rnd.uniform(20, 90); self.next = now + 10
while time.time() - t0 < secs:
    now = time.time()
    if len(up) < 45 + 20 * math.sin((now - t0) * 2 * math.pi / 300): n += 1; up.append(Till(now))
    for t in list(up):
        if t.end < now:
            up.remove(t)
            if rnd.random() < .5: gone.append(t)
            else: t.s.close()
        elif t.next < now:
            t.next += 10; said += 1
            try:
                t.s.sendall(t.e.update(msg(b'h', {}))); t.s.recv(65536)
            except OSError: pass
    if now > report:
        report += 60
        for t in gone:
            if getattr(t, 'cut', False): continue
            try:
                while True:
                    if not t.s.recv(65536): t.cut = True; cut += 1; break
            except BlockingIOError: pass
            except OSError: t.cut = True; cut += 1
        print(f'{now - t0:.0f} s: {len(up)} tills up, {n} there have been, {len(gone)} lost their net, {cut} of these closed by frps', flush=True)
    time.sleep(.15)
