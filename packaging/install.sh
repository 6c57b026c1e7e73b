#!/usr/bin/env bash
# Installs or removes parts of hooksig: packaging/install.sh install|uninstall lib|program...
#
# Reads DESTDIR, PREFIX and LIBDIR (absolute, or relative to PREFIX) from the environment. `install`
# builds parts that are not current, unless there is no cargo or the checkout belongs to somebody else:
# nothing is built as root by `sudo make install`.
set -euo pipefail
cd "$(dirname "$0")/.."
source packaging/library.sh
source packaging/built.sh
# Installed files must be readable by everyone.
umask 022

fail() {
    echo "$action: $1" >&2
    exit 2
}

# The files to install: file mode or `link`, source or link target, destination.
modes=()
sources=()
destinations=()

# plan MODE SOURCE DESTINATION
plan() {
    modes+=("$1")
    sources+=("$2")
    destinations+=("$destdir$3")
}

plan_licences() {
    plan 644 LICENSE-APACHE "$prefix/share/doc/hooksig/LICENSE-APACHE"
    plan 644 LICENSE-MIT "$prefix/share/doc/hooksig/LICENSE-MIT"
}

plan_lib() {
    plan 644 include/hooksig.h "$prefix/include/hooksig.h"
    plan 644 target/lib/libhooksig.a "$libdir/libhooksig.a"
    plan_shared
    plan filled packaging/hooksig.pc.in "$libdir/pkgconfig/hooksig.pc"
    plan filled packaging/hooksig-config.cmake.in "$libdir/cmake/hooksig/hooksig-config.cmake"
    plan filled packaging/hooksig-config-version.cmake.in "$libdir/cmake/hooksig/hooksig-config-version.cmake"
    plan_licences
}

# Some systems, such as those on musl, have no shared library.
plan_shared() {
    if [[ -e target/lib/libhooksig.so ]]; then
        plan 755 target/lib/libhooksig.so "$libdir/libhooksig.so.$version"
        plan link "libhooksig.so.$version" "$libdir/$soname"
        plan link "$soname" "$libdir/libhooksig.so"
    elif [[ -e target/lib/libhooksig.$abi.dylib ]]; then
        plan 755 "target/lib/libhooksig.$abi.dylib" "$libdir/libhooksig.$abi.dylib"
        plan link "libhooksig.$abi.dylib" "$libdir/libhooksig.dylib"
    fi
}

plan_program() {
    plan 755 target/program/hooksig "$prefix/bin/hooksig"
    plan 644 target/program/bash "$prefix/share/bash-completion/completions/hooksig"
    plan 644 target/program/zsh "$prefix/share/zsh/site-functions/_hooksig"
    plan 644 target/program/fish "$prefix/share/fish/vendor_completions.d/hooksig.fish"
    local page pages=target/program/man
    [[ $action == install ]] || pages=$destdir$prefix/share/man/man1
    for page in "$pages"/hooksig.1 "$pages"/hooksig-*.1; do
        plan 644 "$page" "$prefix/share/man/man1/${page##*/}"
    done
    plan_licences
}

# Prints a template with its variables filled in. A folder below PREFIX is relative to it.
filled() {
    local text libdir_of_pc=$libdir include_of_cmake=$prefix/include
    text=$(<"$1")
    if [[ $libdir/ == "${prefix%/}"/* ]]; then
        libdir_of_pc="\${prefix}${libdir#"${prefix%/}"}"
        include_of_cmake="\${_hooksig_here}/$(realpath -ms --relative-to "$libdir/cmake/hooksig" "$prefix/include")"
    fi
    text=${text//@PREFIX@/"$prefix"}
    text=${text//@LIBDIR@/"$libdir_of_pc"}
    text=${text//@INCLUDE@/"$include_of_cmake"}
    text=${text//@SONAME@/"$soname"}
    text=${text//@ABI@/"$abi"}
    printf '%s\n' "${text//@VERSION@/"$version"}"
}

# Fails unless every destination folder is writable or can be made.
need_writable() {
    local destination folder
    for destination in "${destinations[@]}"; do
        [[ $action == install || -e $destination || -L $destination ]] || continue
        folder=${destination%/*}
        while [[ -n $folder && ! -e $folder ]]; do
            folder=${folder%/*}
        done
        is_writable "${folder:-/}" || fail "cannot write to ${folder:-/}"
    done
}

# Root ignores modes, but not read-only file systems.
is_writable() {
    local probe
    [[ -d $1 && -w $1 ]] && probe=$(mktemp -d "$1/.hooksig-XXXXXX" 2>/dev/null) && rmdir "$probe"
}

install_all() {
    local i destination
    for i in "${!destinations[@]}"; do
        destination=${destinations[i]}
        mkdir -p "${destination%/*}"
        case ${modes[i]} in
        link) ln -sfn "${sources[i]}" "$destination" ;;
        filled)
            filled "${sources[i]}" >"$work/filled"
            install -C -m 644 "$work/filled" "$destination"
            ;;
        *) install -C -m "${modes[i]}" "${sources[i]}" "$destination" ;;
        esac
    done
}

uninstall_all() {
    rm -f "${destinations[@]}"
    local folder
    for folder in "$libdir/cmake/hooksig" "$prefix/share/doc/hooksig"; do
        [[ ! -d $destdir$folder ]] || rmdir --ignore-fail-on-non-empty "$destdir$folder"
    done
}

may_build() {
    type -P cargo >/dev/null && [[ -O . ]]
}

# Builds a part that is not current. Returns 1 if it was never built and cannot be built here.
need_built() {
    if is_current "$1"; then
        return
    elif may_build; then
        "packaging/build-$1.sh"
    elif [[ -e target/$1/built ]]; then
        fail "target/$1 is older than its sources; run \`make $1\` first, as the owner of the checkout"
    else
        echo "install: left out: $1 is not built; \`make $1\` builds it, as the owner of the checkout" >&2
        return 1
    fi
}

# The loader caches the libraries of its folders.
refresh_loader() {
    local ldconfig folder
    [[ -z $destdir ]] && ldconfig=$(PATH=$PATH:/usr/sbin:/sbin type -P ldconfig) || return 0
    while read -r folder; do
        [[ $(realpath -m "$folder") == "$(realpath -m "$libdir")" ]] || continue
        if [[ $(id -u) -eq 0 ]]; then
            "$ldconfig"
        else
            echo "$action: run \`sudo ldconfig\`, so that the loader knows of the change" >&2
        fi
        return
    done < <("$ldconfig" -vNX 2>/dev/null | sed -n 's|^\(/[^:]*\):.*|\1|p')
}

action=${1:-}
[[ $action == install || $action == uninstall ]] && [[ $# -ge 2 ]] || {
    echo "usage: $0 install|uninstall lib|program..." >&2
    exit 2
}
shift
[[ ${PREFIX:-} == /* ]] || fail "PREFIX must be an absolute path, not '${PREFIX:-}'"
prefix=$(realpath -ms -- "$PREFIX")
libdir=${LIBDIR:-lib}
[[ $libdir == /* ]] || libdir=$prefix/$libdir
libdir=$(realpath -ms -- "$libdir")
destdir=${DESTDIR:+$(realpath -ms -- "$DESTDIR")}
destdir=${destdir%/}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

parts=()
for part; do
    [[ $action == uninstall ]] || need_built "$part" || continue
    parts+=("$part")
done
[[ ${#parts[@]} -gt 0 ]] || exit 2
for part in "${parts[@]}"; do
    "plan_$part"
done
need_writable
"${action}_all"
[[ " ${parts[*]} " != *' lib '* ]] || refresh_loader
