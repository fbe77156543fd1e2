"""Finding and reading scenario files: shipped names, paths, limits, encoding and TOML syntax."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import simsurance
from simsurance.scenario_file.faults import Fault, nearest

PACKAGE: Final = Path(simsurance.__file__).resolve().parent
TABLES: Final = PACKAGE / "data"
LARGEST_FILE: Final = 1 << 20
MOST_FRAGMENTS: Final = 100
DEEPEST_NESTING: Final = 16
LONGEST_CHAIN: Final = 8


IN_PYTHON: Final = "replace"
"""The label of changes made in Python, where any key may be varied on its own."""


@dataclass(frozen=True)
class Layer:
    """One source of values: a file, a `--set` or a change made in Python, with the line of each key where known."""

    label: str
    data: Mapping[str, Any]
    folder: Path | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    digest: str = ""
    """Hash of the file's bytes as they were read."""
    overlay: bool = False
    """Whether it is laid upon a parent by `with`, beside others."""

    def fault(self, key: str, text: str) -> Fault:
        """A fault of this source at a key."""
        return Fault(self.label, key, text, self.line_of(key))

    def line_of(self, key: str) -> int:
        """Line of the key, or of the nearest table above it; 0 where unknown."""
        parts = key.split(".")
        return next((self.lines[k] for n in range(len(parts), 0, -1) if (k := ".".join(parts[:n])) in self.lines), 0)


def to_change(keys: Iterable[str], layers: Mapping[str, Layer], root: Layer) -> str:
    """Of keys that disagree the one to change: the first that another source than the root sets, else the first."""
    there = [key for key in keys if key in layers]
    return next((key for key in there if layers[key].label != root.label), there[0])


def of_the_shipped(layer: "Layer") -> bool:
    """Whether a layer is a shipped scenario, not an option that may be laid upon any."""
    return layer.folder is not None and layer.folder == scenarios_folder()


def scenarios_folder() -> Path:
    """The folder of the shipped scenarios: inside an installed package, beside the package in a source tree."""
    installed = PACKAGE / "scenarios"
    return installed if installed.is_dir() else PACKAGE.parent / "scenarios"


def shipped(fragments: bool = False) -> tuple[str, ...]:
    """Names of the shipped scenarios, or of the shipped fragments."""
    folder = scenarios_folder() / "fragments" if fragments else scenarios_folder()
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def countries() -> dict[str, Path]:
    """The files of the shipped schemes of other countries by name; each lies in a folder of its own with its tables."""
    folders = (path for path in (scenarios_folder() / "countries").glob("*") if path.is_dir())
    return {path.name: path / f"{path.name}.toml" for path in sorted(folders)}


def label_of(path: Path, home: Path | None = None, elsewhere: str | None = None) -> str:
    """How messages call a file: shipped files by their folder, others from `home`, the current folder, where inside it."""
    path = path.absolute()
    for top, prefix in ((scenarios_folder(), "scenarios/"), (PACKAGE, "simsurance/"), (home or Path.cwd(), "")):
        try:
            return prefix + path.relative_to(top).as_posix()
        except ValueError:
            continue
    return elsewhere or path.as_posix()


RENAMED: Final[dict[str, str]] = {"wages_behind_income": "wages_follow_income"}
"""Old name of a shipped scenario or fragment -> its name now; who still uses the old one is told so."""


def find(name: str | Path, folder: Path | None = None, fragments: bool = False) -> Path | str:
    """The file meant by a shipped name or a path (from `folder` where relative), or what is wrong with the name."""
    kind = "fragment" if fragments else "scenario"
    text = str(name)
    if not text.strip() or "\0" in text:
        return f"no {kind} is named; give a shipped name or the path of a .toml file"
    if isinstance(name, Path) or any(sign in text for sign in "/\\."):
        path = Path(text) if folder is None else folder / text
        return path if path.suffix == ".toml" else f"a {kind} file is TOML; give a path that ends in .toml"
    if text in (names := shipped(fragments)):
        return (scenarios_folder() / "fragments" if fragments else scenarios_folder()) / f"{text}.toml"
    if not fragments and text in countries():
        return countries()[text]
    if text in shipped(fragments=not fragments):
        return _of_the_other_kind(text, fragments, folder)
    if text in RENAMED:
        return f"renamed to {RENAMED[text]}; write that name"
    listed = "`simsurance levers` lists them" if fragments else "shipped are " + ", ".join(names)
    return f"no shipped {kind} has this name; {nearest(text, names) or listed}"


def _of_the_other_kind(name: str, fragments: bool, folder: Path | None) -> str:
    """What is wrong with a fragment named as a scenario, or the other way round, and where its name belongs."""
    if fragments:
        instead = "name it as the scenario itself" if folder is None else f'write extends = "{name}"'
        return f"a scenario, not a fragment; {instead}"
    where = f"--with {name}" if folder is None else f'extends = "baseline" and with = ["{name}"]'
    return f"a fragment; lay it on a scenario with {where}"


def read(path: Path) -> Layer | Fault:
    """One file as it stands, or the fault that keeps it from being read."""
    label = label_of(path)
    try:
        if path.is_dir():
            return Fault(label, "", "this is a folder; give a .toml file")
        if not path.exists():
            return Fault(label, "", f"no such file; {nearest(path.stem, shipped()) or 'check the path'}")
        if not path.is_file():
            return Fault(label, "", "not a regular file; give a .toml file")
        if path.stat().st_size > LARGEST_FILE:
            return Fault(label, "", f"larger than {LARGEST_FILE >> 20} MiB; put tables into CSV files")
        content = path.read_bytes()
    except OSError as error:
        return Fault(label, "", f"cannot be read ({error.strerror or error}); check its name and permissions")
    return parse(content, label, path.absolute().parent)


def known_fragment(name: str | Path) -> Layer:
    """A fragment that can be read, as it stands in its file."""
    path = find(name, fragments=True)
    layer = read(path) if isinstance(path, Path) else path
    assert isinstance(layer, Layer), layer
    return layer


@lru_cache(maxsize=128)
def parse(content: bytes, label: str, folder: Path | None) -> Layer | Fault:
    """TOML text as a layer; a byte order mark is passed over. The same text is read once, and nobody changes a layer."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return Fault(f"{label}:{line}", "", "not UTF-8 text; save the file with the encoding UTF-8", line)
    if _LONG_KEY.search(text):
        return Fault(label, "", f"a key of more than {DEEPEST_NESTING} parts; tables here are at most five deep")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _syntax_fault(str(error), label, text)
    except (ValueError, RecursionError):
        return Fault(label, "", "a number too long or tables too deep to be read; shorten it")
    if not data:
        return Fault(label, "", 'the file is empty; begin with extends = "baseline" and the keys that differ')
    if _depth(data) > DEEPEST_NESTING:
        return Fault(label, "", f"tables nested deeper than {DEEPEST_NESTING}; tables here are at most five deep")
    return Layer(label, data, folder, key_lines(text), hashlib.sha256(content).hexdigest())


_LONG_KEY: Final = re.compile(rf"""(?:\.[ \t]*(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*){{{DEEPEST_NESTING}}}""")

_SYNTAX: Final = {
    "Cannot overwrite a value": "the key is given twice; keep one",
    "Duplicate inline table key": "the key is given twice; keep one",
    "Cannot mutate immutable": "the key is given twice; keep one",
    "Cannot declare": "the table is given twice; put its keys together",
    "Invalid value": 'not a value; give a number such as 400 or 0.05, text in "quotes", true or false',
    "Expected newline or end of document": "something follows the value; one value a line, without unit, % or commas",
    "Unclosed inline table": "the table is not closed; end it with } and put commas between its keys",
    "Unclosed array": "the list is not closed; end it with ] and put commas between its values",
    "Expected '=' after a key": "no = after the key; write key = value",
    "Expected ']' at the end of a table": "the name of the table is not closed; write [table]",
    "Invalid statement": "neither a key nor a table; write key = value or [table]",
    "Invalid initial character for a key": "no key here; a key is made of letters, digits, _ and -",
    "Unterminated string": "the text is not closed; end it with a quotation mark",
    "Illegal character": "a character that text may not hold; a line of text ends with its quotation mark",
    "Unescaped '\\'": "a lone backslash; write paths with / or text in 'single quotes'",
}


def _syntax_fault(message: str, label: str, text: str) -> Fault:
    """A TOML syntax error with its line and column, in our words where the case is known."""
    lines = text.split("\n")
    line, column = len(lines), len(lines[-1]) + 1
    if place := re.search(r" \(at line (\d+), column (\d+)\)", message):
        line, column = int(place[1]), int(place[2])
    told = re.sub(r" \(at .*?\)$", "", message)
    known = (ours for theirs, ours in _SYNTAX.items() if told.startswith(theirs))
    words = next(known, f"not TOML ({told}); correct it")
    return Fault(f"{label}:{line}:{column}", "", words, line)


def _depth(value: object) -> int:
    """How deep tables and lists are nested, without recursion."""
    deepest, level = 0, [value]
    while level and deepest <= DEEPEST_NESTING:
        deepest += 1
        level = [
            item
            for holder in level
            if isinstance(holder, dict | list)
            for item in (holder.values() if isinstance(holder, dict) else holder)
        ]
    return deepest


def key_lines(text: str) -> dict[str, int]:
    """Line of every table header and of every key that begins a line, by dotted path; only to put faults in order."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            table = _bare(header[1]) + "."
            lines.setdefault(table[:-1], number)
        elif key := re.match(r"\s*([\w\-.\"' ]+?)\s*=", line):
            lines.setdefault(table + _bare(key[1]), number)
    return lines


def _bare(key: str) -> str:
    """A dotted key without quotation marks and blanks."""
    return re.sub(r"[\"'\s]", "", key)
