"""The fenced blocks of a page in Markdown."""

import re
import textwrap
from dataclasses import dataclass

# Blocks within a list are indented.
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# The first line of a file is a comment with its name.
NAME = re.compile(r"^(?://|#|/\*) (\S+\.\w+)(?: \*/)?$")


@dataclass
class Block:
    line: int
    language: str
    text: str

    @property
    def file_name(self):
        found = NAME.match(self.text.split("\n", 1)[0])
        return found and found[1]

    def steps(self):
        """The commands of a console block, each with the lines that it prints."""
        steps = []
        for line in self.text.splitlines():
            if steps and steps[-1].is_open:
                steps[-1].command += "\n" + line
            elif line.startswith("$ "):
                steps.append(Step(line[2:], []))
            elif steps:
                steps[-1].output.append(line)
            else:
                raise ValueError(f"line {self.line}: output without a command")
        return steps


@dataclass
class Step:
    command: str
    output: list

    @property
    def is_open(self):
        return self.command.endswith("\\")


def blocks_of(page):
    for found in FENCE.finditer(page):
        yield Block(page.count("\n", 0, found.start()) + 1, found[2], textwrap.dedent(found[3]))
