#!/bin/sh
# scrape.sh PORT: two prometheis that ask each ten seconds
while sleep 5; do curl -s -o /dev/null http://127.0.0.1:$1/metrics; sleep 5; curl -s --compressed -o /dev/null http://127.0.0.1:$1/metrics; done
