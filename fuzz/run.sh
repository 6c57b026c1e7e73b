#!/usr/bin/env bash
# Fuzzes each target for some seconds, from the committed seeds and the finds of earlier runs: fuzz/run.sh
# [SECONDS [TARGET...]]
#
# With `minimise` instead of seconds, updates the seeds: the fewest inputs that reach all the code reached so
# far and by the shared cases. The targets are those of cargo-fuzz, but run without it. FEATURES=small fuzzes
# the code for small builds.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh cargo cc c++
seconds=${1:-10}
shift || true
targets=("$@")
if [[ ${#targets[@]} -eq 0 ]]; then
    for target in fuzz/targets/*.rs; do
        targets+=("$(basename "$target" .rs)")
    done
fi

# cargo-fuzz's flags. The sanitizer needs an unstable option.
host=$(rustc -vV | sed -n 's/^host: //p')
out=$PWD/target/fuzz
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
RUSTC_BOOTSTRAP=1 RUSTFLAGS="$(tr '\n' ' ' <<<"$coverage") -Zsanitizer=address --cfg fuzzing" \
    CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true CARGO_PROFILE_RELEASE_DEBUG=line-tables-only \
    cargo build --locked --quiet --release --manifest-path fuzz/Cargo.toml --bins \
    --target "$host" --target-dir "$out" ${FEATURES:+--features "hooksig/$FEATURES"}
if [[ $seconds == minimise ]]; then
    cargo run --locked --quiet --manifest-path fuzz/Cargo.toml --target-dir "$out" --example seeds -- "$out/cases"
fi

# libfuzzer TARGET OPTIONS...: prints the output only on failure.
libfuzzer() {
    local target=$1 log=$out/$1.log
    shift
    "$out/$host/release/$target" -artifact_prefix="$out/$target-" "$@" >"$log" 2>&1 || {
        cat "$log"
        exit 1
    }
}

for target in "${targets[@]}"; do
    found=$out/corpus/$target
    mkdir -p "$found"
    if [[ $seconds == minimise ]]; then
        rm -rf "$out/seeds"
        mkdir "$out/seeds"
        libfuzzer "$target" -set_cover_merge=1 -use_counters=0 "$out/seeds" "$found" "fuzz/seeds/$target" "$out/cases/$target"
        rm -rf "fuzz/seeds/$target"
        mv "$out/seeds" "fuzz/seeds/$target"
        echo "$target: $(find "fuzz/seeds/$target" -type f | wc -l) seeds"
        continue
    fi
    libfuzzer "$target" -dict=fuzz/words.dict -max_len=4096 -max_total_time="$seconds" \
        -print_final_stats=1 "$found" "fuzz/seeds/$target"
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$target.log")
    reached=$(grep -o 'DONE .*corp: [0-9]*' "$out/$target.log" | sed 's/DONE *//')
    echo "$target: $seconds s, $executions executions, $reached"
done
