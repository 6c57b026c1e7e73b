#!/usr/bin/env bash
# Builds the receivers and attacks them: tests/receivers/run.sh [ROW [RECEIVER]]
#
# `make example` must have been run: `make test-receivers` does both. ROW runs only the rows whose name or
# group holds it, RECEIVER (c, go, gohandler, tower, listen or core) only that receiver. Without Go the
# receivers in Go are skipped; if CI is set, that is a failure. The rows that measure times, for which nothing
# else should run, are left out unless LONG is set.
set -euo pipefail
cd "$(dirname "$0")/../.."

scripts/setup.sh cargo cc crates
# The programs find each other in one folder, wherever other builds go.
export CARGO_TARGET_DIR=target
unset CARGO_BUILD_TARGET
mkdir -p target/receivers
cc -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wstrict-prototypes -Werror -O2 -g \
    -o target/receivers/core tests/receivers/core/main.c -Itarget/c/include target/c/lib/libhooksig.a
rm -f target/receivers/go
if command -v go >/dev/null; then
    go -C tests/receivers/go build -o "$PWD/target/receivers/go" .
fi
# As the tests are built, so that nothing is built twice.
cargo build --locked --quiet --workspace --all-features --bins --example axum
exec target/debug/hooksig-receivers "$@"
