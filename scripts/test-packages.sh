#!/usr/bin/env bash
# Publishes every crate in a dry run, packs it, in the order of publication, and builds and tests each from
# its package alone. Builds the documentation as docs.rs does.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$PWD/target/packages
crates=(hooksig-vectors hooksig hooksig-tower hooksig-cli)

# Prints the folder of a crate's unpacked package.
folder_of() {
    local packed
    packed=$(ls "$out/package/$1"-[0-9]*.crate)
    basename "$packed" .crate
}

# Does everything except the upload.
rehearse() {
    local said
    said=$(cargo publish --dry-run --locked --no-verify --allow-dirty --target-dir "$out/rehearsal" \
        "${crates[@]/#/--package=}" 2>&1) && return
    # A mirror of crates.io takes no uploads.
    grep -q 'is replaced with' <<<"$said" || { echo "$said" >&2; exit 1; }
    echo 'cargo publish --dry-run: skipped, because cargo uses a mirror here'
}

rehearse
rm -rf "$out/package" "$out/unpacked"
mkdir -p "$out/unpacked"
cargo package --quiet --locked --no-verify --allow-dirty --target-dir "$out" "${crates[@]/#/--package=}"

# A workspace of the packages, because they need each other and are not published yet.
{
    printf '[workspace]\nresolver = "3"\nmembers = ["hooksig-*"]\n[patch.crates-io]\n'
    for crate in "${crates[@]}"; do
        tar -xzf "$out/package/$(folder_of "$crate").crate" -C "$out/unpacked"
        cmp LICENSE-MIT "$out/unpacked/$(folder_of "$crate")/LICENSE-MIT" >&2
        cmp LICENSE-APACHE "$out/unpacked/$(folder_of "$crate")/LICENSE-APACHE" >&2
        echo "$crate = { path = \"$(folder_of "$crate")\" }"
    done
} >"$out/unpacked/Cargo.toml"
cp Cargo.lock "$out/unpacked/"
cd "$out/unpacked"
export CARGO_TARGET_DIR=$out/build

for crate in "${crates[@]}"; do
    echo "$crate: the tests of its package"
    # shellcheck disable=SC2086 # The options are words.
    cargo test --quiet -p "$crate" ${TEST_OPTIONS:-}
done
echo 'hooksig, hooksig-tower: documentation as on docs.rs'
RUSTC_BOOTSTRAP=1 RUSTDOCFLAGS='--cfg docsrs -D warnings' \
    cargo doc --quiet --no-deps -p hooksig --features http,httparse,payload,lanes
RUSTC_BOOTSTRAP=1 RUSTDOCFLAGS='--cfg docsrs -D warnings' cargo doc --quiet --no-deps -p hooksig-tower --all-features
page=$out/build/doc/hooksig/trait.Headers.html
for feature in http httparse; do
    grep -q "feature <code>$feature</code></strong> only" "$page" ||
        { echo "$page does not say that feature $feature is needed"; exit 1; }
done
if [[ -e $out/build/doc/hooksig/capi ]]; then
    echo 'the C interface shows in the documentation'
    exit 1
fi
