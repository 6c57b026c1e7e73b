#!/usr/bin/env bash
# Fails if anything about speed or size is written outside src/primitives, except on the one loop over
# the fields of a request.
set -euo pipefail
cd "$(dirname "$0")/.."

pattern='\b(SMALL|VECTORS)\b|sha2_backend_soft'
if grep -rnE "$pattern" src --include='*.rs' | grep -vE '^src/(primitives/|request\.rs:)'; then
    echo "confined: this belongs into src/primitives" >&2
    exit 1
fi
