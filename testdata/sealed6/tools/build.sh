#!/usr/bin/env bash
# Builds the programs named (all without a name) in a neutral place, with the go on PATH (1.27) and Debian's golang-*-dev
# packages in GOPATH mode. NAME-a and NAME-b are two states of one program and are built at one path, NAME.
export GOTOOLCHAIN=local CGO_ENABLED=0 GOPROXY=off GOFLAGS= GO111MODULE=off
B=${SEALED6_BUILD:-${SEALED6_WORK:-${TMPDIR:-/tmp}/sealed6}/build}
export GOCACHE=$B/cache GOPATH=$B/path:/usr/share/gocode
cd "$(dirname "$0")/../programs"
mkdir -p $B/bin $B/path/src
[ $# -gt 0 ] || set -- $(ls -d */main.go | cut -d/ -f1)
for n in drive ../../sealed3/programs/probe; do rm -rf $B/path/src/${n##*/}; cp -r $n $B/path/src/; done
for n in "$@"; do
  p=${n%-[ab]}
  rm -rf $B/path/src/$p; cp -r $n $B/path/src/$p
  nice -n 5 go build -p 2 -trimpath -o $B/bin/$n $p || echo "FAIL $n"
done
