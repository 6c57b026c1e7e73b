# Sourced by the scripts beside it: the names of the C library.
version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' Cargo.toml)
soname=libhooksig.so.0
