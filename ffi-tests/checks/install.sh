# What `make install` lays out can be found and used, and goes away again.
# shellcheck shell=bash disable=SC2046,SC2164 # The flags are words; `check` ends at the first error.

check_install() {
    local stage=$work/stage here=$work/elsewhere
    rm -rf "$stage" "$here"
    mkdir "$here"
    cp "$work/example.c" "$here"
    check "make install lays out the files" make -s install DESTDIR="$stage" PREFIX=/usr/local
    check "pkg-config finds the version of the crate" has_version_of_crate "$stage"
    check "pkg-config builds a program with the shared library" builds_by_pkg_config "$stage" "$here" shared
    check "pkg-config builds a program with the static library" builds_by_pkg_config "$stage" "$here" static
    if has cmake; then
        cp "$tests/install/CMakeLists.txt" "$here"
        check "CMake finds and builds with both libraries" builds_by_cmake "$stage" "$here"
        check "CMake refuses another version" refuses_another_version "$stage" "$here"
        check "CMake finds the library through a linked lib folder" builds_through_link "$stage" "$here"
        check "CMake builds it by add_subdirectory" builds_as_subdirectory "$here"
        check "CMake builds it by FetchContent" builds_fetched "$here"
    fi
    if has meson; then
        cp "$tests/install/meson.build" "$here"
        check "Meson finds and builds with both libraries" builds_by_meson "$stage" "$here"
    fi
    check "the program runs, and has the version of the crate" program_runs "$stage"
    check "every command has a manual page" has_manual_pages "$stage"
    check "bash completes" bash_completes "$stage"
    if has zsh; then
        check "zsh completes" zsh_completes "$stage"
    fi
    if has fish; then
        check "fish completes" fish_completes "$stage"
    fi
    check "make uninstall leaves no file" leaves_no_file "$stage"
    check "cargo install installs the program" cargo_installs "$work/cargo"
}

version_of_crate() {
    sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' "$root/Cargo.toml"
}

# pkg_config_in STAGE ARGUMENT...
pkg_config_in() {
    PKG_CONFIG_SYSROOT_DIR=$1 PKG_CONFIG_PATH=$1/usr/local/lib/pkgconfig pkg-config "${@:2}" hooksig
}

has_version_of_crate() {
    [[ $(pkg_config_in "$1" --modversion) == "$(version_of_crate)" ]]
}

# builds_by_pkg_config STAGE FOLDER shared|static
builds_by_pkg_config() {
    local flags=()
    [[ $3 == static ]] && flags=(-static)
    cd "$2"
    cc "${flags[@]}" example.c $(pkg_config_in "$1" --cflags --libs ${flags:+--static}) -o "$3"
    [[ $(LD_LIBRARY_PATH=$1/usr/local/lib "./$3") == 204 ]]
}

# builds_by_cmake STAGE FOLDER
builds_by_cmake() {
    cmake -S "$2" -B "$2/build" -DCMAKE_PREFIX_PATH="$1/usr/local"
    cmake --build "$2/build"
    [[ $("$2/build/shared") == 204 && $("$2/build/static") == 204 ]]
    readelf -d "$2/build/shared" | grep -F '[libhooksig.so.0.1]'
}

# As on systems where /lib is a link to /usr/lib.
builds_through_link() {
    mkdir -p "$1/merged"
    ln -s ../usr/local/lib "$1/merged/lib"
    cmake -S "$2" -B "$2/build-merged" -Dhooksig_DIR="$1/merged/lib/cmake/hooksig"
    cmake --build "$2/build-merged"
    [[ $("$2/build-merged/shared") == 204 ]]
    rm -r "$1/merged"
}

builds_as_subdirectory() {
    cp -r "$tests/install/subdirectory" "$1"
    cmake -S "$1/subdirectory" -B "$1/subdirectory/build" -DHOOKSIG_SOURCE="$root"
    cmake --build "$1/subdirectory/build"
    [[ $("$1/subdirectory/build/static") == 204 ]]
}

builds_fetched() {
    cp -r "$tests/install/fetched" "$1"
    cmake -S "$1/fetched" -B "$1/fetched/build" -DFETCHCONTENT_SOURCE_DIR_HOOKSIG="$root"
    cmake --build "$1/fetched/build"
    [[ $("$1/fetched/build/shared") == 204 && $("$1/fetched/build/static") == 204 ]]
    readelf -d "$1/fetched/build/shared" | grep -F '[libhooksig.so.0.1]'
}

refuses_another_version() {
    mkdir "$2/other"
    sed 's/find_package(hooksig [0-9.]*/find_package(hooksig 99.0/' "$2/CMakeLists.txt" >"$2/other/CMakeLists.txt"
    if cmake -S "$2/other" -B "$2/other/build" -DCMAKE_PREFIX_PATH="$1/usr/local"; then
        return 1
    fi
}

# builds_by_meson STAGE FOLDER
builds_by_meson() {
    export PKG_CONFIG_SYSROOT_DIR=$1 PKG_CONFIG_PATH=$1/usr/local/lib/pkgconfig
    meson setup "$2/build-meson" "$2"
    meson compile -C "$2/build-meson"
    [[ $(LD_LIBRARY_PATH=$1/usr/local/lib "$2/build-meson/shared") == 204 ]]
    [[ $("$2/build-meson/static") == 204 ]]
    readelf -d "$2/build-meson/shared" | grep -F '[libhooksig.so.0.1]'
    ! readelf -d "$2/build-meson/static" | grep hooksig
}

program_runs() {
    [[ $("$1/usr/local/bin/hooksig" --version) == "hooksig $(version_of_crate)" ]]
}

has_manual_pages() {
    local command
    for command in $("$1/usr/local/bin/hooksig" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/-\1/p') ''; do
        [[ $command == -help ]] || grep -q '^\.TH hooksig' "$1/usr/local/share/man/man1/hooksig$command.1"
    done
}

bash_completes() {
    (
        # shellcheck source=/dev/null
        source "$1/usr/local/share/bash-completion/completions/hooksig"
        complete -p hooksig
        COMP_WORDS=(hooksig tri) COMP_CWORD=1
        _hooksig hooksig tri hooksig
        [[ ${COMPREPLY[*]} == trigger ]]
    )
}

zsh_completes() {
    zsh -fc "fpath=('$1/usr/local/share/zsh/site-functions' \$fpath)
        autoload -Uz compinit
        compinit -u -d '$work/zcompdump'
        autoload +X _hooksig
        [[ \$_comps[hooksig] == _hooksig && \$functions[_hooksig] == *trigger* ]]"
}

fish_completes() {
    local completed
    completed=$(HOME=$work fish --no-config -c "
        source '$1/usr/local/share/fish/vendor_completions.d/hooksig.fish'
        complete -C 'hooksig tri'")
    [[ $completed == trigger* ]]
}

cargo_installs() {
    cargo install --quiet --locked --profile quick --path "$root/cli" --root "$1"
    [[ $("$1/bin/hooksig" --version) == "hooksig $(version_of_crate)" ]]
}

leaves_no_file() {
    local left
    make -s uninstall DESTDIR="$1" PREFIX=/usr/local
    left=$(find "$1" -not -type d)
    echo "$left"
    [[ -z $left ]]
}
