#!/usr/bin/env bash
# Every target: the firmware in its emulators, builds that cannot panic, the WebAssembly module in
# Node, and the test suite on big-endian and 32-bit systems.
#
# What a target needs is installed (scripts/setup.sh). Where that cannot be, its checks are skipped
# by name; where CI is set, they fail.
set -uo pipefail
cd "$(dirname "$0")/.."

out=target/targets
source scripts/report.sh

# What cargo calls the profile.
cargo_profile() {
    [[ $1 == speed ]] && echo release || echo "$1"
}

# library TARGET PROFILE FILE: where `build` puts it.
library() {
    echo "target/cross/$2/$1/$(cargo_profile "$2")/$3"
}

# build TARGET PROFILE TYPE: the C library, in which a panic would be an undefined symbol.
build() {
    CARGO_TARGET_DIR=target/cross/$2 RUSTFLAGS='' scripts/cross.sh "$1" \
        rustc --locked -q --profile "$(cargo_profile "$2")" -p hooksig --lib --crate-type "$3" --features capi \
        -- --cfg hooksig_panic_handler "${@:4}"
}

# The whole archive, not only what a program would link of it.
cannot_panic() {
    build "$1" "$2" staticlib || return
    local symbols
    symbols=$(readelf -sW "$(library "$1" "$2" libhooksig.a)") || return
    grep -q ' hooksig_begin$' <<<"$symbols" || return
    ! grep hooksig_panic_reached <<<"$symbols"
}

firmware() {
    make -s --no-print-directory -C firmware "BOARD=$1" "PROFILE=$2" "$3"
}

elf() {
    echo "target/firmware/$1-$2/$3.elf"
}

# prints BOARD PROFILE PROGRAM: what firmware/PROGRAM.txt says.
prints() {
    firmware "$1" "$2" "run-$3" >"$out/$3.txt" && diff "firmware/$3.txt" "$out/$3.txt"
}

# The same lines as on the host, but for those that skip a case that is larger than the memory.
conforms() {
    firmware "$1" "$2" run-conform >"$out/conform.txt" || return
    diff "$out/cases.txt" "$out/conform.txt" >"$out/conform.diff"
    ! grep -v skipped "$out/conform.diff" | grep '^>' && [[ $(grep -c '^>' "$out/conform.diff") -eq $3 ]] &&
        [[ $(wc -l <"$out/conform.txt") -eq $(wc -l <"$out/cases.txt") ]]
}

has_no_heap() {
    ! nm "$(elf "$1" "$2" gateway)" | grep -E ' _*(malloc|free|realloc|calloc|sbrk)(_r)?$'
}

# Whoever only verifies links nothing that signs or reads bodies.
links_what_it_calls() {
    firmware "$1" "$2" run-verifier || return
    ! nm -C "$(elf "$1" "$2" verifier)" | grep -E 'hooksig_(sign|delivery|replay|date|digest|status_)|::sign::|::drone::|hifijson'
}

wasm() {
    build wasm32-unknown-unknown "$1" cdylib -C strip=symbols || return
    node firmware/wasm.mjs "$(library wasm32-unknown-unknown "$1" hooksig.wasm)" \
        vectors/deliveries/user-created.http bea26a2221fd8090ea38720fc445eca6 1795419692 >"$out/wasm.txt"
}

# suite TARGET GCC EMULATOR ROOT: the test suite of the core.
suite() {
    local name=${1//-/_}
    export "CARGO_TARGET_${name^^}_LINKER=$2" "CARGO_TARGET_${name^^}_RUNNER=$3 -L $4"
    # Emulation is slow where nothing is optimised.
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
}

scripts/setup.sh cargo cc python3 || exit
arm='arm-none-eabi-gcc qemu-system-arm'
riscv='riscv64-unknown-elf-gcc qemu-system-riscv32'
bare='thumbv7em-none-eabi thumbv6m-none-eabi riscv32imc-unknown-none-elf aarch64-unknown-none'
# All at once is quicker, and what runs at the same time does not meet in an installer. What cannot be
# had is found again by the check that needs it.
# shellcheck disable=SC2086 # The tools are words.
scripts/setup.sh $arm $riscv node s390x-linux-gnu-gcc qemu-s390x arm-linux-gnueabihf-gcc i686-linux-gnu-gcc
for target in $bare wasm32-unknown-unknown s390x-unknown-linux-gnu armv7-unknown-linux-gnueabihf i686-unknown-linux-gnu; do
    scripts/cross.sh "$target" fetch --locked -q
done

mkdir -p target/firmware
cargo run --locked -q -p hooksig-vectors --example flat -- target/firmware/cases.flat vectors/cases/*.jsonl || exit
cargo run --locked -q -p hooksig-cli -- conform vectors/cases/*.jsonl >"$out/cases.all.txt" 2>"$out/cases.log" || exit
# One text cannot hold a name with a space in it, as C gives lists: the case is another one there.
grep -v '^err-name-space' "$out/cases.all.txt" >"$out/cases.txt"

# The suites take as long as all the rest, and have the second processor.
(out=$out/suites && mkdir -p "$out" && suites) >"$out/suites.txt" &

for target in $bare; do
    for profile in size speed; do
        with readelf "$target, $profile: builds and cannot panic" cannot_panic "$target" "$profile"
    done
done

for board in mps2 microbit virt; do
    tools=$arm
    does_not_fit=0
    [[ $board == virt ]] && tools=$riscv
    # Heads of 100 KB are no use where the memory has 16.
    [[ $board == microbit ]] && does_not_fit=3
    for profile in size speed; do
        with "$tools" "$board, $profile: verifies, refuses and signs" prints "$board" "$profile" gateway
        with "$tools" "$board, $profile: refuses what was broken off or changed anywhere" prints "$board" "$profile" attack
        with "$tools" "$board, $profile: same verdicts as on the host" conforms "$board" "$profile" "$does_not_fit"
        with "$tools" "$board, $profile: no heap in the image" has_no_heap "$board" "$profile"
        with "$tools" "$board, $profile: links only what it calls" links_what_it_calls "$board" "$profile"
    done
done

with "$arm" 'mps2, size: the gateway in Rust verifies and refuses' prints mps2 size rust
check 'docs/firmware.md shows what is built' python3 firmware/quotes.py

for profile in size speed; do
    with node "wasm32, $profile: verifies in Node, cannot panic" wasm "$profile"
    sed 's/^/         /' "$out/wasm.txt" 2>/dev/null
done

wait
cat "$out/suites.txt"
passed=$((passed + $(grep -c '^ok ' "$out/suites.txt")))
failed=$((failed + $(grep -c '^FAILED ' "$out/suites.txt")))
skipped=$((skipped + $(grep -c '^skipped ' "$out/suites.txt")))

report
