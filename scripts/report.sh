# Sourced by scripts that print one line per check: pass with its seconds, FAIL with its output, or skip.
#
# $out is a folder for the output of checks. A check whose tools cannot be installed is skipped by name, or
# fails if CI is set.
# shellcheck shell=bash
mkdir -p "$out"
passed=0
failed=0
skipped=0

# check NAME COMMAND...: runs the command in a subshell, which ends at the first error. Keeps its output.
check() {
    local name=$1 log="$out/${1//[ \/]/-}.log" flags=$- began=$SECONDS code
    shift
    # In a condition, errors would not end the subshell.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1
    code=$?
    [[ $flags != *e* ]] || set -e
    if [[ $code -eq 0 ]]; then
        pass "$name, $((SECONDS - began)) s"
    else
        fail "$name"
        tail -n 60 "$log" | sed 's/^/      /'
    fi
}

# fails COMMAND...: succeeds if the command fails. `! COMMAND` does not end a check.
fails() {
    if "$@"; then
        echo "did not fail: $*"
        return 1
    fi
}

# equal NAME EXPECTED GOT
equal() {
    if [[ $2 == "$3" ]]; then
        pass "$1"
    else
        fail "$1"
        printf '      expected: %s\n      got:      %s\n' "$2" "$3"
    fi
}

pass() {
    passed=$((passed + 1))
    echo "pass  $1"
}

fail() {
    failed=$((failed + 1))
    echo "FAIL  $1"
}

# with TOOLS NAME COMMAND...: a check that needs more tools than cargo.
with() {
    local tools=$1 name=$2
    shift
    # shellcheck disable=SC2086 # The tools are words.
    if scripts/setup.sh $tools >"$out/setup.log" 2>&1; then
        check "$@"
    else
        missing "$name" "$(tail -n 1 "$out/setup.log")"
    fi
}

# missing NAME REASON: a check that cannot run here.
missing() {
    if [[ -n ${CI:-} ]]; then
        fail "$1: $2"
    else
        skipped=$((skipped + 1))
        echo "skip  $1: $2"
    fi
}

# Prints the totals; the last command of the script.
report() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [[ $failed -eq 0 ]]
}
