#!/usr/bin/env bash
# Runs each target for some seconds, from the seeds that are kept and from what earlier runs found:
# fuzz/smoke.sh [SECONDS [TARGET...]]
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
cargo +nightly --version >/dev/null 2>&1 || missing+=("a nightly toolchain")
cargo fuzz --version >/dev/null 2>&1 || missing+=(cargo-fuzz)
if [[ ${#missing[@]} -gt 0 ]]; then
    printf 'fuzz: skipped: %s is missing\n' "${missing[@]}"
    [[ -z ${CI:-} ]]
    exit
fi

seconds=${1:-10}
shift || true
mapfile -t all < <(cargo +nightly fuzz list)
targets=("${@:-${all[@]}}")

cargo +nightly fuzz build
cargo +nightly run --quiet --manifest-path fuzz/Cargo.toml --example seeds -- fuzz/corpus
for target in "${targets[@]}"; do
    printf 'fuzz: %s, %s s: ' "$target" "$seconds"
    log=fuzz/corpus/$target.log
    cargo +nightly fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -dict=fuzz/words.dict -max_len=4096 -max_total_time="$seconds" >"$log" 2>&1 || {
        cat "$log"
        exit 1
    }
    tail -1 "$log"
done
