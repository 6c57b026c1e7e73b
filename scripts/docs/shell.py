"""A shell in which the commands of a page are run, one after the other."""

import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections import Counter

END = "\x1e"
# What starts a job in the background, and is neither `&&` nor a part of a redirection.
JOB = re.compile(r"(?<![&>])&(?![&>])")


class Shell:
    def __init__(self, folder, environment):
        self.folder = folder
        self.lines = queue.Queue()
        self.has_jobs = False
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=folder, env=environment, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace")  # fmt: skip
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def close(self):
        """Ends what the page left running, too."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def run(self, command, is_enough, seconds):
        """Runs a command and gives its exit code and what was printed.

        A job in the background may print what is expected a moment later: that is waited for.
        """
        self.has_jobs |= JOB.search(command) is not None
        # In braces, so that the command does not read what comes after it.
        self.process.stdin.write(f"{{ {command}\n}} </dev/null\n")
        self.process.stdin.write(f"printf '\\n{END}%s %s\\n' \"$?\" \"$PWD\"\n")
        self.process.stdin.flush()
        deadline = time.monotonic() + seconds
        code, printed = None, []
        while code is None or (self.has_jobs and not is_enough(printed)):
            line = self.next_line(deadline if code is None else min(deadline, ended + 10))
            if line is None:
                break
            if line.startswith(END):
                code, self.folder = line[1:].split(" ", 1)
                ended = time.monotonic()
                if printed and printed[-1] == "":
                    printed.pop()
            else:
                printed.append(line)
        return code, printed

    def next_line(self, deadline):
        try:
            return self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None


# What differs from one run to the next.
VARYING = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"), "TIME"),
    (re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "DATE"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "TIME"),
    (re.compile(r"\b([\d.]+ to )?[\d.]+ ?(ns|us|µs|ms|s)\b"), "SPAN"),
    (re.compile(r"[A-Za-z0-9+/]{43}="), "BASE64"),
    (re.compile(r"\b127\.0\.0\.1:[3-6]\d{4}\b"), "PEER"),
]


def normal(line):
    for pattern, word in VARYING:
        line = pattern.sub(word, line)
    return re.sub(r" +", " ", line.rstrip())


def is_as_expected(expected, printed, in_any_order):
    """Whether the lines are those of the page; `...` there stands for any number of them."""
    expected, printed = [[normal(line) for line in lines] for lines in (expected, printed)]
    if in_any_order:
        rest = Counter(filter(None, printed))
        rest.subtract(line for line in expected if line not in ("", "..."))
        return min(rest.values(), default=0) >= 0 and ("..." in expected or not any(rest.values()))
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None
