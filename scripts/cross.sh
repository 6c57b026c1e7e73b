#!/usr/bin/env bash
# Runs cargo for another target: scripts/cross.sh TARGET COMMAND [ARGUMENT...]
#
# With `--profile size` the flags of that profile are set, which cargo cannot keep with it: they are
# those of docs/firmware.md.
#
# rustup's toolchain does it where it has the target or can fetch it. Elsewhere Debian's rustc-web
# does, which has the sources of its standard library and builds that too. HOOKSIG_CROSS=rustup or
# HOOKSIG_CROSS=debian leaves no choice.
set -euo pipefail

[[ $# -ge 2 ]] || { echo "usage: $0 TARGET COMMAND [ARGUMENT...]" >&2; exit 2; }
target=$1
command=$2
shift 2

# The small primitives, over the small SHA-256; and helpers are inlined as if opt-level were "s": at
# "z" the compiler would keep panics that cannot happen.
if [[ " $* " == *' --profile size '* ]]; then
    # cargo splits them at spaces; the quotes belong to the cfg. docs/firmware.md explains each flag.
    export RUSTFLAGS="${RUSTFLAGS:-} --cfg sha2_backend_soft=\"compact\" -C llvm-args=-inline-threshold=75 -C llvm-args=-disable-machine-licm -C llvm-args=-enable-machine-outliner=never -C llvm-args=-enable-shrink-wrap=false -C llvm-args=-enable-pre=false -C llvm-args=-arm-promote-constant"
    set -- --features small "$@"
fi

# Prints the output of the set-up only if it fails, because commands in the guides show their output.
set_up() {
    local said
    said=$("$(dirname "$0")/setup.sh" "$1" 2>&1) || {
        echo "$said" >&2
        exit 2
    }
}

rustup_has() {
    command -v rustup >/dev/null && rustup target list --installed | grep -qx "$target"
}

# Systems have the whole standard library, with unwinding for the tests.
std_of_target() {
    case $target in
    *-linux-*) echo std,panic_unwind,test ;;
    *) echo core ;;
    esac
}

case ${HOOKSIG_CROSS:-any} in
debian) ;;
rustup) rustup_has || rustup target add "$target" >&2 ;;
*)
    set_up "target:$target"
    rustup_has && HOOKSIG_CROSS=rustup || HOOKSIG_CROSS=debian
    ;;
esac

if [[ $HOOKSIG_CROSS == rustup ]]; then
    exec cargo "$command" --target "$target" "$@"
fi
set_up rustc-web
# Debian's Rust has no linker of its own for systems without one.
case $target in
wasm32-*)
    set_up wasm-ld
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld
    ;;
thumbv7em-none-eabi)
    set_up arm-none-eabi-gcc
    export CARGO_TARGET_THUMBV7EM_NONE_EABI_LINKER=arm-none-eabi-ld
    ;;
esac
# The sources that Debian ships are those of its own compiler: nothing else may be in the way.
exec env PATH=/usr/bin:/bin RUSTC_BOOTSTRAP=1 \
    cargo "$command" "-Zbuild-std=$(std_of_target)" --target "$target" "$@"
