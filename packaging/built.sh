# Sourced by the scripts beside it: finds out where cargo put a file, and whether it is still current.

# Prints the paths of the files that cargo names in its messages (standard input) and that end in /NAME.
built_file() {
    sed -n 's/.*"filenames":\[\([^]]*\)\].*/\1/p' | sed 's/","/\n/g' | tr -d '"' | grep "/$1\$" | tail -n 1
}

# sources_of PART: the files and folders that a part is built from.
sources_of() {
    case $1 in
    lib) printf '%s\n' src Cargo.toml Cargo.lock packaging/build-lib.sh packaging/c-library.sh packaging/library.sh ;;
    program) printf '%s\n' src cli vectors Cargo.toml Cargo.lock packaging/build-program.sh ;;
    esac
}

# Succeeds if nothing changed since the last build of the part.
is_current() {
    local sources
    readarray -t sources < <(sources_of "$1")
    [[ -e target/$1/built && -z $(find "${sources[@]}" -newer "target/$1/built" -print -quit) ]]
}

# build PART COMMAND...: one build of a part at a time; the time at which it began is kept.
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
