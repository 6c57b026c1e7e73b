"""Follows a page step by step in an empty folder next to the checkout."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from blocks import blocks_of
from container import Image, ask
from shell import Shell, is_as_expected

ROOT = Path(__file__).resolve().parents[2]
# Most seconds that a command may take: some build everything, on a busy machine.
SECONDS = 900
# Languages of blocks not tested here. README's Rust is a test of the crate, and CI runs its `make` targets.
PAGES = {"text"}
FRONT = PAGES | {"rust", "sh"}
# Replaced by free ports, so that tests can run in parallel.
PORTS = re.compile(r"\b(808[0-3]|6379)\b")


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
    """The reader's environment with its own home, so that the page installs programs there."""
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
        # Builds a third faster.
        "CARGO_PROFILE_DEV_DEBUG": "false",
        # Debian installs servers outside the usual PATH.
        "PATH": f"{home}/.local/bin:{os.environ['PATH']}:/usr/sbin",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }


def write(shell, block, ports):
    path = Path(shell.folder, block.file_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ports.put(block.text))
    # Share compiled dependencies between tests.
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
    """Compiles a block without a file name."""
    if block.language == "c":
        path = folder / "fragment.c"
        command = ["cc", "-std=c99", *"-Wall -Wextra -Wpedantic -Werror -fsyntax-only".split(), f"-I{ROOT}/include", path]
    elif block.language == "go":
        path = folder / "fragment/main.go"
        path.parent.mkdir()
        replaced = f"replace github.com/hooksig/hooksig/go => {ROOT}/go"
        (path.parent / "go.mod").write_text(f"module fragment\ngo 1.25.0\n{replaced}\nrequire github.com/hooksig/hooksig/go v0.0.0\n")
        command = ["go", "-C", path.parent, "vet", "."]
    else:
        raise Failure(f"line {block.line}: nothing tests this block")
    path.write_text(block.text)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"line {block.line}: {done.stderr}")


def follow_recipe(block, here, folder, ports):
    """Builds the image of a container recipe, and sends a delivery to the program in it."""
    # Compiled dependencies are shared between tests, and only the link matters here.
    cargo = {"CARGO_TARGET_DIR": str(ROOT / "target/docs"), "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0"}
    context = here if "COPY . " in block.text else here.parent
    image = Image(context, folder / "image", environment(folder / "home") | cargo)
    try:
        image.build(block.text)
        with image.running():
            said = ask(ROOT / "target/program/hooksig", ports.put("http://127.0.0.1:8080/hooks"))
    except subprocess.CalledProcessError as error:
        raise Failure(f"line {block.line}: RUN {error.cmd}\n{error.stdout}") from error
    except (OSError, ValueError) as error:
        raise Failure(f"line {block.line}: {error}") from error
    if not said.startswith("accepted"):
        raise Failure(f"line {block.line}: the program in the container answers: {said}")


def make_checkout(folder, is_written_to):
    """Makes the checkout that the commands run in or beside."""
    if not is_written_to:
        folder.symlink_to(ROOT)
        return
    folder.mkdir()
    for path in ROOT.iterdir():
        (folder / path.name).symlink_to(path)


def run_in_checkout(command, folder):
    """Runs a command of README's table of installations. Only an installation writes outside the checkout."""
    prefix = folder / "prefix"
    variables = environment(folder) | {"PREFIX": str(prefix)}
    done = subprocess.run(command.replace("sudo ", ""), shell=True, cwd=ROOT, env=variables,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Failure(done.stdout)
    if "install" in command and not (prefix / "include/hooksig.h").exists():
        raise Failure(f"no header in {prefix}: {done.stdout}")


def run_page(page, folder):
    text = page.read_text()
    is_front = page.name == "README.md"
    bin = folder / "home/.local/bin"
    bin.mkdir(parents=True)
    # Most pages require the program to be installed.
    if is_front or "install" not in text:
        (bin / "hooksig").symlink_to(ROOT / "target/program/hooksig")
    make_checkout(folder / "hooksig", is_front)
    (ROOT / "target/docs").mkdir(parents=True, exist_ok=True)
    ports = Ports()
    shell = Shell(folder / "hooksig" if is_front else folder, environment(folder / "home"))
    try:
        for block in blocks_of(text):
            if block.language == "console":
                for step in block.steps():
                    run_step(shell, step, ports)
            elif block.language == "dockerfile":
                follow_recipe(block, Path(shell.folder), folder, ports)
            elif block.file_name:
                write(shell, block, ports)
            elif block.language not in (FRONT if is_front else PAGES):
                check_fragment(block, folder)
    finally:
        shell.close()
