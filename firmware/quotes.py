"""Checks docs/firmware.md: blocks with a file's name must be in that file of firmware/rust, the flags of the
size profile must equal those of scripts/cross.sh, and flash and stack those of docs/footprint.md."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "scripts/docs"))

from blocks import blocks_of  # noqa: E402

page = (ROOT / "docs/firmware.md").read_text()
quoted = [block for block in blocks_of(page) if block.file_name]
wrong = []
for block in quoted:
    text = block.text.split("\n", 1)[1]
    if text not in (ROOT / "firmware/rust" / block.file_name).read_text():
        wrong.append(f"line {block.line}: not what firmware/rust/{block.file_name} has")

flags = re.search(r'--cfg sha2_backend_soft=.*(?="$)', (ROOT / "scripts/cross.sh").read_text(), re.MULTILINE)
flags = flags[0].replace('\\"', '"')
if flags not in page:
    wrong.append(f"the flags are not on the page: {flags}")

footprint = (ROOT / "docs/footprint.md").read_text()
flash = re.search(r"^\| hooksig: .*? \| (\S+) .*\n\| .*? \| (\S+) ", footprint, re.MULTILINE)
stack = max(re.findall(r"^\| `hooksig_verify(?:_head)?` \| (\S+)", footprint, re.MULTILINE))
figures = f"header fields takes {flash[1]} bytes, and a verifier of a raw head {flash[2]}. The stack is {stack} bytes at most."
if figures not in " ".join(page.split()):
    wrong.append(f"the figures are not on the page: {figures}")

print("\n".join(wrong) or f"{len(quoted)} blocks are as in their files")
sys.exit(bool(wrong) or not quoted)
