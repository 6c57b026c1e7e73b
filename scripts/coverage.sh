#!/usr/bin/env bash
# Measures the lines and branches of the core and its C interface that the tests reach. Prints a table, and
# writes each line to target/coverage/html. Fails below 98 % of the lines.
#
# Counts the Rust tests, also in the size build, and the C programs of ffi-tests. Uses rustc's LLVM tools.
set -euo pipefail
cd "$(dirname "$0")/.."

unset CARGO_BUILD_TARGET
least=98
out=$PWD/target/coverage
scripts/setup.sh cc pkg-config pkg:jansson llvm-tools
tools=$(rustc --print target-libdir)/../bin
rm -rf "$out/profiles" "$out/html"
mkdir -p "$out/programs"
export LLVM_PROFILE_FILE=$out/profiles/%p-%m.profraw

# instrumented FOLDER OPTIONS...: makes cargo build in FOLDER and count only the workspace. Branch counts need
# an unstable option.
instrumented() {
    export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$1 RUSTC_WORKSPACE_WRAPPER=$1/rustc
    mkdir -p "$1"
    printf '#!/bin/sh\nexec "$@" -C instrument-coverage -Z coverage-options=branch %s\n' "${*:2}" >"$1/rustc"
    chmod +x "$1/rustc"
}

# run PROGRAM ARGUMENTS...: prints the output only on failure.
run() {
    echo "$1" >>"$out/executables"
    "$@" >"$out/said" || {
        cat "$out/said"
        exit 1
    }
}

# run_rust_tests OPTION...: with the features of the options.
run_rust_tests() {
    local executable
    cargo test --locked -p hooksig "$@" --lib --test suite --test model --no-run \
        --message-format json | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' >"$out/tests"
    while read -r executable; do
        run "$executable" --quiet
    done <"$out/tests"
}

run_c_program() {
    local program=$out/programs/$1 libraries
    libraries=$(pkg-config --cflags --libs jansson)
    # shellcheck disable=SC2086 # They are words.
    cc -std=c99 -pthread -Iinclude "ffi-tests/c/$1.c" "$out/panic.c" "$out/debug/libhooksig.a" \
        -Wl,-u,__llvm_profile_runtime $libraries -o "$program"
    run "$program" "${@:2}"
}

# If several programs have a function of the same name, the first counts. The C interface is called from C
# programs, so they come first.
: >"$out/executables"
instrumented "$out"
CARGO_PROFILE_DEV_PANIC=abort cargo rustc --locked -p hooksig --lib --crate-type staticlib \
    --features capi -- --cfg hooksig_panic_handler
# Only the optimised library cannot panic, so this build needs the panic handler's symbol.
cat >"$out/panic.c" <<'C'
void hooksig_panic_reached(void) { __builtin_trap(); }
void rust_eh_personality(void) { __builtin_trap(); }
C
run_c_program arguments_handles
run_c_program arguments_verify
run_c_program arguments_receive
run_c_program arguments_pending
run_c_program arguments_head
run_c_program arguments_sign
run_c_program policy
run_c_program threads 10
run_c_program million 1000
run_c_program deliveries vectors/deliveries/*.http
# shellcheck disable=SC2046 # No name of theirs has a space.
run_c_program conformance $(find vectors/cases -name '*.jsonl')
run_rust_tests --all-features
instrumented "$out/small" '--cfg "sha2_backend_soft=\"compact\""'
run_rust_tests --features small

"$tools/llvm-profdata" merge -sparse "$out"/profiles/*.profraw -o "$out/profile"
readarray -t programs <"$out/executables"
objects=("${programs[0]}" "${programs[@]/#/-object=}" -instr-profile "$out/profile")
"$tools/llvm-cov" show "${objects[@]}" -format html -show-branches count -output-dir "$out/html" src/ 2>/dev/null
"$tools/llvm-cov" export "${objects[@]}" -format lcov src/ >"$out/lcov" 2>/dev/null
awk -F '[:,]' -v least="$least" -f scripts/coverage.awk "$out/lcov" | LC_ALL=C sort
