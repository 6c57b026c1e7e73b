"""Measures the cost of hooksig on a Cortex-M4, and prints docs/footprint.md: footprint.py [--check]

Fails if a figure exceeds its gate. With --check it measures only the gates and writes nothing.
"""

import collections
import re
import subprocess
import sys
import time
from pathlib import Path

import parts as parts_of_image
from parts import PROGRAM, frames_of, parts_of_code, sections, sizes_of, symbols, tool

ROOT = Path(__file__).resolve().parent.parent
PROFILES = ["size", "speed"]
PEERS = [("bearssl", "BearSSL"), ("mbedtls", "mbedTLS")]
STARTED = time.time()
VERIFIERS = [("size", "verifier-of-fields"), ("size", "verifier")]
LIBC_VERIFIERS = [(*verifier, "libc") for verifier in VERIFIERS]

# Line tables assign code to parts, and do not change it.
LINE_TABLES = "-Cdebuginfo=line-tables-only"

# Compressions of the recorded delivery: three for the MAC of 96 bytes, six for 364 bytes of body.
COMPRESSIONS = 9
FIELDS_BUDGET = 7900
HEAD_BUDGET = 8192
STACK_BUDGET = 1400
INSTRUCTIONS_BUDGET = 67000
RATIO_BUDGET = 1.25

# A figure that exceeds its gate fails CI. Lower a gate when the figure falls.
GATES = {
    "flash of the verifier of fields": 7900,
    "flash of the verifier of a raw head": 8140,
    "stack": 1234,
    "instructions of hooksig_verify": 65400,
    "speed profile, instructions of hooksig_verify to those of its compressions": RATIO_BUDGET,
}

# Targets and the tools that read their images.
BOARDS = [
    ("Cortex-M0", "microbit", "arm-none-eabi-"),
    ("Cortex-M4, soft float", "mps2", "arm-none-eabi-"),
    ("Cortex-M4, hard float", "mps2-hard-float", "arm-none-eabi-"),
    ("Cortex-M33", "mps2-m33", "arm-none-eabi-"),
    ("RISC-V, RV32IMC", "virt", "riscv64-unknown-elf-"),
]

# The peers have only these parts.
HASHING = ["SHA-256", "MAC"]
MEMORY = "memory functions"


def make(profile, *goals, **variables):
    command = ["make", "-s", "--no-print-directory", "-C", str(ROOT / "firmware"), f"PROFILE={profile}"]
    command += [f"{name}={value}" for name, value in variables.items()] + list(goals)
    command.append(f"DEBUG={LINE_TABLES}")
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return result.stdout


def run(profile, program, **variables):
    """Reads the program's output as {name: (stack, instructions)}."""
    lines = make(profile, f"run-{program}", **variables).splitlines()
    found = (re.fullmatch(r"(.*) (\d+) (\d+)", line) for line in lines)
    return {row[1]: (int(row[2]), int(row[3])) for row in found if row}


def image_of(profile, program, board="mps2", memory=""):
    return ROOT / f"target/firmware/{board}-{profile}{memory and '-' + memory}/{program}"


def linked(image):
    """Returns the path of an image, which this run must have linked."""
    path = Path(f"{image}.elf")
    if path.stat().st_mtime < STARTED:
        sys.exit(f"{path} is older than this run")
    return path


def flash(profile, program, board="mps2", memory=""):
    """Returns the bytes of each part of hooksig in a program."""
    image = image_of(profile, program, board, memory)
    options = {"MEMORY": memory} if memory else {}
    # The Makefile names its targets relative to its folder.
    make(profile, f"../{image.relative_to(ROOT)}.elf", BOARD=board, **options)
    sizes = sizes_of(linked(image))
    del sizes[PROGRAM[1]]
    # Constants have no source line, so those of the program itself are subtracted.
    own = [size for name, _, size in sections(f"{image}.o") if name.startswith((".rodata", ".srodata"))]
    sizes["other constants"] -= sum(own)
    return sizes


def flash_of_board(board, tools):
    """Returns the bytes of both verifiers on a board: of header fields, and of a raw head."""
    parts_of_image.TOOL = tools
    verifiers = [sum(flash("size", program, board).values()) for program in ("verifier-of-fields", "verifier")]
    parts_of_image.TOOL = "arm-none-eabi-"
    return verifiers


def peer_of(program):
    """Returns the bytes of a peer's own code and constants, without memory functions, and of its state of a body."""
    image = linked(image_of("speed", program))
    size = state = 0
    for address, length, kind, name in symbols(image):
        code = kind in "tT" and any("/peers/" in frame for frame in next(frames_of(image, [address & ~1]))[1])
        if code and not name.startswith(("peer_", "main", "report")) or kind in "rR" and name in ("K", "local_K", "sha256_padding"):
            size += length
        if name == "body_state":
            state = length
    return size, state


def flash_in_rust():
    """Returns the bytes of each part of a verifier in Rust, which has only the default policy."""
    make("size", "rust")
    sizes = sizes_of(ROOT / "target/cross/rust/thumbv7em-none-eabi/release/verifier")
    del sizes[PROGRAM[1]]
    sizes["other constants"] -= (ROOT / "vectors/deliveries/user-created.http").stat().st_size
    return sizes


def instructions(profile):
    """Returns the instructions of each part to verify the delivery, from hooksig_begin to the verdict."""
    make(profile, "trace-verifier-of-fields")
    image = linked(image_of(profile, "verifier-of-fields"))
    begin = next(address & ~1 for address, _, _, name in symbols(image) if name == "hooksig_begin")
    addresses = [int(found, 16) for found in re.findall(r"\[\w+/(\w+)/", image.with_suffix(".trace").read_text())]
    parts = parts_of_code(image)
    counts = collections.Counter()
    for address in addresses[addresses.index(begin) :]:
        # Copies and comparisons count for the part that called them.
        if parts.get(address) != MEMORY:
            part = parts.get(address, PROGRAM[1])
        counts[part] += 1
    del counts[PROGRAM[1]]
    return counts


def compiler():
    """Returns the compiler named in the library."""
    comment = tool("readelf", "-p", ".comment", linked(image_of("size", "verifier")))
    return re.search(r"rustc version (\S+)", comment)[1]


def of_block(costs):
    """Returns the instructions of 64 more bytes."""
    return (costs["4096 bytes of body"][1] - costs["64 bytes of body"][1]) / 63


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|---" + "|---:" * (len(head) - 1) + "|"
    for row in rows:
        yield "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row) + " |"
    yield ""


def stack_of(costs, raw=False):
    """Returns the stack of hooksig_begin, update and finish."""
    begin = "hooksig_begin_head" if raw else "hooksig_begin"
    return max(costs[name][0] for name in [begin, "hooksig_pending_body_update", "hooksig_pending_body_finish"])


def ratio_of(costs, name):
    """Returns the instructions of a call in the speed profile to those of its compressions."""
    return round(costs["speed"][name][1] / (COMPRESSIONS * of_block(costs["speed"])), 2)


def gated(parts, costs):
    """Prints each gate's figure. Returns whether none exceeds its gate."""
    size = costs["size"]
    figures = {
        "flash of the verifier of fields": sum(parts["size", "verifier-of-fields"].values()),
        "flash of the verifier of a raw head": sum(parts["size", "verifier"].values()),
        "stack": max(stack_of(size), stack_of(size, raw=True), size["hooksig_verify"][0], size["hooksig_verify_head"][0]),
        "instructions of hooksig_verify": size["hooksig_verify"][1],
        "speed profile, instructions of hooksig_verify to those of its compressions": ratio_of(costs, "hooksig_verify"),
    }
    for name, figure in figures.items():
        print(f"{'pass' if figure <= GATES[name] else 'FAIL'}  {name}: {figure:,}, at most {GATES[name]:,}", file=sys.stderr)
    return all(figure <= GATES[name] for name, figure in figures.items())


def summary(parts, costs):
    size, raw = sum(parts["size", "verifier-of-fields"].values()), sum(parts["size", "verifier"].values())
    state = dict(re.findall(r"#define HOOKSIG_(\w+)_WORDS (\d+)", (ROOT / "include/hooksig.h").read_text()))
    rows = [
        ("hooksig: the whole verification", size, stack_of(costs["size"]), int(state["PENDING_BODY"]) * 8),
        ("the same with the raw HTTP/1.1 head read", raw, stack_of(costs["size"], raw=True), int(state["PENDING_BODY"]) * 8),
    ]
    for peer, name in PEERS:
        program = f"peer-{peer}-Os"
        measured = run("speed", program, PEER_O="s")
        flash_of_peer, state_of_peer = peer_of(program)
        rows.append((f"{name}, -Os: only MAC and SHA-256", flash_of_peer, measured["both"][0], state_of_peer))
    yield from table(["bytes", "flash", "stack", "RAM per connection"], rows)


def budgets(parts, costs):
    fields, raw, fields_libc, raw_libc = (sum(parts[column].values()) for column in VERIFIERS + LIBC_VERIFIERS)
    in_rust = sum(parts["size", "rust"].values()) - parts["size", "rust"][MEMORY]
    size = costs["size"]
    yield from table(
        ["", "measured", "budget"],
        [
            ("flash, size profile: verifier of header fields, bytes", fields, FIELDS_BUDGET),
            ("the same with the memory functions of newlib-nano, bytes", fields_libc, ""),
            ("the same with the raw HTTP/1.1 head read too, bytes", raw, HEAD_BUDGET),
            ("that with the memory functions of newlib-nano, bytes", raw_libc, ""),
            ("that in Rust without memory functions, where the default policy is the only one, bytes", in_rust, HEAD_BUDGET),
            ("stack, size profile: begin, update, finish, bytes", stack_of(size), STACK_BUDGET),
            ("the same in one call, bytes", size["hooksig_verify"][0], STACK_BUDGET),
            ("begin, update, finish with the raw head, bytes", stack_of(size, raw=True), STACK_BUDGET),
            ("the same in one call, bytes", size["hooksig_verify_head"][0], STACK_BUDGET),
            ("size profile: instructions of verify", size["hooksig_verify"][1], INSTRUCTIONS_BUDGET),
            ("speed profile: instructions of verify to those of its compressions", ratio_of(costs, "hooksig_verify"), RATIO_BUDGET),
            ("the same with the raw head read too", ratio_of(costs, "hooksig_verify_head"), ""),
        ],
    )


def flash_by_part(parts):
    columns = [("size", "verifier-of-fields"), ("size", "verifier"), ("size", "rust"), ("size", "footprint"), ("speed", "verifier-of-fields"), ("speed", "footprint")]
    names = sorted(set().union(*(parts[column] for column in columns)), key=lambda name: -parts["size", "footprint"][name])
    rows = [(name, *(parts[column][name] for column in columns)) for name in names]
    rows.append(("**all**", *(sum(parts[column].values()) for column in columns)))
    yield from table(["bytes", "size: verify fields", "size: verify a raw head", "size: that in Rust", "size: everything", "speed: verify fields", "speed: everything"], rows)


def instructions_by_part(counts):
    names = [name for name, _ in counts["speed"].most_common()]
    names += [name for name in counts["size"] if name not in names]
    rows = [(name, *(counts[profile][name] for profile in PROFILES)) for name in names]
    rows.append(("**all**", *(sum(counts[profile].values()) for profile in PROFILES)))
    yield from table(["instructions", *PROFILES], rows)


def calls(costs):
    names = [name for name in costs["size"] if name.startswith("hooksig_")]
    rows = [(f"`{name.split()[0]}`{name[len(name.split()[0]):]}", *costs["size"][name], *costs["speed"][name]) for name in names]
    rows.append(("64 bytes of body more", "", round(of_block(costs["size"])), "", round(of_block(costs["speed"]))))
    yield from table(["", "size: stack", "size: instructions", "speed: stack", "speed: instructions"], rows)


def peers(costs, counts):
    rows = []
    for optimise in ("2", "s"):
        for peer, name in PEERS:
            measured = run("speed", f"peer-{peer}-O{optimise}", PEER_O=optimise)
            rows.append((f"{name}, -O{optimise}: MAC and SHA-256", *measured["both"], round(of_block(measured))))
    for profile in reversed(PROFILES):
        block = round(of_block(costs[profile]))
        hashing = sum(counts[profile][part] for part in HASHING)
        rows.append((f"hooksig, {profile}: MAC and SHA-256", "", hashing, block))
        rows.append((f"hooksig, {profile}: the whole of `hooksig_verify`", *costs[profile]["hooksig_verify"], block))
    yield from table(["", "stack", "instructions", "64 bytes more"], rows)


def handles():
    header = (ROOT / "include/hooksig.h").read_text()
    words = re.findall(r"#define HOOKSIG_(\w+)_WORDS (\d+)", header)
    rows = [(f"`hooksig_{name.lower()}`", int(count) * 8) for name, count in words]
    yield from table(["", "bytes"], rows)


def page(parts, costs):
    counts = {profile: instructions(profile) for profile in PROFILES}
    parts["size", "rust"] = flash_in_rust()
    for profile, program, memory in LIBC_VERIFIERS:
        parts[profile, program, memory] = flash(profile, program, memory=memory)
    yield "# Footprint"
    yield ""
    yield from summary(parts, costs)
    yield "RAM per connection is the state between the calls, without the buffer of the head; for the peers, the state of SHA-256."
    yield "One key takes `sizeof(hooksig_key)` for all connections. No heap is used."
    yield ""
    yield f"Measured by `make footprint` on a Cortex-M4 with soft float and Rust {compiler()}, in QEMU, which counts instructions. The stack"
    yield "is painted before each call and read afterwards. The delivery is `vectors/deliveries/user-created.http`, with a body of"
    yield "364 bytes. [firmware.md](firmware.md) describes the two profiles."
    yield ""
    yield "## Flash by target"
    yield ""
    yield "The verifiers in the size profile, with the memory functions of `firmware/memory.c` and the divisions of `libgcc` that the"
    yield "target needs."
    yield ""
    yield from table(["bytes", "verify fields", "verify a raw head"], [(name, *flash_of_board(board, tools)) for name, board, tools in BOARDS])
    yield "## Flash by part"
    yield ""
    yield "Each column is a program that calls only the named functions; \"everything\" calls the whole interface. Inlined code counts"
    yield "for the part of its source. In Rust the memory functions come from the core library."
    yield ""
    yield from flash_by_part(parts)
    yield "## Memory of the handles"
    yield ""
    yield "The sizes are constants of the header, equal on every target."
    yield ""
    yield from handles()
    yield "## Stack and instructions of each call"
    yield ""
    yield from calls(costs)
    yield "## Instructions by part"
    yield ""
    yield "Counts every instruction from `hooksig_begin` on the fields to the verdict of `hooksig_pending_body_finish`, by the same parts as"
    yield "the flash. Memory functions count for the part that calls them."
    yield ""
    yield from instructions_by_part(counts)
    yield "## Comparison"
    yield ""
    yield "All hash the same bytes in nine compressions: the MAC of the 96 signed bytes with a prepared key, and the SHA-256 of a body of"
    yield "364 bytes. The peers do only that. For hooksig, \"MAC and SHA-256\" is the sum of these parts in the table above, which also"
    yield "compare with every key in constant time. `hooksig_verify` also finds the fields and checks parameters, policy, date and base64."
    yield "The last column is the bare cost of hashing 64 bytes more."
    yield ""
    yield from peers(costs, counts)
    yield "## Budgets"
    yield ""
    yield from budgets(parts, costs)
    yield "[firmware.md](firmware.md#where-the-flash-goes) lists changes that were tried, and their effect."


def main():
    check = sys.argv[1:] == ["--check"]
    measured = list(VERIFIERS)
    if not check:
        measured += [("size", "footprint"), ("speed", "verifier-of-fields"), ("speed", "footprint")]
    costs = {profile: run(profile, "footprint") for profile in PROFILES}
    parts = {(profile, program): flash(profile, program) for profile, program in measured}
    holds = gated(parts, costs)
    if not check:
        text = "\n".join(page(parts, costs)).rstrip() + "\n"
        (ROOT / "docs/footprint.md").write_text(text)
        print(text)
    return 0 if holds else 1


sys.exit(main())
