# The C and C++ programs: plainly against both libraries, under valgrind, and with sanitizers.
# shellcheck shell=bash disable=SC2046,SC2054 # The arguments are words; a comma belongs to one.

static=("$lib/libhooksig.a")
shared=(-L"$lib" -lhooksig -Wl,-rpath,"$lib")
# Handles hold padding, which has no value, and are compared to see that a call left them alone.
memcheck="valgrind -q --error-exitcode=1 --leak-check=full --suppressions=$tests/valgrind.supp"
sanitized=("${static[@]}" -fsanitize=address,undefined -fno-sanitize-recover=all)

check_programs() {
    local program
    for program in "${arguments[@]}" deliveries million policy threads; do
        check_program "$program" gcc c99
    done
    has pkg:jansson && check_program conformance gcc c99
    check_program raii g++ c++17
    check_program abi gcc c99
    check_variant abi gcc c2x static
    check_variant abi g++ c++17 static
    has clang && check_variant abi clang c2x static
    has clang && check_variant raii clang++ c++17 static
    has valgrind && check "threads share a key without a race, helgrind" \
        run_under "valgrind -q --tool=helgrind --error-exitcode=1" threads gcc c99 static
    has pkg:jansson && check_same_lines
    return 0
}

# check_program PROGRAM COMPILER STANDARD
check_program() {
    check_variant "$@" static
    check_variant "$@" shared
    check_variant "$@" sanitized
    has valgrind && check "$1, $2, $3, valgrind" \
        run_under "$memcheck" "$@" static
    return 0
}

# check_variant PROGRAM COMPILER STANDARD LIBRARY
check_variant() {
    check "$1, $2, $3, $4" build_and_run "$@"
}

build_and_run() {
    build "$@"
    run "$work/$1-$4" $(arguments_of "$1" 1000000 1000)
}

# run_under TOOL PROGRAM COMPILER STANDARD LIBRARY: with less to do, since all takes longer.
run_under() {
    run $1 "$work/$2-$5" $(arguments_of "$2" 20000 10)
}

# build PROGRAM COMPILER STANDARD LIBRARY
build() {
    local -n library=$4
    local source=$tests/c/$1.c flags=("${strict_c[@]}") language=c
    [[ -e $source ]] || source=$tests/c/$1.cpp
    [[ $3 == c++* ]] && flags=("${strict[@]}") language=c++
    "$2" -x "$language" -std="$3" "${flags[@]}" -g -O1 -I"$include" "$source" -x none \
        "${library[@]}" $(libraries_of "$1") -o "$work/$1-$4"
}

# Prints the program's output only on failure.
run() {
    "$@" >"$work/lines" || {
        grep -v '^ok' "$work/lines"
        return 1
    }
}

libraries_of() {
    case $1 in
    conformance) pkg-config --cflags --libs jansson ;;
    threads) echo -pthread ;;
    esac
}

# arguments_of PROGRAM HEADERS ROUNDS
arguments_of() {
    case $1 in
    conformance) case_files ;;
    deliveries) echo "$root"/vectors/deliveries/*.http ;;
    million) echo "$2" ;;
    threads) echo "$3" ;;
    esac
}

case_files() {
    find "$root/vectors/cases" -name '*.jsonl' | sort
}

check_same_lines() {
    local cases
    for cases in $(case_files); do
        check "$(wc -l <"$cases") cases of ${cases#"$root/vectors/cases/"} come out as in Rust" same_lines "$cases"
    done
}

# The command line is Rust's word on the cases; it fails where a case does not come out as expected.
same_lines() {
    target/program/hooksig conform "$1" >"$work/rust"
    "$work/conformance-static" "$1" >"$work/c"
    diff "$work/rust" "$work/c"
    [[ $(wc -l <"$work/c") -eq $(wc -l <"$1") ]]
}
