#!/usr/bin/env python3
"""vans.py TARGETPORT PORT,PORT,.. SECONDS: the server behind the tunnel, and what vans send through it: connections that ramp up
until 200 s and stay (a ping every 4 s), and bursts of transfers in waves of three minutes. A van's tunnel is PORT."""
import math, random, socket, sys, threading, time
target, ports, secs = int(sys.argv[1]), [int(p) for p in sys.argv[2].split(',')], float(sys.argv[3])
n = {'steady': 0, 'transfers': 0, 'open': 0, 'bytes': 0, 'failed': 0}
began = time.time(); end = began + secs
def echo(c):
    try:
        while 1:
            d = c.recv(65536)
            if not d: break
            c.sendall(d)
    except OSError: pass
    c.close()
def serve():
    s = socket.create_server(('127.0.0.1', target), backlog=100)
    while 1: threading.Thread(target=echo, args=(s.accept()[0],), daemon=True).start()
threading.Thread(target=serve, daemon=True).start()
def connect():
    s = socket.create_connection(('127.0.0.1', random.choice(ports))); s.settimeout(30); return s
def full(s, b):
    s.sendall(b); k = 0
    while k < len(b):
        d = s.recv(65536)
        if not d: raise OSError('closed')
        k += len(d)
    n['bytes'] += k
def steady():
    while time.time() < end:
        try:
            s = connect(); n['steady'] += 1
            try:
                while 1: full(s, random.randbytes(random.randrange(200, 900))); time.sleep(random.uniform(2, 6))
            finally: n['steady'] -= 1
        except OSError: n['failed'] += 1; time.sleep(2)
def transfer():
    n['open'] += 1
    try:
        s = connect()
        for _ in range(random.randrange(3, 25)): full(s, random.randbytes(random.randrange(1000, 30000))); time.sleep(random.uniform(.3, 2))
        s.close()
    except OSError: n['failed'] += 1
    n['open'] -= 1
def log():
    while 1: time.sleep(60); print(time.strftime('%T'), int(time.time() - began), n, flush=True)
threading.Thread(target=log, daemon=True).start()
def ramp():
    for i in range(160): threading.Thread(target=steady, daemon=True).start(); time.sleep(1.25)
threading.Thread(target=ramp, daemon=True).start()
while time.time() < end:
    w = .5 + .5 * math.sin(2 * math.pi * (time.time() - began) / 180); time.sleep(1 / (.3 + 2.5 * w * w))
    n['transfers'] += 1; threading.Thread(target=transfer, daemon=True).start()
