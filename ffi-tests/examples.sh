#!/usr/bin/env bash
# Writes the examples in the header to FOLDER, as example.c and streaming-example.h: ffi-tests/examples.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

# extract FIRST NEXT: prints the lines from the indented line FIRST to before the line NEXT.
extract() {
    sed -n "/^ \*     $1/,/^ \*$2/p" include/hooksig.h | sed -e '$d' -e 's/^ \*\( \{5\}\)\{0,1\}//'
}

extract '#include <hooksig.h>' ' Streaming:' >"$1/example.c"
extract 'enum { MAX_HEAD' ' For every function' >"$1/streaming-example.h"
