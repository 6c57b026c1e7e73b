"""Links between the pages and into the repository."""

import re

from blocks import FENCE


def slug(heading):
    """The anchor of a heading, as mdBook and repository listings make it."""
    heading = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip())
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def text_without_blocks(page):
    return FENCE.sub("", page.read_text())


def broken_links(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", text_without_blocks(page)):
        path, _, anchor = link.partition("#")
        if re.match(r"\w+:", path):
            continue
        target = page.parent / path if path else page
        if not target.exists():
            yield link
        elif anchor and anchor not in map(slug, re.findall(r"^#+ (.*)$", text_without_blocks(target), re.MULTILINE)):
            yield link
