#!/usr/bin/env python3
"""Checks that every place that states the version states the one of Cargo.toml, or sets them all.

usage: version.py [X.Y.Z]

Without an argument, prints each place that differs and exits with 1 if there is one. With a version,
writes it to every place; then run `make header` and `cargo update --workspace`.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FULL = r"\d+\.\d+\.\d+"
# Each pattern finds a version, or a part of it, between its two groups.
PLACES = {
    "Cargo.toml": [rf'(?m)(^version = "){FULL}(")', rf'(?m)(^hooksig-vectors = \{{ version = "){FULL}(")'],
    "cli/Cargo.toml": [rf'(?m)(^hooksig(?:-\w+)? = \{{ version = "){FULL}(")'],
    "tower/Cargo.toml": [rf'(?m)(^hooksig(?:-\w+)? = \{{ version = "){FULL}(")'],
    "tests/receivers/Cargo.toml": [rf'(?m)(^hooksig = \{{ version = "){FULL}(")'],
    "CHANGELOG.md": [rf"(\A[^#]*# Changelog\n[^#]*\n## ){FULL}()"],
    "include/hooksig.h": [rf'(#define HOOKSIG_VERSION "){FULL}(")'],
    "go/install-hooksig-or-use-tags-hooksig_static-or-no-tags-for-pure-Go.pc": [rf"(Version: ){FULL}()", rf"(hooksig >= ){FULL}()"],
    "go/interop/go.mod": [rf"(hooksig/go v){FULL}(\n)"],
    "go/load/go.mod": [rf"(hooksig/go v){FULL}(\n)", rf"(redisstore v){FULL}(\n)"],
    "go/redisstore/go.mod": [rf"(hooksig/go v){FULL}(\n)"],
    "tests/receivers/go/go.mod": [rf"(hooksig/go v){FULL}(\n)"],
}
# Before 1.0 each minor version has its own ABI, which is part of the libraries' names.
ABI = {
    "README.md": [r"(\| Status \| )\d+\.\d+(,)"],
    "ffi-tests/checks/library.sh": [r"(libhooksig\.so\.)\d+\.\d+()"],
    "ffi-tests/checks/install.sh": [r"(libhooksig\.so\.)\d+\.\d+()"],
    "ffi-tests/install/CMakeLists.txt": [r"(find_package\(hooksig )\d+\.\d+()"],
    "scripts/test-targets.sh": [r"(libhooksig\.)\d+\.\d+(\.dylib)"],
}
PARTS = {"src/capi/version.rs": r"(HOOKSIG_VERSION_{}: u32 = )\d+(;)"}


def places(version):
    """Each file with the patterns in it and the text that they must find."""
    major, minor, patch = version.split(".")
    for table, text in (PLACES, version), (ABI, f"{major}.{minor}"):
        for name, patterns in table.items():
            for pattern in patterns:
                yield name, pattern, text
    for name, pattern in PARTS.items():
        for part, text in ("MAJOR", major), ("MINOR", minor), ("PATCH", patch):
            yield name, pattern.format(part), text


def main():
    current = re.search(PLACES["Cargo.toml"][0].replace(FULL, f"({FULL})"), (ROOT / "Cargo.toml").read_text())[2]
    version = sys.argv[1] if len(sys.argv) > 1 else current
    if not re.fullmatch(FULL, version):
        sys.exit(__doc__)
    faults = []
    for name, pattern, text in places(version):
        path = ROOT / name
        if not path.exists():
            faults.append(f"{name} does not exist")
            continue
        old = path.read_text()
        new, found = re.subn(pattern, rf"\g<1>{text}\g<2>", old)
        if not found:
            faults.append(f"{name}: no version found")
        elif new != old and version == current:
            faults.append(f"{name}: differs from {version}")
        elif new != old:
            path.write_text(new)
    print(*faults, sep="\n")
    sys.exit(bool(faults))


main()
