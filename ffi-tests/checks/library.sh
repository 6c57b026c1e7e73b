# Tests the symbols that the libraries define and need.
# shellcheck shell=bash

# On aarch64 also getauxval, which reports SHA-256 instructions.
memory_functions='memcpy|memmove|memset|memcmp|bcmp|strlen|getauxval'

check_library() {
    check "the shared library exports what the header declares, and nothing else" exports_are_declared
    check "every exported function has its test of wrong arguments" exports_are_tested
    check "the shared library is libhooksig.so.0.1" has_soname
    check "the shared library needs libc alone" needs_libc_alone
    check "the static library needs the memory functions of libc at most" needs_memory_functions_at_most
    check "all functions link with memory functions alone: none can panic" links_alone "$lib/libhooksig.a"
}

exported() {
    nm -D --defined-only "$lib/libhooksig.so" | awk '{ print $3 }' | sort
}

exports_are_declared() {
    diff <(exported) <(grep -o '\bhooksig_[a-z0-9_]*(' "$include/hooksig.h" | tr -d '(' | sort -u)
}

exports_are_tested() {
    local program
    diff <(exported) <(for program in "${arguments[@]}"; do
        "$work/$program-static" --list
    done | sort)
}

has_soname() {
    readelf -d "$lib/libhooksig.so" | grep SONAME | grep -F '[libhooksig.so.0.1]'
}

needs_libc_alone() {
    local needed
    needed=$(readelf -d "$lib/libhooksig.so" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
    echo "$needed"
    [[ $needed == libc.so.* ]]
}

needs_memory_functions_at_most() {
    local others
    others=$(nm -u "$lib/libhooksig.a" | awk '$1 == "U" { print $2 }' | grep -vxE "$memory_functions" || true)
    echo "$others"
    [[ -z $others ]]
}

# links_alone LIBRARY: links a program that calls every function, without libc. A possible panic would need
# hooksig_panic_reached, which does not exist.
links_alone() {
    {
        exported | sed 's/.*/void &(void);/'
        echo 'void memcpy(void) {} void memmove(void) {} void memset(void) {}'
        echo 'void memcmp(void) {} void bcmp(void) {} void strlen(void) {}'
        echo 'void _start(void) {'
        exported | sed 's/.*/    &();/'
        echo '}'
    } >"$work/alone.c"
    gcc -ffreestanding -fno-builtin -nostdlib -static "$work/alone.c" "$1" -o "$work/alone"
}
