"""A browser without a window for tests of pages: the Chromium of the system, driven by Playwright, which downloads nothing.

Where one of them is missing a test is skipped with its reason; in CI that is a failure.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def missing(reason: str) -> None:
    """Skip a test for want of a tool, or fail in CI."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser that reaches no network."""
    executable = next((found for name in NAMES if (found := shutil.which(name))), None)
    if executable is None:
        missing("there is no Chromium here: .ci/system-packages installs it")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("there is no Playwright here: pip install playwright")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
