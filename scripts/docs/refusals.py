"""Compares the page about refusals with the header and with `hooksig explain`."""

import base64
import json
import re
import subprocess


class Refusals:
    def __init__(self, root):
        self.root = root
        self.page = (root / "docs/refused.md").read_text()

    def undescribed(self):
        """Finds statuses without a heading or without their number below it."""
        header = (self.root / "include/hooksig.h").read_text()
        wanted = {
            (name.lower().replace("_", "-"), number)
            for name, number in re.findall(r"^    HOOKSIG_STATUS_(\w+) = (\d+)", header, re.MULTILINE)
            if name != "OK"
        }
        described = set(re.findall(r"^### (\S+)\n\nStatus (\d+)\b", self.page, re.MULTILINE))
        return [f"{number} {name}" for name, number in sorted(wanted ^ described)]

    def misplaced(self):
        """Finds reasons whose row on the page differs from that of `explain` in a shared case."""
        found = {(reason, row) for case in self.cases() for reason, row in self.explain(case)}
        return sorted(f"{reason}: {row}" for reason, row in found if row not in self.rows(reason))

    def rows(self, reason):
        described = re.search(rf"^### {reason}\n\nStatus \d+, ([^.]*)", self.page, re.MULTILINE)
        return re.findall(r"`(\w+)`", described[1]) if described else []

    def cases(self):
        files = [self.root / f"vectors/cases/{name}.jsonl" for name in ("verify", "rules")]
        lines = [line for file in files for line in file.read_text().splitlines()]
        # A secret with a NUL cannot be an option.
        return [case for case in map(json.loads, lines) if case["expect"] == "invalid" and "\0" not in case["secret"]]

    def explain(self, case):
        """Yields the reason and the first failed row of each case; nothing for input that is no request."""
        body = base64.b64decode(case["body_b64"])
        fields = [field for field in case["headers"] if field[0].lower() != "content-length"]
        fields.append(["Content-Length", str(len(body))])
        head = f"{case['method']} {case['target']} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
        clock = ["--no-clock"] if case.get("now") is None else ["--now", str(case["now"])]
        command = [self.root / "target/program/hooksig", "explain", "--json", "--secret", case["secret"], *clock]
        done = subprocess.run(command, input=head.encode("latin-1") + body, capture_output=True)
        if done.stdout:
            report = json.loads(done.stdout)
            yield report["reason"], next(rule["rule"] for rule in report["rules"] if rule["reason"])
