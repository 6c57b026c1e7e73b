#!/usr/bin/env bash
# Fetches the peers' source packages from this machine's package archive: fetch.sh FOLDER
set -euo pipefail

folder=$1
"$(dirname "$0")/../../scripts/setup.sh" dpkg-source
mkdir -p "$folder/lists/partial"
cd "$folder"
apt-get indextargets --format 'deb-src $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    sort -u | grep ' main$' >sources.list
options=(-q -o "Dir::Etc::SourceList=$PWD/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$PWD/lists")
apt-get "${options[@]}" update
for package in bearssl mbedtls; do
    rm -rf "$package" "$package"-[0-9]*
    apt-get "${options[@]}" source "$package"
    mv "$package"-[0-9]* "$package"
done
