#!/usr/bin/env bash
# Builds the services named in a neutral place, with the go on PATH (1.27) and Debian's golang-*-dev packages.
export GOTOOLCHAIN=local CGO_ENABLED=0 GOPROXY=off GOFLAGS= GOCACHE=/tmp/svc-cache
cd "$(dirname "$0")/.."
imp() { case $1 in orders) echo git.fjord.dev/orders;; *) echo $1;; esac; }
for n in "$@"; do
  i=$(imp $n); d=/tmp/svc/src/$i
  rm -rf $d; mkdir -p $d /tmp/svc/bin
  cp -r $n/. $d/; rm -rf $d/recording $d/truth.toml
  if [ -d $d/v1 ]; then
    mv $d/v1 /tmp/svc/v1.$n; cp -r /tmp/svc/v1.$n/. $d/
    (cd $d && GO111MODULE=off GOPATH=/tmp/svc:/usr/share/gocode go build -p 1 -trimpath -o /tmp/svc/bin/$n.v1 .) || echo FAIL $n v1
    (cd $n && cp -r --parents $(cd v1 && find . -name '*.go') $d/); rm -rf /tmp/svc/v1.$n
  fi
  if [ -f $d/go.mod ]; then (cd $d && GOWORK=off go build -p 1 -trimpath -o /tmp/svc/bin/$n .) || echo FAIL $n
  else (cd $d && GO111MODULE=off GOPATH=/tmp/svc:/usr/share/gocode go build -p 1 -trimpath -o /tmp/svc/bin/$n .) || echo FAIL $n; fi
done
