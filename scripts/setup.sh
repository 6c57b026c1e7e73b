#!/usr/bin/env bash
# Makes sure that tools and downloads are available: scripts/setup.sh THING...
#
# Installs missing Debian packages (as root or with sudo), parts of the Rust toolchain and crates. If
# something cannot be installed, prints its name and the exact command that installs it, and exits with 2
# before changing anything. Names a download that fails; nothing is left half installed.
#
# A THING is one of:
#     COMMAND        a command, such as curl; cargo's subcommands and mdbook are built from crates.io
#     venv           Python's virtual environments with pip
#     pkg:NAME       a library that pkg-config finds
#     clippy, rustfmt, llvm-tools, nightly, target:TRIPLE     parts of the Rust toolchain
#     crates[:DIR]   the crates in the lock file of DIR, downloaded
#     modules:DIR    the Go modules of DIR, downloaded
set -euo pipefail
cd "$(dirname "$0")/.."

# Prints the Debian packages of a tool.
packages_of() {
    case $1 in
    # The compiler's package only recommends the headers of the C library.
    cc | gcc) echo gcc libc6-dev ;;
    c++ | g++) echo g++ libc6-dev ;;
    clang) echo clang libc6-dev ;;
    python3) echo python3 ;;
    venv) echo python3 python3-venv ;;
    clang-format | clang-tidy | cmake | codespell | curl | fish | git | make | meson | nginx | pkg-config | pyflakes3 | redis-server | shellcheck | valgrind | wrk | zsh) echo "$1" ;;
    kill | ps) echo procps ;;
    script) echo bsdutils ;;
    nc) echo netcat-openbsd ;;
    readelf | nm | ar) echo binutils ;;
    # Cross compilers, each with its C library, and emulators.
    arm-none-eabi-gcc) echo gcc-arm-none-eabi libnewlib-arm-none-eabi ;;
    aarch64-linux-gnu-gcc) echo gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
    x86_64-w64-mingw32-gcc) echo gcc-mingw-w64-x86-64 ;;
    musl-gcc) echo musl-tools ;;
    wine) echo wine wine64 ;;
    llvm-ar) echo llvm ;;
    ld.gold) echo binutils ;;
    riscv64-unknown-elf-gcc) echo gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf ;;
    s390x-linux-gnu-gcc) echo gcc-s390x-linux-gnu libc6-dev-s390x-cross ;;
    arm-linux-gnueabihf-gcc) echo gcc-arm-linux-gnueabihf libc6-dev-armhf-cross ;;
    i686-linux-gnu-gcc) echo gcc-i686-linux-gnu libc6-dev-i386-cross ;;
    qemu-system-arm) echo qemu-system-arm ;;
    qemu-system-riscv32) echo qemu-system-misc ;;
    qemu-s390x | qemu-arm | qemu-i386 | qemu-aarch64) echo qemu-user ;;
    node) echo nodejs ;;
    wasm-ld | ld.lld) echo lld ;;
    debootstrap) echo debootstrap ;;
    dpkg-source) echo dpkg-dev ;;
    rustc-web) echo rustc-web cargo-web rust-web-src ;;
    pkg:libmicrohttpd) echo pkg-config libmicrohttpd-dev ;;
    pkg:jansson) echo pkg-config libjansson-dev ;;
    pkg:libcrypto) echo pkg-config libssl-dev ;;
    pkg:hiredis) echo pkg-config libhiredis-dev ;;
    *) fail "no package is known for '$1'" ;;
    esac
}

# Prints the crate and version of a tool written in Rust.
crate_of() {
    case $1 in
    cargo-careful) echo "$1@0.4.10" ;;
    cargo-deny) echo "$1@0.20.2" ;;
    cargo-hack) echo "$1@0.6.46" ;;
    cargo-mutants) echo "$1@27.1.0" ;;
    mdbook) echo "$1@0.5.4 --no-default-features --features search" ;;
    *) fail "no crate is known for '$1'" ;;
    esac
}

# fail LINE [COMMAND]: prints the reason, and the command that helps.
fail() {
    echo "setup: $1" >&2
    [[ $# -lt 2 ]] || echo "    $2" >&2
    exit 2
}

has() {
    type -P "$1" >/dev/null
}

rustup_has_target() {
    has rustup && rustup target list --installed 2>/dev/null | grep -qx "$1"
}

is_there() {
    case $1 in
    cc | gcc | clang) has "$1" && "$1" -E -x c - <<<'#include <stdlib.h>' >/dev/null 2>&1 ;;
    venv) has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    nightly) rustc +nightly --version >/dev/null 2>&1 ;;
    clippy) cargo clippy --version >/dev/null 2>&1 ;;
    rustfmt) cargo fmt --version >/dev/null 2>&1 ;;
    llvm-tools) [[ -x $(rustc --print target-libdir)/../bin/llvm-cov ]] ;;
    rustc-web) [[ -x /usr/bin/cargo && -d /usr/lib/rustlib/src/rust/library ]] ;;
    target:*) rustup_has_target "${1#target:}" ;;
    pkg:*) has pkg-config && pkg-config --exists "${1#pkg:}" ;;
    *) has "$1" ;;
    esac
}

# quietly WHAT COMMAND...: prints the reason only if the command fails.
quietly() {
    local what=$1 said
    shift
    said=$("$@" 2>&1) || fail "$what: $(reason <<<"$said")"
}

# Prints the line with the reason: the first one with a URL or an error of apt-get, or else the last one.
reason() {
    local said
    said=$(cat)
    grep -m 1 -E '^(Err:|W: Failed|E: Failed)|https?://' <<<"$said" || tail -n 1 <<<"$said"
}

apt() {
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=600 "$@"
}

find_root() {
    as_root=()
    if [[ $(id -u) -ne 0 ]]; then
        as_root=(sudo)
        has sudo && sudo -n true 2>/dev/null
    fi
}

# download_packages OUTPUT PACKAGE...: prints OUTPUT, that of a failed update of the lists, if it fails.
download_packages() {
    apt install -y --no-install-recommends --download-only "${@:2}" || {
        echo "$1"
        return 1
    }
}

# Downloads everything before it installs anything.
install_packages() {
    local command="apt-get install -y --no-install-recommends $*"
    has apt-get || fail "missing: $* (names of Debian packages); install them with your system's package manager"
    find_root || fail "missing: $*; install them with:" "sudo $command"
    echo "setup: installing $*" >&2
    # A failed update is no error if the packages can be downloaded all the same, from another source.
    local lists
    lists=$(apt update --error-on=any 2>&1) && lists=''
    quietly "cannot download $*" download_packages "$lists" "$@"
    quietly "cannot install $*" apt install -y --no-install-recommends "$@"
}

# Installs a target with rustup, or else Debian's compiler, whose package has the sources of Rust's library.
install_target() {
    if has rustup && said=$(rustup target add "$1" 2>&1); then
        return
    fi
    is_there rustc-web && return
    # shellcheck disable=SC2046 # The packages are words.
    install_packages $(packages_of rustc-web)
}

install_component() {
    has rustup || fail "$1 is missing; install it with your Rust toolchain"
    quietly "cannot download $1" rustup component add "$1"
}

install_crate() {
    local crate
    crate=$(crate_of "$1")
    echo "setup: building $crate" >&2
    # shellcheck disable=SC2086 # An option may follow the name.
    quietly "cannot build $1" cargo install --locked --quiet $crate
}

missing_packages=()
later=()
for thing in "$@"; do
    case $thing in
    crates | crates:* | modules:*) later+=("$thing") ;;
    *) is_there "$thing" || case $thing in
        cargo) fail 'cargo is missing; install Rust 1.88 or newer:' \
            "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y && . ~/.cargo/env" ;;
        go) fail 'go is missing; install Go 1.26 or newer: https://go.dev/dl' ;;
        nightly) fail 'there is no nightly toolchain; install it:' 'rustup toolchain install nightly' ;;
        clippy | rustfmt | llvm-tools | target:* | cargo-* | mdbook) later+=("$thing") ;;
        *)
            packages=$(packages_of "$thing")
            # shellcheck disable=SC2206 # The packages are words.
            missing_packages+=($packages)
            ;;
        esac ;;
    esac
done

if [[ ${#missing_packages[@]} -gt 0 ]]; then
    readarray -t missing_packages < <(printf '%s\n' "${missing_packages[@]}" | sort -u)
    install_packages "${missing_packages[@]}"
fi
for thing in "${later[@]}"; do
    case $thing in
    clippy | rustfmt | llvm-tools) install_component "$thing" ;;
    target:*) install_target "${thing#target:}" ;;
    crates) quietly 'cannot download the crates of Cargo.lock' cargo fetch --locked ;;
    crates:*) quietly "cannot download the crates of ${thing#crates:}/Cargo.lock" \
        cargo fetch --locked --manifest-path "${thing#crates:}/Cargo.toml" ;;
    modules:*) quietly "cannot download the Go modules of ${thing#modules:}" go -C "${thing#modules:}" mod download ;;
    *) install_crate "$thing" ;;
    esac
done
