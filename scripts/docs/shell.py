"""A shell that runs the commands of a page one by one."""

import contextlib
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections import Counter

# A `&` that starts a background job, not one of `&&` or a redirection.
JOB = re.compile(r"(?<![&>])&(?![&>])")
# Seconds to wait for the expected output after a command has ended, and seconds of silence that mark the end
# of its output.
GRACE = 10
QUIET = 0.1


class Shell:
    def __init__(self, folder, environment):
        self.folder = folder
        self.has_jobs = False
        # Exit codes have their own pipe, because background jobs print at any time.
        codes, self.codes_in = os.pipe()
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=folder, env=environment, start_new_session=True,
            pass_fds=[self.codes_in], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace")
        self.lines = queue_of_lines(self.process.stdout)
        self.codes = queue_of_lines(os.fdopen(codes))

    def close(self):
        """Also ends background jobs of the page."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.codes_in)

    def run(self, command, is_enough, seconds):
        """Runs a command. Returns its exit code and output.

        Waits a moment for expected output that a background job may print later.
        """
        self.has_jobs |= JOB.search(command) is not None
        # In braces, so that the command does not read the following input.
        self.process.stdin.write(f"{{ {command}\n}} </dev/null\n")
        self.process.stdin.write(f"echo \"$? $PWD\" >&{self.codes_in}\n")
        self.process.stdin.flush()
        try:
            code, self.folder = self.codes.get(timeout=seconds).split(" ", 1)
        except queue.Empty:
            code = None
        printed = self.take()
        deadline = time.monotonic() + GRACE
        while not is_enough(printed) and time.monotonic() < deadline:
            printed += self.take()
        return code, printed

    def take(self):
        """Takes lines until no more come."""
        taken = []
        with contextlib.suppress(queue.Empty):
            while True:
                taken.append(self.lines.get(timeout=QUIET))
        return taken


def queue_of_lines(stream):
    lines = queue.Queue()

    def read():
        for line in stream:
            lines.put(line.rstrip("\n"))

    threading.Thread(target=read, daemon=True).start()
    return lines


# Parts of the output that differ between runs.
VARYING = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"), "TIME"),
    (re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "DATE"),
    (re.compile(r"\b\d\d:\d\d:\d\dZ?\b"), "TIME"),
    (re.compile(r"\b([\d.]+ to )?[\d.]+ ?(ns|us|µs|ms|s)\b"), "SPAN"),
    (re.compile(r"[A-Za-z0-9+/]{43}="), "BASE64"),
    (re.compile(r"\b127\.0\.0\.1:[3-6]\d{4}\b"), "PEER"),
]


def normal(line):
    for pattern, word in VARYING:
        line = pattern.sub(word, line)
    return re.sub(r" +", " ", line.rstrip())


def is_as_expected(expected, printed, in_any_order):
    """Compares printed lines with those of the page, where `...` matches any number of lines."""
    expected, printed = [[normal(line) for line in lines] for lines in (expected, printed)]
    if in_any_order:
        rest = Counter(filter(None, printed))
        rest.subtract(line for line in expected if line not in ("", "..."))
        return min(rest.values(), default=0) >= 0 and ("..." in expected or not any(rest.values()))
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None
