#!/usr/bin/env bash
# Builds the program in target/program, with its manual pages and completions.
set -euo pipefail
cd "$(dirname "$0")/.."
source packaging/built.sh

build_program() {
    local out=target/program messages shell
    messages=$(cargo build --locked --profile quick -p hooksig-cli --message-format json-render-diagnostics)
    install -C "$(built_file hooksig <<<"$messages")" "$out/hooksig"
    mkdir -p "$out/man"
    "$out/hooksig" man "$out/man"
    for shell in bash zsh fish; do
        "$out/hooksig" completions "$shell" >"$out/$shell"
    done
}

scripts/setup.sh cargo cc crates
build program build_program
