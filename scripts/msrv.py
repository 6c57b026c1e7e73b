"""Names dependencies that need a newer Rust than VERSION.

usage: cargo metadata --format-version 1 | msrv.py VERSION PACKAGE...

Dependencies for tests alone, and those of no PACKAGE, are not looked at.
"""
import json
import sys


def number(version):
    return tuple(int(part) for part in version.split("."))[:2]


def reached(metadata, packages):
    """Returns the ids of the packages and of all their dependencies."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    left = [package["id"] for package in metadata["packages"] if package["name"] in packages]
    seen = set()
    while left:
        at = left.pop()
        if at not in seen:
            seen.add(at)
            left += [
                dependency["pkg"]
                for dependency in nodes[at]["deps"]
                if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"])
            ]
    return seen


def main():
    limit, packages = sys.argv[1], sys.argv[2:]
    metadata = json.load(sys.stdin)
    ids = reached(metadata, packages)
    too_new = [
        f"{package['name']} {package['version']} needs Rust {package['rust_version']}"
        for package in metadata["packages"]
        if package["id"] in ids and number(package["rust_version"] or "1.0") > number(limit)
    ]
    print(f"{len(ids)} packages", *too_new, sep="\n")
    sys.exit(bool(too_new))


main()
