#!/usr/bin/env bash
# Makes the book; a warning of mdBook is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

said=$(mdbook build docs 2>&1) || { echo "$said" >&2; exit 1; }
echo "$said"
! grep -qE '^ *(WARN|ERROR)' <<<"$said"
