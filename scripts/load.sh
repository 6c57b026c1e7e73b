#!/usr/bin/env bash
# Measures the memory of the Go middleware at full speed. Then attacks the C receiver, the Go middleware and
# the tower layer, kills them in the middle, and counts the accepted deliveries: scripts/load.sh [OPTION...],
# with the options of go/load.
#
# `make load` builds the programs first. Without Go this is skipped, or fails if CI is set.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v go >/dev/null; then
    echo "skipped: go (install Go 1.26 or newer: https://go.dev/dl)"
    [[ -z ${CI:-} ]]
    exit
fi
# Without Redis, the receivers that use it are left out.
scripts/setup.sh redis-server || [[ -z ${CI:-} ]]
go -C go/load build -o "$PWD/target/load" .
# Tests that the attacks notice receivers that break their promises.
go -C go/load test -race ./...
cargo build --locked --quiet --workspace --all-features --example replica
# The middleware at full speed, and the memory that it uses.
go -C go test -run 'TestLoad$' -count 1 -load 45s .
exec target/load -c-receiver target/c-example/receiver \
    -rust-receiver target/debug/examples/replica "$@"
