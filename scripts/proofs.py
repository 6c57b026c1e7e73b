"""Checks that the files, folders and tests that a page names exist.

usage: proofs.py PAGE...

In backquotes, a path with a slash and a suffix names a file, and one that ends with a slash names a folder. A name that
starts with Test, or has three words or more joined by underscores, is a test; a file that the same line names must
contain it.
"""
import pathlib
import re
import sys

FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.\w+)`")
FOLDER = re.compile(r"`((?:[\w.-]+/)+)`")
TEST = re.compile(r"`(Test\w+|[a-z0-9]+(?:_[a-z0-9]+){2,})`")


def missing(line):
    files = [pathlib.Path(name) for name in FILE.findall(line)]
    for file in files:
        if not file.is_file():
            yield f"there is no {file}"
    for folder in FOLDER.findall(line):
        if not pathlib.Path(folder).is_dir():
            yield f"there is no {folder}"
    texts = [file.read_text() for file in files if file.is_file()]
    for test in TEST.findall(line):
        if files and not any(test in text for text in texts):
            yield f"{test} is in none of {', '.join(map(str, files))}"


def main():
    faults = [
        f"{page}:{number}: {fault}"
        for page in sys.argv[1:]
        for number, line in enumerate(pathlib.Path(page).read_text().splitlines(), 1)
        for fault in missing(line)
    ]
    print(*faults, sep="\n")
    sys.exit(bool(faults))


main()
