# The header alone, in each language and by each compiler, and the two examples at its top.
# shellcheck shell=bash

check_header() {
    local standard
    for standard in c99 c11 c2x; do
        check "the header alone compiles as $standard, gcc" compile_header gcc c "$standard"
        has clang && check "the header alone compiles as $standard, clang" compile_header clang c "$standard"
    done
    for standard in c++11 c++17 c++20; do
        check "the header alone compiles as $standard, g++" compile_header g++ c++ "$standard"
        has clang && check "the header alone compiles as $standard, clang++" compile_header clang++ c++ "$standard"
    done
    check "the header changes no name but its own" defines_only_its_own_names
    check_example gcc
    has clang && check_example clang
    check "the header's streaming example, gcc, sanitized" run_streaming gcc -g \
        -fsanitize=address,undefined -fno-sanitize-recover=all
    return 0
}

# compile_header COMPILER LANGUAGE STANDARD
compile_header() {
    local flags=("${strict[@]}")
    [[ $2 == c ]] && flags=("${strict_c[@]}")
    echo '#include <hooksig.h>' | "$1" -x "$2" -std="$3" "${flags[@]}" -I"$include" -fsyntax-only -
}

# Every macro that it defines starts with HOOKSIG_.
defines_only_its_own_names() {
    local others
    others=$(sed -n 's/^ *# *define \([A-Za-z0-9_]*\).*/\1/p' "$include/hooksig.h" | grep -v '^HOOKSIG_' || true)
    echo "$others"
    [[ -z $others ]]
}

check_example() {
    check "the header's example prints 204, $1, static" run_example "$1" "$lib/libhooksig.a"
    check "the header's example prints 204, $1, shared" run_example "$1" -L"$lib" -lhooksig -Wl,-rpath,"$lib"
    check "the header's streaming example, $1" run_streaming "$1" -O2
}

# run_example COMPILER LIBRARY...
run_example() {
    "$1" -std=c99 "${strict_c[@]}" -I"$include" "$work/example.c" "${@:2}" -o "$work/example"
    [[ $("$work/example") == 204 ]]
}

# run_streaming COMPILER FLAG...
run_streaming() {
    "$1" -std=c99 "${strict_c[@]}" "${@:2}" -I"$include" -I"$work" "$tests/c/streaming.c" \
        "$lib/libhooksig.a" -pthread -o "$work/streaming"
    "$work/streaming"
}
