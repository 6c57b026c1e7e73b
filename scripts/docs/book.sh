#!/usr/bin/env bash
# Makes the book; a warning of mdBook is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

said=$(mdbook build docs 2>&1) || { echo "$said" >&2; exit 1; }
echo "$said"
! grep -qE '^ *(WARN|ERROR)' <<<"$said" || exit 1
# A file of ours with the name of one of mdBook's own takes its place, and a page then loads it twice.
twice=$(grep -oE '(src|href)="[^"]*\.(js|css)"' target/book/index.html | sort | uniq -d)
[[ -z $twice ]] || { echo "loaded twice: $twice" >&2; exit 1; }
