"""Measures what hooksig takes on a Cortex-M4, and prints docs/footprint.md."""

import re
import subprocess
import sys
from pathlib import Path

from parts import PROGRAM, sections, sizes_of

ROOT = Path(__file__).resolve().parent.parent
PROFILES = ["size", "speed"]
PEERS = [("bearssl", "BearSSL"), ("mbedtls", "mbedTLS")]

# They tell which part the code is of, and change none of it.
LINE_TABLES = "-Cdebuginfo=line-tables-only"

# Compressions for the recorded delivery: three for the MAC of 96 bytes, six for 364 bytes of body.
COMPRESSIONS = 9
FLASH_BUDGET = 8192
STACK_BUDGET = 1536
RATIO_BUDGET = 1.3


def make(profile, *goals, **variables):
    command = ["make", "-s", "--no-print-directory", "-C", str(ROOT / "firmware"), f"PROFILE={profile}"]
    command += [f"{name}={value}" for name, value in variables.items()] + list(goals)
    command.append(f"DEBUG={LINE_TABLES}")
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return result.stdout


def run(profile, program, **variables):
    """{name: (stack, instructions)}, as the program prints them."""
    lines = make(profile, f"run-{program}", **variables).splitlines()
    found = (re.fullmatch(r"(.*) (\d+) (\d+)", line) for line in lines)
    return {row[1]: (int(row[2]), int(row[3])) for row in found if row}


def flash(profile, program):
    """The bytes of each part of hooksig in a program."""
    image = ROOT / f"target/firmware/mps2-{profile}/{program}"
    make(profile, f"{image}.elf")
    sizes = sizes_of(f"{image}.elf")
    del sizes[PROGRAM[1]]
    # Constants have no source: those of the program itself are taken off.
    own = [size for name, _, size in sections(f"{image}.o") if name.startswith(".rodata")]
    sizes["other constants"] -= sum(own)
    return sizes


def of_block(costs):
    """The instructions of 64 bytes more."""
    return (costs["4096 bytes of body"][1] - costs["64 bytes of body"][1]) / 63


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|---" + "|---:" * (len(head) - 1) + "|"
    for row in rows:
        yield "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row) + " |"
    yield ""


def budgets(parts, costs):
    flash_of = sum(parts["size", "verifier-of-fields"].values())
    raw = sum(parts["size", "verifier"].values())
    stack = max(costs["size"][name][0] for name in ("hooksig_begin", "hooksig_pending_body_update", "hooksig_pending_body_finish"))
    one_shot = costs["size"]["hooksig_verify"][0]
    own = COMPRESSIONS * of_block(costs["speed"])
    ratio = costs["speed"]["hooksig_verify"][1] / own
    raw_ratio = costs["speed"]["hooksig_verify_head"][1] / own
    yield from table(
        ["", "measured", "budget"],
        [
            ("flash, size profile: verifier of header fields, bytes", flash_of, FLASH_BUDGET),
            ("the same with the raw HTTP/1.1 head read too, bytes", raw, ""),
            ("stack, size profile: begin, update, finish, bytes", stack, STACK_BUDGET),
            ("the same in one call, bytes", one_shot, ""),
            ("speed profile: instructions of verify to those of its compressions", f"{ratio:.2f}", RATIO_BUDGET),
            ("the same with the raw head read too", f"{raw_ratio:.2f}", ""),
        ],
    )


def flash_by_part(parts):
    columns = [("size", "verifier-of-fields"), ("size", "verifier"), ("size", "footprint"), ("speed", "verifier-of-fields"), ("speed", "footprint")]
    names = sorted(set().union(*(parts[column] for column in columns)), key=lambda name: -parts["size", "footprint"][name])
    rows = [(name, *(parts[column][name] for column in columns)) for name in names]
    rows.append(("**all**", *(sum(parts[column].values()) for column in columns)))
    yield from table(["bytes", "size: verify fields", "size: verify a raw head", "size: everything", "speed: verify fields", "speed: everything"], rows)


def calls(costs):
    names = [name for name in costs["size"] if name.startswith("hooksig_")]
    rows = [(f"`{name.split()[0]}`{name[len(name.split()[0]):]}", *costs["size"][name], *costs["speed"][name]) for name in names]
    rows.append(("64 bytes of body more", "", round(of_block(costs["size"])), "", round(of_block(costs["speed"]))))
    yield from table(["", "size: stack", "size: instructions", "speed: stack", "speed: instructions"], rows)


def peers(costs):
    rows = []
    for optimise in ("2", "s"):
        for peer, name in PEERS:
            measured = run("speed", f"peer-{peer}-O{optimise}", PEER_O=optimise)
            rows.append((f"{name}, -O{optimise}: MAC and SHA-256 alone", *measured["both"], round(of_block(measured))))
    for profile in PROFILES:
        rows.append((f"hooksig, {profile}: the whole of `hooksig_verify`", *costs[profile]["hooksig_verify"], round(of_block(costs[profile]))))
    yield from table(["", "stack", "instructions", "64 bytes more"], rows)


def handles():
    header = (ROOT / "include/hooksig.h").read_text()
    words = re.findall(r"#define HOOKSIG_(\w+)_WORDS (\d+)", header)
    rows = [(f"`hooksig_{name.lower()}`", int(count) * 8) for name, count in words]
    yield from table(["", "bytes"], rows)


def page():
    costs = {profile: run(profile, "footprint") for profile in PROFILES}
    programs = ["verifier-of-fields", "verifier", "footprint"]
    parts = {(profile, program): flash(profile, program) for profile in PROFILES for program in programs}
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    yield "# Footprint"
    yield ""
    yield f"Written by `make footprint`: Cortex-M4, soft float, Rust {compiler}, under QEMU, which counts instructions; stack is painted"
    yield "and looked at after the call. The delivery is `vectors/deliveries/user-created.http` with a body of 364 bytes."
    yield "Profiles are those of [firmware.md](firmware.md). Memory functions are those of newlib-nano. No heap is used."
    yield ""
    yield "## Budgets"
    yield ""
    yield from budgets(parts, costs)
    yield "## Flash by part"
    yield ""
    yield "What a program links that calls nothing else; \"everything\" calls every function of the interface. Code that was inlined"
    yield "belongs to the part whose source it comes from."
    yield ""
    yield from flash_by_part(parts)
    yield "## Memory of the handles"
    yield ""
    yield "The same on every target; constants of the header."
    yield ""
    yield from handles()
    yield "## Stack and instructions of each call"
    yield ""
    yield from calls(costs)
    yield "## Beside others"
    yield ""
    yield "What the peers do is a part of a verification: the MAC of the 96 bytes that are signed, from a key that is ready, and the"
    yield "SHA-256 of the body. `hooksig_verify` also finds and reads the fields, and checks parameters, policy, date and base64."
    yield ""
    yield from peers(costs)


(ROOT / "docs").mkdir(exist_ok=True)
text = "\n".join(page()).rstrip() + "\n"
(ROOT / "docs/footprint.md").write_text(text)
print(text)
