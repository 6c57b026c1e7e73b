#!/usr/bin/env bash
# Runs commands on a bare machine, as a newcomer would: scripts/bare.sh [documented | COMMAND...]
#
# Without a COMMAND: the demo and the tests as root, the demo as a user, and an installation. `documented`
# adds every command of `make help` for users, each in its shortest form.
#
# Builds a minimal Debian in a temporary folder. Adds the Rust toolchain without extra targets and downloads,
# Go, and a clone of the commit. Runs each COMMAND in the clone as root, or if it begins with `user`, as an
# ordinary user without sudo in another clone. The output goes to target/bare. Needs root. Its mounts end when
# it exits, and only its temporary folder is removed.
set -euo pipefail
cd "$(dirname "$0")/.."

# Most seconds that a command may take.
limit=2700
logs=$PWD/target/bare

skip() {
    echo "skipped: the bare machine: $1"
    [[ -z ${CI:-} ]] || exit 1
    exit 0
}

fail() {
    echo "bare: $1" >&2
    exit 1
}

# Prints the first package source of this system.
package_source() {
    local sources
    sources=$(grep -rhoE '^(URIs: |deb (\[[^]]*\] )?)https?://[^ ]*/(debian|ubuntu)/?( |$)' \
        /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null) || true
    grep -m 1 -oE 'https?://[^ ]+' <<<"$sources" || echo http://deb.debian.org/debian
}

# A newcomer has make, git and certificates: they cloned the project.
make_system() {
    local release there file
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    debootstrap --variant=minbase --include=ca-certificates,make,git "$release" "$system" "$(package_source)" \
        >"$logs/debootstrap.log" 2>&1 || fail "debootstrap: $(tail -n 1 "$logs/debootstrap.log")"
    # shellcheck disable=SC2016 # The inner shell expands them.
    there=$(chroot "$system" sh -c 'command -v cc gcc cargo go python3 pkg-config curl' || true)
    [[ -z $there ]] || fail "the system is not bare: $there"
    for file in /etc/apt/apt.conf.d/*proxy* /etc/ssl/certs/ca-certificates.crt /etc/resolv.conf /etc/hosts; do
        [[ ! -f $file ]] || install -D -m 644 "$file" "$system$file"
    done
    mount -t proc proc "$system/proc"
    make_devices
    chroot "$system" useradd --create-home user
}

# It has its own devices, so that a command that replaces /dev/null affects only this system.
make_devices() {
    local device
    mount -t tmpfs -o mode=755 devices "$system/dev"
    for device in null:3 zero:5 full:7 random:8 urandom:9; do
        mknod -m 666 "$system/dev/${device%:*}" c 1 "${device#*:}"
    done
    mknod -m 666 "$system/dev/tty" c 5 0
    mkdir -m 755 "$system/dev/pts"
    mkdir -m 1777 "$system/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts "$system/dev/pts"
    ln -s pts/ptmx "$system/dev/ptmx"
    for device in fd:. stdin:0 stdout:1 stderr:2; do
        ln -s "/proc/self/fd/${device#*:}" "$system/dev/${device%:*}"
    done
}

# Installs the toolchain for all users in /opt/rustup, without the additions of `cargo install` and `rustup
# target add`.
add_rust() {
    local sysroot host name proxy home
    sysroot=$(rustc --print sysroot)
    host=$(rustc -vV | sed -n 's/^host: //p')
    name=$(basename "$sysroot")
    mkdir -p "$system/opt/rustup/toolchains"
    cp -a "$sysroot" "$system/opt/rustup/toolchains/$name"
    printf 'default_toolchain = "%s"\nprofile = "minimal"\nversion = "12"\n' "$name" >"$system/opt/rustup/settings.toml"
    remove_targets "$system/opt/rustup/toolchains/$name/lib/rustlib" "$host"
    for home in root home/user; do
        mkdir -p "$system/$home/.cargo/bin"
        for proxy in cargo cargo-clippy cargo-fmt clippy-driver rustc rustdoc rustfmt rustup; do
            cp -aL "${CARGO_HOME:-$HOME/.cargo}/bin/$proxy" "$system/$home/.cargo/bin/"
        done
    done
}

# remove_targets FOLDER HOST: removes targets from the toolchain and its list of components, as rustup does.
remove_targets() {
    local target
    for target in "$1"/*/lib; do
        target=$(basename "$(dirname "$target")")
        [[ $target != "$2" ]] || continue
        rm -r "${1:?}/$target"
        rm -f "$1/manifest-rust-std-$target"
        sed -i "/^rust-std-$target\$/d" "$1/components"
    done
    # The list has a component per block: [[components]], pkg = "rust-std", target = "…".
    [[ ! -f $1/multirust-config.toml ]] || awk -v host="$2" '
        function flush() { if (!(block ~ /"rust-std"/ && block !~ "\"" host "\"")) printf "%s", block; block = "" }
        /^\[\[components\]\]/ { flush() }
        { block = block $0 "\n" }
        END { flush() }' "$1/multirust-config.toml" >"$folder/components"
    [[ ! -f $folder/components ]] || cp "$folder/components" "$1/multirust-config.toml"
}

add_go() {
    local goroot
    goroot=$(go env GOROOT 2>/dev/null) || return 0
    cp -a "$goroot" "$system/usr/local/go"
}

add_clones() {
    local home
    for home in root home/user; do
        git clone -q . "$system/$home/hooksig"
    done
    chroot "$system" chown -R user:user /home/user
}

# in_system USER COMMAND: runs without this environment, except for its network settings.
in_system() {
    local home=/root network
    [[ $1 == root ]] || home=/home/$1
    readarray -t network < <(env | grep -E '^(https?|no|HTTPS?|NO)_(proxy|PROXY)=|^GOPROXY=|^GONOSUMDB=|^GOSUMDB=|^CARGO_HTTP')
    timeout "$limit" chroot --userspec="$1:$1" "$system" env -i "HOME=$home" "USER=$1" TERM=dumb LANG=C.UTF-8 \
        RUSTUP_HOME=/opt/rustup "${network[@]}" \
        "PATH=$home/.cargo/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        sh -c "cd ~/hooksig && $2" </dev/null
}

# run COMMAND: prints the result and the time, and the last lines on failure.
run() {
    local user=root command=$1 log began=$SECONDS status=0
    [[ $command != 'user '* ]] || user=user command=${command#user }
    log="$logs/${1//[^a-zA-Z0-9=]/-}.log"
    in_system "$user" "$command" >"$log" 2>&1 || status=$?
    printf '%s, as %s: exit %s, %s s\n' "$command" "$user" "$status" $((SECONDS - began))
    grep -E '^ *skip(ped)?\b' "$log" | sort -u | sed 's/^ */    /' || true
    if [[ $status -ne 0 ]]; then
        failed=$((failed + 1))
        tail -n 20 "$log" | sed 's/^/    /'
    elif [[ -n ${CI:-} && $command == *'make test' ]]; then
        cat "$log"
    fi
}

inside() {
    folder=$1
    system=$folder/system
    shift
    mkdir "$system"
    make_system
    add_rust
    add_go
    add_clones
    echo "bare machine built after $SECONDS s"
    failed=0
    local command
    for command; do
        run "$command"
    done
    [[ $failed -eq 0 ]]
}

if [[ ${1:-} == --inside ]]; then
    shift
    inside "$@"
    exit
fi
[[ $(id -u) -eq 0 ]] || skip 'debootstrap needs root'
scripts/setup.sh debootstrap || skip 'debootstrap is missing'
unshare --mount true 2>/dev/null || skip 'mounts are not allowed here, so debootstrap cannot work'
# With CI a skipped test is a failure, because the tests can install everything here.
basic=('make demo' "${CI:+CI=$CI }make test" 'user make demo'
    'make install && ldconfig -p | grep libhooksig.so && make uninstall')
documented=('make help' 'make install PREFIX="$HOME/a prefix" && make uninstall PREFIX="$HOME/a prefix"'
    'make install DESTDIR="$HOME/a stage" && make uninstall DESTDIR="$HOME/a stage"'
    'make load' 'make bench QUICK=1' 'make test-instructions' 'make test-bench' 'make constant-time CALLS=20000'
    'make differential CASES=1000' 'make fuzz SECONDS=2' 'make coverage' 'make footprint' 'make check'
    'make book' 'make lib TARGET=x86_64-unknown-linux-musl'
    'make firmware-lib TARGET=thumbv7em-none-eabihf' 'make test-footprint' 'make test-targets' 'make bench' 'make clean')
case ${1:-} in
'') set -- "${basic[@]}" ;;
documented) set -- "${basic[@]}" "${documented[@]}" ;;
esac
mkdir -p "$logs"
folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
# In its own namespaces, so that its processes and mounts end with it.
unshare --mount --pid --fork --kill-child bash "$0" --inside "$folder" "$@"
