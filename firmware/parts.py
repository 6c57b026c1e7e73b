"""Prints the flash of an image by parts of hooksig: parts.py IMAGE.elf

Prints a line a part: BYTES NAME. Code belongs to the part whose source file it comes from, where it
was inlined too; constants to the part that their name tells, if it does.
"""

import collections
import re
import subprocess
import sys

TOOL = "arm-none-eabi-"

# In order of preference. The function nearest to the instruction decides, but the general helpers of the last
# group belong to the function they were inlined into.
PARTS = [
    (r"/sha2-|/digest-|/block-buffer-|/hybrid-array-|primitives.*(compress|Sha256)", "SHA-256"),
    (r"/base64ct-|primitives.*(base64|alphabet|code|is_canonical)", "base64"),
    (r"/hmac-|/cmov-|/ctutils-|/zeroize-|src/key\.rs|primitives/(stream|macs)|primitives.*(mac|ct_eq)", "MAC"),
    (r"src/(params|names)\b", "parameters and list of names"),
    (r"src/policy\.rs", "policy"),
    (r"src/date\.rs", "date"),
    (r"src/digest\.rs", "Digest field"),
    (r"src/signing_string\.rs", "signing string"),
    (r"src/request\b", "head and its fields"),
    (r"src/(drone|verbatim)|/hifijson-", "Drone layer"),
    (r"src/sign\.rs", "signing"),
    (r"src/verify\.rs", "verifier"),
    (r"src/replay\.rs", "replay guard"),
    (r"src/error\.rs|capi/status\.rs", "words of statuses"),
    (r"src/capi/", "C surface"),
]
HELPERS = [
    (r"src/(bytes|field_value|primitives)\b", "bytes"),
    (r"compiler.builtins|/firmware/memory\.c|/newlib|libgcc|^(mem|__aeabi)", "memory functions"),
    (r"/library/|/heapless-", "Rust's core library"),
]
PROGRAM = (r"/firmware/(?!memory\.c)|^(delivery|vectors|Reset|HardFault_|Default\w+|__(EXCEPTIONS|INTERRUPTS|RESET_VECTOR))\b", "the program itself")


def tool(name, *arguments, text=None):
    command = [TOOL + name, *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def as_frame(symbol):
    """Returns a symbol as a frame in the file that defines it."""
    crate = re.sub(r"\b(sha2|hmac|digest|hifijson|compiler_builtins)::", r"/\1-", symbol)
    return re.sub(r"\bhooksig::(capi::)?(\w+)", r"src/\1\2.rs", crate).replace("capi::", "capi/")


def part_of(frames):
    for rules in ([*PARTS, PROGRAM], HELPERS):
        for frame in frames:
            for pattern, part in rules:
                if re.search(pattern, frame):
                    return part
    return None


def sections(image):
    """Yields (name, address, size) of the sections in flash."""
    for line in tool("readelf", "-SW", image).splitlines():
        found = re.match(r"\s*\[\s*\d+\] (\S+)\s+PROGBITS\s+(\w+) \w+ (\w+) .* A", line)
        if found:
            yield found[1], int(found[2], 16), int(found[3], 16)


def frames_of(image, addresses):
    """Returns for each address the chain of inlined functions as "function file:line"."""
    asked = "\n".join(map(hex, addresses))
    address, chain = None, []
    lines = iter(tool("addr2line", "-aifC", "-e", image, text=asked).splitlines())
    for line in lines:
        if line.startswith("0x"):
            if address is not None:
                yield address, chain
            address, chain = int(line, 16), []
        else:
            chain.append(line + " " + next(lines))
    if address is not None:
        yield address, chain


def symbols(image):
    """Yields (address, size, kind, name)."""
    for line in tool("nm", "-SC", image).splitlines():
        found = re.match(r"(\w+) (\w+) (\w) (.*)", line)
        if found:
            yield int(found[1], 16), int(found[2], 16), found[3], found[4]


def parts_of_code(image):
    """Returns {address: part} for each two bytes of code."""
    code = {}
    for start, size, kind, name in symbols(image):
        if kind in "tTwW":
            start &= ~1
            code.update((address, name) for address in range(start, start + size, 2))
    frames = frames_of(image, sorted(code))
    return {address: part_of([*chain, as_frame(code[address])]) or "other code" for address, chain in frames}


def sizes_of(image):
    """Returns the bytes of each part."""
    sizes = collections.Counter()
    for part in parts_of_code(image).values():
        sizes[part] += 2
    for _, size, kind, name in symbols(image):
        if kind in "rR":
            sizes[part_of([as_frame(name)]) or "other constants"] += size
    total = sum(size for _, _, size in sections(image))
    sizes["other constants"] += total - sum(sizes.values())
    return sizes


if __name__ == "__main__":
    for part, size in sizes_of(sys.argv[1]).most_common():
        print(size, part)
