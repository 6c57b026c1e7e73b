#!/usr/bin/env bash
# Load on the receiver: wrk sends different valid deliveries over 64 connections for 20 s.
#
# usage: c-example/load.sh [FOLDER]     where the programs are; by default beside this script
#
# pkg-config must find hooksig. SECONDS_OF_LOAD, CONNECTIONS and GUARD may be set. Exit code 1 if a
# delivery was refused or lost.
set -euo pipefail
export LC_ALL=C

here=$(dirname "$(realpath "$0")")
programs=$(realpath "${1:-$here}")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

HOOKSIG_LIBRARY=$(pkg-config --variable=libdir hooksig)/libhooksig.so
DRONE_WEBHOOK_SECRET=bea26a2221fd8090ea38720fc445eca6
BODY=$work/body
export HOOKSIG_LIBRARY DRONE_WEBHOOK_SECRET BODY
sed '1,/^\r$/d' "$here/../vectors/deliveries/user-created.http" >"$BODY"

: >"$work/out"
"$programs/receiver" --guard "${GUARD:-131072}" >"$work/out" 2>"$work/log" &
receiver=$!
for _ in {1..100}; do
    grep -q listening "$work/out" && break
    sleep 0.05
done

resident() {
    sed -n 's/^VmRSS:[[:space:]]*//p' "/proc/$receiver/status"
}

echo "memory at start:     $(resident)"
(sleep 5 && echo "memory after 5 s:    $(resident)") &
wrk -t1 -c"${CONNECTIONS:-64}" -d"${SECONDS_OF_LOAD:-20}" --latency -s "$here/load.lua" \
    "http://$(sed 's/^listening on //' "$work/out")/hooks/drone?src=ci" >"$work/wrk"
echo "memory at the end:   $(resident)"
# Fields 14 and 15 of its stat: clock ticks in user mode and in the kernel.
ticks=$(awk '{ print $14 + $15 }' "/proc/$receiver/stat")
kill -TERM "$receiver"
wait "$receiver"

sed -n 's/^ *\(50%\|99%\) */latency \1:         /p; s/^Requests\/sec: */requests per second: /p' "$work/wrk"
echo "receiver's log:"
cut -d ' ' -f 3,4 "$work/log" | sort | uniq -c
awk -v ticks="$ticks" -v hz="$(getconf CLK_TCK)" \
    'END { printf "processor time per delivery: %.0f us, log included\n", ticks / hz / NR * 1e6 }' "$work/log"
if grep -E 'Socket errors|Non-2xx' "$work/wrk" || grep -q ' refused ' "$work/log"; then
    exit 1
fi
echo 'no delivery was refused, no connection failed'
