#!/usr/bin/env python3
# phones.py PORT SECONDS [KNOWN [hint]] : guests of a railway station's Wi-Fi. Each phone comes with an address made up for the visit, and so with a DUID
# of its own, and asks for a prefix (solicit, request); a part of them renew it once, and then they are gone. Waves of 200 seconds.
# With KNOWN, it is that many tablets of a depot, which keep their addresses and DUIDs, and ask whenever they come back into reach;
# with hint they say that they want ::/64, any prefix of that length
import socket, sys, time, random, math, struct, threading
port, secs, known = int(sys.argv[1]), float(sys.argv[2]), int((sys.argv + [0])[3])
rnd = random.Random(3); start = time.time()
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.bind(('::1', 0)); s.settimeout(2)
stats = dict(phones=0, replies=0, lost=0, renewals=0)
def opt(c, b): return struct.pack('>HH', c, len(b)) + b
def ask(kind, duid, iaid, pd=b'', server=b''):
    tx = rnd.randbytes(3)
    m = bytes([kind]) + tx + opt(1, duid) + server + opt(8, b'\0\0') + opt(6, struct.pack('>HH', 23, 24)) + opt(25, struct.pack('>III', iaid, 0, 0) + pd)
    s.sendto(m, ('::1', port))
    while True:
        try: d = s.recv(4096)
        except socket.timeout: stats['lost'] += 1; return None
        if d[1:4] == tx: stats['replies'] += 1; break
    o, i = {}, 4
    while i + 4 <= len(d):
        c, n = struct.unpack('>HH', d[i:i+4]); o[c] = d[i+4:i+4+n]; i += 4 + n
    return o
later = []
last = time.time()
while time.time() - start < secs:
    t = time.time() - start
    time.sleep(rnd.expovariate(55 + 35 * math.sin(2 * math.pi * t / 200)))
    mac = bytes([rnd.randrange(256) & 0xfc | 2]) + rnd.randbytes(5)
    duid = struct.pack('>HHI', 1, 1, int(time.time()) - 946684800) + mac
    iaid = rnd.getrandbits(32)
    if known:
        i = rnd.randrange(known); mac = struct.pack('>HI', 0x24a4, i * 2654435761 % 2**32)
        duid, iaid = struct.pack('>HHI', 1, 1, 700000000 + i) + mac, i + 1
    o = ask(1, duid, iaid, opt(26, struct.pack('>IIB16s', 0, 0, 64, b'')) if 'hint' in sys.argv else b'')
    if o:
        sid, pd = opt(2, o[2]), o.get(25, b'')[12:]
        ask(3, duid, iaid, pd, sid); stats['phones'] += 1
        if rnd.random() < 0.1: later.append((time.time() + rnd.uniform(20, 60), duid, iaid, pd, sid))
    if later and later[0][0] < time.time():
        _, a, b, c, d = later.pop(0); ask(5, a, b, c, d); stats['renewals'] += 1
    if time.time() - last > 60: last = time.time(); print('%.0f s' % (last - start), stats, flush=True)
