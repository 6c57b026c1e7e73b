#!/usr/bin/env python3
"""An mdBook preprocessor: shows the README in the book, and points links out of the book to the repository."""

import json
import re
import sys
from pathlib import Path

REPOSITORY = "https://github.com/hooksig/hooksig/blob/main/"


README = Path(__file__).parents[2] / "README.md"
# A link or a picture of a page that is not on the web, and its fragment.
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)]+)\)")


def readme():
    """Returns the README with links as from a page of the book."""

    def target(link):
        path = link[1]
        return f"]({path.removeprefix('docs/')})" if path.startswith("docs/") else f"](../{path})"

    return LINK.sub(target, README.read_text())


def chapters(items):
    for item in items:
        if isinstance(item, dict) and "Chapter" in item:
            yield item["Chapter"]
            yield from chapters(item["Chapter"]["sub_items"])


def main():
    if sys.argv[1:2] == ["supports"]:
        return
    _, book = json.load(sys.stdin)
    for chapter in chapters(book["items"]):
        if chapter["path"] == "overview.md":
            chapter["content"] = readme()
        chapter["content"] = chapter["content"].replace("](../", f"]({REPOSITORY}")
    json.dump(book, sys.stdout)


main()
