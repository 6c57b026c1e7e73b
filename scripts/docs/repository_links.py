#!/usr/bin/env python3
"""An mdBook preprocessor that points links out of the book to the repository."""

import json
import sys

REPOSITORY = "https://github.com/hooksig/hooksig/blob/main/"


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
        chapter["content"] = chapter["content"].replace("](../", f"]({REPOSITORY}")
    json.dump(book, sys.stdout)


main()
