#!/usr/bin/env bash
# Runs FuzzVerify with the pure core and the C library in one process: go/both.sh [FLAG OF go test...]
#
# Run `make lib` first. In a copy of the module, the package `internal/linked` is the package again, with the C
# library. `go/both.sh -fuzz FuzzVerify -fuzztime 5m` fuzzes; a failing input is kept in testdata/fuzz.
set -euo pipefail
cd "$(dirname "$0")"

root=$(realpath ..)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -r . "$work/go"
ln -s "$root/vectors" "$work/vectors"
cp testdata/both/*.go "$work/go"
linked=$work/go/internal/linked
mkdir "$linked"
cp testdata/both/verdicts.go "$linked"
for file in *.go *.h *.pc; do
    case $file in
    *_test.go | library_pure.go | library_nocgo.go) ;;
    # Only the constraint that chooses the core is removed.
    library_cgo.go | status_cgo.go) sed '/^\/\/go:build hooksig_cgo/d' "$file" >"$linked/$file" ;;
    *) cp "$file" "$linked" ;;
    esac
done

export CGO_ENABLED=1
export PKG_CONFIG_PATH=$root/target/c/lib/pkgconfig
export LD_LIBRARY_PATH=$root/target/c/lib
source "$root/packaging/go-flags.sh"
code=0
go -C "$work/go" test -run FuzzVerify "$@" . || code=$?
[[ ! -d $work/go/testdata/fuzz ]] || cp -r "$work/go/testdata/fuzz" testdata
exit "$code"
