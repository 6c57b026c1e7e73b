# Sourced by the other scripts here: the names of the C library.
# shellcheck shell=bash
version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' Cargo.toml)
# Before 1.0 each minor version has its own ABI.
abi=${version%.*}
soname=libhooksig.so.$abi
