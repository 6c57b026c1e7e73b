#!/usr/bin/env bash
# `cargo cinstall` installs the same files as `make install-lib`, except for the licences and the CMake package,
# which cargo-c does not support. Not part of the tests, because compiling cargo-c takes more than ten minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$PWD/target/cargo-c
stage=$work/stage
export PATH=$PATH:$work/bin
if ! command -v cargo-cinstall >/dev/null; then
    cargo install cargo-c --version '0.10.24+cargo-0.98.0' --locked --root "$work"
fi

rm -rf "$stage"
make -s install-lib DESTDIR="$stage/make" PREFIX=/usr/local
cargo cinstall --locked --release -p hooksig --features lanes --target-dir "$work/target" \
    --destdir "$stage/cargo-c" --prefix /usr/local --libdir /usr/local/lib

# Describes the installation below a folder of the stage.
describe() {
    local prefix=$stage/$1/usr/local
    (cd "$prefix" && find . -not -type d -not -path '*/cmake/*' -not -path './share/doc/*' | sort)
    cksum <"$prefix/include/hooksig.h"
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --modversion --cflags --libs --static hooksig
    readelf -d "$prefix/lib/libhooksig.so" | grep -oE '\((SONAME|NEEDED)\).*'
    nm -D --defined-only "$prefix/lib/libhooksig.so" | awk '{ print $3 }'
    # The feature `lanes` exports nothing; a local function shows that it is on.
    nm -C "$prefix/lib/libhooksig.so" | grep -o 'lanes::.*::compress_lanes' | sort -u
}

diff <(describe make) <(describe cargo-c)
echo "cargo cinstall and make install-lib lay out the same:"
describe cargo-c | grep '^\./'
