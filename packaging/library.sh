# Sourced by the scripts beside it: the names of the C library.
version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' Cargo.toml)
# Before 1.0 each minor version is an ABI of its own.
abi=${version%.*}
soname=libhooksig.so.$abi
