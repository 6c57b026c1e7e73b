#!/usr/bin/env bash
# Measures the cost of the C interface: a C program and a Rust one verify a recorded delivery in turn. Prints
# the median of each round in nanoseconds, and the difference.
set -euo pipefail
cd "$(dirname "$0")/.."

delivery=vectors/deliveries/user-created.http
work=target/ffi-tests
rounds=15

make -s lib
mkdir -p "$work"
cc -std=c99 -O2 -Itarget/c/include ffi-tests/c/cost.c target/c/lib/libhooksig.a -o "$work/cost"
# The C library has lanes.
cargo build --locked --release -q --features lanes --example cost

echo "round      C   Rust   more"
for ((round = 1; round <= rounds; round++)); do
    echo "$round $("$work/cost" "$delivery") $(target/release/examples/cost "$delivery")"
done | awk '
    { printf "%5d %6.1f %6.1f %6.1f\n", $1, $2, $3, $2 - $3; more[NR] = $2 - $3 }
    END {
        for (i = 1; i <= NR; i++)
            for (j = i + 1; j <= NR; j++)
                if (more[j] < more[i]) { t = more[i]; more[i] = more[j]; more[j] = t }
        printf "A call from C costs %.1f ns more than one from Rust (median of %d rounds).\n", more[int((NR + 1) / 2)], NR
    }'
