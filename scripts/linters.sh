#!/usr/bin/env bash
# Lints the programs in Bash and Python. A linter that cannot be installed is skipped by name, or fails if CI
# is set.
set -uo pipefail
cd "$(dirname "$0")/.."

out=target/linters
source scripts/report.sh

# Lists the sources, without anything that was built.
sources() {
    find . -type d \( -name target -o -name .git -o -name node_modules \) -prune -o -type f "$@" -print
}

# A script that is sourced names its shell in a directive.
bash_scripts() {
    sources \( -name '*.sh' -o -path './.ci/run' \) | sort
}

lint_bash() {
    local scripts
    readarray -t scripts < <(bash_scripts)
    shellcheck "${scripts[@]}"
}

lint_python() {
    local scripts
    readarray -t scripts < <(sources -name '*.py' | sort)
    pyflakes3 "${scripts[@]}"
}

with shellcheck 'Bash: shellcheck' lint_bash
with pyflakes3 'Python: pyflakes' lint_python
report
