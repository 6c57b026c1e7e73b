#!/usr/bin/env bash
# Fails if code for speed or size is outside src/primitives, or unsafe code is outside src/primitives and
# src/capi. One function may be inlined: the loop over the fields of a request. A call of it takes 72 bytes of
# flash (`make test-footprint`).
set -euo pipefail
cd "$(dirname "$0")/.."

pattern='\b(SMALL|VECTORS|SHORTCUTS)\b|sha2_backend_soft|inline\(|#\[inline|feature = "(small|plain)"|target_pointer_width'
if grep -rnE "$pattern" src --include='*.rs' |
    grep -vE '^src/primitives/|^src/request/fields\.rs:[0-9]+: *#\[inline\(always\)\]$'; then
    echo "confined: this belongs in src/primitives" >&2
    exit 1
fi

if grep -rnE 'allow\(unsafe_code\)' src cli tower --include='*.rs' | grep -vE '^src/(primitives|capi)/'; then
    echo "confined: unsafe code belongs in src/capi or src/primitives" >&2
    exit 1
fi
