"""What is tried with the oldest versions is what pyproject.toml promises."""

import re
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PYTHON = "Programming Language :: Python :: "
NOT_FOR_USERS = {"dev", "docs"}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def bounds(requirements: list[str], operator: str) -> dict[str, Version]:
    """The one version that each requirement names after the operator; it may say no more than that."""
    found: dict[str, Version] = {}
    for text in requirements:
        requirement = Requirement(text)
        (specifier,) = requirement.specifier
        assert specifier.operator == operator, text
        version = Version(specifier.version)
        assert found.setdefault(requirement.name, version) == version, text
    return found


def test_the_oldest_versions_that_are_tried_are_the_lower_bounds_of_what_a_user_installs() -> None:
    extras = project()["optional-dependencies"]
    assert extras.keys() >= NOT_FOR_USERS
    for_users = [line for name, lines in extras.items() if name not in NOT_FOR_USERS for line in lines]
    listed = (ROOT / ".ci" / "oldest.txt").read_text(encoding="utf-8").splitlines()
    assert bounds(listed, "==") == bounds([*project()["dependencies"], *for_users], ">=")


def test_the_pythons_that_are_promised_are_those_the_public_checks_run() -> None:
    promised = {line.removeprefix(PYTHON) for line in project()["classifiers"] if line.startswith(PYTHON)}
    workflow = (ROOT / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8")
    assert promised == set(re.findall(r'python-version: "([^"]*)"', workflow))
    assert min(promised, key=Version) == project()["requires-python"].removeprefix(">=")
