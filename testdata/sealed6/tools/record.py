#!/usr/bin/env python3
"""Records programs that build.sh has built: record.py NAME...  At most seven are recorded at a time, over all calls.

A program is either a service of ours (its load comes from the same binary with -mode load) or, with server=, a real
server from a Debian package, which the binary drives. The folder of unpacked packages is $SEALED6_DEB."""
import fcntl, gzip, os, random, shutil, subprocess, sys, tempfile, threading, time, urllib.request

W = os.environ.get('SEALED6_WORK', os.path.join(tempfile.gettempdir(), 'sealed6'))
B = os.environ.get('SEALED6_BUILD', f'{W}/build')
DEB = os.environ.get('SEALED6_DEB', f'{W}/deb')
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SMOKE = os.environ.get('SEALED6_SMOKE')  # a short trial, elsewhere
BROKER = """proto: amqp-rabbit
users:
  - username: guest
    password: 084e0343a0486ff05530df6c705c8bb4
tcp:
  ip: 127.0.0.1
  port: {p}
  nodelay: false
  readBufSize: 196608
  writeBufSize: 196608
admin:
  ip: 127.0.0.1
  port: {m5}
queue:
  shardSize: 8192
  maxMessagesInRam: 131072
db:
  defaultPath: {shm}/db
  engine: badger
vhost:
  defaultPath: /
security:
  passwordCheck: md5
connection:
  channelsMax: 4096
  frameMaxSize: 65536
"""
SIGNALS = """[http]
listen = 127.0.0.1:{p}
[app]
debug = true
[sessions]
hashkey = 0123456789abcdef0123456789abcdef
blockkey = 0123456789abcdef
[clients]
internalsecret = the-shared-secret-for-internal-clients
[backend]
allowall = true
secret = the-shared-secret
timeout = 10
connectionsperhost = 8
[nats]
url = :loopback:
"""
# n snapshots, one each gap seconds (give or take jitter), the first when it has been under load for warm seconds;
# gc: a collection before each heap profile, pb: goroutine profiles as protobuf (else text), rate: MemProfileRate.
CHEF = '{deb}/usr/bin/goiardi -I 127.0.0.1 -P {p} -H localhost -L {run}/log --use-unsafe-mem-store --log-events'
S = {
 # servers
 'chefcell': dict(port=26000, warm=66, n=10, gap=15, gc=1, pb=0, same=1, server=CHEF, b=CHEF, a=CHEF + ' -K 150'),
 'waybill': dict(port=26020, warm=4, n=11, gap=14, jitter=3, gc=1, pb=1, server='{deb}/usr/bin/garagemq --config {run}/broker.yaml --log-level error --hprof --hprof-host 127.0.0.1 --hprof-port {d}', files={'broker.yaml': BROKER}),
 'wayport': dict(port=26040, debug=6060, warm=62, n=9, gap=13, gc=1, pb=0, up=1, server='{deb}/usr/bin/kcptun-server -l 127.0.0.1:{p} -t 127.0.0.1:{u} --pprof --quiet --log {run}/log', after=['{deb}/usr/bin/kcptun-client -r 127.0.0.1:{p} -l 127.0.0.1:{c} --quiet --log {run}/clog']),
 'callroom': dict(port=26060, warm=4, n=12, gap=13, gc=1, pb=1, same=1, server='{deb}/usr/bin/nextcloud-spreed-signaling-server -config {run}/server.conf', files={'server.conf': SIGNALS}),
 # services
 'seatcount': dict(port=26080, warm=4, n=12, gap=12, gc=0, pb=0, before=['{deb}/usr/bin/redis-server --port {u} --bind 127.0.0.1 --save --maxclients 4000']),
 'pressdesk': dict(port=26100, warm=4, n=10, gap=15, jitter=4, gc=1, pb=1),
 'scanline': dict(port=26120, warm=61, n=9, gap=15, gc=0, pb=0),
 'invoices': dict(port=26140, warm=64, n=10, gap=14, jitter=3, gc=0, pb=1),
 'guestbook': dict(port=26160, warm=4, n=12, gap=13, gc=0, pb=0),
 'logvault': dict(port=26170, warm=65, n=10, gap=14, gc=1, pb=0),
 'partsfind': dict(port=26180, warm=63, n=8, gap=17, gc=0, pb=1, rate=65536),
 # healthy services
 'mapstore': dict(port=26190, warm=4, n=12, gap=13, gc=0, pb=1, rate=1),
 'timesheet': dict(port=26200, warm=4, n=12, gap=14, jitter=3, gc=0, pb=0),
 'faredge': dict(port=26210, warm=60, n=10, gap=13, gc=1, pb=1, up=1),
}


def fetch(url):
    for _ in range(40):
        try:
            return urllib.request.urlopen(url, timeout=30).read()
        except OSError:
            time.sleep(.25)
    raise SystemExit('no answer: ' + url)


def end(p):
    p.terminate()
    try:
        p.wait(4)
    except subprocess.TimeoutExpired:
        p.kill(); p.wait()


def cpu(pid):
    f = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()
    return (int(f[11]) + int(f[12])) / 100


def slot():
    if SMOKE: return open(os.devnull)
    os.makedirs(f'{W}/slots', exist_ok=True)
    while True:
        for i in range(7):
            f = open(f'{W}/slots/{i}', 'w')
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return f
            except OSError:
                f.close()
        time.sleep(1)


def record(name):
    hold = slot()
    base = name[:-2] if name[-2:] in ('-a', '-b') else name; state = name[len(base) + 1:]
    s = dict(S[base]); out = f'{HERE}/{name}'
    if state and state in s: s['server'] = s[state]
    if SMOKE:
        out = f'{W}/smoke/{name}'; s.update(n=4, gap=float(SMOKE), jitter=1, warm=4)
    os.makedirs(out, exist_ok=True)
    for f in os.listdir(out):
        if f != 'truth.toml':
            os.remove(f'{out}/{f}')
    run = f'{W}/run/{name}'; shm = f'/dev/shm/sealed6-{name}'
    for d in (run, shm):
        shutil.rmtree(d, ignore_errors=True); os.makedirs(d)
    os.makedirs(f'{W}/log', exist_ok=True)
    log = open(f'{W}/log/{name}.service', 'w'); load = open(f'{W}/log/{name}.load', 'w'); note = open(f'{W}/log/{name}.record', 'w')
    port = s['port'] + (10 if state == 'b' else 0); debug = s.get('debug') or (port if s.get('same') else port + 1)
    sub = dict(p=port, d=debug, m=port + 2, u=port + 3, c=port + 4, m5=port + 5, run=run, shm=shm, deb=DEB)
    for f, text in s.get('files', {}).items():
        open(f'{run}/{f}', 'w').write(text.format(**sub))
    rnd = random.Random(s['port'])
    gaps = [s['gap'] + rnd.uniform(-1, 1) * s.get('jitter', .05) for _ in range(s['n'] - 1)]
    warm = s['warm']; span = warm + sum(gaps)
    env = dict(PATH='/usr/local/bin:/usr/bin:/bin', TMPDIR=run, HOME=run)
    env_s = dict(env)
    if s.get('rate'): env_s['GODEBUG'] = f"memprofilerate={s['rate']}"
    own = [f'{B}/bin/{name}', '-port', str(port), '-dir', shm]; procs = []
    def start(cmd, f, env=env):
        return subprocess.Popen(cmd, cwd=run, env=env, stdout=f, stderr=f)
    if s.get('up'): procs.append(start(own + ['-mode', 'upstream'], load))
    for c in s.get('before', []): procs.append(start(c.format(**sub).split(), load))
    time.sleep(1)
    p = start(s['server'].format(**sub).split() if 'server' in s else own + ['-mode', 'serve'], log, env_s)
    time.sleep(1.5)
    prof = f'http://127.0.0.1:{debug}/debug/pprof/'
    fetch(prof + 'cmdline')
    for c in s.get('after', []): procs.append(start(c.format(**sub).split(), load))
    time.sleep(.5)
    loader = start(own + ['-mode', 'load', '-span', f'{span:.1f}s'], load)
    began = time.time(); due = began + warm
    try:
        for r in range(1, s['n'] + 1):
            time.sleep(max(0, due - time.time()))
            if r <= len(gaps): due += gaps[r - 1]
            if s['pb']:
                open(f'{out}/goroutine-{r:02}.pb.gz', 'wb').write(fetch(prof + 'goroutine'))
            else:
                open(f'{out}/goroutine-{r:02}.txt.gz', 'wb').write(gzip.compress(fetch(prof + 'goroutine?debug=2'), 9, mtime=0))
            open(f'{out}/heap-{r:02}.pb.gz', 'wb').write(fetch(prof + 'heap' + ('?gc=1' if s['gc'] else '')))
            rss = [l for l in open(f'/proc/{p.pid}/status') if l.startswith('VmRSS')][0].split()[1]
            c = fetch(f"http://127.0.0.1:{port + (2 if 'server' in s else 1)}/counts").decode()
            print(r, f'{time.time() - began:.1f}s', 'cpu', cpu(p.pid), 'load', cpu(loader.pid), 'rss', rss, c, file=note, flush=True)
    finally:
        loader.kill(); loader.wait(); end(p)
        for q in procs:
            end(q)
        shutil.rmtree(run, ignore_errors=True); shutil.rmtree(shm, ignore_errors=True)
    print('span', round(span), 'minutes', round(sum(gaps) / 60, 1), 'gaps', [round(g, 1) for g in gaps], file=note, flush=True)
    print('done', name, flush=True)
    hold.close()


if __name__ == '__main__':
    ts = []
    for n in sys.argv[1:]:
        t = threading.Thread(target=record, args=(n,)); t.start(); ts.append(t); time.sleep(1.3)
    for t in ts: t.join()
