#!/usr/bin/env python3
"""Does what the guides and the README say, in an empty folder beside the checkout.

    scripts/docs/test.py [PAGE...]

Files that stand in a page are written, commands are run, and what they print is compared with
what the page shows. A page is skipped by name if a tool for it is missing, which is a failure
where CI is set. Links and the list of statuses are checked in all pages.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from blocks import FENCE, blocks_of
from refusals import Refusals
from shell import Shell, is_as_expected

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# What scripts/setup.sh has to find for the commands of a page.
TOOLS = {
    "../README.md": "cargo cc go",
    "c.md": "cargo cc make pkg-config pkg:libmicrohttpd",
    "go.md": "cargo cc make go",
    "rust.md": "cargo cc",
    "rotation.md": "cargo cc",
    "proxy.md": "cargo cc nginx",
    "replicas.md": "cargo cc make go redis-server curl pkg-config pkg:hiredis",
    "drone-go.md": "cargo cc make go",
    "refused.md": "cargo cc nc",
    "gateway.md": "cargo cc make arm-none-eabi-gcc qemu-system-arm",
}
SECONDS = 200
# The languages of what is not tested here, in the guides and on the front page: its Rust is a test of
# the crate, and its `make` targets are all that CI does.
PAGES = {"text"}
FRONT = PAGES | {"rust", "sh"}
# Each is another one in a test, which may not be the only one on the machine.
PORTS = re.compile(r"\b(8080|8081|6379)\b")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


class Ports:
    def __init__(self):
        self.free = {}

    def put(self, text):
        return PORTS.sub(lambda port: self.free.setdefault(port[0], free_port()), text)

    def take_away(self, line):
        for port, free in self.free.items():
            line = re.sub(rf"\b{free}\b", port, line)
        return line


class Failure(Exception):
    pass


def environment(home):
    """The reader's, but for a home of its own: what is installed is found in it."""
    go = {}
    if shutil.which("go"):
        names = ["GOPATH", "GOMODCACHE", "GOCACHE"]
        values = subprocess.run(["go", "env", *names], check=True, capture_output=True, text=True)
        go = dict(zip(names, values.stdout.split("\n")))
    old_home = Path.home()
    return os.environ | go | {
        "HOME": str(home),
        "CARGO_HOME": os.environ.get("CARGO_HOME", str(old_home / ".cargo")),
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(old_home / ".rustup")),
        "CARGO_INSTALL_ROOT": str(home / ".local"),
        # Debian has its servers where not everybody looks.
        "PATH": f"{home}/.local/bin:{os.environ['PATH']}:/usr/sbin",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }


def write(shell, block, ports):
    path = Path(shell.folder, block.file_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ports.put(block.text))
    # A second test need not compile the dependencies again.
    target = Path(shell.folder, "target")
    if block.language == "rust" and not target.exists():
        target.symlink_to(ROOT / "target/docs")


def run_step(shell, step, ports):
    def is_enough(printed):
        printed = [ports.take_away(line) for line in printed]
        return not step.output or is_as_expected(step.output, printed, shell.has_jobs)

    code, printed = shell.run(ports.put(step.command), is_enough, SECONDS)
    if code is None:
        printed.append(f"(no end after {SECONDS} s)")
    elif is_enough(printed) and (step.output or code == "0"):
        return
    expected = "\n".join(step.output) or "(exit code 0)"
    printed = "\n".join(ports.take_away(line) for line in printed)
    raise Failure(f"$ {step.command}\nexpected:\n{expected}\nexit code {code}, printed:\n{printed}")


def check_fragment(block, folder):
    """Compiles what stands in no file."""
    if block.language == "c":
        path = folder / "fragment.c"
        command = ["cc", "-std=c99", *"-Wall -Wextra -Wpedantic -Werror -fsyntax-only".split(), f"-I{ROOT}/include", path]
    elif block.language == "go":
        path = folder / "fragment/main.go"
        path.parent.mkdir()
        replaced = f"replace github.com/hooksig/hooksig/go => {ROOT}/go"
        (path.parent / "go.mod").write_text(f"module fragment\ngo 1.25.0\n{replaced}\nrequire github.com/hooksig/hooksig/go v0.0.0\n")
        command = ["go", "-C", path.parent, "vet", "-tags", "hooksig_static", "."]
    else:
        raise Failure(f"line {block.line}: nothing tests this block")
    path.write_text(block.text)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"line {block.line}: {done.stderr}")


def make_checkout(folder, is_written_to):
    """The checkout beside which, or in which, the commands are run."""
    if not is_written_to:
        folder.symlink_to(ROOT)
        return
    folder.mkdir()
    for path in ROOT.iterdir():
        (folder / path.name).symlink_to(path)


def run_page(page, folder):
    text = page.read_text()
    is_front = page.name == "README.md"
    bin = folder / "home/.local/bin"
    bin.mkdir(parents=True)
    # Most pages take the program for granted.
    if is_front or "install" not in text:
        (bin / "hooksig").symlink_to(ROOT / "target/release/hooksig")
    make_checkout(folder / "hooksig", is_front)
    (ROOT / "target/docs").mkdir(parents=True, exist_ok=True)
    ports = Ports()
    shell = Shell(folder / "hooksig" if is_front else folder, environment(folder / "home"))
    try:
        for block in blocks_of(text):
            if block.language == "console":
                for step in block.steps():
                    run_step(shell, step, ports)
            elif block.file_name:
                write(shell, block, ports)
            elif block.language not in (FRONT if is_front else PAGES):
                check_fragment(block, folder)
    finally:
        shell.close()


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


def table_rows(page, heading):
    """The rows of the tables below a heading, by the text of the first cell."""
    section = re.split(r"^## ", page.read_text(), flags=re.MULTILINE)
    section = next(text for text in section if text.startswith(heading))
    rows = [re.split(r" *\| *", line)[1:-1] for line in section.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in rows}


def other_verdicts():
    """The rows of the front page are those that the Go tests write."""
    found = table_rows(ROOT / "go/README.md", "Interoperability")
    for what, cells in table_rows(ROOT / "README.md", "Beside others").items():
        if what and what in found:
            # hooksig's Middleware, drone-go's handler and go-fed/httpsig are three of six, or all.
            others = found[what] if len(found[what]) == 3 else [found[what][at] for at in (0, 3, 5)]
            told = [cell.strip("*") for cell in cells[:3]]
            if told != others:
                yield f"{what}: {told}"


class Report:
    def __init__(self):
        self.failed = 0

    def check(self, sentence, faults):
        print(f"{'FAIL' if faults else 'pass'}  {sentence}", flush=True)
        for fault in faults:
            print("      " + fault.replace("\n", "\n      "))
        self.failed += bool(faults)

    def skip(self, sentence, why):
        print(f"skip  {sentence}: {why}")
        self.failed += bool(os.environ.get("CI"))


def missing_tools(tools):
    for tool in tools.split():
        found = subprocess.run([ROOT / "scripts/setup.sh", tool], capture_output=True, text=True)
        if found.returncode != 0:
            return found.stderr.strip().split("\n")[-1]
    return None


def test_page(report, name):
    sentence = f"{Path(name).name}: what it says was done"
    missing = missing_tools(TOOLS[name])
    if missing:
        return report.skip(sentence, missing)
    with tempfile.TemporaryDirectory() as folder:
        try:
            run_page(DOCS / name, Path(folder).resolve())
            report.check(sentence, [])
        except Failure as failure:
            report.check(sentence, [str(failure)])


def main():
    report = Report()
    pages = [page for places in ("*.md", "*/README.md", "docs/*.md") for page in sorted(ROOT.glob(places))]
    report.check("no link leads nowhere", [f"{page.name}: {link}" for page in pages for link in broken_links(page)])
    refusals = Refusals(ROOT)
    report.check("refused.md has every status, and no other", refusals.undescribed())
    report.check("refused.md names the rows of hooksig explain", refusals.misplaced())
    report.check("README.md says of others what the tests found", list(other_verdicts()))
    for name in sys.argv[1:] or TOOLS:
        test_page(report, name)
    sys.exit(report.failed > 0)


main()
