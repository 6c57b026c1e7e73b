#!/usr/bin/env bash
# Fails if the subject of a commit is longer than 72 characters: scripts/subjects.sh [RANGE]
#
# Without RANGE, reads the commits since the last tag, but at most 50.
set -euo pipefail
cd "$(dirname "$0")/.."

last_tag=$(git describe --tags --abbrev=0 2>/dev/null || true)
git log --max-count=50 --format='%h %s' "${1:-${last_tag:+$last_tag..}HEAD}" |
    awk '{ subject = substr($0, index($0, " ") + 1) }
        length(subject) > 72 { print $1 ": " length(subject) " characters: " subject; long = 1 }
        END { exit long }'
