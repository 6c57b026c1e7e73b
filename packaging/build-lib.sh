#!/usr/bin/env bash
# Builds the C libraries: packaging/build-lib.sh [TARGET]
#
# Without TARGET, builds for this machine: in target/lib, and in target/c with the layout of an installation.
# For another Rust target, puts the header and the libraries into target/c-TARGET.
set -euo pipefail
cd "$(dirname "$0")/.."
source packaging/built.sh

scripts/setup.sh cargo cc ar crates
if [[ -n ${1:-} ]]; then
    packaging/c-library.sh "target/c-$1/lib" "$1"
    install -D -m 644 include/hooksig.h "target/c-$1/include/hooksig.h"
    exit
fi
build lib packaging/c-library.sh target/lib
DESTDIR='' PREFIX=$PWD/target/c LIBDIR=lib packaging/install.sh install lib
