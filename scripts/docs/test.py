#!/usr/bin/env python3
"""Follows the guides and the README in an empty folder next to the checkout.

    scripts/docs/test.py [PAGE...]

Writes the files of a page, runs its commands, and compares their output with the page. A page is
skipped by name if a tool for it is missing, or fails if CI is set. Checks links and the list of
statuses in all pages.
"""

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from links import broken_links
from page import ROOT, Failure, run_in_checkout, run_page
from refusals import Refusals
from tables import other_verdicts, stale_figures, table_rows

DOCS = ROOT / "docs"
# The tools that the commands of a page need, for scripts/setup.sh.
TOOLS = {
    "../README.md": "cargo cc go",
    "c.md": "cargo cc make pkg-config pkg:libmicrohttpd",
    "go.md": "cargo cc make go",
    "rust.md": f"cargo cc target:{platform.machine()}-unknown-linux-musl",
    "rotation.md": "cargo cc",
    "proxy.md": "cargo cc nginx",
    "replicas.md": "cargo cc make go redis-server curl pkg-config pkg:hiredis",
    "drone-go.md": "cargo cc make go",
    "extensions.md": "cargo cc make go pkg-config pkg:libmicrohttpd",
    "refused.md": "cargo cc nc",
    "gateway.md": "cargo cc make arm-none-eabi-gcc qemu-system-arm target:thumbv7em-none-eabi",
}


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
    sentence = f"{Path(name).name}: its steps work as written"
    missing = missing_tools(TOOLS[name])
    if missing:
        return report.skip(sentence, missing)
    with tempfile.TemporaryDirectory() as folder:
        try:
            run_page(DOCS / name, Path(folder).resolve())
            report.check(sentence, [])
        except Failure as failure:
            report.check(sentence, [str(failure)])


def test_installations(report):
    """Tests the rows of README that need only the checkout."""
    for what, (command, _) in table_rows(ROOT / "README.md", "Install").items():
        if not command.endswith(" in a checkout"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                run_in_checkout(command.split("`")[1], Path(folder).resolve())
                report.check(f"README.md: the installation for {what}", [])
            except Failure as failure:
                report.check(f"README.md: the installation for {what}", [str(failure)])


def main():
    report = Report()
    pages = [page for places in ("*.md", "*/README.md", "docs/*.md") for page in sorted(ROOT.glob(places))]
    report.check("every link has a target", [f"{page.name}: {link}" for page in pages for link in broken_links(page)])
    refusals = Refusals(ROOT)
    report.check("refused.md lists exactly the statuses of the header", refusals.undescribed())
    report.check("refused.md names the rows of hooksig explain", refusals.misplaced())
    report.check("README.md agrees with the tests on other receivers", list(other_verdicts(ROOT)))
    report.check("the figures in README.md and rules.md agree with their sources", stale_figures(ROOT))
    if not sys.argv[1:]:
        test_installations(report)
    for name in sys.argv[1:] or TOOLS:
        test_page(report, name)
    sys.exit(report.failed > 0)


main()
