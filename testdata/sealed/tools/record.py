#!/usr/bin/env python3
"""Records the services named, once build.sh has built them: record.py NAME..."""
import gzip, os, random, shutil, signal, subprocess, sys, threading, time, urllib.request
S = {  # rounds, interval, options
 'orders':     dict(port=21000, rounds=18, gap=11, gc=1, pb=1, up='self'),
 'notifyd':    dict(port=21010, rounds=20, gap=10, gc=0, gogc=200, restart=10, up='redis'),
 'edgeprom':   dict(port=21020, rounds=22, gap=10, gc=1, gogc=75),
 'flagsd':     dict(port=21030, rounds=18, gap=12, gc=1, jitter=6),
 'fxrates':    dict(port=21040, rounds=24, gap=9, gc=1, up='self'),
 'docfeed':    dict(port=21050, rounds=20, gap=10, gc=0, restart=9),
 'pulse':      dict(port=21060, rounds=18, gap=11, gc=1, pb=1, gogc=50),
 'reserved':   dict(port=21070, rounds=20, gap=11, gc=1, gogc=150, jitter=6),
 'erpdesk':    dict(port=21080, rounds=18, gap=10, gc=1, restart=9, first='erpdesk.v1'),
 'thumbs':     dict(port=21090, rounds=16, gap=13, gc=0),
 'catalog':    dict(port=21100, rounds=20, gap=11, gc=1),
 'mediaproxy': dict(port=21110, rounds=18, gap=12, gc=0),
 'lobby':      dict(port=21120, rounds=20, gap=11, gc=1, gogc=60),
 'nightly':    dict(port=21130, rounds=22, gap=9, gc=0, pb=1, gogc=300, jitter=5),
 'quota':      dict(port=21140, rounds=18, gap=11, gc=1, restart=9, up='redis'),
 'devices':    dict(port=21150, rounds=20, gap=10, gc=1, gogc=400),
}
BIN = '/tmp/svc/bin/'
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
def fetch(url):
    for n in range(40):
        try:
            return urllib.request.urlopen(url, timeout=20).read()
        except OSError:
            time.sleep(.25)
    raise SystemExit('no answer: ' + url)
def cpu(pid):
    f = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()
    return (int(f[11]) + int(f[12])) / 100
def record(name):
    s = S[name]; base = f'{HERE}/{name}'; out = base + '/recording'
    shutil.rmtree(out, ignore_errors=True); os.makedirs(out)
    run = f'/tmp/svc/run/{name}'; shutil.rmtree(run, ignore_errors=True); os.makedirs(run)
    log = open(base + '/service.log', 'w'); note = open(base + '/record.log', 'w')
    gaps = [s['gap'] + random.uniform(-s.get('jitter', 0.05), s.get('jitter', 0.05)) for _ in range(s['rounds'] - 1)]
    span = 4 + sum(gaps)
    env = dict(PATH='/usr/bin:/bin', TMPDIR=run, HOME='/nonexistent')
    if s.get('gogc'): env_s = dict(env, GOGC=str(s['gogc']))
    else: env_s = env
    procs = []
    if s.get('up') == 'redis':
        procs.append(subprocess.Popen(['redis-server', '--port', str(s['port'] + 2), '--bind', '127.0.0.1', '--save', '', '--maxclients', '8000'], cwd=run, stdout=subprocess.DEVNULL))
    elif s.get('up'):
        procs.append(subprocess.Popen([BIN + name, '-mode', 'upstream'], cwd=run, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    time.sleep(.5)
    def start(binary):
        return subprocess.Popen([BIN + binary], cwd=run, env=env_s, stdout=log, stderr=log)
    p = start(s.get('first', name)); time.sleep(.7)
    loader = subprocess.Popen([BIN + name, '-mode', 'load', '-span', f'{span:.1f}s'], cwd=run, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    procs.append(loader)
    prof = f"http://127.0.0.1:{s['port'] + 1}/debug/pprof/"
    due = time.time() + 4
    for r in range(1, s['rounds'] + 1):
        time.sleep(max(0, due - time.time()))
        if r <= len(gaps): due += gaps[r - 1]
        if s.get('pb'):
            open(f'{out}/goroutine-{r:02}.pb.gz', 'wb').write(fetch(prof + 'goroutine'))
        else:
            t = fetch(prof + 'goroutine?debug=2')
            f = f'{out}/goroutine-{r:02}.txt'; open(f, 'wb').write(t)
            subprocess.run(['gzip', '-9n', f], check=True)
        open(f'{out}/heap-{r:02}.pb.gz', 'wb').write(fetch(prof + 'heap' + ('?gc=1' if s['gc'] else '')))
        rss = [l for l in open(f'/proc/{p.pid}/status') if l.startswith('VmRSS')][0].split()[1]
        print(r, f'{time.time():.1f}', 'cpu', cpu(p.pid), 'load', cpu(loader.pid), 'rss', rss, file=note, flush=True)
        if r == s['rounds']:
            open(f'{out}/goroutineleak-{r:02}.pb.gz', 'wb').write(fetch(prof + 'goroutineleak'))
        elif r == s.get('restart'):
            time.sleep(1.5); p.terminate(); p.wait(); time.sleep(1); p = start(name); print('restarted', file=note)
    p.terminate(); p.wait()
    for q in procs: q.kill(); q.wait()
    print('gaps', [round(g, 1) for g in gaps], file=note)
    print('done', name, flush=True)
ts = []
for n in sys.argv[1:]:
    t = threading.Thread(target=record, args=(n,)); t.start(); ts.append(t); time.sleep(1.3)
for t in ts: t.join()
