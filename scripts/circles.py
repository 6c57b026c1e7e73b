#!/usr/bin/env python3
"""Fails if files of src/ use each other in a circle, so that each can be read after those that it uses.

A file uses the files that define the names in its `use` lines and paths. A name that a parent only passes on
counts for the file that defines it. The files of src/primitives count as one, and tests do not count.
"""

import re
import sys
from pathlib import Path

SRC = Path(__file__).resolve().parent.parent / "src"
ONE = "primitives"
ITEM = re.compile(r"^\s*(?:pub(?:\([^)]*\))? )?(?:const |unsafe |extern \"C\" )*(?:struct|enum|trait|fn|const|static|type|mod|union) (\w+)", re.M)
USE = re.compile(r"^\s*(pub(?:\([^)]*\))? )?use ((?:crate|super|self|\w+)[^;]*);", re.M)
PATH = re.compile(r"(?<![\w:])(?:crate|super)(?:::\w+)+")


def module_of(path):
    """Returns the module of a file as a tuple of names."""
    parts = path.relative_to(SRC).with_suffix("").parts
    return parts[:-1] if parts[-1] in ("mod", "lib") else parts


def leaves(tree):
    """Returns the paths in the tree of a `use` line as tuples of names."""
    tree = re.sub(r" as \w+$", "", tree.strip())
    before, brace, inside = tree.partition("{")
    start = tuple(name for name in before.split("::") if name)
    if not brace:
        return [start]
    parts, depth, part = [], 0, ""
    for letter in inside[: inside.rindex("}")]:
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    return [start + leaf for part in [*parts, part] if part.strip() for leaf in leaves(part)]


class File:
    def __init__(self, path):
        text = re.sub(r"#\[cfg\(test\)\][^{;]*\{.*", "", path.read_text(), flags=re.S)
        text = re.sub(r"//.*", "", text)
        self.module = module_of(path)
        self.items = set(ITEM.findall(text))
        self.uses, self.passed = [], []
        for kind, tree in USE.findall(text):
            for leaf in leaves(tree):
                (self.passed if kind else self.uses).append(leaf)
        text = USE.sub("", text)
        self.uses += [tuple(found.split("::")) for found in PATH.findall(text)]
        self.uses += [("self", child) for child in self.items if re.search(rf"(?<![\w:]){child}::\w", text)]


FILES = {file.module: file for file in map(File, sorted(SRC.rglob("*.rs")))}


def absolute(module, path):
    """Returns a path from the root of the crate, or None if it is in another crate."""
    while path and path[0] in ("crate", "super", "self"):
        module = {"crate": (), "super": module[:-1], "self": module}[path[0]]
        path = path[1:]
        if not path or path[0] not in ("super",):
            return module + path
    known = path and (module + path[:1] in FILES or path[0] in FILES[module].items)
    return module + path if known else None


def defining(path, seen=()):
    """Returns the module that defines the item at an absolute path."""
    module = path
    while module not in FILES:
        module = module[:-1]
    rest = path[len(module) :]
    if not rest or rest[0] in FILES[module].items or path in seen:
        return module
    for passed in FILES[module].passed:
        target = absolute(module, passed)
        if target and passed[-1] == "*":
            found = defining(target[:-1] + rest, (*seen, path))
            if found != target[:-1] or rest[0] in FILES[found].items:
                return found
        elif target and passed[-1] == rest[0]:
            return defining(target + rest[1:], (*seen, path))
    return module


def node(module):
    return (ONE,) if module[:1] == (ONE,) else module


def edges():
    found = {}
    for module, file in FILES.items():
        for path in file.uses:
            target = absolute(module, path)
            if target is not None and node(defining(target)) != node(module):
                found.setdefault(node(module), set()).add(node(defining(target)))
    return found


def circle(uses):
    """Returns the modules of a circle, or None."""
    state, trail = {}, []

    def visit(module):
        state[module] = "open"
        trail.append(module)
        for target in sorted(uses.get(module, ())):
            if state.get(target) == "open":
                return [*trail[trail.index(target) :], target]
            if target not in state and (found := visit(target)):
                return found
        state[module] = "done"
        trail.pop()

    for module in sorted(uses):
        if module not in state and (found := visit(module)):
            return found


def main():
    found = circle(edges())
    if found:
        print("circles: " + " uses ".join("::".join(module) or "lib" for module in found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
