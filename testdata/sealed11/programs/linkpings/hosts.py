#!/usr/bin/env python3
# hosts.py: the prober's configuration: 28 links of sites, on addresses of the loopback device, pinged twice or once in a second
print('targets:')
for t, (n, every) in enumerate([(10, '500ms'), (18, '1s')]):
    print('- hosts:'); [print(f'  - 127.0.{t+1}.{i+1}') for i in range(n)]
    print(f'  interval: {every}\n  network: ip4\n  protocol: icmp')
