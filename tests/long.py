"""What takes longer than a change should wait for, run by a command of its own whose stored result is checked.

    python -m tests.long            the tests marked `long` and 2,000 damaged files; stores that all passed, and on which files
    python -m tests.long --check    whether the stored result is of the files that are here

`pytest --long` runs the marked tests alone and stores nothing; `pytest` leaves them out.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from tests.docs_blocks import BLOCK, PAGES, README

ROOT = Path(__file__).parents[1]
STORED = ROOT / "tests" / "long.json"
FOLDERS = ("simsurance", "scenarios", "tests")


class Passed:
    """Counts the tests that passed, of all workers."""

    count = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.count += report.when == "call" and report.passed


def digest() -> str:
    """Of everything that these tests read: the package, its scenarios, the tests, and the outputs that pages show."""
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*") if file.is_file()]
    read = {
        file.relative_to(ROOT).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in files
        if "__pycache__" not in file.parts and file != STORED
    }
    shown = [block[0] for page in (*PAGES, README) for block in BLOCK.finditer(page.read_text(encoding="utf-8"))]
    return sha256(json.dumps([sorted(read.items()), shown]).encode()).hexdigest()


def run() -> dict[str, object]:
    """Run all of it; what is to be stored."""
    os.environ["CI"] = "true"  # a missing program is a failure, no skip
    begun, of, passed = time.monotonic(), digest(), Passed()
    if pytest.main(["-n", "2", "--long", str(ROOT / "tests")], plugins=[passed]) != pytest.ExitCode.OK:
        sys.exit("a long test failed; nothing is stored")
    if subprocess.run([sys.executable, "-m", "tests.fuzz"], cwd=ROOT, check=False).returncode:
        sys.exit("a damaged file was not refused as it should be; nothing is stored")
    if digest() != of:
        sys.exit("files changed while the tests ran; nothing is stored")
    return {
        "files": of,
        "passed": passed.count,
        "seconds": round(time.monotonic() - begun),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true")
    if not options.parse_args().check:
        STORED.write_text(json.dumps(run(), indent=1) + "\n", encoding="utf-8")
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    if stored["files"] != digest():
        sys.exit(f"{STORED.relative_to(ROOT)} is of other files than those here: python -m tests.long")
    print(f"{stored['passed']} long tests passed on these files, in {stored['seconds']} s")  # noqa: T201


if __name__ == "__main__":
    main()
