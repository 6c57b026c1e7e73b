#!/usr/bin/env bash
# Tests the Go package, its modules and both ways to link it.
#
# `make lib program` must have been run: `make test-go` does everything. A line is printed for each
# check, and its output if it fails. If Go is missing nothing is tested; if a peer of the tests is, the
# checks that need it are skipped; if CI is set, either is a failure.
set -euo pipefail
cd "$(dirname "$0")"

root=$(realpath ..)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
skipped=0

if ! command -v go >/dev/null; then
    echo "skipped: go (install Go 1.26 or newer: https://go.dev/dl)"
    [[ -z ${CI:-} ]]
    exit
fi
"$root/scripts/setup.sh" cc pkg-config
"$root/scripts/setup.sh" redis-server || true
"$root/scripts/setup.sh" pkg:libmicrohttpd || true

export PKG_CONFIG_PATH=$root/target/c/lib/pkgconfig
export LD_LIBRARY_PATH=$root/target/c/lib
export CGO_ENABLED=1

# check SENTENCE COMMAND...
check() {
    local sentence=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "pass  $sentence"
        passed=$((passed + 1))
    else
        echo "FAIL  $sentence"
        sed 's/^/      /' "$work/said"
        failed=$((failed + 1))
    fi
    skipped=$((skipped + $(grep -c 'missing: ' "$work/said" || true)))
    sed -n 's/^ *[a-z_]*\.go:[0-9]*: missing: /skip  /p' "$work/said"
}

formatted() {
    local files
    files=$(gofmt -l .)
    echo "$files"
    [[ -z $files ]]
}

modules() {
    local module
    for module in . redisstore interop load; do
        (cd "$module" && "$@") || return
    done
}

without_dependencies() {
    [[ $(go list -m all) == github.com/hooksig/hooksig/go ]]
}

# What both programs print for the shared cases, which must be as expected.
same_verdicts() {
    local files
    files=$(find "$root/vectors/cases" -name '*.jsonl' | sort)
    # shellcheck disable=SC2086 # no path holds a space
    "$root/target/program/hooksig" conform $files >"$work/rust" || return
    # shellcheck disable=SC2086
    go run ./cmd/conform $files >"$work/go" || return
    diff "$work/rust" "$work/go"
    # shellcheck disable=SC2086
    [[ $(cat $files | wc -l) -eq $(wc -l <"$work/go") ]]
}

# names_both_ways COMMAND...: the command must fail with a message that does.
names_both_ways() {
    local said
    if said=$("$@" 2>&1); then
        echo "it was built without the library"
        return 1
    fi
    echo "$said"
    [[ $said == *install*hooksig* && $said == *hooksig_static* ]]
}

# Of a copy, which is in no build cache, and beside which there is no library.
build_without_library() {
    mkdir -p "$work/checkout/go"
    cp ./*.go ./*.h ./*.pc go.mod "$work/checkout/go"
    env -C "$work/checkout/go" -u PKG_CONFIG_PATH PKG_CONFIG_LIBDIR="$work" go build "$@" .
}

check 'gofmt changes nothing' formatted
check 'go.mod and go.sum are tidy' modules go mod tidy -diff
check 'the module depends on nothing' without_dependencies
check 'go vet' modules go vet ./...
check 'the tests, with the race detector' go test -race ./...
check 'the tests, without it' go test -count=1 ./...
check 'the tests, with every pointer that C is given checked' env GOEXPERIMENT=cgocheck2 go test ./...
check 'the tests, with the static library' env -u PKG_CONFIG_PATH -u LD_LIBRARY_PATH go test -tags hooksig_static ./...
check 'the replay store in Redis' env -C redisstore go test -v -race ./...
check 'receivers that break their promises are noticed under load' env -C load go test -v -race ./...
check "Drone's own code and others as peers" env -C interop go test -v -race ./...
check 'the verdicts of the Rust program on all shared cases' same_verdicts
check 'a build without an installed library names both ways' names_both_ways build_without_library
check 'a build without the static library names both ways' names_both_ways build_without_library -tags hooksig_static

echo "go: $passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
