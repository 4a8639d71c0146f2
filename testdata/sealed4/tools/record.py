#!/usr/bin/env python3
"""Records programs that build.sh has built: record.py NAME...  At most five are recorded at a time, over all calls.

A program is either a service of ours (its load comes from the same binary with -mode load) or, with server=, a real
server from a Debian package, which the binary drives. The folder of unpacked packages is $SEALED4_DEB."""
import fcntl, gzip, os, random, re, shutil, subprocess, sys, threading, time, urllib.request, tempfile

W = os.environ.get('SEALED4_WORK', os.path.join(tempfile.gettempdir(), 'sealed4'))
B = os.environ.get('SEALED4_BUILD', f'{W}/build')
DEB = os.environ.get('SEALED4_DEB', f'{W}/deb')
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SMOKE = os.environ.get('SEALED4_SMOKE')  # a short trial, elsewhere
# n snapshots, one each gap seconds (give or take jitter; odd: gaps of half to twice the length, in no order),
# gc: a collection before each heap profile, pb: goroutine profiles as protobuf (else text), rate: MemProfileRate.
REGISTRY = """version: 0.1
log:
  level: error
storage:
  filesystem:
    rootdirectory: {shm}
  cache:
    blobdescriptor: inmemory
http:
  addr: 127.0.0.1:{p}
  debug:
    addr: 127.0.0.1:{d}
notifications:
  endpoints:
    - name: audit
      url: http://127.0.0.1:{u}/events
      timeout: 2s
      threshold: 5
      backoff: 4s
"""
PROM = """global:
  scrape_interval: 1500ms
  scrape_timeout: 1s
rule_files: [{run}/rules.yml]
scrape_configs:
  - job_name: plant
    static_configs:
      - targets: ["127.0.0.1:{u}"]
"""
RULES = """groups:
  - name: plant
    interval: 10s
    rules:
      - record: line:temperature:avg
        expr: avg by (line) (machine_temperature)
      - alert: Hot
        expr: machine_temperature > 140
        for: 20s
"""
S = {
 # servers
 'regevents': dict(port=24000, n=20, gap=19, jitter=4, gc=1, pb=0, rate=131072, server='{deb}/usr/bin/docker-registry serve {run}/registry.yml', files={'registry.yml': REGISTRY}, also='http://127.0.0.1:{d}/debug/vars', find=r'"Pending":\s*\d+|"Events":\s*\d+'),
 'rcjobs': dict(port=24010, n=18, gap=18, gc=0, pb=1, same=1, server='{deb}/usr/bin/rclone rcd --rc-no-auth --rc-addr 127.0.0.1:{p} --rc-job-expire-duration 24h --config {run}/rclone.conf', also='http://127.0.0.1:{p}/debug/pprof/goroutine?debug=1', find=r'goroutine profile: total \d+'),
 'promwatch': dict(port=24020, n=22, gap=19, gc=0, pb=1, same=1, up='self', server='{deb}/usr/bin/prometheus --config.file={run}/prometheus.yml --storage.tsdb.path={shm}/tsdb --web.listen-address=127.0.0.1:{p} --log.level=error', files={'prometheus.yml': PROM, 'rules.yml': RULES}, also='http://127.0.0.1:{p}/metrics', find=r'(?m)^prometheus_tsdb_head_(?:series|chunks) \S+|^prometheus_tsdb_head_samples_appended_total\S* \S+'),
 'probewall': dict(port=24030, n=20, gap=17, odd=1, gc=1, pb=0, same=1, up='self', server='{deb}/usr/bin/prometheus-blackbox-exporter --config.file={deb}/etc/prometheus/blackbox.yml --web.listen-address=127.0.0.1:{p} --history.limit=500 --log.level=error', also='http://127.0.0.1:{p}/metrics', find=r'(?m)^go_goroutines \d+'),
 # services
 'shipnats': dict(port=24040, n=18, gap=17, jitter=4, gc=0, pb=1, up='nats self'),
 'sftpdrop': dict(port=24050, n=17, gap=19, gc=1, pb=0),
 'tenantgate': dict(port=24060, n=21, gap=17, gc=1, pb=1, restart=7, up='self'),
 'chatpub': dict(port=24070, n=18, gap=18, gc=0, pb=0),
 'caseflow': dict(port=24080, n=16, gap=20, odd=1, gc=1, pb=1),
 'cdcpipe': dict(port=24090, n=18, gap=18, gc=0, pb=1, up='postgres'),
 'plcpoll': dict(port=24100, n=20, gap=16, jitter=5, gc=1, pb=0),
 'kycgate': dict(port=24110, n=19, gap=18, gc=0, pb=0, up='self'),
 'sessiond': dict(port=24120, n=20, gap=18, gc=0, pb=1),
 'assetcache': dict(port=24130, n=17, gap=18, gc=1, pb=1),
 # healthy services
 'hotelfare': dict(port=24140, n=20, gap=17, gc=0, pb=1),
 'loanbatch': dict(port=24150, n=22, gap=15, jitter=5, gc=0, pb=0),
 'ssodesk': dict(port=24160, n=18, gap=18, gc=1, pb=1),
 'connmesh': dict(port=24170, n=22, gap=17, gc=1, pb=0, restart=10, up='self'),
 'logship': dict(port=24180, n=18, gap=18, gc=1, pb=1),
 'mapmatch': dict(port=24190, n=20, gap=17, jitter=5, gc=0, pb=0),
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
        for i in range(5):
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
    s = dict(S[name]); out = f'{HERE}/{name}'
    if SMOKE:
        out = f'{W}/smoke/{name}'; s.update(n=4, gap=float(SMOKE), jitter=1, odd=0)
        if 'restart' in s: s['restart'] = 2
    os.makedirs(out, exist_ok=True)
    for f in os.listdir(out):
        if f != 'truth.toml':
            os.remove(f'{out}/{f}')
    run = f'{W}/run/{name}'; shm = f'/dev/shm/sealed4-{name}'
    for d in (run, shm):
        shutil.rmtree(d, ignore_errors=True); os.makedirs(d)
    os.makedirs(f'{W}/log', exist_ok=True)
    log = open(f'{W}/log/{name}.service', 'w'); load = open(f'{W}/log/{name}.load', 'w'); note = open(f'{W}/log/{name}.record', 'w')
    port = s['port']; debug = port if s.get('same') else port + 1
    sub = dict(p=port, d=debug, m=port + 2, u=port + 3, run=run, shm=shm, deb=DEB, here=HERE)
    for f, text in s.get('files', {}).items():
        open(f'{run}/{f}', 'w').write(text.format(**sub))
    if 'touch' in s:
        open(f"{shm}/{s['touch']}", 'w').close()
    rnd = random.Random(port)
    if s.get('odd'):
        gaps = [s['gap'] * rnd.choice((.5, .6, .8, 1, 1, 1.3, 1.7, 2)) for _ in range(s['n'] - 1)]
    else:
        gaps = [s['gap'] + rnd.uniform(-1, 1) * s.get('jitter', .05) for _ in range(s['n'] - 1)]
    wait = s.get('wait', 5); span = wait + sum(gaps)
    env = dict(PATH='/usr/local/bin:/usr/bin:/bin', TMPDIR=run, HOME=run)
    env_s = dict(env)
    if s.get('gogc'): env_s['GOGC'] = str(s['gogc'])
    if s.get('rate'): env_s['GODEBUG'] = f"memprofilerate={s['rate']}"
    own = [f'{B}/bin/{name}', '-port', str(port), '-dir', shm]; procs = []
    if 'nats' in s.get('up', ''):
        procs.append(subprocess.Popen([f'{DEB}/usr/sbin/nats-server', '-a', '127.0.0.1', '-p', str(port + 4)], cwd=run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        time.sleep(.5)
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
