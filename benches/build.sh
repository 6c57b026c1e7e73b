#!/usr/bin/env bash
# Builds the programs that `make bench` compares, in target/bench/release; run `make lib` first.
# `benches/build.sh hooksig` builds only the programs to count hooksig's instructions.
#
# A program whose tools are missing is skipped by name, or fails if CI is set.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=target/bench/release
strict=(-std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wstrict-prototypes -Werror)

# skip TOOL
skip() {
    echo "skip  $1 is missing, and what needs it is left out"
    [[ -z ${CI:-} ]]
}

cargo=(env -u CARGO_BUILD_TARGET cargo build --locked --release --manifest-path benches/Cargo.toml --target-dir target/bench)
if [[ ${1:-} == hooksig ]]; then
    "${cargo[@]}" --bin hooksig --bin instructions
else
    "${cargo[@]}" --features compare
fi
cc "${strict[@]}" -Itarget/c/include benches/c/hooksig.c benches/c/contestant.c \
    target/c/lib/libhooksig.a -o "$programs/hooksig-c"
if [[ ${1:-} == hooksig ]]; then
    exit
fi
if scripts/setup.sh pkg-config pkg:libcrypto; then
    # shellcheck disable=SC2046 # the flags are words
    cc "${strict[@]}" $(pkg-config --cflags libcrypto) benches/c/openssl.c benches/c/contestant.c \
        $(pkg-config --libs libcrypto) -o "$programs/openssl"
else
    skip OpenSSL
fi
if command -v go >/dev/null; then
    source packaging/go-flags.sh
    CGO_ENABLED=0 go build -C go/interop -o "$PWD/$programs/go-contestant" ./contestant
    CGO_ENABLED=1 go build -C go/interop -tags hooksig_static -o "$PWD/$programs/go-contestant-cgo" ./contestant
else
    skip go
fi
