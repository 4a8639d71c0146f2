#!/usr/bin/env python3
"""Takes the folders that programs were built and unpacked in out of the profiles' lists of mappings: neutral.py FILE.pb.gz...
Nothing but these strings is changed, and a file without them is left as it is."""
import gzip, re, sys


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


def neutral(b):
    out, i = bytearray(), 0
    while i < len(b):
        at = i; key, i = varint(b, i)
        if key & 7 == 0:
            _, i = varint(b, i)
        elif key & 7 == 2:
            n, i = varint(b, i); v = b[i:i + n]; i += n
            if key >> 3 == 6:  # a string
                w = re.sub(rb'^/tmp/\S*/(bin/[\w-]+)$', rb'/opt/\1', v)
                out += put(key) + put(len(w)) + w
                continue
        else:
            i += 8 if key & 7 == 1 else 4
        out += b[at:i]
    return bytes(out)


for f in sys.argv[1:]:
    b = gzip.open(f).read(); n = neutral(b)
    if n != b: open(f, 'wb').write(gzip.compress(n, 9, mtime=0)); print(f)
