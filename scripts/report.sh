# Sourced by what prints a line a check: ok, FAILED with the end of what it said, or skipped.
#
# $out is a folder for what the checks say. What needs a tool that is not there and cannot be
# installed is skipped by name; where CI is set, it fails.
mkdir -p "$out"
passed=0
failed=0
skipped=0

# check NAME COMMAND...: what it prints is kept, and shown if it fails.
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

# with TOOLS NAME COMMAND...: a check that needs more than cargo.
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

# missing NAME REASON: a check that cannot be made here.
missing() {
    if [[ -n ${CI:-} ]]; then
        failed=$((failed + 1))
        echo "FAILED   $1: $2"
    else
        skipped=$((skipped + 1))
        echo "skipped  $1: $2"
    fi
}

# Says how many there were; the last command of the script.
report() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [[ $failed -eq 0 ]]
}
