#!/usr/bin/env bash
# Tests the Go package, its modules, the pure core and both ways to link the C library.
#
# Run `make lib program` first; `make test-go` does everything. Prints a line for each check, and its output
# on failure. Without Go nothing is tested, and without a peer its checks are skipped; if CI is set, either is
# a failure.
# shellcheck disable=SC2030,SC2031 # A subshell has its own environment.
set -euo pipefail
cd "$(dirname "$0")"

root=$(realpath ..)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/checks
source "$root/scripts/report.sh"

if ! command -v go >/dev/null; then
    echo "skipped: go (install Go 1.26 or newer: https://go.dev/dl)"
    [[ -z ${CI:-} ]]
    exit
fi
"$root/scripts/setup.sh" cc pkg-config modules:go/translate
"$root/scripts/setup.sh" redis-server || true
"$root/scripts/setup.sh" pkg:libmicrohttpd || true

export PKG_CONFIG_PATH=$root/target/c/lib/pkgconfig
export LD_LIBRARY_PATH=$root/target/c/lib
export CGO_ENABLED=1
source "$root/packaging/go-flags.sh"

# tested NAME COMMAND...: checks with Go's tests, which name the tools that they skip for.
tested() {
    check "$@"
    local log="$out/${1//[ \/]/-}.log" tool
    while read -r tool; do missing "$1" "$tool"; done < <(sed -n 's/^ *[a-z_]*\.go:[0-9]*: missing: //p' "$log")
}

formatted() {
    local files
    files=$(gofmt -l .)
    echo "$files"
    [[ -z $files ]]
}

modules() {
    local module
    for module in . redisstore interop load translate; do
        (cd "$module" && "$@") || return
    done
}

without_dependencies() {
    [[ $(go list -m all) == github.com/hooksig/hooksig/go ]]
}

# Compares the verdicts of the programs on the shared cases; all must be as expected.
same_verdicts() {
    local files tags
    files=$(find "$root/vectors/cases" -name '*.jsonl' | sort)
    # shellcheck disable=SC2086 # no path holds a space
    "$root/target/program/hooksig" conform $files >"$work/rust" || return
    for tags in '' hooksig_static; do
        # shellcheck disable=SC2086
        go run -tags "$tags" ./cmd/conform $files >"$work/go" || return
        diff "$work/rust" "$work/go" || return
        # shellcheck disable=SC2086
        [[ $(cat $files | wc -l) -eq $(wc -l <"$work/go") ]] || return
    done
}

# Builds with one library, then with another in its place, beside a copy of the package.
links_again() (
    mkdir -p "$work/linked/target" "$work/linked/packaging"
    cp -r "$root/target/c" "$work/linked/target/c"
    cp "$root/packaging/go-flags.sh" "$work/linked/packaging"
    cp -r "$root/go" "$work/linked/go"
    cd "$work/linked/go"
    unset GOFLAGS
    build() (
        source ../packaging/go-flags.sh
        go build -tags hooksig_static -o ../conform ./cmd/conform
    )
    build
    printf 'int hooksig_is_another;' | cc -c -x c -o ../another.o -
    # Only a link that reads the archive notices that nothing is left in it.
    rm ../target/c/lib/libhooksig.a
    ar rc ../target/c/lib/libhooksig.a ../another.o
    ! build
)

# The Rust that makes the same bytes everywhere may be missing.
built_from_the_sources() {
    local code=0
    "$root/scripts/go-core.sh" --check || code=$?
    [[ $code -eq 3 && -z ${CI:-} ]] || return "$code"
}

# names_every_way COMMAND...: the command must fail with a message that names every way to link.
names_every_way() {
    local said
    if said=$("$@" 2>&1); then
        echo "it was built without the library"
        return 1
    fi
    echo "$said"
    [[ $said == *install*hooksig* && $said == *hooksig_static* && $said == *pure*Go* ]]
}

# Builds a copy that is in no build cache and has no library beside it.
build_without_library() {
    copy "$work/checkout/go"
    env -C "$work/checkout/go" -u PKG_CONFIG_PATH PKG_CONFIG_LIBDIR="$work" go build "$@" .
}

# One clear message instead of one for each missing name.
names_cgo() {
    local said
    said=$(CGO_ENABLED=0 go build -tags "$1" . 2>&1) && return 1
    echo "$said"
    [[ $said == *CGO_ENABLED* && $(wc -l <<<"$said") -le 2 ]]
}

# copy FOLDER: copies the package without the files that only its tests need.
copy() {
    mkdir -p "$1"
    cp ./*.go ./*.h ./*.pc go.mod "$1"
    cp -r internal "$1"
}

# builds_from_copies TAGS: a module whose dependencies are copied. Without tags it needs nothing but Go, and its program
# no other file; with hooksig_cgo both need the installed library.
builds_from_copies() {
    local module=$work/copies-$1 environment=()
    mkdir -p "$module"
    printf 'package main\n\nimport hooksig "github.com/hooksig/hooksig/go"\n\nfunc main() { println(hooksig.Digest(nil)) }\n' \
        >"$module/main.go"
    (
        cd "$module"
        [[ -n $1 ]] || export CGO_ENABLED=0
        go mod init example.com/copies && go mod edit -replace "github.com/hooksig/hooksig/go=$root/go" &&
            go mod tidy && go mod vendor && go build -tags "$1" -o program .
    ) || return
    if [[ -n $1 ]]; then
        environment=(LD_LIBRARY_PATH="$LD_LIBRARY_PATH")
        fails env -i "$module/program" || return
    fi
    [[ $(env -i "${environment[@]}" "$module/program" 2>&1) == SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= ]]
}

# The receiver of the README, built in an empty folder without cgo, accepts a delivery where no other file exists.
runs_in_an_empty_root() (
    local isolated=(chroot) port
    [[ $EUID -eq 0 ]] || isolated=(unshare --map-root-user chroot)
    port=$(shuf -i 20000-29999 -n 1)
    export DRONE_WEBHOOK_SECRET=bea26a2221fd8090ea38720fc445eca6 CGO_ENABLED=0
    mkdir -p "$work/empty/root"
    cd "$work/empty"
    sed -n '/^package main$/,/^```$/p' "$root/go/README.md" | sed "/^\`\`\`/d; s/127.0.0.1:8080/127.0.0.1:$port/" >main.go
    go mod init example.com/receiver && go mod edit -replace "github.com/hooksig/hooksig/go=$root/go" &&
        go mod tidy && go build -o root/receiver . || return
    "${isolated[@]}" root /receiver 2>log & trap 'kill $!' EXIT
    for _ in {1..50}; do
        "$root/target/program/hooksig" trigger build:created "http://127.0.0.1:$port/hooks" && break
        sleep 0.1
    done
    grep ' build created of ' log
)

# The package uses neither unsafe nor cgo nor assembly.
is_pure() {
    local imports
    imports=$(CGO_ENABLED=1 go list -f '{{join .Imports "\n"}}{{range .CgoFiles}} cgo:{{.}}{{end}}{{range .SFiles}} assembly:{{.}}{{end}}' . ./internal/core)
    ! grep -E 'unsafe|cgo|assembly|^C$' <<<"$imports"
}

check 'gofmt changes nothing' formatted
check 'go.mod and go.sum are tidy' modules go mod tidy -diff
check 'the module depends on nothing' without_dependencies
check 'go vet' modules go vet ./...
check 'go vet, with the static library' go vet -tags hooksig_static ./...
check 'go vet, with the installed library' go vet -tags hooksig_cgo ./...
check 'pure Go imports no unsafe and has no C' is_pure
check 'the core is built from the Rust sources' built_from_the_sources
check 'the core is translated from its WebAssembly' env -C translate go test ./...
tested 'pure Go: the tests, with the race detector' go test -race ./...
# With the race detector, a pool drops some of its elements, so allocations are counted here.
tested 'pure Go: the tests' go test ./...
tested 'pure Go: the tests, in FIPS 140 mode' env GODEBUG=fips140=on go test -count=1 ./...
tested 'static library: the tests, with the race detector' env -u PKG_CONFIG_PATH -u LD_LIBRARY_PATH go test -race -tags hooksig_static ./...
check 'pure Go and the C library agree, in one process' ./both.sh
tested 'installed library: the tests' go test -tags hooksig_cgo ./...
tested 'the replay store in Redis' env -C redisstore go test -v -race ./...
tested "Drone's own code and others as peers" env -C interop go test -v -race -skip TestAllocations ./...
tested 'the allocations of the peers' env -C interop go test -v -run TestAllocations .
check 'go links again if only the library changed' links_again
check 'the verdicts of the Rust program on all shared cases' same_verdicts
check 'pure Go: a module builds without cgo, from copies' builds_from_copies ''
check 'installed library: a module builds from copies' builds_from_copies hooksig_cgo
check 'pure Go: the receiver of the README runs in an empty root' runs_in_an_empty_root
for tag in hooksig_cgo hooksig_static; do
    check "$tag: a build without the library names every way" names_every_way build_without_library -tags "$tag"
    check "$tag: a build without cgo says so" names_cgo "$tag"
done

report
