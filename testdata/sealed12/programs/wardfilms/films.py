#!/usr/bin/env python3
# films.py DIR : the films of a hospital, 36 folders
import os, sys, random
r = random.Random(5)
a = 'Silent Winter Golden Broken Distant Little Crooked Northern Hidden Paper Velvet Glass Lonely Wild Last First'.split()
b = 'River Garden Harbour Violin Mountain Letter Orchard Station Lighthouse Summer Neighbour Kitchen Island Parade'.split()
for g in range(36):
    d = '%s/%02d %s' % (sys.argv[1], g, r.choice(b)); os.makedirs(d)
    for i in range(40): open('%s/The %s %s (%d) part %d.mp4' % (d, r.choice(a), r.choice(b), r.randrange(1950, 2023), i), 'wb').write(b'x' * 200)
