#!/usr/bin/env bash
# Looks for branches and addresses that depend on secrets; see secrets.c.
set -euo pipefail
cd "$(dirname "$0")/../.."

scripts/setup.sh cargo cc valgrind

# The library with the features of `make lib`, and with line numbers for the report. Valgrind has no SHA
# instructions, so that sha2 compresses in place of the lanes.
target=target/constant-time
unset CARGO_BUILD_TARGET
CARGO_PROFILE_RELEASE_DEBUG=line-tables-only cargo rustc --locked --quiet --release -p hooksig --lib \
    --crate-type staticlib --features capi,lanes --target-dir "$target" -- --cfg hooksig_panic_handler
cc -std=c99 -g -O2 -Wall -Wextra -Wpedantic -Werror -Iinclude fuzz/constant-time/secrets.c \
    "$target/release/libhooksig.a" -o "$target/secrets"
valgrind -q --suppressions=fuzz/constant-time/valgrind.supp --log-file="$target/reports" "$target/secrets" || {
    cat "$target/reports"
    exit 1
}
