"""Titles are measured: none leaves its sheet, in no script; characters come from a font that has them, or are named."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager
from matplotlib.text import Text

from simsurance import compare, load, run
from simsurance.cli import main
from simsurance.output.charts import canvas, comparison, draw, lettering, sheets
from simsurance.output.labels import chart_names
from simsurance.scenario_file.loader import Scenario

TITLES = {
    "wide": "W" * 120,
    "narrow": "i" * 120,
    "Chinese": "医疗保障基金长期精算平衡参保激励约束机制情景分析" * 3,
    "mixed": "居民医保 resident scheme：WWWW 2026—2060年 long-run balance 长期精算平衡 " * 3,
    "words": "A scenario with a title that does not end " * 4,
    "no font has it": "A title with \U00013000 in it",
}
HIEROGLYPH = "\U00013000"


def titled(title: str) -> Scenario:
    """A short baseline of that title."""
    return load("baseline").replace({"title": title[:200], "title_zh": title[:200], "horizon.last_year": 2031})


def leaving(figure: canvas.ChartFigure) -> list[str]:
    """The texts of a figure that stand in part outside its sheet."""
    figure.draw_without_rendering()
    sheet = figure.bbox.padded(0.5)
    texts: list[Text] = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    boxes = [(each.get_text(), each.get_window_extent()) for each in texts]
    return [
        text for text, box in boxes if box.x0 < sheet.x0 or box.x1 > sheet.x1 or box.y0 < sheet.y0 or box.y1 > sheet.y1
    ]


@pytest.mark.long
@pytest.mark.parametrize("kind", TITLES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_title_leaves_a_chart(kind: str, lang: str) -> None:
    results = run(titled(TITLES[kind])).shown
    for name in chart_names(results.scenario):
        assert leaving(draw(name, results, lang).figure) == [], name


@pytest.mark.long
@pytest.mark.parametrize("kind", TITLES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_title_leaves_a_comparison_or_meets_what_stands_below(kind: str, lang: str) -> None:
    both = compare(titled(TITLES[kind]), titled("Other").replace({"fund.opening": 5e11}), titled(TITLES[kind])).shown
    for name in comparison.charts_of(both):
        figure = comparison.draw(name, both, lang).figure
        assert leaving(figure) == [], name
        title, axis = (each.get_window_extent() for each in figure.texts[:2])
        assert title.y0 >= axis.y1, name


@pytest.mark.parametrize("text", TITLES.values())
def test_a_width_is_that_of_the_drawing(text: str) -> None:
    with canvas.style():
        figure = canvas.sheet("", "", [])
        line = lettering.drawable(text[:30])
        drawn = figure.text(0, 0, line, fontsize=8.5).get_window_extent().width / figure.dpi * 72
    assert lettering.width(line, 8.5) == pytest.approx(drawn, rel=0.02)


def test_an_amount_stays_on_one_line() -> None:
    text = "Employee pooled fund, end of 2032: 80 % of draws from CNY 5.58 trillion to −CNY 7.44 trillion"
    for room in range(120, 700, 7):
        told = "|".join(lettering.broken(text, room, 12))
        assert "CNY 5.58 trillion" in told
        assert "−CNY 7.44 trillion" in told
    for room in range(80, 400, 7):
        told = "|".join(lettering.broken("职工医保统筹基金：80%的随机模拟介于5.58万亿元与−1,496亿元之间", room, 12))
        assert "5.58万亿元" in told
        assert "−1,496亿元" in told


def test_wide_letters_leave_room_for_fewer_and_narrow_ones_for_more() -> None:
    wide, narrow, chinese = (canvas.wrapped(each * 120).split("\n") for each in ("W", "i", "医"))
    assert [len(lines[0]) for lines in (wide, narrow, chinese)] == [11, 35, 10]
    assert all("".join(lines) == each * 120 for lines, each in ((wide, "W"), (narrow, "i"), (chinese, "医")))


def test_a_title_is_made_smaller_then_broken_then_cut() -> None:
    told = [lettering.fitted("W" * count, sheets.WIDTH, sheets.TITLE_SIZES) for count in (20, 45, 80, 120, 500)]
    assert [(len(lines), size) for lines, size in told] == [(1, 12.0), (2, 11.0), (2, 11.0), (3, 8.0), (3, 8.0)]
    assert [lines[-1].endswith("…") for lines, _ in told] == [False, False, False, False, True]


@pytest.mark.long
def test_a_character_that_no_font_has_is_a_box_and_named_in_one_line(tmp_path: Path) -> None:
    assert lettering.undrawn([f"a元{HIEROGLYPH}\n\u200d", HIEROGLYPH]) == [HIEROGLYPH]
    with canvas.style():
        assert lettering.drawable(f"a{HIEROGLYPH}\u200db") == "a□b"
    title = f'title="Old {HIEROGLYPH}"'
    arguments = [
        "run",
        "baseline",
        "--no-range",
        "--set",
        title,
        "--set",
        "horizon.last_year=2028",
        "--out",
        str(tmp_path),
    ]
    done = CliRunner().invoke(main, arguments)
    named = f"charts: no font here has {HIEROGLYPH} (U+13000); □ stands for it"
    assert (done.exit_code, [line for line in done.stderr.splitlines() if "font" in line]) == (0, [named])
    assert "font" not in CliRunner().invoke(main, [*arguments, "--no-charts"]).stderr


@pytest.fixture
def system_font(tmp_path: Path) -> Iterator[str]:
    """A font of the system that has the character; its family."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 700))
    pen.lineTo((500, 0))
    pen.closePath()
    glyph, family = pen.glyph(), "Simsurance Test Hieroglyphs"
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "man"])
    font.setupCharacterMap({ord(HIEROGLYPH): "man"})
    font.setupGlyf({".notdef": glyph, "man": glyph})
    font.setupHorizontalMetrics({".notdef": (600, 0), "man": (600, 0)})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    font.setupOS2(usWeightClass=400)
    font.setupPost()
    font.save(tmp_path / "man.ttf")
    font_manager.fontManager.addfont(tmp_path / "man.ttf")
    known = (lettering._others, lettering._font_of, lettering._advance_in)
    for each in known:
        each.cache_clear()
    yield family
    font_manager.fontManager.ttflist = [each for each in font_manager.fontManager.ttflist if each.name != family]
    for each in known:
        each.cache_clear()


def test_a_font_of_the_system_draws_what_the_charts_own_lacks(system_font: str) -> None:
    assert lettering.undrawn([HIEROGLYPH]) == []
    assert lettering.width(HIEROGLYPH, 10) == pytest.approx(6, rel=0.05)
    results = run(titled(f"Old {HIEROGLYPH}")).shown
    chart = draw("fund_balance", results)
    (footer,) = [each for each in chart.figure.texts if HIEROGLYPH in each.get_text()]
    assert footer.get_fontfamily() == ["Simsurance Sans SC", "DejaVu Sans", system_font]
    chart.figure.savefig(io.BytesIO(), format="png")  # a warning of a missing glyph is an error here
