#!/usr/bin/env bash
# Builds the C library for a target: packaging/c-library.sh FOLDER [TARGET]
#
# FOLDER receives libhooksig.a and, for a system that has them, the shared library. TARGET is a Rust target;
# the default is this machine. CC is the C compiler of the target, which links the shared library; PROFILE is
# a cargo profile (release, or size).
#
# rustc puts all of compiler_builtins into a static library. A linker may take functions of the C library and
# the compiler from it, and some of them need undefined symbols. hooksig needs none of them. Its own code is a
# single object, because of lto = "fat", so only that object is kept. The shared library is linked from it,
# too.
set -euo pipefail
cd "$(dirname "$0")/.."
source packaging/library.sh
source packaging/built.sh

[[ $# -ge 1 && $# -le 2 ]] || { echo "usage: $0 FOLDER [TARGET]" >&2; exit 2; }
host=$(rustc -vV | sed -n 's/^host: //p')
target=${2:-$host}
profile=${PROFILE:-release}

mkdir -p "$1"
out=$(cd "$1" && pwd)

# Prints the C compiler that links the shared library of a target, if there is such a library.
compiler() {
    case $target in
    *-none* | *-musl* | wasm*) ;;
    "$host") echo "${CC:-cc}" ;;
    aarch64-unknown-linux-gnu) echo "${CC:-aarch64-linux-gnu-gcc}" ;;
    x86_64-pc-windows-gnu) echo "${CC:-x86_64-w64-mingw32-gcc}" ;;
    *) echo "${CC:?names the C compiler of $target, which links the shared library}" ;;
    esac
}

# Prints the archiver: Apple's objects need a tool that knows them, others only an index of names.
archiver() {
    case $target in
    *-apple-*) command -v llvm-ar || echo ar ;;
    *) echo ar ;;
    esac
}

# Prints the features of the library. `lanes` uses more of the processor's instructions, and takes more memory.
features() {
    case $profile:$target in
    size:* | *-none* | *:wasm*) echo capi ;;
    *) echo capi,lanes ;;
    esac
}

cargo_rustc() {
    local run=(cargo rustc --target "$target")
    [[ $target == "$host" ]] || run=(scripts/cross.sh "$target" rustc)
    "${run[@]}" --locked -q --profile "$profile" -p hooksig --lib --crate-type staticlib --features "$(features)" \
        --message-format json-render-diagnostics -- --cfg hooksig_panic_handler
}

# Extracts the object with the crate's own code from rustc's static library.
extract_object() {
    local members
    # Some tools warn of other members.
    members=$("$ar" t "$1" 2>/dev/null | grep '^hooksig-')
    [[ $(wc -l <<<"$members") -eq 1 ]] || { echo "c-library: more than one object: $members" >&2; return 1; }
    "$ar" p "$1" "$members" >"$work/hooksig.o" 2>/dev/null
}

# Undefined symbols are errors, so a library with a possible panic does not link.
link_shared() {
    local object=$work/hooksig.o
    case $target in
    *-apple-*)
        $cc -dynamiclib -Wl,-dead_strip -install_name "@rpath/libhooksig.$abi.dylib" -o "$out/libhooksig.$abi.dylib" \
            -compatibility_version "$abi.0" -current_version "$version" "$object"
        ;;
    *-windows-*)
        $cc -shared -o "$out/hooksig.dll" -Wl,--out-implib,"$out/libhooksig.dll.a" "$object"
        ;;
    *)
        $cc -shared -o "$out/libhooksig.so" -Wl,-soname,"$soname" -Wl,-z,defs -Wl,-z,relro,-z,now \
            -Wl,--gc-sections -Wl,--as-needed "$object"
        ln -sf libhooksig.so "$out/$soname"
        ;;
    esac
}

cc=$(compiler)
ar=$(archiver)
# shellcheck disable=SC2086 # A compiler may be several words.
[[ -z $cc ]] || scripts/setup.sh ${cc%% *}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
extract_object "$(cargo_rustc | built_file libhooksig.a)"
rm -f "$out"/libhooksig.* "$out/hooksig.dll"
"$ar" rcsD "$out/libhooksig.a" "$work/hooksig.o"
[[ -z $cc ]] || link_shared
