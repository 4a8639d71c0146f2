#!/usr/bin/env python3
# push.py WEBHOOK-PORT HOST-PORT SECONDS: a forge that tells of pushes, some two a second in waves of five minutes, and the
# hosts that are deployed to. Two pushes of three are of branches that no hook waits for, or of hosts that answer within some
# seconds. Every third deploy is to a host that hangs: it takes the connection and never answers.
import asyncio, json, math, random, sys, time
hook, hostport, length = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
count = {'pushes': 0, 'deploys': 0, 'hang': 0}
async def host(r, w):
    await r.readline()
    count['deploys'] += 1
    if count['deploys'] % 3 == 0:
        count['hang'] += 1
        await asyncio.sleep(1e6)
    await asyncio.sleep(random.uniform(0.5, 6))
    w.write(b'done\n'); await w.drain(); w.close()
def payload():
    n = random.randint(3, 14)
    return json.dumps({'ref': 'refs/heads/' + random.choice(['main', 'main', 'main', 'draft']), 'after': '%040x' % random.getrandbits(160),
        'host': {'name': '127.0.0.1', 'port': str(hostport)}, 'pusher': 'person%d' % random.randint(1, 60),
        'commits': [{'id': '%040x' % random.getrandbits(160), 'message': ' '.join(random.choice(['mend', 'the', 'list', 'of', 'prices', 'again', 'and', 'test', 'it']) for _ in range(random.randint(8, 40))),
            'modified': ['shop/part%d/file%d.go' % (random.randint(1, 40), random.randint(1, 90)) for _ in range(random.randint(1, 9))]} for _ in range(n)]}).encode()
async def push():
    count['pushes'] += 1
    try:
        r, w = await asyncio.open_connection('127.0.0.1', hook)
        b = payload()
        w.write(b'POST /hooks/deploy HTTP/1.1\r\nHost: hooks\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n' % len(b) + b)
        await r.read(); w.close()
    except OSError as e:
        print(e, flush=True)
async def main():
    await asyncio.start_server(host, '127.0.0.1', hostport)
    begin = last = time.time()
    while time.time() - begin < length:
        t = time.time() - begin
        if time.time() - last > 60:
            last = time.time(); print('%.0f' % t, count, flush=True)
        asyncio.ensure_future(push())
        await asyncio.sleep(random.expovariate(2 + math.sin(t / 300 * 2 * math.pi)))
asyncio.run(main())
