# Sourced before go is used: go does not notice that the C library changed, and neither links again nor
# runs a test again. A link flag with the library's hash, which sets a variable that does not exist, tells it.
# shellcheck shell=bash
library_hash=$(cat "${BASH_SOURCE[0]%/*}"/../target/c/lib/libhooksig.{a,so} | sha256sum)
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-ldflags=-X=github.com/hooksig/hooksig/go.library=${library_hash%% *}"
unset library_hash
