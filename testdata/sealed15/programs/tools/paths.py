#!/usr/bin/env python3
"""Puts other folders in place of those that were built in: paths.py FROM=TO... -- FILE.pb.gz|FILE.txt.gz...
In the strings of profiles and in the texts of goroutines; nothing else is changed, and a file without them is left as it is."""
import gzip, sys

at = sys.argv.index('--')
pairs = [[s.encode() for s in a.split('=')] for a in sys.argv[1:at]]


def change(v):
    for f, t in pairs: v = v.replace(f, t)
    return v


def varint(b, i):
    r = s = 0
    while True:
        c = b[i]; i += 1; r |= (c & 127) << s; s += 7
        if c < 128: return r, i


def put(n):
    o = bytearray()
    while n > 127:
        o.append(n & 127 | 128); n >>= 7
    o.append(n)
    return bytes(o)


def profile(b):
    out, i = bytearray(), 0
    while i < len(b):
        a = i; key, i = varint(b, i)
        if key & 7 == 0: _, i = varint(b, i)
        elif key & 7 == 2:
            n, i = varint(b, i); v = b[i:i + n]; i += n
            if key >> 3 == 6:  # a string
                w = change(v); out += put(key) + put(len(w)) + w
                continue
        else: i += 8 if key & 7 == 1 else 4
        out += b[a:i]
    return bytes(out)


for f in sys.argv[at + 1:]:
    b = gzip.open(f).read(); n = change(b) if '.txt' in f else profile(b)
    if n != b: open(f, 'wb').write(gzip.compress(n, 9, mtime=0)); print(f)
