#!/usr/bin/env python3
# links.py PORT FOLDER SECONDS: files are put into transfer.sh, two a second, and a job deletes those of more than two minutes from the folder;
# mails with links are read later, and most links are looked at by a scanner of links, 50 a second, when the file has gone
import sys, time, random, http.client, os, shutil
port, folder, secs = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
rnd = random.Random(50); t0 = time.time(); c = http.client.HTTPConnection('127.0.0.1', port); n = put = 0; codes = {}; report = t0 + 60; files = []; clean = t0 + 30
names = ['report', 'slides', 'invoice', 'photos', 'minutes', 'plan', 'contract', 'budget']
abc = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
def do(m, p, b=None):
    c.request(m, p, b); r = c.getresponse(); x = r.read(); codes[m, r.status] = codes.get((m, r.status), 0) + 1; return x.decode('utf8', 'replace')
while time.time() - t0 < secs:
    now = time.time()
    while put < (now - t0) * 2:
        put += 1; u = do('PUT', f'/{rnd.choice(names)}-{put}.txt', os.urandom(rnd.randrange(200, 6000)).hex().encode()).strip()
        files.append('/' + u.split('/', 3)[3]); files = files[-200:]
    for _ in range(5):
        n += 1
        if rnd.random() < .1 and files: do('GET', '/get' + rnd.choice(files))
        else: do('HEAD', f'/{"".join(rnd.choice(abc) for _ in range(5))}/{rnd.choice(names)}-{rnd.randrange(90000)}-final-version.pdf')
    if now > clean:
        clean += 30
        for d in os.listdir(folder):
            if os.path.getmtime(f'{folder}/{d}') < now - 120: shutil.rmtree(f'{folder}/{d}')
    if now > report: report += 60; print(f'{now - t0:.0f} s: {put} put, {n} looked at, {codes}, {len(os.listdir(folder))} files there', flush=True)
    time.sleep(max(0, .1 - (time.time() - now)))
