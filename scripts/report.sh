# Sourced by scripts that print one line per check: ok, FAILED with the end of its output, or skipped.
#
# $out is a folder for the output of checks. A check whose tools cannot be installed is skipped by name, or
# fails if CI is set.
mkdir -p "$out"
passed=0
failed=0
skipped=0

# check NAME COMMAND...: keeps the output, and prints it on failure.
check() {
    local name=$1 log="$out/${1//[ \/]/-}.log"
    shift
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok       $name"
    else
        failed=$((failed + 1))
        echo "FAILED   $name"
        tail -n 20 "$log" | sed 's/^/         /'
    fi
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
        failed=$((failed + 1))
        echo "FAILED   $1: $2"
    else
        skipped=$((skipped + 1))
        echo "skipped  $1: $2"
    fi
}

# Prints the totals; the last command of the script.
report() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [[ $failed -eq 0 ]]
}
