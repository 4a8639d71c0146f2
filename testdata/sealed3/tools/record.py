#!/usr/bin/env python3
"""Records programs that build.sh has built: record.py NAME...  At most four are recorded at a time, over all calls.

A program is either a service of ours (its load comes from the same binary with -mode load) or, with server=, a real
server from a Debian package, which the binary drives. The folder of unpacked packages is $SEALED3_DEB."""
import fcntl, gzip, os, random, re, shutil, subprocess, sys, threading, time, urllib.request, tempfile

W = os.environ.get('SEALED3_WORK', os.path.join(tempfile.gettempdir(), 'sealed3'))
B = os.environ.get('SEALED3_BUILD', f'{W}/build')
DEB = os.environ.get('SEALED3_DEB', f'{W}/deb')
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# n snapshots, one each gap seconds (give or take jitter; odd: gaps of half to twice the length, in no order),
# gc: a collection before each heap profile, pb: goroutine profiles as protobuf (else text), rate: MemProfileRate.
CADDY = """{{
  admin 127.0.0.1:{d}
  auto_https off
  storage file_system {shm}
}}
http://127.0.0.1:{p} {{
  encode gzip
  reverse_proxy 127.0.0.1:{u}
}}
"""
INFLUX = """reporting-disabled = true
bind-address = "127.0.0.1:{m}"
[meta]
  dir = "{shm}/meta"
[data]
  dir = "{shm}/data"
  wal-dir = "{shm}/wal"
  cache-snapshot-memory-size = "3m"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:{p}"
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "error"
"""
S = {
 # servers
 'caddyedge': dict(port=23000, n=16, gap=24, jitter=5, gc=1, pb=0, server='{deb}/usr/bin/caddy run --config {run}/Caddyfile --adapter caddyfile', up='self', files={'Caddyfile': CADDY}, also='http://127.0.0.1:{d}/debug/pprof/goroutine?debug=1', find=r'goroutine profile: total \d+'),
 'mtailshop': dict(port=23010, n=20, gap=19, gc=0, pb=1, server='{deb}/usr/bin/mtail -address 127.0.0.1 -port {p} -progs {here}/programs/mtailshop/shop.mtail -logs {shm}/shop.log -log_dir {run}', same=1, touch='shop.log', also='http://127.0.0.1:{p}/metrics', find=r'(?m)^lines_total\S* \d+|^go_goroutines \d+'),
 'bgpglass': dict(port=23020, n=18, gap=22, odd=1, gc=1, pb=1, server='{deb}/usr/bin/gobgpd -t toml -f {run}/bgp.toml --api-hosts=127.0.0.1:{p} --pprof-host=127.0.0.1:{d} -l error', files={'bgp.toml': '[global.config]\n as = 65010\n router-id = "192.0.2.1"\n port = -1\n'}, also='http://127.0.0.1:{d}/debug/pprof/goroutine?debug=1', find=r'goroutine profile: total \d+'),
 'caddyshop': dict(port=23030, n=22, gap=17, gc=1, pb=0, restart=12, server='{deb}/usr/bin/caddy run --config {run}/Caddyfile --adapter caddyfile', up='self', files={'Caddyfile': CADDY}, also='http://127.0.0.1:{d}/debug/pprof/goroutine?debug=1', find=r'goroutine profile: total \d+'),
 'influxmill': dict(port=23040, n=22, gap=20, gc=0, pb=1, server='{deb}/usr/bin/influxd -config {run}/influx.conf', same=1, files={'influx.conf': INFLUX}, also='http://127.0.0.1:{p}/debug/pprof/goroutine?debug=1', find=r'goroutine profile: total \d+'),
 # services
 'feedmerge': dict(port=23050, n=16, gap=22, gc=1, pb=0),
 'reportx': dict(port=23060, n=18, gap=19, jitter=5, gc=0, pb=1, up='postgres'),
 'tickerd': dict(port=23070, n=19, gap=16, gc=1, pb=0),
 'lendbook': dict(port=23080, n=17, gap=16, gc=0, pb=1, rate=65536),
 'quotefan': dict(port=23090, n=17, gap=20, odd=1, gc=1, pb=0, up='self'),
 'ftpgate': dict(port=23100, n=18, gap=18, gc=0, pb=1),
 'mqttrelay': dict(port=23110, n=20, gap=17, jitter=4, gc=1, pb=0, up='mosquitto'),
 'tracehall': dict(port=23120, n=18, gap=19, gc=0, pb=1, rate=131072),
 'posters': dict(port=23130, n=18, gap=19, gc=1, pb=1),
 'smsgate': dict(port=23140, n=18, gap=16, gc=1, pb=0),
 'paramdesk': dict(port=23150, n=20, gap=17, gc=0, pb=1),
 'parcels': dict(port=23160, n=18, gap=20, odd=1, gc=1, pb=0),
 'livefeed': dict(port=23170, n=17, gap=19, gc=0, pb=0),
 'ratesd': dict(port=23180, n=17, gap=19, jitter=5, gc=0, pb=1, up='self'),
 # healthy services
 'wallboard': dict(port=23190, n=18, gap=19, jitter=5, gc=0, pb=0),
 'lexicon': dict(port=23200, n=16, gap=20, gc=1, pb=1, rate=131072),
 'labelprint': dict(port=23210, n=18, gap=16, gc=0, pb=0),
 'pgdesk': dict(port=23220, n=16, gap=18, gc=1, pb=1, up='postgres'),
 'jobq': dict(port=23230, n=20, gap=18, odd=1, gc=0, pb=0),
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
    os.makedirs(f'{W}/slots', exist_ok=True)
    while True:
        for i in range(4):
            f = open(f'{W}/slots/{i}', 'w')
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return f
            except OSError:
                f.close()
        time.sleep(1)


def postgres(run, port):
    data = run + '/pg'
    os.makedirs(data); os.chmod(run, 0o755); shutil.chown(data, 'postgres')
    kw = dict(user='postgres', group='postgres', extra_groups=[], cwd=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(['initdb', '-D', data, '-A', 'trust', '-N'], check=True, **kw)
    p = subprocess.Popen(['postgres', '-D', data, '-p', str(port), '-h', '127.0.0.1', '-k', data, '-F', '-c', 'max_connections=600', '-c', 'shared_buffers=16MB'], **kw)
    for _ in range(60):
        if subprocess.run(['psql', '-h', '127.0.0.1', '-p', str(port), '-U', 'postgres', '-c', 'select 1'], **kw).returncode == 0:
            return p
        time.sleep(.25)
    raise SystemExit('postgres does not start')


def record(name):
    hold = slot()
    s = S[name]; out = f'{HERE}/{name}'; os.makedirs(out, exist_ok=True)
    for f in os.listdir(out):
        if f != 'truth.toml':
            os.remove(f'{out}/{f}')
    run = f'{W}/run/{name}'; shm = f'/dev/shm/sealed3-{name}'
    for d in (run, shm):
        shutil.rmtree(d, ignore_errors=True); os.makedirs(d)
    os.makedirs(f'{W}/log', exist_ok=True)
    log = open(f'{W}/log/{name}.service', 'w'); load = open(f'{W}/log/{name}.load', 'w'); note = open(f'{W}/log/{name}.record', 'w')
    port = s['port']; debug = port if s.get('same') else port + 1
    sub = dict(p=port, d=debug, m=port + 2, u=port + 3, run=run, shm=shm, deb=DEB, here=HERE)
    for f, text in s.get('files', {}).items():
        open(f'{run}/{f}', 'w').write(text.format(**sub) if '{{' in text or '{p}' in text else text)
    if 'touch' in s:
        open(f"{shm}/{s['touch']}", 'w').close()
    rnd = random.Random(port)
    if s.get('odd'):
        gaps = [s['gap'] * rnd.choice((.5, .6, .8, 1, 1, 1.3, 1.7, 2)) for _ in range(s['n'] - 1)]
    else:
        gaps = [s['gap'] + rnd.uniform(-1, 1) * s.get('jitter', .05) for _ in range(s['n'] - 1)]
    wait = s.get('wait', 5); span = wait + sum(gaps)
    env = dict(PATH='/usr/local/bin:/usr/bin:/bin', TMPDIR=run, HOME='/nonexistent')
    env_s = dict(env)
    if s.get('gogc'): env_s['GOGC'] = str(s['gogc'])
    if s.get('rate'): env_s['GODEBUG'] = f"memprofilerate={s['rate']}"
    own = [f'{B}/bin/{name}', '-port', str(port), '-dir', shm]; procs = []
    if 'redis' in s.get('up', ''):
        procs.append(subprocess.Popen(['redis-server', '--port', str(port + 3), '--bind', '127.0.0.1', '--save', ''], cwd=run, stdout=subprocess.DEVNULL))
    if 'mosquitto' in s.get('up', ''):
        procs.append(subprocess.Popen([f'{DEB}/usr/sbin/mosquitto', '-p', str(port + 3)], cwd=run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    if 'postgres' in s.get('up', ''):
        procs.append(postgres(run, port + 3))
    if 'self' in s.get('up', ''):
        procs.append(subprocess.Popen(own + ['-mode', 'upstream'], cwd=run, env=env, stdout=load, stderr=load))
    time.sleep(.5)
    cmd = s['server'].format(**sub).split() if 'server' in s else own + ['-mode', 'serve'] + s.get('args', [])
    def start():
        return subprocess.Popen(cmd, cwd=run, env=env_s, stdout=log, stderr=log)
    p = start(); time.sleep(1)
    loader = subprocess.Popen(own + ['-mode', 'load', '-span', f'{span:.1f}s'], cwd=run, env=env, stdout=load, stderr=load)
    prof = f'http://127.0.0.1:{debug}/debug/pprof/'
    began = time.time(); due = began + wait
    def counts():
        if 'also' in s:
            t = ' '.join(re.findall(s['find'], fetch(s['also'].format(**sub)).decode()))
        else:
            t = fetch(f'http://127.0.0.1:{debug}/counts').decode()
        return t
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
            c = counts() if 'also' not in s or r in (1, s['n']) else ''
            print(r, f'{time.time() - began:.1f}s', 'cpu', cpu(p.pid), 'load', cpu(loader.pid), 'rss', rss, c, file=note, flush=True)
            if r == s.get('restart'):
                time.sleep(1.5); end(p); time.sleep(1); p = start(); print('restarted', file=note, flush=True)
    finally:
        loader.kill(); loader.wait(); end(p)
        for q in procs:
            end(q)
        shutil.rmtree(run, ignore_errors=True); shutil.rmtree(shm, ignore_errors=True)
    print('span', round(span), 'gaps', [round(g, 1) for g in gaps], file=note, flush=True)
    print('done', name, flush=True)
    hold.close()


if __name__ == '__main__':
    ts = []
    for n in sys.argv[1:]:
        t = threading.Thread(target=record, args=(n,)); t.start(); ts.append(t); time.sleep(1.3)
    for t in ts: t.join()
