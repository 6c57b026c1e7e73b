#!/usr/bin/env bash
# Builds the C libraries in target/lib and lays them out in target/c like an installation.
set -euo pipefail
cd "$(dirname "$0")/.."
source packaging/library.sh
source packaging/built.sh

# The panic handler is behind a cfg that only this crate gets. It calls an undefined symbol: a library
# in which a panic is possible does not link.
rustc_arguments=(--cfg hooksig_panic_handler
    -C link-arg=-Wl,-soname,"$soname" -C link-arg=-Wl,-z,defs -C link-arg=-lc)

build_lib() {
    local messages file
    messages=$(cargo rustc --locked --release -p hooksig --lib --crate-type staticlib,cdylib --features capi \
        --message-format json-render-diagnostics -- "${rustc_arguments[@]}")
    for file in libhooksig.a libhooksig.so; do
        install -C "$(built_file "$file" <<<"$messages")" "target/lib/$file"
    done
}

scripts/setup.sh cargo cc crates
build lib build_lib
DESTDIR='' PREFIX=$PWD/target/c LIBDIR=lib packaging/install.sh install lib
