#!/usr/bin/env python3
# ci.py SOCKET SECONDS: builds of a shop, on a machine with dockerd. Tests make a container and remove it after some seconds.
# To take what a build has made out of its image, a container is made of the image (docker create), now and then the file is
# really copied (docker cp), and the container, which never runs, is left: nobody removes it. Three of five containers are such
# ones. A page of the operators lists them all twice a minute.
import http.client, json, math, random, socket, sys, threading, time
sock, length = sys.argv[1], float(sys.argv[2])
class U(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX); self.sock.settimeout(60); self.sock.connect(sock)
def call(method, path, body=None):
    c = U('docker')
    c.request(method, '/v1.41' + path, json.dumps(body) if body is not None else None, {'Content-Type': 'application/json'})
    r = c.getresponse(); b = r.read(); c.close()
    if r.status >= 300: raise RuntimeError(f'{method} {path}: {r.status} {b[:200]}')
    return b
def create(kind, n):
    env = [f'BUILD={n}', f'KIND={kind}', 'PATH=/usr/bin:/bin'] + [f'SHOP_SETTING_{i:02d}=' + '%0*x' % (random.randint(10, 60), random.getrandbits(200)) for i in range(random.randint(20, 50))]
    labels = {f'ci.{k}': '%x' % random.getrandbits(160) for k in ('commit', 'branch', 'pipeline', 'step', 'runner', 'cache')}
    return json.loads(call('POST', f'/containers/create?name={kind}-{n}', {'Image': 'shopbuild', 'Cmd': ['make', kind], 'Env': env, 'Labels': labels, 'HostConfig': {'NetworkMode': 'none'}}))['Id']
count = {'tests': 0, 'copies': 0}
begin = time.time()
def test(n):
    i = create('test', n); count['tests'] += 1
    time.sleep(random.uniform(3, 12))
    call('DELETE', f'/containers/{i}?v=1&force=1')
def copy(n):
    i = create('out', n); count['copies'] += 1
    if n % 9 == 0: call('GET', f'/containers/{i}/archive?path=/out/shop.tar')
def page():
    while True:
        time.sleep(30)
        n = len(json.loads(call('GET', '/containers/json?all=1')))
        print('%.0f' % (time.time() - begin), count, 'listed', n, flush=True)
threading.Thread(target=page, daemon=True).start()
n = 0
while time.time() - begin < length:
    n += 1
    threading.Thread(target=copy if n % 5 < 3 else test, args=(n,), daemon=True).start()
    time.sleep(random.expovariate(3.6 + 1.2 * math.sin((time.time() - begin) / 180 * 2 * math.pi)))
