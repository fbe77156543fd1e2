"""Programs of an office for tests: LibreOffice recalculates workbooks; where it is missing a test is skipped, in CI failed."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

PATIENCE = 120
"""Seconds for a workbook."""


def missing(tool: str) -> NoReturn:
    """Skip the test with its reason; in CI, where every tool has to be, fail it."""
    told = f"{tool} is missing: bash .ci/system-packages installs it"
    if os.environ.get("CI", "") not in ("", "false"):
        pytest.fail(told)
    pytest.skip(told)


def resaved(book: Path, into: Path) -> Path:
    """A workbook as LibreOffice opens and saves it, each formula computed anew where it has no value."""
    program = shutil.which("soffice") or missing("LibreOffice Calc")
    profile = into / "profile"
    asked = ["--headless", "--convert-to", "xlsx", "--outdir", str(into), str(book)]
    command = [program, f"-env:UserInstallation={profile.resolve().as_uri()}", *asked]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    shutil.rmtree(profile, ignore_errors=True)
    return into / book.name
