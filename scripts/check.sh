#!/usr/bin/env bash
# Checks beside the tests: scripts/check.sh quick, or long for those that take more than a few minutes.
#
# What a check needs is installed (scripts/setup.sh). Where that cannot be, it is skipped by name;
# where CI is set, it fails.
set -uo pipefail
cd "$(dirname "$0")/.."

out=target/checks
source scripts/report.sh
host=$(rustc -vV | sed -n 's/^host: //p')
msrv=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

# The core has no dependency twice. For the rest that is listed in the log, and is no fault.
licences_and_sources() {
    cargo deny check licenses bans sources &&
        cargo deny --workspace check -W duplicate --hide-inclusion-graph licenses bans sources &&
        cargo deny --manifest-path fuzz/Cargo.toml check -W duplicate --hide-inclusion-graph licenses bans sources
}

# Against the database of RustSec, which must be reached.
advisories() {
    cargo deny --workspace check advisories
}

every_set_of_features() {
    cargo hack clippy --locked -p hooksig --lib --feature-powerset -- -D warnings
}

# A copy, whose lock file is made anew with the lowest versions that the manifests allow.
minimal_versions() {
    local copy=$out/minimal
    mkdir -p "$copy"
    git ls-files -z --cached | tar -c --null -T - | tar -x -C "$copy" || return
    (
        cd "$copy" && rm -f Cargo.lock &&
            cargo +nightly generate-lockfile -Zdirect-minimal-versions &&
            cargo +nightly check --locked --target-dir ../minimal-target "$@"
    )
}

# No dependency of what is published may need a newer compiler. clippy's incompatible_msrv, which is
# among the lints, sees to the code itself.
msrv_of_dependencies() {
    cargo metadata --locked --format-version 1 --all-features | python3 scripts/msrv.py "$msrv" hooksig hooksig-tower
}

builds_with_msrv() {
    cargo "+$msrv" check --locked --target-dir "$out/msrv" -p hooksig -p hooksig-tower --all-features
}

# The C code that is built for the host. The processors' own parts of the firmware are not.
c_sources() {
    ls benches/c/*.c c-example/*.c ffi-tests/c/*.c fuzz/constant-time/*.c firmware/{gateway,conform,verifier,verifier-of-fields,measure,footprint}.c
}

c_flags=(-std=c99 -Iinclude -Iffi-tests/c -Ifirmware)

# What an optimiser takes out, no analyzer finds: -O0.
gcc_analyzer() {
    local source flags
    for source in $(c_sources); do
        flags=(-Wall -Wextra -Wconversion -Werror -fanalyzer -O0)
        # What hangs at MHD's *request is not lost; valgrind looks for leaks in c-example/test.sh. Nor
        # is what a contestant keeps to its end.
        [[ $source =~ ^(c-example/receiver|benches/c/contestant)[.]c$ ]] && flags+=(-Wno-analyzer-malloc-leak)
        gcc "${c_flags[@]}" "${flags[@]}" -c "$source" -o "$out/object.o" || return
    done
}

clang_tidy() {
    # shellcheck disable=SC2046 # No name of theirs has a space.
    clang-tidy -quiet $(c_sources) -- "${c_flags[@]}"
}

address_sanitizer() {
    RUSTFLAGS=-Zsanitizer=address RUSTDOCFLAGS=-Zsanitizer=address cargo +nightly test --locked --target "$host" \
        --target-dir "$out/sanitized" -p hooksig -p hooksig-tower --all-features
}

# The compiler whose sources are there: nightly's with rust-src, or Debian's.
careful() {
    if [[ -d $(rustc +nightly --print sysroot)/lib/rustlib/src/rust/library ]]; then
        cargo +nightly careful test --locked --target-dir "$out/careful" "$@"
    else
        scripts/setup.sh rustc-web &&
            env CARGO=/usr/bin/cargo RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 \
                RUST_LIB_SRC=/usr/lib/rustlib/src/rust/library \
                cargo-careful careful test --locked --target-dir "$out/careful" "$@"
    fi
}

miri() {
    cargo +nightly miri test --locked --target-dir "$out/miri" -p hooksig --all-features --lib
}

# The C receiver with the sanitizers of address, leaks and undefined behaviour.
sanitized_load() {
    local flags='-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all'
    make --no-print-directory example EXAMPLE_OUT="$PWD/$out/sanitized-c" CFLAGS="$flags" &&
        scripts/load.sh -only c -c-receiver "$out/sanitized-c/receiver"
}

quick() {
    with 'gcc pkg-config pkg:libmicrohttpd pkg:jansson pkg:libcrypto' 'C: gcc -fanalyzer' gcc_analyzer
    with 'clang-tidy pkg-config pkg:libmicrohttpd pkg:jansson pkg:libcrypto' 'C: clang-tidy' clang_tidy
    with cargo-deny 'licences, duplicates and sources of all dependencies' licences_and_sources
    with python3 "no published crate's dependency needs more than Rust $msrv" msrv_of_dependencies
    with cargo-hack 'the core with every set of features' every_set_of_features
    with nightly 'lowest versions of the dependencies, published crates' minimal_versions -p hooksig -p hooksig-tower --all-features
}

long() {
    quick
    # Tests that try everything take minutes where nothing is optimised.
    export CARGO_PROFILE_DEV_OPT_LEVEL=1
    with nightly 'lowest versions of the dependencies, workspace' minimal_versions --workspace --all-features --all-targets
    if cargo deny fetch db >"$out/fetch.log" 2>&1; then
        check 'known vulnerabilities' advisories
    else
        missing 'known vulnerabilities' "the advisory database cannot be fetched"
    fi
    if cargo "+$msrv" --version >/dev/null 2>&1; then
        check "Rust $msrv builds it" builds_with_msrv
    else
        missing "Rust $msrv builds it" "there is no such toolchain; install it: rustup toolchain install $msrv"
    fi
    with nightly 'AddressSanitizer: the Rust tests' address_sanitizer
    with cargo-careful "cargo-careful: the core's tests" careful -p hooksig --all-features
    if cargo +nightly miri setup >"$out/miri.log" 2>&1; then
        check "Miri: the core's unit tests" miri
    else
        missing "Miri: the core's unit tests" "nightly has no miri; install it: rustup component add miri rust-src --toolchain nightly"
    fi
    with 'gcc pkg:libmicrohttpd redis-server' 'the C receiver with sanitizers, under load' sanitized_load
}

scripts/setup.sh cargo cc || exit
case ${1:-} in
quick | long) "$1" ;;
*)
    echo "usage: $0 quick|long" >&2
    exit 2
    ;;
esac
report
