#!/usr/bin/env python3
# pupils.py SOCKET stream|ask SECONDS : pupils' pages that show what happens to the boxes (volumes) of a class, in waves of four minutes.
# stream: a page has a stream of events open for as long as it is open. ask: it asks for the last 20 seconds, each six seconds
import asyncio, sys, time, random, math, json
sock, how, secs = sys.argv[1], sys.argv[2], float(sys.argv[3])
rnd = random.Random(7); start = time.time()
pages = set()
stats = dict(pages=0, open=0, bytes=0, boxes=0, failed=0)

async def call(method, path, body=None):
    r, w = await asyncio.open_unix_connection(sock)
    b = json.dumps(body).encode() if body else b''
    w.write(('%s /v4.0.0/libpod/%s HTTP/1.1\r\nHost: d\r\nUser-Agent: classpanel/2.3\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' % (method, path, len(b))).encode() + b)
    d = await r.read(); w.close()
    if b' 20' not in d[:14] and b' 30' not in d[:14]:
        stats['failed'] += 1
        if stats['failed'] < 5: print(d[:300], flush=True)
    stats['bytes'] += len(d)

async def page(pupil):
    stats['pages'] += 1; stats['open'] += 1
    stay = rnd.uniform(5, 25); end = time.time() + stay
    flt = '%7B%22type%22%3A%5B%22volume%22%5D%2C%22label%22%3A%5B%22class%3D7b%22%5D%7D'
    try:
        if how == 'stream':
            r, w = await asyncio.open_unix_connection(sock)
            w.write(('GET /v4.0.0/libpod/events?stream=true&filters=%7B%22type%22%3A%5B%22volume%22%5D%7D HTTP/1.1\r\nHost: d\r\nUser-Agent: classpanel/2.3 (pupil %s)\r\nAccept: application/json\r\n\r\n'.replace('%s', pupil)).encode())
            try:
                while time.time() < end:
                    d = await asyncio.wait_for(r.read(65536), max(0.01, end - time.time()))
                    if not d: stats['failed'] += 1; break
                    stats['bytes'] += len(d)
            except asyncio.TimeoutError: pass
            w.close()
        else:
            while time.time() < end:
                await call('GET', 'events?stream=false&since=%d&filters=%%7B%%22type%%22%%3A%%5B%%22volume%%22%%5D%%7D' % (time.time() - 20))
                await asyncio.sleep(min(6, max(0.01, end - time.time())))
    except OSError as e:
        stats['failed'] += 1; print(e, flush=True)
    stats['open'] -= 1

async def boxes():
    kept, n = [], 0
    while time.time() - start < secs:
        n += 1; name = 'box-%d' % n
        await call('POST', 'volumes/create', {'Name': name, 'Labels': {'pupil': 'p%d' % rnd.randrange(900), 'class': '7b'}})
        stats['boxes'] += 1; kept.append(name)
        if len(kept) > 12: await call('DELETE', 'volumes/' + kept.pop(0))
        await asyncio.sleep(rnd.uniform(1, 4))

async def log():
    while True:
        await asyncio.sleep(60); print('%.0f s' % (time.time() - start), stats, flush=True)

async def main():
    pages.add(asyncio.create_task(boxes())); pages.add(asyncio.create_task(log()))
    while time.time() - start < secs:
        t = asyncio.create_task(page('%03d' % rnd.randrange(900))); pages.add(t); t.add_done_callback(pages.discard)
        await asyncio.sleep(rnd.expovariate(1.7 + 1.1 * math.sin(2 * math.pi * (time.time() - start) / 240)))
asyncio.run(main())
