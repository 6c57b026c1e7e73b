#!/usr/bin/env bash
# Tests every target: the firmware in emulators, builds that cannot panic, the WebAssembly module in Node, and
# the test suite on big-endian and 32-bit systems.
#
# Installs the tools of a target (scripts/setup.sh). If that fails, its checks are skipped by name, or fail if
# CI is set.
# shellcheck disable=SC2030,SC2031 # A subshell has a folder for output of its own.
set -uo pipefail
cd "$(dirname "$0")/.."

out=target/targets
source scripts/report.sh

# Prints cargo's name of the profile.
cargo_profile() {
    [[ $1 == speed ]] && echo release || echo "$1"
}

# library TARGET PROFILE FILE: prints the path of a file that `build` wrote.
library() {
    echo "target/cross/$2/$1/$(cargo_profile "$2")/$3"
}

# build TARGET PROFILE TYPE: builds the C library; a possible panic would be an undefined symbol.
build() {
    CARGO_TARGET_DIR=target/cross/$2 RUSTFLAGS='' scripts/cross.sh "$1" \
        rustc --locked -q --profile "$(cargo_profile "$2")" -p hooksig --lib --crate-type "$3" --features capi \
        -- --cfg hooksig_panic_handler "${@:4}"
}

# archive TARGET PROFILE: builds the C library and prints its folder.
archive() {
    CARGO_TARGET_DIR=target/cross/$2 RUSTFLAGS='' PROFILE=$(cargo_profile "$2") packaging/c-library.sh \
        "target/firmware/lib/$1-$2" "$1" >&2 || return
    echo "target/firmware/lib/$1-$2"
}

cannot_panic() {
    local lib
    lib=$(archive "$1" "$2") && is_self_contained "$lib/libhooksig.a"
}

# is_self_contained ARCHIVE: it defines only hooksig_*, and needs only memory functions of the C library,
# arithmetic of the compiler, getauxval on aarch64 and the compiler's stack probe on Windows. A possible
# panic would need hooksig_panic_reached.
is_self_contained() {
    local needed
    defines_only_hooksig "$1" || return
    needed=$(nm -u "$1" | awk '$1 == "U" { print $2 }')
    ! grep -vxE '(__aeabi_)?mem(cpy|move|set|clr|cmp)[48]?|bcmp|__(div|mul|udiv)di3|__aeabi_(u?l?i?div(mod)?|u?idivmod|lmul)|getauxval|___chkstk_ms' <<<"$needed"
}

# made GOAL TARGET: the documented command lays out the header and the archive of a target.
made() {
    make -s --no-print-directory "$1" "TARGET=$2" && cmp include/hooksig.h "target/c-$2/include/hooksig.h" &&
        is_self_contained "target/c-$2/lib/libhooksig.a"
}

# defines_only_hooksig ARCHIVE
defines_only_hooksig() {
    local defined
    defined=$(nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }')
    grep -q hooksig_begin <<<"$defined" && ! grep -v '^_\?hooksig_' <<<"$defined"
}

# verifies TARGET COMPILER LIBRARY RUNNER...: a program of ffi-tests/link accepts a genuine delivery.
# shellcheck disable=SC2086 # A compiler may be several words.
verifies() {
    local target=$1 compiler=$2 library=$3
    $compiler -Iinclude ffi-tests/link/delivery.c $library -o "$out/delivery-$target.exe" || return
    [[ $("${@:4}" "$out/delivery-$target.exe" | tr -d '\r') == ok ]]
}

# links TARGET COMPILER RUNNER...: functions of the C library and the compiler are not replaced, and the whole
# archive links.
# shellcheck disable=SC2086
links() {
    local lib functions=$out/functions-$1.exe alone=$out/alone-$1.exe
    lib=$(archive "$1" speed) || return
    defines_only_hooksig "$lib/libhooksig.a" || return
    $2 -fno-builtin -Iinclude ffi-tests/link/functions.c "$lib/libhooksig.a" -lm -o "$functions" || return
    $2 -fno-builtin -DNO_HOOKSIG ffi-tests/link/functions.c -lm -o "$alone" || return
    [[ -n $("${@:3}" "$alone") ]] && diff <("${@:3}" "$alone") <("${@:3}" "$functions") || return
    verifies "$1" "$2" "$lib/libhooksig.a" "${@:3}" || return
    verifies "$1" "$2" "-Wl,--whole-archive $lib/libhooksig.a -Wl,--no-whole-archive" "${@:3}"
}

# Links the image of link-hard-float, because the linker refuses objects of another float ABI.
links_hard_float() {
    local lib
    lib=$(archive thumbv7em-none-eabihf size) || return
    arm-none-eabi-gcc -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16 -mthumb --specs=nano.specs -Iinclude \
        ffi-tests/link/hard-float.c "$lib/libhooksig.a" -o "$out/hard-float.elf"
}

# Zig's own C library and linker.
zig() {
    local lib python=target/zig/bin/python
    [[ -e $python ]] || python3 -m venv target/zig || return
    "$python" -m pip install -q ziglang==0.16.0 || return
    links x86_64-unknown-linux-gnu "$python -m ziglang cc -target x86_64-linux-gnu"
}

# Links a shared and a static library for macOS with Zig. They cannot be run here.
macos() {
    local lib=$out/macos
    CC='target/zig/bin/python -m ziglang cc -target aarch64-macos' CARGO_TARGET_DIR=target/cross/speed \
        packaging/c-library.sh "$lib" aarch64-apple-darwin || return
    llvm-nm -g --defined-only "$lib/libhooksig.a" | awk 'NF == 3 && $3 !~ /^_hooksig_/ { print; found = 1 } END { exit found }' &&
        llvm-objdump --macho --dylib-id "$lib/libhooksig.0.1.dylib" | grep -x '@rpath/libhooksig.0.1.dylib' &&
        target/zig/bin/python -m ziglang cc -target aarch64-macos -Iinclude ffi-tests/link/delivery.c \
            "$lib/libhooksig.a" -o "$out/delivery-macos"
}

# Runs the DLL beside the program, and the static library, under wine.
windows() {
    local lib gcc=x86_64-w64-mingw32-gcc
    export WINEDEBUG=-all WINEPREFIX=$PWD/$out/wine
    lib=$(archive x86_64-pc-windows-gnu speed) || return
    cp "$lib/hooksig.dll" "$out" && verifies dll "$gcc" "$lib/libhooksig.dll.a" wine &&
        links x86_64-pc-windows-gnu "$gcc -D__USE_MINGW_ANSI_STDIO=1" wine
}

firmware() {
    make -s --no-print-directory -C firmware "BOARD=$1" "PROFILE=$2" "$3"
}

elf() {
    echo "target/firmware/$1-$2/$3.elf"
}

# with_host_compress COMMAND...: with a library that compresses no blocks, and a function that does.
with_host_compress() (
    export HOST_COMPRESS=1
    "$@"
)

# compresses_outside BOARD PROFILE: the image has no compression of the library.
compresses_outside() {
    local symbols
    symbols=$(nm -C "$(elf "$1" "$2-host-compress" gateway)") || return
    grep ' hooksig_host_compress$' <<<"$symbols" && ! grep 'sha2::' <<<"$symbols"
}

# prints BOARD PROFILE PROGRAM: compares the output with firmware/PROGRAM.txt.
prints() {
    firmware "$1" "$2" "run-$3" >"$out/$3.txt" && diff "firmware/$3.txt" "$out/$3.txt"
}

# The output is that of the host, except for cases skipped because they exceed the memory.
conforms() {
    firmware "$1" "$2" run-conform >"$out/conform.txt" || return
    diff "$out/cases.txt" "$out/conform.txt" >"$out/conform.diff" || true
    ! grep -v skipped "$out/conform.diff" | grep '^>' && [[ $(grep -c '^>' "$out/conform.diff") -eq $3 ]] &&
        [[ $(wc -l <"$out/conform.txt") -eq $(wc -l <"$out/cases.txt") ]]
}

has_no_heap() {
    local symbols
    symbols=$(nm "$(elf "$1" "$2" gateway)") || return
    ! grep -E ' _*(malloc|free|realloc|calloc|sbrk)(_r)?$' <<<"$symbols"
}

# A program that only verifies links no code that signs or reads bodies. It links `verbatim`, which
# recognises a request that is written exactly as Drone writes it.
links_what_it_calls() {
    local symbols
    firmware "$1" "$2" run-verifier || return
    symbols=$(nm -C "$(elf "$1" "$2" verifier)") || return
    ! grep -v '::verbatim::' <<<"$symbols" |
        grep -E 'hooksig_(sign|delivery|replay|date|digest|status_)|::sign::|::drone::|hifijson'
}

wasm() {
    build wasm32-unknown-unknown "$1" cdylib -C strip=symbols || return
    node firmware/wasm.mjs "$(library wasm32-unknown-unknown "$1" hooksig.wasm)" \
        vectors/deliveries/user-created.http bea26a2221fd8090ea38720fc445eca6 1795419692 >"$out/wasm.txt"
}

# suite TARGET GCC EMULATOR ROOT: runs the core's test suite.
suite() {
    local name=${1//-/_}
    export "CARGO_TARGET_${name^^}_LINKER=$2" "CARGO_TARGET_${name^^}_RUNNER=$3 -L $4"
    # Emulation of unoptimised code is slow.
    CARGO_TARGET_DIR=target/cross/test CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_PROFILE_DEV_DEBUG=false \
        scripts/cross.sh "$1" test --locked -p hooksig --all-features --lib --tests --no-fail-fast
}

suites() {
    with 's390x-linux-gnu-gcc qemu-s390x' 's390x (big-endian): test suite' \
        suite s390x-unknown-linux-gnu s390x-linux-gnu-gcc qemu-s390x /usr/s390x-linux-gnu
    with 'arm-linux-gnueabihf-gcc qemu-arm' 'armv7 (32 bits): test suite' \
        suite armv7-unknown-linux-gnueabihf arm-linux-gnueabihf-gcc qemu-arm /usr/arm-linux-gnueabihf
    with 'i686-linux-gnu-gcc qemu-i386' 'i686 (32 bits): test suite' \
        suite i686-unknown-linux-gnu i686-linux-gnu-gcc qemu-i386 /usr/i686-linux-gnu
    with 'aarch64-linux-gnu-gcc qemu-aarch64' 'aarch64 (with SHA instructions): test suite' \
        suite aarch64-unknown-linux-gnu aarch64-linux-gnu-gcc qemu-aarch64 /usr/aarch64-linux-gnu
}

# The systems and processors of Go's users; `go tool dist list` has them all.
go_targets='linux/amd64 linux/386 linux/arm linux/arm64 linux/loong64 linux/mips64le linux/ppc64le linux/riscv64
    linux/s390x darwin/amd64 darwin/arm64 freebsd/amd64 openbsd/arm64 windows/amd64 windows/arm64 js/wasm'

# go_builds TARGET: with nothing but Go.
go_builds() {
    CGO_ENABLED=0 GOOS=${1%/*} GOARCH=${1#*/} go build -C go -o "$PWD/$out/conform-${1/\//-}" ./cmd/conform
}

# go_conforms TARGET RUNNER...: the verdicts on all cases, the peers' among them, are those of the program.
go_conforms() {
    local files
    readarray -t files < <(find vectors/cases -name '*.jsonl' | sort)
    cargo run --locked -q -p hooksig-cli -- conform "${files[@]}" >"$out/go.expected.txt" || return
    "${@:2}" "$out/conform-${1/\//-}" "${files[@]}" >"$out/go.txt" && cmp "$out/go.expected.txt" "$out/go.txt"
}

go_everywhere() {
    local target
    for target in $go_targets; do
        with 'go modules:go' "Go for $target: builds" go_builds "$target"
    done
    with "go qemu-s390x" 'Go for s390x (big-endian): same verdicts' go_conforms linux/s390x qemu-s390x
    with "go qemu-arm" 'Go for arm (32 bits): same verdicts' go_conforms linux/arm qemu-arm
    with "go qemu-aarch64" 'Go for arm64: same verdicts' go_conforms linux/arm64 qemu-aarch64
    [[ $(uname -m) != x86_64 ]] || with go 'Go for 386 (32 bits): same verdicts' go_conforms linux/386
    with "go node" 'Go for WebAssembly: same verdicts' go_conforms js/wasm node "$(go env GOROOT)/lib/wasm/wasm_exec_node.js"
}

scripts/setup.sh cargo cc python3 || exit
arm='arm-none-eabi-gcc qemu-system-arm'
riscv='riscv64-unknown-elf-gcc qemu-system-riscv32'
bare='thumbv7em-none-eabi thumbv6m-none-eabi riscv32imc-unknown-none-elf aarch64-unknown-none'
# Installing everything at once is quicker, and keeps parallel checks from installing at the same time. A
# check reports its missing tools itself.
# shellcheck disable=SC2086 # The tools are words.
scripts/setup.sh $arm $riscv node s390x-linux-gnu-gcc qemu-s390x arm-linux-gnueabihf-gcc i686-linux-gnu-gcc
for target in $bare wasm32-unknown-unknown s390x-unknown-linux-gnu armv7-unknown-linux-gnueabihf i686-unknown-linux-gnu; do
    scripts/cross.sh "$target" fetch --locked -q
done

mkdir -p target/firmware
cargo run --locked -q -p hooksig-vectors --example flat -- target/firmware/cases.flat vectors/cases/*.jsonl || exit
cargo run --locked -q -p hooksig-cli -- conform vectors/cases/*.jsonl >"$out/cases.all.txt" 2>"$out/cases.log" || exit
# C passes the names of a list as one text, which cannot hold a name with a space.
grep -v '^err-name-space' "$out/cases.all.txt" >"$out/cases.txt"

# The suites take as long as the rest together, so they run in parallel.
(out=$out/suites && mkdir -p "$out" && suites) >"$out/suites.txt" &

for target in $bare; do
    for profile in size speed; do
        with readelf "$target, $profile: builds and cannot panic" cannot_panic "$target" "$profile"
    done
done

for target in thumbv{7m,7em,8m.main}-none-eabi thumbv{7em,8m.main}-none-eabihf riscv32imac-unknown-none-elf; do
    with readelf "make firmware-lib TARGET=$target" made firmware-lib "$target"
done
with readelf 'make lib TARGET=x86_64-unknown-linux-musl' made lib x86_64-unknown-linux-musl
with aarch64-linux-gnu-gcc 'make lib TARGET=aarch64-unknown-linux-gnu' made lib aarch64-unknown-linux-gnu
with x86_64-w64-mingw32-gcc 'make lib TARGET=x86_64-pc-windows-gnu' made lib x86_64-pc-windows-gnu

for board in mps2 microbit virt; do
    tools=$arm
    does_not_fit=0
    [[ $board == virt ]] && tools=$riscv
    # Heads of 100 KB and the longest signing strings do not fit into 16 KB of memory.
    [[ $board == microbit ]] && does_not_fit=5
    for profile in size speed; do
        with "$tools" "$board, $profile: verifies, refuses and signs" prints "$board" "$profile" gateway
        with "$tools" "$board, $profile: refuses what was broken off or changed anywhere" prints "$board" "$profile" attack
        with "$tools" "$board, $profile: same verdicts as on the host" conforms "$board" "$profile" "$does_not_fit"
        with "$tools" "$board, $profile: no heap in the image" has_no_heap "$board" "$profile"
        with "$tools" "$board, $profile: links only what it calls" links_what_it_calls "$board" "$profile"
    done
done

for program in gateway attack; do
    with "$arm" "mps2, size, SHA-256 of the firmware: same output of $program" \
        with_host_compress prints mps2 size "$program"
done
with "$arm" 'mps2, size, SHA-256 of the firmware: same verdicts as on the host' with_host_compress conforms mps2 size 0
with "$arm" 'mps2, size, SHA-256 of the firmware: the library has none' compresses_outside mps2 size

with "$arm" 'mps2, size: the gateway in Rust verifies and refuses' prints mps2 size rust
check 'docs/firmware.md shows what is built' python3 firmware/quotes.py

with 'aarch64-linux-gnu-gcc qemu-aarch64' 'aarch64: links and verifies' \
    links aarch64-unknown-linux-gnu 'aarch64-linux-gnu-gcc -static' qemu-aarch64
with musl-gcc 'musl: links and verifies' links x86_64-unknown-linux-musl 'musl-gcc -static'
with "$arm" 'hard-float Cortex-M4: links' links_hard_float
with "$arm" 'hard-float Cortex-M4: verifies, refuses and signs' prints mps2-hard-float size gateway
with venv 'zig cc: links and verifies' zig
with 'llvm-ar venv' 'macOS on aarch64: builds and links' macos
with 'x86_64-w64-mingw32-gcc wine' 'Windows: links and verifies under wine' windows

for profile in size speed; do
    with node "wasm32, $profile: verifies in Node, cannot panic" wasm "$profile"
    sed 's/^/         /' "$out/wasm.txt" 2>/dev/null
done

go_everywhere

wait
cat "$out/suites.txt"
passed=$((passed + $(grep -c '^pass ' "$out/suites.txt")))
failed=$((failed + $(grep -c '^FAIL ' "$out/suites.txt")))
skipped=$((skipped + $(grep -c '^skip ' "$out/suites.txt")))

report
