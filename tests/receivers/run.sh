#!/usr/bin/env bash
# Builds the receivers and attacks them: tests/receivers/run.sh [ROW [RECEIVER]]
#
# Run `make example` first; `make test-receivers` does both. ROW selects rows by a part of their name or
# group, RECEIVER (c, go, gohandler, tower, listen or core) a receiver. Without Go its receivers are skipped,
# or fail if CI is set. Rows that measure times need an idle machine and run only if LONG is set.
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
# As the tests are built, so that nothing is built twice. Times are measured of optimised programs.
profile=dev built=debug
if [[ -n ${LONG:-} ]]; then profile=quick built=quick; fi
cargo build --locked --quiet --workspace --all-features --profile "$profile" --bins --example axum
exec "target/$built/hooksig-receivers" "$@"
