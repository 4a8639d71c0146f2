#!/bin/bash
# deploy.sh HOST PORT COMMIT: tells a host to take a commit, and waits until it says that it has. Without a time limit.
exec 3<>/dev/tcp/$1/$2 || exit 1
echo "take $3" >&3
read -r answer <&3
echo "$1 $3 $answer"
