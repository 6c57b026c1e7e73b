# Sourced by the other scripts here: finds cargo's output files, and checks if they are current.
# shellcheck shell=bash

# Prints the paths in cargo's messages (standard input) that end in /NAME.
built_file() {
    sed -n 's/.*"filenames":\[\([^]]*\)\].*/\1/p' | sed 's/","/\n/g' | tr -d '"' | grep "/$1\$" | tail -n 1
}

# sources_of PART: prints the files and folders that a part is built from.
sources_of() {
    case $1 in
    lib) printf '%s\n' src Cargo.toml Cargo.lock packaging/build-lib.sh packaging/c-library.sh packaging/library.sh ;;
    program) printf '%s\n' src cli vectors Cargo.toml Cargo.lock packaging/build-program.sh ;;
    esac
}

# Succeeds if nothing has changed since the last build of the part.
is_current() {
    local sources
    readarray -t sources < <(sources_of "$1")
    [[ -e target/$1/built && -z $(find "${sources[@]}" -newer "target/$1/built" -print -quit) ]]
}

# build PART COMMAND...: builds a part under a lock, and records the start time.
build() {
    local part=$1
    shift
    mkdir -p "target/$part"
    exec 9>"target/$part/lock"
    flock 9
    touch "target/$part/begun"
    "$@" 9>&-
    mv "target/$part/begun" "target/$part/built"
    exec 9>&-
}
