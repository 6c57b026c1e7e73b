#!/usr/bin/env bash
# Fails if code for speed or size is outside src/primitives, or unsafe code is outside src/primitives and
# src/capi. Two functions that every request goes through may be inlined: the loop over its fields, and the
# reader of Drone's exact bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

pattern='\b(SMALL|VECTORS|SHORTCUTS)\b|sha2_backend_soft|inline\(|#\[inline|feature = "(small|plain)"|target_pointer_width'
if grep -rnE "$pattern" src --include='*.rs' |
    grep -vE '^src/primitives/|^src/(request/fields|verbatim)\.rs:[0-9]+: *#\[inline\(always\)\]$'; then
    echo "confined: this belongs in src/primitives" >&2
    exit 1
fi

if grep -rnE 'allow\(unsafe_code\)' src cli tower --include='*.rs' | grep -vE '^src/(primitives|capi)/'; then
    echo "confined: unsafe code belongs in src/capi or src/primitives" >&2
    exit 1
fi
