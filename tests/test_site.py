"""The documentation site: built strictly, complete, loads nothing from elsewhere, and is searched in both languages."""

import functools
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest
from browser import chromium

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))
needs_mkdocs = pytest.mark.skipif(find_spec("material") is None, reason="the extra `docs` is not installed")


def test_every_page_stands_in_the_navigation_once() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    assert sorted(re.findall(r"[\w/.-]+\.md", navigation)) == PAGES


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("zh/")])
def test_a_chinese_page_has_its_english_one(page: str) -> None:
    assert page.removeprefix("zh/") in PAGES


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_to_files_of_the_site(page: str) -> None:
    text = re.sub(r"```.*?```", "", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)", text)
    files = {each: (DOCS / page).parent.joinpath(each).resolve() for each in targets if "://" not in each}
    assert [each for each, file in files.items() if not (file.is_file() and file.is_relative_to(DOCS))] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


@needs_mkdocs
def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > len(PAGES)
    for page in pages:
        loaded = re.findall(
            r"<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=\"?([^\" >]+)", page.read_text(encoding="utf-8")
        )
        assert loaded
        assert [each for each in loaded if "//" in each] == [], page


@needs_mkdocs
@pytest.mark.parametrize(("word", "page"), [("耗尽年份", "zh/"), ("depletion", "")])
def test_a_word_is_found_in_either_language_without_a_network(site: Path, word: str, page: str) -> None:
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(site))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        with chromium() as browser:
            tab, elsewhere = browser.new_page(viewport={"width": 1400, "height": 900}), []
            tab.on(
                "request",
                lambda request: None if request.url.startswith((home, "data:")) else elsewhere.append(request.url),
            )
            tab.goto(f"{home}{page}index.html")
            tab.click("input.md-search__input")
            tab.keyboard.type(word, delay=30)
            tab.keyboard.press(
                "End"
            )  # Chinese comes without keys going up, which the search waits for once it is ready
            tab.wait_for_selector(".md-search-result__item a", timeout=60_000)
            assert word in tab.inner_text(".md-search-result__list").lower().replace("\u200b", "")
            assert elsewhere == []
        server.shutdown()
