#!/usr/bin/env python3
"""Records programs that build.sh has built: record.py NAME...  At most five are recorded at a time, over all calls.

A program is either a service of ours (its load comes from the same binary with -mode load) or, with server=, a real
server from a Debian package, which the binary drives. The folder of unpacked packages is $SEALED2_DEB."""
import fcntl, gzip, os, random, re, shutil, subprocess, sys, threading, time, urllib.request, tempfile

W = os.environ.get('SEALED2_WORK', os.path.join(tempfile.gettempdir(), 'sealed2'))
B = os.environ.get('SEALED2_BUILD', f'{W}/build')
DEB = os.environ.get('SEALED2_DEB', f'{W}/deb')
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# n snapshots, one each gap seconds (give or take jitter; odd: gaps of half to twice the length, in no order),
# gc: a collection before each heap profile, pb: goroutine profiles as protobuf (else text), rate: MemProfileRate.
S = {
 'natsbroker': dict(port=22000, n=16, gap=26, gc=1, pb=0, server='/usr/sbin/nats-server -a 127.0.0.1 -p {p} --profile {d} -m {m}', also='http://127.0.0.1:{m}/varz', find=r'"(?:subscriptions|connections|total_connections)": \d+'),
 'pushgw': dict(port=22010, n=20, gap=15, gc=0, pb=1, gogc=200, server='{deb}/usr/bin/prometheus-pushgateway --web.listen-address=127.0.0.1:{p} --push.disable-consistency-check --persistence.file=', same=1, also='http://127.0.0.1:{p}/metrics', find=r'(?m)^(?:go_goroutines|go_memstats_heap_alloc_bytes) \S+'),
 'etcdwatch': dict(port=22020, n=18, gap=20, odd=1, gc=1, pb=1, server='{deb}/usr/bin/etcd --data-dir {shm}/etcd --enable-pprof --listen-client-urls http://127.0.0.1:{p} --advertise-client-urls http://127.0.0.1:{p} --listen-peer-urls http://127.0.0.1:{m}', same=1, also='http://127.0.0.1:{p}/metrics', find=r'(?m)^(?:etcd_debugging_mvcc_watch_stream_total|etcd_debugging_mvcc_watcher_total|go_goroutines) \S+'),
 'etcdkv': dict(port=22030, n=24, gap=20, gc=0, pb=0, server='{deb}/usr/bin/etcd --data-dir {shm}/etcd --enable-pprof --snapshot-count=1500 --listen-client-urls http://127.0.0.1:{p} --advertise-client-urls http://127.0.0.1:{p} --listen-peer-urls http://127.0.0.1:{m}', same=1, also='http://127.0.0.1:{p}/metrics', find=r'(?m)^(?:etcd_debugging_mvcc_watch_stream_total|etcd_debugging_mvcc_keys_total|etcd_debugging_lease_granted_total|etcd_debugging_lease_expired_total|go_goroutines) \S+'),
 'alertmgr': dict(port=22040, n=18, gap=21, gc=1, pb=0, server='{deb}/usr/bin/prometheus-alertmanager --config.file={run}/am.yml --storage.path={run}/data --cluster.listen-address= --alerts.gc-interval=50s --web.listen-address=127.0.0.1:{p}', same=1, files={'am.yml': "route: {receiver: none, group_by: [alertname, site], group_wait: 4s, group_interval: 12s}\nreceivers: [{name: none}]\n"}, also='http://127.0.0.1:{p}/metrics', find=r'(?m)^(?:alertmanager_alerts\{.*|go_goroutines|alertmanager_dispatcher_aggregation_groups) \S+'),
 'fleet': dict(port=22050, n=18, gap=24, jitter=6, gc=1, pb=0, rate=131072, up='postgres'),
 'dnsgate': dict(port=22060, n=20, gap=20, gc=0, pb=0, up='self'),
 'wardboard': dict(port=22070, n=22, gap=18, gc=1, pb=1, rate=65536),
 'skylark': dict(port=22080, n=16, gap=32, odd=1, gc=0, pb=1, gogc=200),
 'tunnelr': dict(port=22090, n=14, gap=28, jitter=4, gc=1, pb=0),
 'mailroom': dict(port=22100, n=20, gap=17, gc=1, pb=0, gogc=200),
 'pricewall': dict(port=22110, n=18, gap=18, odd=1, gc=1, pb=1, up='self'),
 'loyalty': dict(port=22120, n=24, gap=15, gc=0, pb=1, also='http://127.0.0.1:{p}/rows', find=r'\d+'),
 'ledgerlv': dict(port=22130, n=16, gap=22, gc=1, pb=1, gogc=200),
 'dispatchq': dict(port=22140, n=22, gap=13, gc=0, pb=0),
 'geotiles': dict(port=22150, n=20, gap=17, gc=1, pb=1),
 'baskets': dict(port=22160, n=18, gap=19, jitter=5, gc=0, pb=0),
 'clinicdb': dict(port=22170, n=16, gap=13, gc=1, pb=1, rate=131072, up='postgres'),
 'gridjobs': dict(port=22180, n=20, gap=15, gc=1, pb=0),
 'batchpay': dict(port=22190, n=22, gap=28, odd=1, gc=0, pb=1, gogc=200, up='redis', restart=11),
}


def fetch(url):
    for _ in range(40):
        try:
            return urllib.request.urlopen(url, timeout=30).read()
        except OSError:
            time.sleep(.25)
    raise SystemExit('no answer: ' + url)


def cpu(pid):
    f = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()
    return (int(f[11]) + int(f[12])) / 100


def slot():
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
    s = S[name]; out = f'{HERE}/{name}'; os.makedirs(out, exist_ok=True)
    for f in os.listdir(out):
        if f != 'truth.toml':
            os.remove(f'{out}/{f}')
    run = f'{W}/run/{name}'; shm = f'/dev/shm/sealed2-{name}'
    for d in (run, shm):
        shutil.rmtree(d, ignore_errors=True); os.makedirs(d)
    os.makedirs(f'{W}/log', exist_ok=True)
    log = open(f'{W}/log/{name}.service', 'w'); load = open(f'{W}/log/{name}.load', 'w'); note = open(f'{W}/log/{name}.record', 'w')
    port = s['port']; debug = port if s.get('same') else port + 1
    sub = dict(p=port, d=debug, m=port + 2, run=run, shm=shm, deb=DEB)
    for f, text in s.get('files', {}).items():
        open(f'{run}/{f}', 'w').write(text)
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
    own = [f'{B}/bin/{name}', '-port', str(port)]; procs = []
    if 'redis' in s.get('up', ''):
        procs.append(subprocess.Popen(['redis-server', '--port', str(port + 3), '--bind', '127.0.0.1', '--save', ''], cwd=run, stdout=subprocess.DEVNULL))
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
                time.sleep(1.5); p.terminate(); p.wait(); time.sleep(1); p = start(); print('restarted', file=note, flush=True)
    finally:
        p.terminate(); p.wait()
        loader.kill(); loader.wait()
        for q in procs:
            q.terminate(); q.wait()
        shutil.rmtree(run, ignore_errors=True); shutil.rmtree(shm, ignore_errors=True)
    print('span', round(span), 'gaps', [round(g, 1) for g in gaps], file=note, flush=True)
    print('done', name, flush=True)
    hold.close()


if __name__ == '__main__':
    ts = []
    for n in sys.argv[1:]:
        t = threading.Thread(target=record, args=(n,)); t.start(); ts.append(t); time.sleep(1.3)
    for t in ts: t.join()
