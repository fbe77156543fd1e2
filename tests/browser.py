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

STEP_OVER_PICTURE = """pairs => {
    const time = act => {
        const begun = performance.now();
        for (let turn = 0; turn < 10; turn++) {
            act();
            document.getElementById("chart").getBBox();
            document.body.offsetHeight;
        }
        return performance.now() - begun;
    };
    const middle = list => list.sort((one, other) => one - other)[list.length >> 1];
    const steps = [], pictures = [];
    for (let pair = 0; pair < pairs; pair++) {
        steps.push(time(() => meeting.step()));
        pictures.push(time(() => meeting.draw()));
    }
    return middle(steps) / middle(pictures);
}"""
"""On a meeting page: the time of a slider's step over that of drawing the same picture, medians of pairs, layout included."""


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
