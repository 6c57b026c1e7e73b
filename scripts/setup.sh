#!/usr/bin/env bash
# Makes sure that tools are there: scripts/setup.sh TOOL...
#
# Where one is missing, it is installed on Debian and Ubuntu (as root or with sudo); elsewhere the
# exact command is named. A TOOL is a command, pkg:NAME for what pkg-config must find, or nightly for
# that toolchain; cargo's subcommands and mdbook are built from crates.io.
set -euo pipefail

# The Debian package of a tool.
package_of() {
    case $1 in
    cc | gcc) echo gcc ;;
    c++ | g++) echo g++ ;;
    pkg-config) echo pkg-config ;;
    python3) echo python3 ;;
    redis-server) echo redis-server ;;
    clang | clang-tidy | make | cmake | curl | valgrind | wrk | git | nginx | fish | zsh) echo "$1" ;;
    nc) echo netcat-openbsd ;;
    # Cross compilers, with the C library of each, and what runs their programs.
    arm-none-eabi-gcc) echo gcc-arm-none-eabi libnewlib-arm-none-eabi ;;
    riscv64-unknown-elf-gcc) echo gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf ;;
    s390x-linux-gnu-gcc) echo gcc-s390x-linux-gnu libc6-dev-s390x-cross ;;
    arm-linux-gnueabihf-gcc) echo gcc-arm-linux-gnueabihf libc6-dev-armhf-cross ;;
    i686-linux-gnu-gcc) echo gcc-i686-linux-gnu libc6-dev-i386-cross ;;
    qemu-system-arm) echo qemu-system-arm ;;
    qemu-system-riscv32) echo qemu-system-misc ;;
    qemu-s390x | qemu-arm | qemu-i386) echo qemu-user ;;
    node) echo nodejs ;;
    wasm-ld) echo lld ;;
    llvm-cov-*) echo "llvm-${1#llvm-cov-}" ;;
    dpkg-source) echo dpkg-dev ;;
    rustc-web) echo rustc-web cargo-web rust-web-src ;;
    pkg:libmicrohttpd) echo libmicrohttpd-dev ;;
    pkg:jansson) echo libjansson-dev ;;
    pkg:libcrypto) echo libssl-dev ;;
    pkg:hiredis) echo libhiredis-dev ;;
    *)
        echo "setup: no package is known for '$1'" >&2
        exit 1
        ;;
    esac
}

# The crate of a tool that is written in Rust, and its version.
crate_of() {
    case $1 in
    cargo-careful) echo "$1@0.4.10" ;;
    cargo-deny) echo "$1@0.20.2" ;;
    cargo-hack) echo "$1@0.6.46" ;;
    cargo-mutants) echo "$1@27.1.0" ;;
    mdbook) echo "$1@0.5.4 --no-default-features" ;;
    *)
        echo "setup: no crate is known for '$1'" >&2
        exit 1
        ;;
    esac
}

is_there() {
    case $1 in
    nightly) rustc +nightly --version >/dev/null 2>&1 ;;
    rustc-web) [[ -x /usr/bin/cargo && -d /usr/lib/rustlib/src/rust/library ]] ;;
    pkg:*) command -v pkg-config >/dev/null && pkg-config --exists "${1#pkg:}" ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# Rust comes from rustup, which no distribution's package replaces: 1.88 or newer is needed.
need_rust() {
    if command -v cargo >/dev/null; then
        return
    fi
    echo "setup: cargo is missing; install Rust 1.88 or newer:" >&2
    echo "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y && . ~/.cargo/env" >&2
    exit 1
}

missing=()
for tool in "$@"; do
    if is_there "$tool"; then
        continue
    fi
    case $tool in
    cargo) need_rust ;;
    nightly)
        echo "setup: there is no nightly toolchain; install it: rustup toolchain install nightly" >&2
        exit 1
        ;;
    cargo-* | mdbook)
        crate=$(crate_of "$tool")
        echo "setup: building $crate" >&2
        # shellcheck disable=SC2086 # An option may stand behind the name.
        cargo install --locked --quiet $crate
        ;;
    *) missing+=("$(package_of "$tool")") ;;
    esac
done
if [[ ${#missing[@]} -eq 0 ]]; then
    exit 0
fi

install="apt-get install -y --no-install-recommends ${missing[*]}"
if ! command -v apt-get >/dev/null; then
    echo "setup: missing: ${missing[*]} (names of Debian packages); install them with your system's package manager" >&2
    exit 1
fi
if [[ $(id -u) -eq 0 ]]; then
    as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo)
else
    echo "setup: missing: ${missing[*]}; install them with:" >&2
    echo "    sudo $install" >&2
    exit 1
fi
echo "setup: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q >/dev/null
"${as_root[@]}" $install >/dev/null
