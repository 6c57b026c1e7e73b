"""Finds each "never", "always", "cannot" and "only" that users read, and the row of docs/promises.md that covers it.

The page quotes a short phrase of each such sentence: in the row of the promise, or in that of the reason why it promises
nothing. A word outside every quoted phrase is a fault, and so is a phrase that no text contains. A paragraph or table row
that names its own test needs no phrase, because proofs.py checks that test.
"""
import pathlib
import re

LIST = pathlib.Path("docs/promises.md")
WORD = re.compile(r"\b(?:never|always|cannot|only)\b")
# The texts, how their lines begin, and the items whose comments users do not read. If such an item begins a line, they do
# not read the comments inside it either, up to the line of its closing brace.
TEXTS = [
    ("README.md SECURITY.md CHANGELOG.md docs/*.md go/README.md tower/README.md", r"", r"(?!)"),
    ("include/hooksig.h", r"\s*(?:/\*\*?|\*/?|//) ?", r"(?!)"),
    (
        "src/**/*.rs tower/src/**/*.rs",
        r"\s*//[/!] ?",
        r"pub\(|(?:(?:const|async|unsafe) )*(?:fn|struct|enum|mod|static|impl|trait|type) |const [A-Z]",
    ),
    (
        "cli/src/**/*.rs",
        r"\s*/// ?",
        r"(?:pub\(\w+\) )?(?:(?:const |async )*fn |trait |const |struct \w+[<;(])",
    ),
    (
        "go/*.go go/redisstore/*.go",
        r"// ?",
        r"(?!package)(?:(?:func|type|var|const) (?:\([^)]*\) )?)?(?!func|type|var|const)[a-z_]",
    ),
]
# Generated pages are results of tests and measurements. The header contains the documentation of src/capi.
SKIPPED = re.compile(r"docs/(?:promises|receivers|footprint)\.md|src/(?:capi|primitives)/.*|go/.*_test\.go")
NEW_BLOCK = re.compile(r"[-*|#] |\d+\. |$")
OWN_TEST = re.compile(r"`[\w/.-]+\.\w+`: `")


def blocks(lines, prefix, private):
    """Yields each paragraph, list item and table row, with the number of its first line."""
    texts, is_code, is_hidden, waiting = [], False, False, []
    for number, line in enumerate([*lines, ""], 1):
        found = re.match(prefix, line)
        text = line[found.end() :].strip() if found else ""
        is_fence = text.startswith("```")
        is_code ^= is_fence
        if texts and (is_code or is_fence or NEW_BLOCK.match(text)):
            waiting.append((texts[0][0], " ".join(text for _, text in texts)))
            texts = []
        if text and not is_code and not is_fence:
            texts.append((number, text))
        if not found and not line.strip().startswith("#["):
            is_private = re.match(private, line.strip()) is not None
            if not is_private and not is_hidden:
                yield from waiting
            waiting = []
            if line and not line[0].isspace():
                is_hidden = is_private and line.endswith("{") and not line.startswith("impl")
    yield from waiting


def texts():
    for patterns, prefix, private in TEXTS:
        for path in sorted({path for pattern in patterns.split() for path in pathlib.Path().glob(pattern)}):
            if not SKIPPED.fullmatch(str(path)):
                for number, block in blocks(path.read_text().splitlines(), prefix, private):
                    yield f"{path}:{number}", block


def plain(text):
    return " ".join(re.sub(r"[`*\"|\[\]]", "", text).split()).casefold()


def faults():
    phrases = {plain(phrase) for phrase in re.findall(r"“([^”]+)”", LIST.read_text())}
    covered = re.compile("|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)))
    unused = set(phrases)
    for place, block in texts():
        text = plain(block)
        unused -= {phrase for phrase in unused if phrase in text}
        if OWN_TEST.search(block):
            continue
        rest = covered.sub(lambda found: "·" * len(found[0]), text)
        for word in WORD.finditer(rest):
            context = text[max(word.start() - 40, 0) : word.end() + 40]
            yield f"{place}: {LIST} quotes no phrase of: …{context}…"
    for phrase in sorted(unused):
        yield f"{LIST}: no text contains “{phrase}”"
