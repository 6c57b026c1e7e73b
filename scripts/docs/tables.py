"""The table of the front page beside that of the Go tests."""

import re


def table_rows(page, heading):
    """The rows of the tables below a heading, by the text of the first cell."""
    section = re.split(r"^## ", page.read_text(), flags=re.MULTILINE)
    section = next(text for text in section if text.startswith(heading))
    rows = [re.split(r" *\| *", line)[1:-1] for line in section.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in rows if set(row[0]) != {"-"}}


def other_verdicts(root):
    """The rows of the front page are those that the Go tests write."""
    found = table_rows(root / "go/README.md", "Interoperability")
    for what, cells in table_rows(root / "README.md", "Beside others").items():
        if what and what in found:
            # hooksig's Middleware, drone-go's handler and go-fed/httpsig are three of six, or all.
            others = found[what] if len(found[what]) == 3 else [found[what][at] for at in (0, 3, 5)]
            told = [cell.strip("*") for cell in cells[:3]]
            if told != others:
                yield f"{what}: {told}"
