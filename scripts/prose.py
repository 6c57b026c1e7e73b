#!/usr/bin/env python3
"""Counts phrases that read like a translation, in the comments and pages of each part of the tree.

usage: prose.py [PART...]

Prints the rate of each part per 1,000 words, and fails if one is above its limit. With PARTs, prints each place in them
instead. The count is a hint: a sentence that avoids these phrases and has to be read twice is no better.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The highest rate of each part. A file belongs to the first part that its path begins with.
LIMITS = {
    "docs/": 1.0,
    "src/": 1.0,
    "include/": 1.0,
    "cli/": 1.0,
    "tower/": 1.0,
    "go/": 1.0,
    "tests/": 1.0,
    "ffi-tests/": 1.0,
    "c-example/": 1.0,
    "firmware/": 1.0,
    "fuzz/": 1.0,
    "benches/": 1.0,
    "scripts/": 1.0,
    "": 1.0,
}
ENDS = (".md", ".rs", ".go", ".c", ".h", ".cpp", ".S", ".py", ".sh", ".toml", "Makefile", "CMakeLists.txt", ".ci/run")
NOT_OURS = ("vectors/", "fuzz/seeds/", "go/internal/core/", "go/translate/")
PHRASES = re.compile(
    r"""
    \bwhat\ (?:the|a|it|they|one|others?|nobody|drone|is|are|was|were|has|had|can|cannot|must|does|did
        |stands?|comes?|came|follows?)\b
    | \bst(?:and|ands|anding|ood)\b
    | \bbehind\b
    | \b(?:anew|whoever|none\ but|read\ over)\b
    | \b(?:in|of|by|for|from)\ which\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
SLASHES = re.compile(r"//[/!]?\s?(.*)|^\s*/?\*+/?\s?(.*)|/\*\s?(.*)")
HASH = re.compile(r"(?:^|\s)#(?![!\[]|include|define|if|end|el)\s?(.*)")


def comment(line, pattern):
    found = pattern.search(line)
    return next((text for text in found.groups() if text), "") if found else ""


def prose(path):
    """The number and the prose of each line."""
    is_block = False
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        if path.suffix == ".md":
            is_fence = line.lstrip().startswith("```")
            is_block ^= is_fence
            yield number, "" if is_block or is_fence else line
        elif path.suffix in (".rs", ".go", ".c", ".h", ".cpp", ".S"):
            yield number, comment(line, SLASHES)
        else:
            yield number, comment(line, HASH)


def main():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    words, places = dict.fromkeys(LIMITS, 0), {part: [] for part in LIMITS}
    for name in listed:
        path = ROOT / name
        if not name.endswith(ENDS) or name.startswith(NOT_OURS) or name == "scripts/prose.py" or not path.is_file():
            continue
        part = next(part for part in LIMITS if name.startswith(part))
        for number, text in prose(path):
            words[part] += len(text.split())
            places[part] += [f"{name}:{number}: {text.strip()}" for _ in PHRASES.findall(text)]
    for part in sys.argv[1:]:
        print(*places[part], sep="\n")
    if len(sys.argv) > 1:
        return
    failed = False
    for part, limit in LIMITS.items():
        rate = 1000 * len(places[part]) / max(words[part], 1)
        failed |= rate > limit
        print(f"{'FAIL' if rate > limit else 'pass'}  {part or 'root':12} {rate:5.1f}, at most {limit:4.1f}  ({words[part]} words)")
    if failed:
        print("scripts/prose.py PART lists the phrases; CONTRIBUTING.md says how to write instead")
    sys.exit(failed)


main()
