#!/usr/bin/env bash
# Checks besides the tests: scripts/check.sh quick, or long for those of more than a few minutes.
#
# Installs the tools of a check (scripts/setup.sh). If that fails, the check is skipped by name, or fails if
# CI is set.
set -uo pipefail
cd "$(dirname "$0")/.."

out=target/checks
source scripts/report.sh
host=$(rustc -vV | sed -n 's/^host: //p')
msrv=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

# The core must not have a dependency twice. Other duplicates are only listed in the log.
licences_and_sources() {
    cargo deny check licenses bans sources &&
        cargo deny --workspace check -W duplicate --hide-inclusion-graph licenses bans sources &&
        cargo deny --manifest-path fuzz/Cargo.toml check -W duplicate --hide-inclusion-graph licenses bans sources
}

# Needs the RustSec database from the network.
advisories() {
    cargo deny --workspace check advisories
}

every_set_of_features() {
    cargo hack clippy --locked -p hooksig --lib --feature-powerset -- -D warnings
}

# In a copy, with a lock file of the lowest versions that the manifests allow.
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

# No dependency of a published crate may need a newer compiler. clippy's incompatible_msrv checks our code.
msrv_of_dependencies() {
    cargo metadata --locked --format-version 1 --all-features | python3 scripts/msrv.py "$msrv" hooksig hooksig-tower
}

builds_with_msrv() {
    cargo "+$msrv" check --locked --target-dir "$out/msrv" -p hooksig -p hooksig-tower --all-features
}

# The C code built for the host, without the processor-specific parts of the firmware.
c_sources() {
    ls benches/c/*.c c-example/*.c ffi-tests/c/*.c fuzz/constant-time/*.c firmware/{gateway,conform,verifier,verifier-of-fields,measure,footprint}.c
}

c_flags=(-std=c99 -Iinclude -Iffi-tests/c -Ifirmware "-I$out")

# At -O0, because the analyzer misses faults in code that is optimised away.
gcc_analyzer() {
    local source flags
    for source in $(c_sources); do
        flags=(-Wall -Wextra -Wconversion -Werror -fanalyzer -O0)
        # The analyzer reports MHD's *request as leaked, and memory that a contestant keeps to its end.
        # valgrind checks for leaks in c-example/test.sh.
        [[ $source =~ ^(c-example/receiver|benches/c/contestant)[.]c$ ]] && flags+=(-Wno-analyzer-malloc-leak)
        gcc "${c_flags[@]}" "${flags[@]}" -c "$source" -o "$out/object.o" || return
    done
}

# The header is generated, and #error in go/library.h takes one line.
c_format() {
    find benches c-example ffi-tests firmware fuzz tests -type d -name target -prune -o \
        -name '*.[ch]' -print0 -o -name '*.cpp' -print0 | xargs -0 clang-format --dry-run -Werror
}

clang_tidy() {
    # shellcheck disable=SC2046 # No name of theirs has a space.
    clang-tidy -quiet $(c_sources) -- "${c_flags[@]}"
}

# Go checks every pointer that it passes to C. It rebuilds its standard library for this.
go_pointers() {
    env -C go CGO_ENABLED=1 GOEXPERIMENT=cgocheck2 go test -tags hooksig_static ./...
}

# Editors show what gopls finds. It prints that and succeeds.
gopls_finds_nothing() (
    local gopls=$PWD/$out/gopls module
    for module in go go/redisstore go/interop go/load go/translate; do
        # shellcheck disable=SC2046 # No name has a space.
        (cd "$module" && "$gopls" check $(git ls-files '*.go' ':!redisstore' ':!interop' ':!load' ':!translate' ':!testdata'))
    done | tee "$gopls.txt"
    [[ ! -s $gopls.txt ]]
)

address_sanitizer() {
    RUSTFLAGS=-Zsanitizer=address RUSTDOCFLAGS=-Zsanitizer=address cargo +nightly test --locked --target "$host" \
        --target-dir "$out/sanitized" -p hooksig -p hooksig-tower --all-features
}

# Uses the compiler whose sources are installed: nightly's with rust-src, or Debian's.
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

# The C receiver under the address, leak and undefined behaviour sanitizers.
sanitized_load() {
    local sanitizers='-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all'
    make --no-print-directory example EXAMPLE_OUT="$PWD/$out/sanitized-c" CFLAGS="$sanitizers" &&
        scripts/load.sh -only c -c-receiver "$out/sanitized-c/receiver"
}

quick() {
    with codespell 'spelling' codespell
    with 'gcc pkg-config pkg:libmicrohttpd pkg:jansson pkg:libcrypto' 'C: gcc -fanalyzer' gcc_analyzer
    with clang-format 'C: clang-format' c_format
    with 'clang-tidy pkg-config pkg:libmicrohttpd pkg:jansson pkg:libcrypto' 'C: clang-tidy' clang_tidy
    with cargo-deny 'licences, duplicates and sources of all dependencies' licences_and_sources
    with python3 "no published crate's dependency needs more than Rust $msrv" msrv_of_dependencies
    with cargo-hack 'the core with every set of features' every_set_of_features
    with 'go modules:go cc pkg-config' 'Go: every pointer that C is given' go_pointers
    with nightly 'lowest versions of the dependencies, published crates' minimal_versions -p hooksig -p hooksig-tower --all-features
}

long() {
    quick
    # Exhaustive tests take minutes without optimisation.
    export CARGO_PROFILE_DEV_OPT_LEVEL=1
    with nightly 'lowest versions of the dependencies, workspace' minimal_versions --workspace --all-features --all-targets
    if cargo deny fetch db >"$out/fetch.log" 2>&1; then
        check 'known vulnerabilities' advisories
    else
        missing 'known vulnerabilities' "the advisory database cannot be fetched"
    fi
    if GOBIN=$PWD/$out go install golang.org/x/tools/gopls@v0.23.0 >"$out/install.log" 2>&1; then
        check 'Go: gopls finds nothing' gopls_finds_nothing
    else
        missing 'Go: gopls finds nothing' "gopls cannot be installed"
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
ffi-tests/examples.sh "$out"
case ${1:-} in
quick | long) "$1" ;;
*)
    echo "usage: $0 quick|long" >&2
    exit 2
    ;;
esac
report
