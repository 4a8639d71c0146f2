#!/usr/bin/env python3
# builds.py NOTARY URL DIR SECONDS : a maker of pumps signs what its builds make, and its pumps ask whether there is anything new
import sys, os, time, random, subprocess, threading, http.client, json, math, hashlib
notary, url, d, secs = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
os.makedirs(d + '/out', exist_ok=True)
env = dict(os.environ, HOME=d, NOTARY_ROOT_PASSPHRASE='root-phrase', NOTARY_TARGETS_PASSPHRASE='targets-phrase', NOTARY_SNAPSHOT_PASSPHRASE='snapshot-phrase')
host = url.split('//')[1]
rnd = random.Random(12)
families = ['acme/pump-' + x for x in ('garden', 'well', 'cellar', 'pond', 'heating', 'boiler')]
KEEP = 90          # builds of a family that are signed; an older one is taken out
built = {f: [] for f in families}
count = {f: 0 for f in families}
end = time.time() + secs
start = time.time()
stats = dict(publish=0, failed=0, looks=0, bytes=0)

def run(*a):
    p = subprocess.run([notary, '-s', url, '-d', d + '/trust', *a], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if p.returncode:
        stats['failed'] += 1
        if stats['failed'] < 5: print('failed', a, p.stdout.decode()[-300:], flush=True)

def build(f, publish):
    count[f] += 1
    n = 'build-%s-%06d-release.bin' % (f.split('-')[1], count[f])
    p = d + '/out/' + f.replace('/', '_')
    open(p, 'wb').write(rnd.randbytes(2000))
    old = None
    if len(built[f]) >= KEEP: old = built[f].pop(0)
    built[f].append(n)
    if old: run('remove', f, old)
    run(*(['add'] + (['-p'] if publish else []) + [f, n, p]))
    if publish: stats['publish'] += 1

def pumps():
    # pumps in waves of five minutes: the timestamp, and what it names
    while time.time() < end:
        t = time.time() - start
        rate = 5 + 3 * math.sin(2 * math.pi * t / 300)
        f = rnd.choice(families)
        try:
            c = http.client.HTTPConnection(host, timeout=20)
            c.request('GET', '/v2/%s/_trust/tuf/timestamp.json' % f); r = c.getresponse(); b = r.read()
            if r.status == 200:
                m = json.loads(b)['signed']['meta']['snapshot']['hashes']['sha256']
                import base64
                c.request('GET', '/v2/%s/_trust/tuf/snapshot.%s.json' % (f, base64.b64decode(m).hex())); r = c.getresponse(); b = r.read()
                if r.status == 200:
                    m = json.loads(b)['signed']['meta']['targets']['hashes']['sha256']
                    c.request('GET', '/v2/%s/_trust/tuf/targets.%s.json' % (f, base64.b64decode(m).hex())); r = c.getresponse(); b = r.read()
                    stats['bytes'] = len(b)
                    if r.status != 200: stats['failed'] += 1
            c.close(); stats['looks'] += 1
        except Exception as e:
            stats['failed'] += 1
            if stats['failed'] < 5: print(e, flush=True)
        time.sleep(rnd.expovariate(rate))

for f in families: run('init', '-p', f)
for f in families:
    for i in range(KEEP): build(f, i == KEEP - 1)
print('%.0f s: families are there' % (time.time() - start), flush=True)
threading.Thread(target=pumps, daemon=True).start()
t = last = time.time()
while time.time() < end:
    build(rnd.choice(families), True)
    t += rnd.uniform(0.8, 2.0)
    time.sleep(max(0, t - time.time()))
    if time.time() - last >= 60:
        last = time.time(); print('%.0f s' % (last - start), stats, flush=True)
