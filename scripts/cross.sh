#!/usr/bin/env bash
# Runs cargo for another target: scripts/cross.sh TARGET COMMAND [ARGUMENT...]
#
# With `--profile size`, sets the flags of that profile (see docs/firmware.md), because a cargo profile cannot
# contain them.
#
# Uses rustup's toolchain if it has the target or can download it. Otherwise uses Debian's rustc-web, and
# builds its standard library from the sources in that package. HOOKSIG_CROSS=rustup or HOOKSIG_CROSS=debian
# chooses one of them.
set -euo pipefail

[[ $# -ge 2 ]] || { echo "usage: $0 TARGET COMMAND [ARGUMENT...]" >&2; exit 2; }
target=$1
command=$2
shift 2

# Selects the small SHA-256, and inlines as with opt-level "s", because at "z" the compiler would keep panics
# that cannot happen.
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

# Targets with an operating system get the whole standard library, with unwinding for the tests.
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
# Debian's sources fit only its own compiler, so no other toolchain may come first in PATH.
exec env PATH=/usr/bin:/bin RUSTC_BOOTSTRAP=1 \
    cargo "$command" "-Zbuild-std=$(std_of_target)" --target "$target" "$@"
