"""Damaged scenario files and tables, thousands of them: each is well or refused in single lines that name the file.

    python -m tests.fuzz              2,000 cases of the fixed seed, half of them by each of two processes
    python -m tests.fuzz --only 417   one case again, with what was read and what was said

Not part of the ordinary tests, which try a few cases of each kind.
"""

import argparse
import random
import re
import signal
import string
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from simsurance.cli.validate import faults_and_notes
from simsurance.scenario_file.files import TABLES, scenarios_folder
from simsurance.scenario_file.keys import KEYS, SECTIONS
from simsurance.scenario_file.loader import load

SEED = 20_260_101
CASES = 2000
LONGEST = 60
"""Seconds of processor time that one case may take: a busy machine fails none."""
MOST_TRIED = 40
FILE = "damaged.toml"
TABLE = "own.csv"
NAMES_THE_FILE = re.compile(rf"(?:{re.escape(FILE)}|{re.escape(TABLE)}|--with)(?::[^ ]+)?: .|and \d+ more; ")
SHIPPED = sorted([*scenarios_folder().glob("*.toml"), *(scenarios_folder() / "fragments").glob("*.toml")])
SHORT = [file for file in SHIPPED if file.stem != "baseline"]
KEYS_OF_TABLES = [path for path, key in KEYS.items() if key.kind == "table"]
CHARACTERS = "={}[].\"#,;\x00\x07\x1b\x85\u2028é缴０\ufeff\U0001f600 1\t'\\"
VALUES = [
    "nan", "inf", "-inf", "true", '"3%"', "{}", "[]", "[[1]]", "{ ramp = {} }", "{ 2026 = 1 }", "{ 2026 = 1, 2020 = 2 }",
    "{ 2026 = { 2027 = 1 } }", "{ ramp = { 2026 = 1, 3000 = 2 } }", "{ ramp = 1 }", "{ add = 1 }", "{ multiply = nan }",
    "{ add = 1, multiply = 2 }", "{ multiply = 1.1, from = 2027 }", "1e999", "-1", "0", "1e30", "9" * 400, "2026-01-01",
    "12:00:00", "''", '"""' + "x" * 70_000 + '"""', "[" * 60 + "]" * 60, "{ 0 = 1 }", "{ 2O26 = 1 }", "{ 20260 = 1 }",
    "{ low = 1 }", "{ female = { 2026 = 1 } }", '"\\u001b[31m"', "0x10", "1_000", "１", "{ 1990 = 1, 2150 = 2 }",
    "{ multiply = " + "9" * 400 + " }", "{ add = -" + "9" * 400 + ", from = 2027 }", "{ " + "9" * 900 + " = 1 }",
    "{ " + "x" * 900 + " = 1 }", "2026-01-01T00:00:00Z", "[{ a = 1 }]", "[true, 1]", "{ '2026' = true }", "{ ramp = [1] }",
]  # fmt: skip
CELLS = [
    "", "nan", "inf", "-1", "1e9", "1e400", "x", "=1+1", "2O26", " 5", "5 ", '"', '""', "1,5", "1;5", "\x00", "\x1b[31m", "０",
    "9" * 400, "x" * 5000, "-0", "1e-320", "true", "2026.0", "101", "-5", "female", "\u2028",
]  # fmt: skip


class TooLong(Exception):
    """A case that does not end."""


def in_lines(text: str, chance: random.Random) -> str:
    """A few lines deleted, doubled, exchanged, renamed, or with another value or character in them."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(lines))
        match chance.randrange(9):
            case 0 if len(lines) > 1:
                del lines[place]
            case 1:
                lines.insert(place, chance.choice(lines))
            case 2:
                lines[place] = lines[place].partition("=")[0] + "= " + chance.choice(VALUES)
            case 3:
                at = chance.randrange(len(lines[place]) + 1)
                lines[place] = lines[place][:at] + chance.choice(CHARACTERS) + lines[place][at + 1 :]
            case 4:
                lines[place] = lines[place].replace("20", chance.choice(["19", "20.", "2O", "２０", "", "99"]))
            case 5:
                lines.insert(0, f"{chance.choice([*KEYS, *SECTIONS])} = {chance.choice(VALUES)}")
            case 6:
                lines[place : place + 2] = lines[place : place + 2][::-1]
            case 7:
                lines[place] = re.sub(r"[a-z_]{3,}", lambda name: misspelt(name[0], chance), lines[place], count=1)
            case _:
                lines[place] = re.sub(r"\d[\d.]*", lambda _: chance.choice(VALUES), lines[place], count=1)
    return "\n".join(lines)


def misspelt(name: str, chance: random.Random) -> str:
    """A name with a letter left out, doubled, or another in its place."""
    at = chance.randrange(len(name))
    return name[:at] + chance.choice(["", name[at] * 2, chance.choice(string.ascii_lowercase)]) + name[at + 1 :]


def in_bytes(content: bytes, chance: random.Random) -> bytes:
    """Once in a while another byte, another encoding, or the end cut off."""
    match chance.randrange(20):
        case 0:
            at = chance.randrange(len(content) + 1)
            return content[:at] + bytes([chance.randrange(256)]) + content[at:]
        case 1:
            return content.decode(errors="replace").encode(chance.choice(["utf-16", "gb18030", "utf-8-sig"]), "replace")
        case 2:
            return content[: chance.randrange(len(content) + 1)]
        case 3:
            return content.replace(b"\n", chance.choice([b"\r", b"\r\n", b"\n\n"]))
    return content


def number(path: str, chance: random.Random) -> str:
    """A number for a key: inside its bounds, at them or beyond."""
    low, high = KEYS[path].lowest or 0.0, KEYS[path].highest or 1.0
    return repr(chance.choice([low, high, low - 1, 2 * high + 1, low + (high - low) * chance.random() ** 3]))


def value(path: str, chance: random.Random) -> str:
    """A value of some form for a key."""
    year, other = sorted(chance.sample(range(1985, 2110), 2))
    one, two = number(path, chance), number(path, chance)
    forms = [f"{{ {year} = {one}, {other} = {two} }}", f"{{ ramp = {{ {year} = {one}, {other} = {two} }} }}", one, one]
    match KEYS[path].kind:
        case "choice":
            forms = [f'"{chance.choice(KEYS[path].choices)}"']
        case "rules":
            forms = [f'{{ {year} = "{chance.choice(KEYS[path].choices)}" }}']
        case "switch":
            forms = ["true", "false"]
        case "whole number":
            forms = [str(round(float(one)))]
        case "list" | "pair":
            forms = [f"[{one}, {two}]", f"[0, {one}]"]
    return chance.choice([*forms, chance.choice(VALUES)])


def of_files(chance: random.Random) -> dict[str, bytes]:
    """A shipped scenario, or option as an own one, with a few lines damaged."""
    file = chance.choice(SHORT if chance.random() < 0.9 else SHIPPED)
    text = file.read_text(encoding="utf-8")
    extends = "" if file.parent == scenarios_folder() else 'extends = "baseline"\n'
    return {FILE: in_bytes((extends + in_lines(text, chance)).encode(), chance)}


def of_keys(chance: random.Random) -> dict[str, bytes]:
    """A scenario of a few keys with values of any form."""
    paths = chance.sample([path for path in KEYS if path not in KEYS_OF_TABLES], chance.randint(1, 3))
    return {FILE: "\n".join(['extends = "baseline"', *(f"{path} = {value(path, chance)}" for path in paths)]).encode()}


def of_tables(chance: random.Random) -> dict[str, bytes]:
    """A scenario with a table of its own: a shipped one, damaged in cells, header, rows or bytes."""
    path = chance.choice(KEYS_OF_TABLES)
    rows = [line.split(",") for line in shipped_table(path).split("\n")]
    for _ in range(chance.randint(1, 2)):
        place = chance.randrange(len(rows)) if chance.random() < 0.8 else 0
        row = rows[place]
        match chance.randrange(7):
            case 0 if len(rows) > 1:
                del rows[place]
            case 1:
                rows.insert(place, list(row))
            case 2:
                row.append(chance.choice(CELLS))
            case 3:
                row.pop()
            case 4:
                row.reverse()
            case _ if row:
                row[chance.randrange(len(row))] = chance.choice(CELLS)
    text = "\n".join(",".join(row) for row in rows)
    if chance.random() < 0.1:
        text = text.replace(",", chance.choice([";", "\t", ", "]))
    content = in_bytes(text.encode(), chance)
    return {FILE: f'extends = "baseline"\n{path} = "{TABLE}"\n'.encode(), TABLE: content}


@cache
def shipped_table(path: str) -> str:
    """The text of the baseline's table of a key."""
    return (TABLES / load("baseline").leaves[path]).read_text(encoding="utf-8")


KINDS: list[Callable[[random.Random], dict[str, bytes]]] = [of_files, of_files, of_files, of_keys, of_tables]


def case(number: int, seed: int = SEED) -> dict[str, bytes]:
    """The files of a case by name."""
    chance = random.Random(f"{seed} {number}")
    return chance.choice(KINDS)(chance)


def judged(files: dict[str, bytes]) -> tuple[str, list[str]]:
    """`well`, `refused`, or what is wrong with how a case ends; and the lines that were said."""
    for name, content in files.items():
        Path(name).write_bytes(content)
    signal.signal(signal.SIGPROF, too_long)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            faults, notes = faults_and_notes(FILE, (), ())
    except Exception:
        return traceback.format_exc(), []
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    said = [*faults, *notes]
    if amiss := [line for line in said if not line.isprintable() or len(line) > 1000]:
        return f"not one line for people: {amiss[0][:200]!r}", said
    if amiss := [line for line in faults if not NAMES_THE_FILE.match(line)]:
        return f"does not name the file: {amiss[0]}", said
    return "refused" if faults else "well", said


def too_long(*_: Any) -> None:
    """A case has taken too long."""
    raise TooLong(f"more than {LONGEST} s")


def judge(numbers: range, seed: int) -> list[tuple[int, str, float]]:
    """Number, end and seconds of each case."""
    ends = []
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for each in numbers:
            begun = time.process_time()
            ends.append((each, judged(case(each, seed))[0], time.process_time() - begun))
    return ends


def main() -> None:
    """Judge the cases and say how they end; exit code 1 where one does not end as it should."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--cases", type=int, default=CASES)
    options.add_argument("--only", type=int)
    asked = options.parse_args()
    if asked.only is not None:
        for line in told(asked.only, asked.seed):
            print(line)  # noqa: T201
        return
    begun = time.monotonic()
    with get_context("fork").Pool(2) as pool:
        parts = [(range(start, asked.cases, 2), asked.seed) for start in range(2)]
        ends = sorted(each for part in pool.starmap(judge, parts) for each in part)
    counts = Counter(end if end in ("well", "refused") else "wrong" for _, end, _ in ends)
    slowest = max(ends, key=lambda end: end[2])
    print(  # noqa: T201
        f"{len(ends)} cases, seed {asked.seed}: {counts['well']} well, {counts['refused']} refused, {counts['wrong']} wrong; "
        f"{time.monotonic() - begun:.0f} s, the slowest {slowest[2]:.1f} s (case {slowest[0]})"
    )
    for each, end, _ in [end for end in ends if end[1] not in ("well", "refused")][:MOST_TRIED]:
        print(f"case {each}: {end.strip().splitlines()[-1][:300]}")  # noqa: T201
    sys.exit(1 if counts["wrong"] else 0)


def told(number: int, seed: int) -> Iterator[str]:
    """One case in full: what is read, how it ends, what is said."""
    files = case(number, seed)
    for name, content in files.items():
        yield (
            f"--- {name}\n{content[:3000]!r}"
            if name == TABLE
            else f"--- {name}\n{content[:3000].decode(errors='replace')}"
        )
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        end, said = judged(files)
    yield "\n".join([f"--- {end}", *said])


if __name__ == "__main__":
    main()
