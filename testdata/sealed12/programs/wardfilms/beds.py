#!/usr/bin/env python3
# beds.py PORT CALLBACKPORT SECONDS : television sets at the beds of a hospital, 300 to 600 of them on, in waves of five minutes.
# A set wants to be told of changes: it subscribes for 25 seconds, tries to renew, which the server refuses, and subscribes anew.
# If there is no answer to its subscription after 25 seconds it drops the connection, and tries again.
import asyncio, sys, time, random, math, re
port, cb, secs = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
rnd = random.Random(11); start = time.time()
stats = dict(on=0, subscribed=0, refused=0, unanswered=0, notified=0, browsed=0, bytes=0, failed=0)

async def http(method, path, headers, body=b'', wait=25):
    r, w = await asyncio.open_connection('127.0.0.1', port)
    try:
        w.write(('%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n' % (method, path, port, ''.join('%s: %s\r\n' % h for h in headers), len(body))).encode() + body)
        return await asyncio.wait_for(r.read(), wait)
    except asyncio.TimeoutError: return None
    finally: w.close()

BROWSE = '''<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:Browse xmlns:u="urn:schemas-upnp-org:service:ContentDirectory:1"><ObjectID>%s</ObjectID><BrowseFlag>BrowseDirectChildren</BrowseFlag><Filter>*</Filter><StartingIndex>0</StartingIndex><RequestedCount>0</RequestedCount><SortCriteria></SortCriteria></u:Browse></s:Body></s:Envelope>'''
folders = []
async def browse(what):
    d = await http('POST', '/ctl', [('SOAPACTION', '"urn:schemas-upnp-org:service:ContentDirectory:1#Browse"'), ('Content-Type', 'text/xml; charset="utf-8"')], (BROWSE % what).encode())
    stats['browsed'] += 1; stats['bytes'] += len(d or b'')
    return d

async def tv(n):
    stats['on'] += 1
    me = '127.1.%d.%d:%d' % (n // 200, n % 200 + 1, cb)
    end = time.time() + rnd.uniform(60, 240)
    call = '<http://%s/upnp/event/ward-%02d/bed-%03d/ContentDirectory?set=%08x>' % (me, n // 30, n, n * 2654435761 % 2**32)
    call += '<http://%s/upnp/remote/ward-%02d/bed-%03d/ContentDirectory?set=%08x>' % (me, n // 30, n, n * 2654435761 % 2**32)
    try:
        while time.time() < end and time.time() - start < secs:
            if rnd.random() < 0.15: await browse(rnd.choice(folders) if rnd.random() < 0.8 else '0')
            t = time.time()
            d = await http('SUBSCRIBE', '/evt/ContentDirectory', [('CALLBACK', call), ('NT', 'upnp:event'), ('TIMEOUT', 'Second-25'), ('User-Agent', 'BedsideTV/4.1 UPnP/1.0')])
            if d is None: stats['unanswered'] += 1; await asyncio.sleep(rnd.uniform(0.5, 3)); continue
            m = re.search(rb'\r\nSID: (\S+)', d); stats['subscribed'] += 1
            await asyncio.sleep(rnd.uniform(20, 25))
            d = await http('SUBSCRIBE', '/evt/ContentDirectory', [('SID', m.group(1).decode()), ('TIMEOUT', 'Second-25')])
            if d and b' 412 ' in d[:20]: stats['refused'] += 1
    except Exception as e:
        stats['failed'] += 1
        if stats['failed'] < 5: print(repr(e), flush=True)
    stats['on'] -= 1

async def notified(r, w):
    try:
        h = await r.readuntil(b'\r\n\r\n')
        n = int(re.search(rb'(?i)content-length: (\d+)', h).group(1)); await r.readexactly(n)
        stats['notified'] += 1
        w.write(b'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'); await w.drain()
    except Exception: pass
    w.close()

async def log():
    while True:
        await asyncio.sleep(60); print('%.0f s' % (time.time() - start), stats, flush=True)

async def main():
    await asyncio.start_server(notified, '0.0.0.0', cb, backlog=500)
    d = (await browse('0')).decode()
    folders.extend(re.findall(r'container id=&#34;([^&]+)&#34;|container id="([^"]+)"', d) or [])
    folders[:] = [a or b for a, b in folders] or ['0']
    print(len(folders), 'folders', flush=True)
    asyncio.create_task(log()); n = 0
    while time.time() - start < secs:
        t = time.time() - start
        want = min(1, t / 40) * (420 + 130 * math.sin(2 * math.pi * t / 300))
        if stats['on'] < want: n += 1; asyncio.create_task(tv(n % 700))
        await asyncio.sleep(0.06)
asyncio.run(main())
