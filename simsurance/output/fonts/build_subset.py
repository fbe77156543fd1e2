"""Make the font of the Chinese charts: Noto Sans SC Regular cut down to GB 2312 and the signs that a chart needs.

The same source file and the same fontTools give the same bytes. README.md beside this script names both.

    python simsurance/output/fonts/build_subset.py path/to/NotoSansSC-Regular.otf
"""

import argparse
import hashlib
import itertools
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Simsurance Sans SC"
"""A name of its own: a computer may have the full Noto Sans SC too, and a chart must not depend on which is found."""

SUBSET = Path(__file__).with_name("SimsuranceSansSC-Regular.otf")

SIGNS = "−±×÷≈≠≤≥∑∞°‰€¥·–—‘’“”…•′″←↑→↓▲△▶▼▽◀●○■□◆◇★☆①②③④⑤⑥⑦⑧⑨⑩㎡"


def characters() -> set[int]:
    """Code points to keep: printable ASCII and Latin-1, all of GB 2312, and SIGNS."""
    latin = {*range(0x20, 0x7F), *range(0xA0, 0x100)}
    pairs = (bytes(pair) for pair in itertools.product(range(0xA1, 0xFF), repeat=2))
    gb2312 = {ord(character) for pair in pairs if (character := pair.decode("gb2312", errors="ignore"))}
    return latin | gb2312 | {ord(sign) for sign in SIGNS}


def rename(font: TTFont) -> None:
    """Give the subset its own family name; copyright, trademark and licence entries stay as they were."""
    postscript = FAMILY.replace(" ", "") + "-Regular"
    names = {1: FAMILY, 2: "Regular", 3: postscript, 4: FAMILY, 6: postscript}
    table = font["name"]
    table.names = [entry for entry in table.names if entry.nameID not in names and entry.nameID not in (16, 17)]
    for name_id, text in names.items():
        table.setName(text, name_id, 3, 1, 0x409)
    outlines = font["CFF "].cff
    outlines.fontNames = [postscript]
    outlines.topDictIndex[0].FullName = FAMILY
    outlines.topDictIndex[0].FamilyName = FAMILY


def build(source: Path, target: Path) -> None:
    """Write the subset of `source` to `target`; horizontal text only, without hints, which Matplotlib does not use."""
    options = subset.Options(
        desubroutinize=False,
        drop_tables=["BASE", "DSIG", "VORG", "vhea", "vmtx"],
        hinting=False,
        layout_features=["kern"],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14],
        notdef_outline=True,
        recalc_timestamp=False,
    )
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    rename(font)
    font.save(target, reorderTables=True)


def main() -> None:
    """Read the source named on the command line, write the subset beside this script, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="NotoSansSC-Regular.otf")
    parser.add_argument("--target", type=Path, default=SUBSET)
    arguments = parser.parse_args()
    build(arguments.source, arguments.target)
    for path in (arguments.source, arguments.target):
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}  {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
