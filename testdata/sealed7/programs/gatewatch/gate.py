#!/usr/bin/env python3
"""Writes the log of the card readers of a town hall, in waves: gate.py FILE SECONDS"""
import math, random, sys, time
out, secs = open(sys.argv[1], 'a', buffering=1), float(sys.argv[2])
doors = [f'{w}-{n}' for w in ('north', 'south', 'archive', 'garage', 'cellar') for n in range(40)]
agents = ['reader-fw/%d.%d.%d (%s; mill board rev %d)' % (random.randint(1, 4), random.randint(0, 9), random.randint(0, 30), 'x' * random.randint(10, 60), i) for i in range(40)]
t0 = time.time()
while time.time() - t0 < secs:
    x = (time.time() - t0) / secs
    rate = 14 + 9 * math.sin(x * 2 * math.pi * 3)
    known = random.random() < 0.55
    card = f'c{random.randint(1, 900):05d}' if known else f'v{random.randint(0, 10**8):09d}'
    res = 'granted' if known and random.random() < .97 else 'denied'
    out.write(f'10.8.{random.randint(0, 3)}.{random.randint(1, 60)} reader=r{random.randint(1, 240)} card={card} door={random.choice(doors)} result={res} agent="{random.choice(agents)}"\n'.replace('door=', 'door='))
    time.sleep(1 / rate)
