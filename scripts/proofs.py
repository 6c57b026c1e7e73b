"""Looks whether the files and tests that a page names are there.

usage: proofs.py PAGE...

A file is what stands in backquotes and has a slash and a suffix; a test, what stands there with three
words or more joined by underscores, or begins with Test. A test must be in a file that the same line names.
"""
import pathlib
import re
import sys

FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.\w+)`")
TEST = re.compile(r"`(Test\w+|[a-z0-9]+(?:_[a-z0-9]+){2,})`")


def missing(line):
    files = [pathlib.Path(name) for name in FILE.findall(line)]
    for file in files:
        if not file.is_file():
            yield f"there is no {file}"
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
