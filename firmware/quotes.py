"""Checks docs/firmware.md: blocks with a file's name must be in that file of firmware/rust, and the flags
of the size profile must equal those of scripts/cross.sh."""

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

print("\n".join(wrong) or f"{len(quoted)} blocks are as in their files")
sys.exit(bool(wrong) or not quoted)
