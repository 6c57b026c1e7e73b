"""Checks that the files, folders and tests that a page names exist, and that every promise has its row.

usage: proofs.py [PAGE...]

In backquotes, a path with a suffix names a file, and one that ends with a slash names a folder. A name after a colon or
a comma is a test; the last file before it on the line must define it. Without PAGE, promises.py also looks for promises
that docs/promises.md does not list.
"""
import pathlib
import re
import sys

import promises

PAGES = """ARCHITECTURE.md CONTRIBUTING.md SECURITY.md docs/assurance.md docs/promises.md docs/threat-model.md""".split()
FILE = r"`(?P<file>(?:[\w.-]+/)*[\w-][\w.-]*\.\w+)`"
FOLDER = re.compile(r"`((?:[\w.-]+/)+)`")
TOKEN = re.compile(FILE + r"|[:,] `(?P<test>Test\w+|[a-z0-9]+(?:_[a-z0-9]+)*)`(?=[,;. )|])")
DEFINITION = r"(?:\bfn |\bfunc |\bvoid |\bvoid \*|^){}(?:\(\) *\{{|[(<])"


def defines(text, test):
    return re.search(DEFINITION.format(test), text, re.MULTILINE)


def missing(line):
    for folder in FOLDER.findall(line):
        if not pathlib.Path(folder).is_dir():
            yield f"there is no {folder}"
    text, path = None, None
    for token in TOKEN.finditer(line):
        if token["file"] and (("/" in token["file"]) or pathlib.Path(token["file"]).is_file()):
            path = pathlib.Path(token["file"])
            text = path.read_text(errors="replace") if path.is_file() else None
            if text is None:
                yield f"there is no {path}"
        elif token["test"] and text is not None and not defines(text, token["test"]):
            yield f"{path} defines no {token['test']}"


def main():
    faults = [
        f"{page}:{number}: {fault}"
        for page in sys.argv[1:] or PAGES
        for number, line in enumerate(pathlib.Path(page).read_text().splitlines(), 1)
        for fault in missing(line)
    ]
    if not sys.argv[1:]:
        faults += promises.faults()
    print(*faults, sep="\n")
    sys.exit(bool(faults))


main()
