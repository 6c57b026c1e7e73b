#!/usr/bin/env bash
# Builds the core as WebAssembly and translates it to Go: scripts/go-core.sh [--check]
#
# Writes go/translate/core.wasm, go/internal/core/core.go and core.wasm.sha256. With --check it writes nothing and
# fails if the WebAssembly differs from the one of the sources. It exits with 3 without the Rust version that
# makes the same bytes everywhere.
set -euo pipefail
cd "$(dirname "$0")/.."
source packaging/built.sh

rust=1.95.0
wasm=go/translate/core.wasm
target=wasm32-unknown-unknown

# The functions that go/library_pure.go calls.
functions='key_init policy_init policy_set_max_skew policy_require policy_expect_key_id
    policy_allow_missing_algorithm policy_allow_hs2019 begin pending_body_update pending_body_finish delivery_read
    sign signing_string date_format date_parse status_name status_text'

choose_rust() {
    [[ $(rustc --version) != "rustc $rust "* ]] || return 0
    command -v rustup >/dev/null && rustup toolchain list | grep -q "^$rust-" || {
        echo "missing: Rust $rust (rustup toolchain install $rust)"
        exit 3
    }
    export RUSTUP_TOOLCHAIN=$rust
}

# Links without undefined symbols, so that a core with a possible panic does not link.
link() {
    local lld exports=()
    lld=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld
    for function in $functions; do exports+=("--export=hooksig_$function"); done
    "$lld" -flavor wasm --no-entry --gc-sections --strip-debug --stack-first -z stack-size=16384 \
        --export=__heap_base "${exports[@]}" "$1" -o "$2"
}

# Once translated, the small version is as quick as the fast one, and takes a third less.
build() {
    local library
    library=$(env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR=target/go-core HOOKSIG_CROSS=rustup \
        scripts/cross.sh "$target" rustc --locked -q --release --config 'profile.release.opt-level="s"' \
        -p hooksig --lib --crate-type staticlib --features capi,small --message-format json-render-diagnostics \
        -- --cfg hooksig_panic_handler --cfg hooksig_host_compress | built_file libhooksig.a)
    link "$library" "$1"
}

choose_rust
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build "$work/core.wasm"
if [[ ${1:-} == --check ]]; then
    cmp "$work/core.wasm" "$wasm" && exit
    echo 'the core was changed: write its Go again with `make go-core`'
    exit 1
fi
install -m 644 "$work/core.wasm" "$wasm"
go -C go/translate run . ../internal/core
