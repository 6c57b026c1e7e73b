#!/usr/bin/env bash
# Tests `make install` and `make uninstall`: paths with spaces, LIBDIR, umask, cargo's folders, read-only
# folders, installing without cargo, and licences in every package.
#
# Run `make lib program` first; `make test-install` does everything.
set -uo pipefail
cd "$(dirname "$0")/.."

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/checks
source scripts/report.sh
umask 022

# in_folder NAME COMMAND...: checks with a folder of its own, $folder.
in_folder() {
    folder="$work/ada lovelace/$((passed + failed))"
    mkdir -p "$folder"
    check "$@"
}

# Prints the paths of installed files, relative to a folder.
files_in() {
    (cd "$1" && find . -not -type d | sort)
}

# install_all ARGUMENT...: installs both parts.
install_all() {
    make -s install "$@"
}

# Installs to a PREFIX with a space, and uninstalls without touching paths named by its words.
prefix_with_space() {
    local prefix="$folder/x/ada lovelace/.local"
    install_all PREFIX="$prefix"
    mkdir -p "$folder/x"
    echo keep >"$folder/x/ada"
    echo keep >"$prefix/keep"
    [[ -x $prefix/bin/hooksig && -f $prefix/include/hooksig.h && -f $prefix/lib/libhooksig.a ]]
    make -s uninstall PREFIX="$prefix"
    [[ $(cat "$folder/x/ada") == keep ]]
    [[ $(files_in "$prefix") == ./keep ]]
}

destdir_with_space() {
    install_all DESTDIR="$folder/a stage" PREFIX='/opt/ada lovelace'
    [[ -x "$folder/a stage/opt/ada lovelace/bin/hooksig" ]]
    fails grep -r "$folder" "$folder/a stage" --include='*.pc' --include='*.cmake'
    make -s uninstall DESTDIR="$folder/a stage" PREFIX='/opt/ada lovelace'
    [[ -z $(files_in "$folder/a stage") ]]
}

example_program() {
    cat <<'C'
#include <hooksig.h>
#include <stdio.h>
int main(void) { return puts(hooksig_version()) == EOF; }
C
}

# builds_by_pkg_config FOLDER: builds against the library that pkg-config finds in FOLDER. pkg-config quotes
# its output for a shell.
builds_by_pkg_config() {
    local flags
    example_program >"$folder/example.c"
    flags=$(PKG_CONFIG_PATH=$1/pkgconfig pkg-config --cflags --libs hooksig)
    eval "cc \"\$folder/example.c\" $flags -Wl,-rpath,'$1' -o \"\$folder/example\""
    "$folder/example"
}

builds_by_cmake() {
    example_program >"$folder/example.c"
    cat >"$folder/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.16)
project(example LANGUAGES C)
find_package(hooksig REQUIRED)
add_executable(shared example.c)
target_link_libraries(shared PRIVATE hooksig::hooksig)
add_executable(static example.c)
target_link_libraries(static PRIVATE hooksig::hooksig_static)
CMAKE
    cmake -S "$folder" -B "$folder/build" -Dhooksig_DIR="$1/cmake/hooksig"
    cmake --build "$folder/build"
    "$folder/build/shared"
    "$folder/build/static"
}

# libdir_is_used LIBDIR FOLDER: with that LIBDIR the library is in FOLDER, and both packages find it.
libdir_is_used() {
    install_all PREFIX="$folder/usr" LIBDIR="$1"
    [[ -f $2/libhooksig.a && -L $2/libhooksig.so && ! -e $folder/usr/lib ]]
    [[ $(PKG_CONFIG_PATH=$2/pkgconfig pkg-config --variable=libdir hooksig) == "$2" ]]
    builds_by_pkg_config "$2"
    ! type -P cmake || builds_by_cmake "$2"
    make -s uninstall PREFIX="$folder/usr" LIBDIR="$1"
    [[ -z $(files_in "$folder") || -z $(find "$folder" -name '*hooksig*') ]]
}

libdir_relative() { libdir_is_used lib/x86_64-linux-gnu "$folder/usr/lib/x86_64-linux-gnu" || return; }
libdir_absolute() { libdir_is_used "$folder/usr/lib64" "$folder/usr/lib64" || return; }
libdir_elsewhere() { libdir_is_used "$folder/libraries" "$folder/libraries" || return; }

# Everyone can read the installed files and enter their folders, whatever the umask.
readable_by_all() {
    (umask 077 && install_all PREFIX="$folder/prefix")
    local closed
    closed=$(find "$folder/prefix" -not -type l -not -perm -a+r -o -type d -not -perm -a+x)
    echo "$closed"
    [[ -z $closed && -x $folder/prefix/bin/hooksig ]]
}

# copy_checkout: copies the sources to a path with a space, without build output.
copy_checkout() {
    copy="$folder/a checkout"
    mkdir "$copy"
    tar -c --exclude=./target --exclude=./.git . | tar -x -C "$copy"
}

# Marks the sources, so that a library built from them is recognised by its output.
mark_sources() {
    sed -i 's/^version = "[0-9.]*"/version = "0.1.77"/' "$copy/Cargo.toml"
    sed -i '/^name = "hooksig/{n;s/"[0-9.]*"/"0.1.77"/}' "$copy/Cargo.lock"
    sed -i 's/version = "[0-9.]*", path/path/' "$copy"/*/Cargo.toml
}

installs_what_it_builds() {
    make -s -C "$copy" install-lib PREFIX="$folder/prefix"
    builds_by_pkg_config "$folder/prefix/lib" | grep -Fx 0.1.77
}

# Files of an old target/ must not be installed.
cargo_folders() {
    copy_checkout
    mkdir -p "$copy/target/release"
    cp target/lib/libhooksig.a target/lib/libhooksig.so "$copy/target/release"
    mark_sources
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    case $1 in
    CARGO_TARGET_DIR) export CARGO_TARGET_DIR="$work/cargo here" ;;
    CARGO_BUILD_TARGET) export CARGO_BUILD_TARGET=$host ;;
    build.target-dir)
        mkdir -p "$copy/.cargo"
        printf '[build]\ntarget-dir = "%s"\n' "$work/cargo here" >"$copy/.cargo/config.toml"
        ;;
    esac
    installs_what_it_builds
}

# Makes a checkout that looks built to `make install`.
built_checkout() {
    copy_checkout
    mkdir -p "$copy/target"
    cp -r target/lib target/program "$copy/target"
    touch "$copy/target/lib/built" "$copy/target/program/built"
}

# Makes a PATH with all commands except Rust's.
without_cargo() {
    if [[ ! -e $folder/bin ]]; then
        mkdir "$folder/bin"
        find /bin/ /sbin/ /usr/bin/ /usr/sbin/ -maxdepth 1 -not -type d \
            -not -name 'cargo*' -not -name 'rust*' -exec ln -sf -t "$folder/bin" {} +
        ln -sf "$(type -P bash)" "$(type -P make)" "$folder/bin"
    fi
    PATH=$folder/bin CARGO_HOME=/nonexistent "$@"
}

after_a_build_cargo_is_not_needed() {
    built_checkout
    fails without_cargo bash -c 'type -P cargo'
    without_cargo make -s -C "$copy" install PREFIX="$folder/prefix"
    "$folder/prefix/bin/hooksig" --version
}

only_the_library_was_built() {
    built_checkout
    rm -r "$copy/target/program"
    without_cargo make -s -C "$copy" install PREFIX="$folder/prefix" 2>"$folder/said"
    grep 'program is not built' "$folder/said"
    [[ -f $folder/prefix/lib/libhooksig.a && ! -e $folder/prefix/bin ]]
}

# Files built from older sources are not installed silently.
old_build_without_cargo() {
    built_checkout
    touch -d '+1 minute' "$copy/src/lib.rs"
    fails without_cargo make -s -C "$copy" install-lib PREFIX="$folder/prefix" 2>"$folder/said"
    grep 'older than its sources' "$folder/said"
    [[ ! -e $folder/prefix ]]
}

# Root must not build in another user's checkout. A fake cargo would be noticed.
root_does_not_build() {
    [[ $(id -u) -eq 0 ]] || return 0
    built_checkout
    chown -R nobody "$copy"
    mkdir "$folder/bin"
    printf '#!/bin/sh\ntouch "%s/cargo-ran"\nexit 1\n' "$folder" >"$folder/bin/cargo"
    chmod +x "$folder/bin/cargo"
    PATH="$folder/bin:$PATH" make -s -C "$copy" install PREFIX="$folder/prefix"
    rm -r "$copy/target"
    fails env PATH="$folder/bin:$PATH" make -s -C "$copy" install PREFIX="$folder/other"
    [[ -x $folder/prefix/bin/hooksig && ! -e $folder/cargo-ran && ! -e $folder/other ]]
}

# refuses_prefix PREFIX ACTION: the script prints one line, exits with 2 and changes nothing.
refuses_prefix() {
    local status=0
    PREFIX=$1 packaging/install.sh "$2" lib program >"$folder/said" 2>&1 || status=$?
    cat "$folder/said"
    [[ $status -eq 2 && $(wc -l <"$folder/said") -eq 1 ]]
}

prefix_is_no_folder() {
    touch "$folder/file"
    refuses_prefix "$folder/file/below" install
    [[ -f $folder/file ]]
}

# Even root cannot write to /proc.
prefix_cannot_be_written() {
    refuses_prefix /proc/hooksig install
}

prefix_is_relative() {
    refuses_prefix relative/folder install
    refuses_prefix relative/folder uninstall
    refuses_prefix '' uninstall
}

# If one of several folders is read-only, nothing is deleted in the others.
uninstall_all_or_nothing() {
    local prefix=$folder/prefix before
    install_all PREFIX="$prefix"
    before=$(files_in "$prefix")
    if [[ $(id -u) -eq 0 ]]; then
        read_only_for_root "$prefix"
    else
        chmod a-w "$prefix/bin"
        refuses_prefix "$prefix" uninstall
        chmod u+w "$prefix/bin"
    fi
    [[ $(files_in "$prefix") == "$before" ]]
}

# Root ignores mode bits, so this mounts a folder read-only in its own mount namespace.
read_only_for_root() {
    export -f refuses_prefix
    export folder
    unshare --mount true || return 0
    unshare --mount bash -c 'mount --bind "$1/bin" "$1/bin" && mount -o remount,ro,bind "$1/bin" && refuses_prefix "$1" uninstall' - "$1"
}

licences_are_installed() {
    install_all PREFIX="$folder/prefix"
    cmp LICENSE-MIT "$folder/prefix/share/doc/hooksig/LICENSE-MIT"
    cmp LICENSE-APACHE "$folder/prefix/share/doc/hooksig/LICENSE-APACHE"
}

# Prints every package except those that only test or measure.
packages() {
    find . -path ./target -prune -o \( -name go.mod -o -name Cargo.toml \) -printf '%h\n' | sort -u |
        grep -vE '^\./(benches|ffi-tests|fuzz|firmware|tests|go/interop|go/load|go/translate)(/|$)'
}

every_package_has_licences() {
    local package
    for package in $(packages); do
        cmp LICENSE-MIT "$package/LICENSE-MIT"
        cmp LICENSE-APACHE "$package/LICENSE-APACHE"
    done
}

crates_contain_licences() {
    local package list
    for package in hooksig-vectors hooksig hooksig-tower hooksig-cli; do
        list=$(cargo package --list --allow-dirty --offline -p "$package")
        grep -x LICENSE-MIT <<<"$list"
        grep -x LICENSE-APACHE <<<"$list"
    done
}

# fails_in_setup TEXT COMMAND...: exits with 2 and prints TEXT.
fails_in_setup() {
    local status=0
    "${@:2}" >"$folder/said" 2>&1 || status=$?
    cat "$folder/said"
    grep -F "$1" "$folder/said"
    [[ $status -eq 2 ]]
}

# Makes a PATH with apt-get, but without sudo and the requested tool.
basic_path() {
    mkdir "$folder/bin"
    local command
    for command in apt-get bash cat dirname grep id make sed sort tail; do
        ln -s "$(type -P "$command")" "$folder/bin/"
    done
    [[ -e $folder/bin/apt-get ]]
}

# as_user COMMAND...: runs as a user who may not install packages.
as_user() {
    if [[ $(id -u) -eq 0 ]]; then
        chmod a+rx "$work" "$work/ada lovelace"
        chroot --userspec=65534:65534 --skip-chdir / "$@"
    else
        "$@"
    fi
}

missing_tool_is_named() {
    basic_path || return 0
    copy_checkout
    cd "$copy"
    fails_in_setup 'sudo apt-get install -y --no-install-recommends valgrind wrk' \
        as_user env PATH="$folder/bin" scripts/setup.sh wrk valgrind
}

# A missing cargo is reported before anything is built.
missing_cargo_is_named() {
    basic_path || return 0
    copy_checkout
    cd "$copy"
    fails_in_setup 'https://sh.rustup.rs' env PATH="$folder/bin" make lib
    [[ ! -e target ]]
}

# offline COMMAND...: runs in its own network namespace, without a network.
offline() {
    unshare --net "$@" || return
}

download_is_named() {
    [[ $(id -u) -eq 0 ]] && unshare --net true || return 0
    fails_in_setup 'cannot download the crates of Cargo.lock' \
        offline env CARGO_HOME="$folder/cargo" CARGO_NET_RETRY=0 RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" scripts/setup.sh crates
    ! type -P go || fails_in_setup 'cannot download the Go modules of go/redisstore' \
        offline env GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw scripts/setup.sh modules:go/redisstore
    [[ -e /usr/bin/apt-get ]] && ! type -P wrk || return 0
    fails_in_setup 'cannot download wrk' offline scripts/setup.sh wrk
    ! type -P wrk
}

in_folder 'a PREFIX with a space is installed to and uninstalled from, and nothing else' prefix_with_space
in_folder 'a DESTDIR with a space, which no installed file names' destdir_with_space
in_folder 'LIBDIR relative to PREFIX, in files, pkg-config and CMake' libdir_relative
in_folder 'LIBDIR as an absolute path below PREFIX' libdir_absolute
in_folder 'LIBDIR elsewhere' libdir_elsewhere
in_folder 'umask 077: everybody can read what is installed' readable_by_all
for variable in CARGO_TARGET_DIR build.target-dir CARGO_BUILD_TARGET; do
    in_folder "a checkout with a space, $variable set: what was built now is installed, not an old build" cargo_folders "$variable"
done
in_folder 'after `make lib program`, `make install` needs no cargo' after_a_build_cargo_is_not_needed
in_folder 'after `make lib`, `make install` without cargo installs the library and names the rest' only_the_library_was_built
in_folder 'without cargo, a build that is older than its sources is refused' old_build_without_cargo
in_folder 'root installs from the checkout of another user, and builds nothing' root_does_not_build
in_folder 'a PREFIX that is below a file: one line' prefix_is_no_folder
in_folder 'a PREFIX that cannot be written: one line' prefix_cannot_be_written
in_folder 'a PREFIX that is relative or empty: one line' prefix_is_relative
in_folder 'make uninstall deletes nothing if it cannot delete all' uninstall_all_or_nothing
in_folder 'set-up names a missing tool and the command that installs it' missing_tool_is_named
in_folder 'without cargo nothing is built, and the way to install it is named' missing_cargo_is_named
in_folder 'without a network, the failed download is named' download_is_named
in_folder 'licences are installed' licences_are_installed
in_folder 'every package has the licences, unchanged' every_package_has_licences
in_folder 'every published crate contains the licences' crates_contain_licences

report
