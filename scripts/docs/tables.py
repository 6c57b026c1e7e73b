"""Compares the tables and figures of the front page with their sources."""

import re


def table_rows(page, heading):
    """The rows of the tables below a heading, by the text of the first cell."""
    section = re.split(r"^## ", page.read_text(), flags=re.MULTILINE)
    section = next(text for text in section if text.startswith(heading))
    rows = [re.split(r" *\| *", line)[1:-1] for line in section.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in rows if set(row[0]) != {"-"}}


def other_verdicts(root):
    """Finds rows of the front page that differ from those the Go tests write."""
    found = table_rows(root / "go/README.md", "Interoperability")
    for what, cells in table_rows(root / "README.md", "Comparison").items():
        if what and what in found:
            # Three of the six receivers: hooksig's Middleware, drone-go's handler and go-fed/httpsig.
            others = found[what] if len(found[what]) == 3 else [found[what][at] for at in (0, 3, 5)]
            told = [cell.strip("*") for cell in cells[:3]]
            if told != others:
                yield f"{what}: {told}"


def stale_figures(root):
    """Finds figures in the front page and in the rules that differ from the vectors and from the tables of the front page."""
    text = " ".join(((root / "README.md").read_text() + (root / "docs/rules.md").read_text()).split())
    cases = root / "vectors/cases"
    count = lambda pattern: sum(len(path.read_text().splitlines()) for path in cases.glob(pattern))
    tampered = table_rows(root / "README.md", "Comparison")
    speed = table_rows(root / "README.md", "Speed")
    ours, floor = (int(speed[row][1].replace(",", "")) for row in ("hooksig, Rust", "SHA-256 compressions alone"))
    figures = [
        f"the same {count('*.jsonl')} cases",
        f"contains {count('*.jsonl')} requests",
        f"{count('peers/sign.jsonl') + count('peers/verify.jsonl')} cases",
        f"{tampered['hooksig `listen`'][0]} tampered deliveries",
        f"drone-go's handler refuses {tampered['drone-go `webhook.Handler`'][0].split()[0]}.",
        f"takes {ours / 1000:.1f} µs, {ours / floor:.1f} times",
    ]
    return [f"not in the text: {figure}" for figure in figures if figure not in text]
