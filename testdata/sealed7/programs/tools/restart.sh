. /tmp/env.sh; n=carrierquotes; mkdir -p /tmp/run/$n; cd /tmp/run/$n
$B/$n > log 2>&1 & p=$!
sleep 1; nice $B/pump -plan /tmp/sealed7/programs/$n/plan.json -url http://127.0.0.1:7114 -for 400s > pump.log 2>&1 &
sleep 10; python3 /tmp/rec/rec.py $n 7114 9 16 gc,pb 1 > /tmp/rec/$n.log 2>&1
sleep 9; kill $p; sleep 3; $B/$n > log2 2>&1 & p=$!
sleep 9; python3 /tmp/rec/rec.py $n 7114 13 16 gc,pb 10 >> /tmp/rec/$n.log 2>&1
kill $p
