#!/usr/bin/env bash
# Tests the C interface: the header alone, C and C++ programs against both libraries, the libraries
# themselves, their installation, and that the proof of no panic can fail.
#
# `make lib program` must have been run: `make test-ffi` does everything. Arguments choose parts, such as
# `ffi-tests/run.sh header programs`. Each check prints a line, and its output if it fails. A tool that
# is missing and cannot be installed is named, and the checks that need it are skipped; if CI is set,
# that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
tests=$root/ffi-tests
include=$root/target/c/include
lib=$root/target/c/lib
work=$root/target/ffi-tests
out=$work/checks
source "$root/scripts/report.sh"

# The tests of wrong arguments, which every exported function has.
arguments=(arguments_handles arguments_verify arguments_receive arguments_pending arguments_head arguments_sign)

strict=(-Wall -Wextra -Wpedantic -Wconversion -Werror)
strict_c=("${strict[@]}" -Wstrict-prototypes)

# Which of the tools that not every machine has are here.
declare -A has
find_tools() {
    local tool
    for tool in clang cmake fish ld.gold ld.lld meson valgrind zsh pkg:jansson; do
        if scripts/setup.sh "$tool"; then
            has[$tool]=1
        else
            missing "$tool" "what needs it is left out"
        fi
    done
}

has() {
    [[ -n ${has[$1]:-} ]]
}

scripts/setup.sh cargo gcc g++ make pkg-config
if [[ ! -e $lib/libhooksig.a ]]; then
    echo "run.sh: the library is not built; run \`make test-ffi\`" >&2
    exit 2
fi
mkdir -p "$work"
"$tests/examples.sh" "$work"
find_tools
[[ $# -gt 0 ]] || set -- header programs library link install negative
for part; do
    # shellcheck source=/dev/null # Each is checked by itself.
    source "$tests/checks/$part.sh"
    "check_$part"
done
report
