#!/usr/bin/env bash
# Runs the tests in parts, independent ones in parallel: scripts/test.sh [--setup | PART...]
#
# Installs and downloads everything first. Each part is a target of the Makefile. Its output goes to
# target/test/PART.log, and is printed when the part ends. A table of the parts comes last, with the command
# to repeat each failed part.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

# Each line names a part, and the parts that must have passed before it starts.
parts='
    test-build
    lint
    test-go         test-build
    test-rust
    test-docs       test-build
    test-ffi        test-build
    test-example    test-build
    test-receivers  test-build
    test-install    test-build
'

setup() {
    scripts/setup.sh cargo cc c++ make pkg-config pkg:libmicrohttpd curl kill script python3 readelf \
        clippy rustfmt crates || return
    # Without these tools their checks are skipped, or fail if CI is set.
    scripts/setup.sh clang cmake fish zsh valgrind pkg:jansson pkg:hiredis redis-server nginx nc shellcheck pyflakes3 \
        arm-none-eabi-gcc qemu-system-arm target:thumbv7em-none-eabi target:wasm32-unknown-unknown || skipped_tools=yes
    if scripts/setup.sh go; then
        scripts/setup.sh modules:go modules:go/redisstore modules:go/interop modules:go/load modules:go/translate modules:tests/receivers/go || return
    else
        skipped_tools=yes
    fi
    [[ -z ${skipped_tools:-} || -z ${CI:-} ]] || return
    [[ -z ${skipped_tools:-} ]] || echo "Tests that need them are skipped."
}

names=()
declare -A needs=() state=() pids=() began=() seconds=()
read_parts() {
    local name rest
    while read -r name rest; do
        [[ -n $name ]] || continue
        [[ $# -eq 0 || " $* " == *" $name "* ]] || continue
        names+=("$name")
        needs[$name]=$rest
        state[$name]=waiting
    done <<<"$parts"
    [[ ${#names[@]} -gt 0 ]]
}

# Prints whether a part can start now, later or never. A part that was not requested counts as passed.
readiness() {
    local need result=now
    for need in ${needs[$1]}; do
        case ${state[$need]:-passed} in
        passed) ;;
        waiting | running) result=later ;;
        *) result=never && break ;;
        esac
    done
    echo "$result"
}

# After test-build, a part does not build again, because another part may be using the files.
start() {
    local built=()
    [[ ${state[test-build]:-} != passed ]] || built=(-o lib -o program -o example)
    echo "==> $1 begins"
    began[$1]=$SECONDS
    state[$1]=running
    # In its own process group, so that end_all also ends everything that it started.
    set -m
    make --no-print-directory "${built[@]}" "$1" >"$out/$1.log" 2>&1 </dev/null &
    pids[$1]=$!
    set +m
}

finish() {
    local name=$1 code=$2
    state[$name]=passed
    [[ $code -eq 0 ]] || state[$name]=FAILED
    seconds[$name]=$((SECONDS - began[$name]))
    unset "pids[$name]"
    printf '\n==> %s: %s after %s s\n' "$name" "${state[$name]}" "${seconds[$name]}"
    cat "$out/$name.log"
}

start_ready() {
    local name
    for name in "${names[@]}"; do
        [[ ${state[$name]} == waiting && ${#pids[@]} -lt $slots ]] || continue
        case $(readiness "$name") in
        now) start "$name" ;;
        never) state[$name]='not run' ;;
        esac
    done
}

wait_for_one() {
    local ended code name
    wait -n -p ended "${pids[@]}"
    code=$?
    for name in "${!pids[@]}"; do
        [[ ${pids[$name]} != "$ended" ]] || finish "$name" "$code"
    done
}

end_all() {
    local pid
    for pid in "${pids[@]}"; do
        kill -TERM -- "-$pid" 2>/dev/null
    done
    exit 130
}

report() {
    local name failed=0 passed=0
    printf '\n%-14s %8s  %s\n' part seconds result
    for name in "${names[@]}"; do
        printf '%-14s %8s  %s\n' "$name" "${seconds[$name]:--}" "${state[$name]}"
        if [[ ${state[$name]} == passed ]]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
        fi
    done
    printf '%-14s %8s\n\n' together "$SECONDS"
    for name in "${names[@]}"; do
        [[ ${state[$name]} != FAILED ]] || echo "FAILED: $name; its output is in $out/$name.log; run it again with: make $name"
    done
    echo "$passed parts passed, $failed failed"
    [[ $failed -eq 0 ]]
}

out=target/test
slots=$(nproc)
mkdir -p "$out"
setup || exit 2
[[ ${1:-} != --setup ]] || exit 0
read_parts "$@" || {
    echo "test.sh: there is no such part; the parts are:$parts" >&2
    exit 2
}
trap end_all INT TERM
while start_ready && [[ ${#pids[@]} -gt 0 ]]; do
    wait_for_one
done
report
