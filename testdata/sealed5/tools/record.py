#!/usr/bin/env python3
"""Records programs that build.sh has built: record.py NAME...  At most ten are recorded at a time, over all calls.

A program is either a service of ours (its load comes from the same binary with -mode load) or, with server=, a real
server from a Debian package, which the binary drives. The folder of unpacked packages is $SEALED5_DEB."""
import fcntl, gzip, os, random, re, shutil, subprocess, sys, threading, time, urllib.request, tempfile

W = os.environ.get('SEALED5_WORK', os.path.join(tempfile.gettempdir(), 'sealed5'))
B = os.environ.get('SEALED5_BUILD', f'{W}/build')
DEB = os.environ.get('SEALED5_DEB', f'{W}/deb')
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SMOKE = os.environ.get('SEALED5_SMOKE')  # a short trial, elsewhere
# n snapshots, one each gap seconds (give or take jitter; odd: gaps of half to twice the length, in no order),
# gc: a collection before each heap profile, pb: goroutine profiles as protobuf (else text), rate: MemProfileRate.
RULES = """groups:
  - name: orders
    interval: 2s
    rules:
      - alert: OrderStuck
        expr: order_stuck > 0
        for: 4s
        labels:
          severity: page
        annotations:
          summary: "order {{{{ $labels.order }}}} of {{{{ $labels.shop }}}} has been in state {{{{ $labels.state }}}} for {{{{ $value }}}} seconds"
          runbook: "https://runbooks.example/orders/{{{{ $labels.shop }}}}/{{{{ $labels.order }}}}#state-{{{{ $labels.state }}}}"
          description: "The order {{{{ $labels.order }}}} from {{{{ $labels.shop }}}} (carrier {{{{ $labels.carrier }}}}) does not move. Look at the queue of the carrier first, then ask the warehouse whether the parcel has left the building. Step 1: look at the board of {{{{ $labels.carrier }}}} for delays in the region of {{{{ $labels.shop }}}}. Step 2: search the log of the warehouse for {{{{ $labels.order }}}} and see which station was the last that scanned it. Step 3: ask the shop {{{{ $labels.shop }}}} whether the customer has called. Step 4: print the label once more if the scanner says that it cannot be read. Step 5: book the parcel as lost only after two hours, and tell the customer before that. Step 6: write down what was found in the ticket of {{{{ $labels.order }}}}, so that the next shift need not begin anew. Step 7: look at the board of {{{{ $labels.carrier }}}} for delays in the region of {{{{ $labels.shop }}}}. Step 8: search the log of the warehouse for {{{{ $labels.order }}}} and see which station was the last that scanned it. Step 9: ask the shop {{{{ $labels.shop }}}} whether the customer has called. Step 10: print the label once more if the scanner says that it cannot be read. Step 11: book the parcel as lost only after two hours, and tell the customer before that. Step 12: write down what was found in the ticket of {{{{ $labels.order }}}}, so that the next shift need not begin anew. Step 13: look at the board of {{{{ $labels.carrier }}}} for delays in the region of {{{{ $labels.shop }}}}. Step 14: search the log of the warehouse for {{{{ $labels.order }}}} and see which station was the last that scanned it. Step 15: ask the shop {{{{ $labels.shop }}}} whether the customer has called. Step 16: print the label once more if the scanner says that it cannot be read. Step 17: book the parcel as lost only after two hours, and tell the customer before that. Step 18: write down what was found in the ticket of {{{{ $labels.order }}}}, so that the next shift need not begin anew. Step 19: look at the board of {{{{ $labels.carrier }}}} for delays in the region of {{{{ $labels.shop }}}}. Step 20: search the log of the warehouse for {{{{ $labels.order }}}} and see which station was the last that scanned it. Step 21: ask the shop {{{{ $labels.shop }}}} whether the customer has called. Step 22: print the label once more if the scanner says that it cannot be read. Step 23: book the parcel as lost only after two hours, and tell the customer before that. Step 24: write down what was found in the ticket of {{{{ $labels.order }}}}, so that the next shift need not begin anew. Step 25: look at the board of {{{{ $labels.carrier }}}} for delays in the region of {{{{ $labels.shop }}}}. Step 26: search the log of the warehouse for {{{{ $labels.order }}}} and see which station was the last that scanned it. Step 27: ask the shop {{{{ $labels.shop }}}} whether the customer has called. Step 28: print the label once more if the scanner says that it cannot be read. Step 29: book the parcel as lost only after two hours, and tell the customer before that. Step 30: write down what was found in the ticket of {{{{ $labels.order }}}}, so that the next shift need not begin anew. Step 31: look at the board of {{{{ $labels.carrier }}}} for delays in the region of {{{{ $labels.shop }}}}. Step 32: search the log of the warehouse for {{{{ $labels.order }}}} and see which station was the last that scanned it. Step 33: ask the shop {{{{ $labels.shop }}}} whether the customer has called. Step 34: print the label once more if the scanner says that it cannot be read. Step 35: book the parcel as lost only after two hours, and tell the customer before that. Step 36: write down what was found in the ticket of {{{{ $labels.order }}}}, so that the next shift need not begin anew."
"""
MAIL = """hostname: "mx.club.example"
max_data_size_mb: 10
smtp_address: "127.0.0.1:{p}"
monitoring_address: "127.0.0.1:{d}"
mail_delivery_agent_bin: "/bin/cat"
mail_delivery_agent_args: "-"
data_dir: "{shm}/data"
mail_log_path: "{shm}/mail.log"
"""
ALIASES = """board: board@club-partner.invalid
youth: youth@school-partner.invalid
""" + ''.join(f'member{i}: | /bin/true\n' for i in range(300))
S = {
 # servers
 'vmrules': dict(port=25000, n=18, gap=17, gc=0, pb=1, same=1, up='self', server='{deb}/usr/bin/vmalert -rule={run}/rules.yml -datasource.url=http://127.0.0.1:{u} -notifier.url=http://127.0.0.1:{u} -httpListenAddr=127.0.0.1:{p} -loggerLevel=ERROR', files={'rules.yml': RULES}, also='http://127.0.0.1:{p}/metrics', find=r'(?m)^vmalert_alerts_(?:firing|pending)\{{[^}}]*\}} \S+|^vmalert_alerts_fired_total \S+'),
 'clubmail': dict(port=25010, n=18, gap=16, jitter=4, gc=1, pb=0, server='{deb}/usr/bin/chasquid -config_dir {run} -logfile {run}/log', files={'chasquid.conf': MAIL, 'domains/club.example/aliases': ALIASES, 'certs/mx.club.example/README': ''}, also='http://127.0.0.1:{d}/debug/vars', find=r'"chasquid/queue/\w+": [^,]*|"chasquid/smtpIn/\w+": [^\n]*'),
 'vmmill': dict(port=25020, n=20, gap=17, odd=1, gc=0, pb=1, same=1, server='{deb}/usr/bin/victoria-metrics -storageDataPath={shm}/vm -httpListenAddr=127.0.0.1:{p} -memory.allowedBytes=300MB -loggerLevel=ERROR -search.disableCache=false', also='http://127.0.0.1:{p}/metrics', find=r'(?m)^vm_cache_entries\{{[^}}]*\}} \S+|^vm_rows_inserted_total\S*prometheus\S* \S+'),
 'dnsdoh': dict(port=25030, n=20, gap=15, gc=1, pb=0, up='self', server='{deb}/usr/bin/dnss -enable_dns_to_https -dns_listen_addr 127.0.0.1:{p} -https_upstream http://127.0.0.1:{u}/dns-query -monitoring_listen_addr 127.0.0.1:{d} -logfile {run}/log', also='http://127.0.0.1:{d}/debug/vars', find=r'"cache-\w+": [^,\n]*'),
 'syncrelay': dict(port=25040, n=22, gap=15, gc=0, pb=0, server='{deb}/usr/bin/strelaysrv -keys {run} -listen 127.0.0.1:{p} -pools= -pprof -status-srv 127.0.0.1:{d}', also='http://127.0.0.1:{d}/status', find=r'"num\w+": \d+|"goNumRoutine": \d+'),
 # services
 'seatraft': dict(port=25100, n=17, gap=18, gc=1, pb=0),
 'crashdesk': dict(port=25110, n=18, gap=17, gc=0, pb=1, up='self'),
 'orderql': dict(port=25120, n=16, gap=20, odd=1, gc=1, pb=0),
 'pricejs': dict(port=25130, n=18, gap=16, gc=0, pb=0),
 'newswire': dict(port=25140, n=19, gap=16, jitter=5, gc=0, pb=1),
 'feedpoll': dict(port=25150, n=16, gap=18, gc=1, pb=1, up='self'),
 'authz': dict(port=25160, n=20, gap=15, gc=1, pb=1),
 'shellgw': dict(port=25170, n=17, gap=18, gc=0, pb=0),
 'egress': dict(port=25180, n=18, gap=17, gc=1, pb=0, up='self'),
 'meterhub': dict(port=25190, n=16, gap=19, gc=0, pb=0),
 'vcops': dict(port=25210, n=18, gap=16, jitter=4, gc=0, pb=1, rate=65536),
 # healthy services
 'luafilter': dict(port=25220, n=20, gap=15, gc=0, pb=0),
 'avromerge': dict(port=25230, n=22, gap=13, jitter=4, gc=0, pb=1),
 'fastshop': dict(port=25240, n=18, gap=16, gc=1, pb=1),
 'lspdesk': dict(port=25250, n=22, gap=14, gc=1, pb=0, restart=11),
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
        for i in range(10):
            f = open(f'{W}/slots/{i}', 'w')
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return f
            except OSError:
                f.close()
        time.sleep(1)


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
    run = f'{W}/run/{name}'; shm = f'/dev/shm/sealed5-{name}'
    for d in (run, shm):
        shutil.rmtree(d, ignore_errors=True); os.makedirs(d)
    os.makedirs(f'{W}/log', exist_ok=True)
    log = open(f'{W}/log/{name}.service', 'w'); load = open(f'{W}/log/{name}.load', 'w'); note = open(f'{W}/log/{name}.record', 'w')
    port = s['port']; debug = port if s.get('same') else port + 1
    sub = dict(p=port, d=debug, m=port + 2, u=port + 3, run=run, shm=shm, deb=DEB, here=HERE)
    for f, text in s.get('files', {}).items():
        os.makedirs(os.path.dirname(f'{run}/{f}'), exist_ok=True)
        open(f'{run}/{f}', 'w').write(text.format(**sub))
    if name == 'clubmail':
        os.makedirs(shm + '/data')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '9', '-subj', '/CN=mx.club.example', '-keyout', run + '/certs/mx.club.example/privkey.pem', '-out', run + '/certs/mx.club.example/fullchain.pem'], check=True, stderr=subprocess.DEVNULL)
        os.makedirs(run + '/domains/club.example', exist_ok=True); subprocess.run(['chmod', '-R', 'a+rX', run])
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
            t = ' '.join(re.findall(s['find'].replace('{{', '{').replace('}}', '}'), fetch(s['also'].format(**sub)).decode()))
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
