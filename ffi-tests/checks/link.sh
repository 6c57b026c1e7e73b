# Static linking by any toolchain, in the worst order: the archive comes before the libraries whose
# functions it could replace. LINK_ARCHIVE names another archive, to see that each check can fail.
# shellcheck shell=bash

archive=${LINK_ARCHIVE:-$lib/libhooksig.a}
functions=(
    fmod fma cbrt floor ceil trunc rint round sqrt fmin fmax fdim ldexp log exp fmodf fmaf cbrtf floorf ceilf truncf
    sqrtf fminf fmaxf __addtf3 __multf3 __divtf3 __divti3 __modti3 __udivti3 __umodti3 __floattidf __fixdfti
    memcpy memset memcmp bcmp strlen
)

check_link() {
    check "the archive defines hooksig_* and nothing else" defines_only_hooksig "$archive"
    check_toolchain "gcc, ld" gcc -fuse-ld=bfd
    check_toolchain "gcc, -static" gcc -static
    check_toolchain "g++" g++
    if has ld.gold; then
        check_toolchain "gcc, gold" gcc -fuse-ld=gold
    fi
    if has ld.lld; then
        check_toolchain "gcc, lld" gcc -fuse-ld=lld
        check_toolchain "gcc, lld, -static" gcc -fuse-ld=lld -static
    fi
    if has clang; then
        check_toolchain "clang" clang
        check_toolchain "clang, -static" clang -static
        has ld.lld && check_toolchain "clang, lld" clang -fuse-ld=lld
    fi
    check "beside another Rust library, before it" links_neighbours "$archive" "$work/neighbour.a"
    check "beside another Rust library, after it" links_neighbours "$work/neighbour.a" "$archive"
}

# defines_only_hooksig ARCHIVE
defines_only_hooksig() {
    local defined others
    defined=$(nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }')
    others=$(grep -v '^_\?hooksig_' <<<"$defined" || true)
    head -n 20 <<<"$others"
    [[ -n $defined && -z $others ]]
}

# check_toolchain NAME COMPILER FLAG...
check_toolchain() {
    check "$1: functions of libm and the compiler stay theirs" links_functions "${@:2}"
    check "$1: the programs of the reports" links_reports "${@:2}"
    check "$1: --whole-archive" links_whole "${@:2}"
}

language() {
    [[ $1 == g++ ]] && echo c++ || echo c
}

# The same results as without hooksig, and by the same functions.
links_functions() {
    local source=(-fno-builtin -x "$(language "$1")" -I"$include" "$tests/link/functions.c" -x none)
    [[ -e $work/functions-alone ]] || gcc "${source[@]}" -DNO_HOOKSIG -lm -o "$work/functions-alone"
    "$@" "${source[@]}" "$archive" -lm "${functions[@]/#/-Wl,-y,}" -o "$work/functions" >"$work/trace" 2>&1 || {
        cat "$work/trace"
        return 1
    }
    if grep "definition.*$(basename "$archive")\|$(basename "$archive").*definition" "$work/trace"; then
        return 1
    fi
    diff <("$work/functions-alone") <("$work/functions")
}

links_reports() {
    local report
    for report in floor fmod delivery; do
        "$@" -I"$include" -x "$(language "$1")" "$tests/link/$report.c" -x none "$archive" -lm -o "$work/report"
        "$work/report"
    done
    [[ $("$work/report") == ok ]]
}

links_whole() {
    "$@" -I"$include" -x "$(language "$1")" "$tests/link/delivery.c" -x none \
        -Wl,--whole-archive "$archive" -Wl,--no-whole-archive -o "$work/whole"
    [[ $("$work/whole") == ok ]]
}

# links_neighbours ARCHIVE ARCHIVE
links_neighbours() {
    [[ -e $work/neighbour.a ]] || rustc --edition 2024 -O --crate-type staticlib "$tests/link/neighbour.rs" -o "$work/neighbour.a"
    gcc -I"$include" "$tests/link/neighbour.c" -Wl,--whole-archive "$@" -Wl,--no-whole-archive -lm -pthread -ldl \
        -o "$work/neighbour"
    [[ $("$work/neighbour" 2>/dev/null) == "ok 45 1" ]]
}
