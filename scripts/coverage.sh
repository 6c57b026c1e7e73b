#!/usr/bin/env bash
# Which lines and branches of the core and of its C interface the tests reach: a table, and each
# line in target/coverage/html. Fails below 98 % of the lines.
#
# The Rust tests and the C programs of ffi-tests count; the tools are those of rustc's LLVM.
set -euo pipefail
cd "$(dirname "$0")/.."

least=98
out=$PWD/target/coverage
major=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
tools=$(rustc --print target-libdir)/../bin
if [[ ! -x $tools/llvm-cov ]]; then
    scripts/setup.sh cc pkg-config pkg:jansson "llvm-cov-$major"
    tools=/usr/lib/llvm-$major/bin
fi
rm -rf "$out/profiles" "$out/html"
mkdir -p "$out/programs"

# The workspace alone is instrumented. Branches are counted behind an unstable option.
cat >"$out/rustc" <<'SCRIPT'
#!/bin/sh
exec "$@" -C instrument-coverage -Z coverage-options=branch
SCRIPT
chmod +x "$out/rustc"
export RUSTC_WORKSPACE_WRAPPER=$out/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$out
export LLVM_PROFILE_FILE=$out/profiles/%p-%m.profraw

cargo test --locked -p hooksig --all-features --lib --test suite --test model --no-run --message-format json |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' >"$out/executables"
while read -r executable; do
    "$executable" --quiet >"$out/said" || {
        cat "$out/said"
        exit 1
    }
done <"$out/executables"

# The library for C has no way to panic only when it is optimised, which this one is not.
CARGO_PROFILE_DEV_PANIC=abort cargo rustc --locked -p hooksig --lib --crate-type staticlib \
    --features capi -- --cfg hooksig_panic_handler
echo '_Noreturn void hooksig_panic_reached(void) { __builtin_trap(); }' >"$out/panic.c"
cover() {
    local program=$out/programs/$1 libraries
    libraries=$(pkg-config --cflags --libs jansson)
    # shellcheck disable=SC2086 # They are words.
    cc -std=c99 -pthread -Iinclude "ffi-tests/c/$1.c" "$out/panic.c" "$out/debug/libhooksig.a" \
        -Wl,-u,__llvm_profile_runtime $libraries -o "$program"
    echo "$program" >>"$out/executables"
    "$program" "${@:2}" >"$out/said" || {
        cat "$out/said"
        exit 1
    }
}
cover arguments_handles
cover arguments_verify
cover arguments_sign
cover policy
cover threads 10
cover million 1000
cover deliveries vectors/deliveries/*.http
cover conformance vectors/cases/*.jsonl

"$tools/llvm-profdata" merge -sparse "$out"/profiles/*.profraw -o "$out/profile"
objects=()
while read -r executable; do
    objects+=(-object "$executable")
done < <(sort -u "$out/executables")
"$tools/llvm-cov" show "${objects[@]}" -instr-profile "$out/profile" -format html \
    -show-branches count -output-dir "$out/html" src/
"$tools/llvm-cov" report "${objects[@]}" -instr-profile "$out/profile" -show-region-summary=false \
    -show-instantiation-summary=false src/ | tee "$out/table"
lines=$(awk '$1 == "TOTAL" { print $7 + 0 }' "$out/table")
echo "$lines % of the lines"
awk -v lines="$lines" -v least="$least" 'BEGIN { exit lines < least }'
