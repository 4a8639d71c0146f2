#!/usr/bin/env python3
# mails.py SMTPPORT HTTPPORT SECONDS: the mails that a web shop's tests send, 3 a second in waves of 150 seconds, and a tester who looks at the list now and then
import sys, time, random, smtplib, math, urllib.request, json
smtp, web, secs = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
rnd = random.Random(3); t0 = time.time(); n = 0; report = t0 + 60; look = t0 + 20
words = 'order parcel invoice voucher address delivery thanks return payment article size colour basket customer account'.split()
while time.time() - t0 < secs:
    now = time.time()
    k = int(rnd.random() < .5) + (rnd.randrange(3) if math.sin((now - t0) * 2 * math.pi / 150) > -.3 else 0)
    if k:
        c = smtplib.SMTP('127.0.0.1', smtp, 'shop-test')
        for _ in range(k):
            n += 1
            body = '\r\n'.join(' '.join(rnd.choice(words) for _ in range(11)) for _ in range(rnd.randrange(10, 60)))
            c.sendmail('shop@test.example', [f'customer{rnd.randrange(900)}@test.example'],
                f'From: shop@test.example\r\nTo: customer@test.example\r\nSubject: order {n}\r\nX-Run: {rnd.getrandbits(64):x}\r\nContent-Type: text/plain\r\n\r\n{body}\r\n')
        c.quit()
    if now > look:
        look += 20; r = json.load(urllib.request.urlopen(f'http://127.0.0.1:{web}/api/v2/messages?limit=20')); total = r['total']
        if now > report: report += 60; print(f'{now - t0:.0f} s: {n} sent, {total} kept', flush=True)
    time.sleep(.4)
