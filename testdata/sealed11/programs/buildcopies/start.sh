#!/bin/sh
# start.sh WORK: dockerd with its profiles (-D), which never starts a container, and an image with one file of 20 KB
cd $1 && mkdir -p img/out && head -c 20000 /dev/urandom > img/out/shop.tar && tar -C img -c . > img.tar
setsid nice -n 19 dockerd -D --data-root $1/root --exec-root $1/exec --pidfile $1/dpid -H unix://$1/d.sock --iptables=false --ip6tables=false --bridge=none -s vfs > $1/log 2>&1 &
echo $! > pid
sleep 12
curl -s --unix-socket $1/d.sock -X POST 'http://docker/v1.41/images/create?fromSrc=-&repo=shopbuild&tag=latest' --data-binary @img.tar -H 'Content-Type: application/x-tar'
