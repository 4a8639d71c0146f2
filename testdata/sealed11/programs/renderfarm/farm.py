#!/usr/bin/env python3
# farm.py RENDER SECONDS PORT[,PORT..]: a machine of a render farm. It starts RENDER for each frame, some three a second in
# waves of four minutes, and asks the exporters on the ports for their metrics each half minute, as a prometheus does.
# It was started a second time, without a port, for the second shift of renderers.
import math, random, subprocess, sys, threading, time, urllib.request
render, length, ports = sys.argv[1], float(sys.argv[2]), [p for p in sys.argv[3].split(',') if p]
shows = ['harbour', 'lantern', 'moth', 'quarry', 'tern', 'willow']
begin = time.time()
def scrape(port):
    while time.time() - begin < length:
        try:
            n = len(urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics', timeout=60).read())
            print(f'{time.time()-begin:.0f} {port} {n}', flush=True)
        except Exception as e:
            print(port, e, flush=True)
        time.sleep(30)
for p in ports:
    threading.Thread(target=scrape, args=(p,), daemon=True).start()
    time.sleep(11)
running, frame, shot = [], 1000, 0
while time.time() - begin < length:
    t = time.time() - begin
    if frame % 97 == 0: shot += 1
    frame += 1
    running.append(subprocess.Popen([render, str(random.randint(31, 55)), f'--show={random.choice(shows)}',
        f'--shot=sq{shot//9:03d}_sh{shot%9*10:04d}_v{random.randint(1,9):03d}', f'--frame={frame:06d}', '--quality=final']))
    if len(running) > 250: running = [p for p in running if p.poll() is None]
    time.sleep(random.expovariate(3.2 + 1.4 * math.sin(t / 240 * 2 * math.pi)))
for p in running: p.wait()
