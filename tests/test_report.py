"""Reports: what stands in them is what the tables say, they need nothing beside them, the same results give the same bytes."""

import io
import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.evidence.clauses import clauses
from simsurance.language import words
from simsurance.output import office
from simsurance.output.choice_words import choice_facts
from simsurance.output.labels import chart_names
from simsurance.output.report.assumptions import all_assumptions, cited_sources
from simsurance.output.report.clauses import of_the_law
from simsurance.output.report.content import Content
from simsurance.output.report.page import page
from simsurance.output.report.parts import Bullets, Heading, Table, spans, words_of
from simsurance.output.report.slides import slides
from simsurance.output.report.word import TABLE_PLACES, TABLE_WIDTH, document, places, widths
from simsurance.output.saved import SavedRun, saved
from simsurance.output.tiers_words import tier_facts
from simsurance.results import simulate
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.register import sources

SHORT = ("--set", "horizon.last_year=2040")
EVIL = '<script>alert("&")</script> =1+1'


def asked(*arguments: str) -> Any:
    return CliRunner().invoke(main, arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs on disk: the baseline with its range, two others without, one of them with a title that is more than text."""
    place = tmp_path_factory.mktemp("runs")
    told = asked("run", "baseline", *SHORT, "--out", str(place), "--tables", "fund", "--formats", "png,svg")
    assert told.exit_code == 0, told.output
    evil = place / "evil.toml"
    evil.write_text(f'extends = "high_cost"\ntitle = {json.dumps(EVIL)}\ntitle_zh = {json.dumps(EVIL)}\n')
    for name in ("frozen_contribution", str(evil)):
        told = asked("run", name, *SHORT, "--no-range", "--no-charts", "--out", str(place))
        assert told.exit_code == 0, told.output
    return place


@pytest.fixture(scope="module")
def base(folder: Path) -> SavedRun:
    return saved(folder / "baseline")


@pytest.fixture(scope="module")
def several(folder: Path) -> list[SavedRun]:
    return [saved(folder / name) for name in ("baseline", "frozen_contribution", "evil")]


class Page(HTMLParser):
    """What a page has: tags with what they say of themselves, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [told for name, told in self.tags if name == tag]


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_tells_what_the_tables_say_with_its_range(base, lang):
    found = Page(page(Content([base], lang).report()))
    years = {fund: base.measures["value"][name] for fund, name in (("resident", "depletion_year"),)}
    assert str(int(years["resident"])) in found.text
    earliest, latest = base.ranges.funds["resident"].ends
    assert str(earliest) in found.text
    assert latest is None or str(latest) in found.text
    account = base.account
    for year in (base.years[0], base.years[-1]):
        shown = account["closing"][year - base.years[0]] / (1e9 if lang == "en" else 1e8)
        assert f"{shown:,.1f}".replace("-", "−") in found.text
    assert found.of("html")[0]["lang"] == {"en": "en", "zh": "zh-CN"}[lang]


@pytest.mark.long
def test_the_range_of_accepted_draws_stands_beside_the_date(tmp_path):
    told = asked("run", "baseline", "--no-range", "--no-charts", "--out", str(tmp_path))
    assert told.exit_code == 0
    found = words_of(str(Content([saved(tmp_path / "baseline")], "en").report().section("headline")))
    assert "80 % of draws: " in found


@pytest.mark.long
def test_a_date_without_any_range_says_so(several):
    found = Content(several[1:2], "en").report().section("headline")
    assert "central path: no range was computed" in str(found)


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_needs_nothing_beside_it_and_can_be_read_aloud(base, several, lang):
    for runs in ([base], several):
        text = page(Content(runs, lang).report())
        found = Page(text)
        assert not re.search(r"""(?:src|href|action)\s*=\s*["'](?!data:|#)""", text)
        assert not re.search(r"url\(|@import|fetch\(|XMLHttp", text)
        images = found.of("img")
        assert len(images) >= len(runs)
        assert all(image["src"].startswith("data:image/svg+xml;base64,") for image in images)
        assert all(len(image["alt"]) > 20 for image in images)
        assert len(found.of("figcaption")) == len(images)
        assert len(found.of("caption")) == len(found.of("table"))
        assert all(head["scope"] in ("col", "row") for head in found.of("th"))
        names = [told["id"] for _, told in found.tags if "id" in told]
        assert len(names) == len(set(names))
        assert {told["href"][1:] for told in found.of("a")} <= set(names)
        assert "prefers-color-scheme: dark" in text
        assert "@media print" in text


def test_every_chart_of_a_run_has_a_sentence_or_its_own_title(base):
    figures = list(Content([base], "en").report().figures)
    assert [figure.name for figure in figures] == list(chart_names(base.scenario))
    assert all(figure.title for figure in figures)
    months = next(figure for figure in figures if figure.name == "reserve_months")
    depleted = int(base.measures["value"]["depletion_year"])
    assert months.title.startswith(f"The resident fund is depleted in {depleted}; income then covers ")
    assert months.note.startswith("single changes: ")
    assert months.svg == (base.path / "charts" / "reserve_months.svg").read_bytes()


@pytest.mark.long
def test_a_title_that_is_more_than_text_stays_text(several):
    report = Content(several, "en").report()
    text = page(report)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(" in text
    assert text.count("<script>") == 1
    file = docx.Document(io.BytesIO(document(report)))
    assert any(EVIL in paragraph.text for paragraph in file.paragraphs)
    deck = pptx.Presentation(io.BytesIO(slides(report)))
    assert EVIL in deck.slides[0].shapes.title.text_frame.text


def test_scenarios_stand_side_by_side_on_one_axis(several):
    report = Content(several, "en").report()
    figures = {figure.name: figure for figure in report.figures}
    assert {"reserve_months", "fund_balance", "fund_balance_difference"} <= set(figures)
    measures = next(block for block in report.section("tables").blocks if isinstance(block, Table))
    assert len(measures.head) == 1 + len(several)
    closing = next(row for row in measures.rows if row[0].text == "closing balance, final year")
    assert [cell.number for cell in closing[1:]] == [run.measures["value"]["closing_last_year"] for run in several]
    glance = next(block for block in report.section("headline").blocks if isinstance(block, Table))
    assert len(glance.rows) == sum(len(run.accounts) for run in several)


def test_assumptions_carry_their_marks(base):
    main_ones, every, cited = (
        block for block in Content([base], "en").report().section("assumptions").blocks if isinstance(block, Table)
    )
    by_name = {row[0].text: row[-1].text for row in main_ones.rows}
    assert by_name["inflation"] == "expert judgement"
    keys = {row[0].text: [cell.text for cell in row] for row in every.rows}
    assert keys["economy.inflation"][3] == "expert judgement"
    assert keys["fund.administration_share"][2] == "share"
    assert len(keys) > 200
    assert every.aside
    ids = {row[0].text for row in cited.rows}
    assert {row[-1].text for row in every.rows if row[-1].text.startswith("S_")} <= ids
    assert all(row[1].text for row in cited.rows)


# ---------------------------------------------------------------- document


def test_the_document_has_headings_captions_and_a_table_of_contents_with_entries(base):
    report = Content([base], "en").report()
    file = docx.Document(io.BytesIO(document(report)))
    by_style: dict[str, list[str]] = {}
    for paragraph in file.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    titles = [f"{number}  {section.title}" for number, section in enumerate(report.sections, start=1)]
    assert by_style["Heading 1"] == titles
    assert by_style["toc 1"] == [f"{title}\t" for title in titles]
    captions = by_style["Caption"]
    figures = list(report.figures)
    shown = [block for s in report.sections for block in s.blocks if isinstance(block, Table) and not block.aside]
    assert [c.partition(":")[0] for c in captions if c.startswith("Figure")] == [
        f"Figure {n}" for n in range(1, len(figures) + 1)
    ]
    assert [c.partition(":")[0] for c in captions if c.startswith("Table")] == [
        f"Table {n}" for n in range(1, len(shown) + 1)
    ]
    assert len(file.tables) == len(shown)
    assert len(file.inline_shapes) == len(figures)
    xml = zipfile.ZipFile(io.BytesIO(document(report))).read("word/document.xml").decode()
    assert xml.count("SEQ Figure") == len(figures)
    assert 'TOC \\o "1-1"' in xml
    assert re.findall(r"PAGEREF (\w+) ", xml) == [f"_{section.name}" for section in report.sections]
    settings = [child.tag.partition("}")[2] for child in file.settings.element]
    assert settings.index("updateFields") < settings.index("compat")
    anchors = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert anchors <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', xml))
    assert len(re.findall(r'descr="[^"]{20,}"', xml)) == len(figures)
    assert xml.count("<w:tblHeader/>") == len(shown)
    cells = [cell.text for cell in file.tables[0].rows[1].cells]
    glance = shown[0]
    assert cells == [cell.text for cell in glance.rows[0]]


@pytest.mark.long
def test_a_template_of_the_office_is_kept(base, tmp_path):
    template = docx.Document()
    template.add_paragraph("Office of the example")
    template.styles["Heading 1"].font.name = "Office Sans"
    template.sections[0].footer.paragraphs[0].text = "Our footer"
    template.save(tmp_path / "ours.docx")
    report = Content([base], "zh").report()
    file = docx.Document(io.BytesIO(document(report, tmp_path / "ours.docx")))
    assert file.paragraphs[0].text == "Office of the example"
    assert file.styles["Heading 1"].font.name == "Office Sans"
    assert file.sections[0].footer.paragraphs[0].text == "Our footer"
    assert any(paragraph.text.startswith("1  ") for paragraph in file.paragraphs)


@pytest.mark.long
def test_years_and_numbers_of_a_table_stand_on_one_line(base):
    report = Content([base], "zh").report()
    tables = [block for block in report.section("tables").blocks if isinstance(block, Table)]
    for table in tables:
        shares = widths(table)
        for column, width in enumerate(shares):
            longest = max(len(row[column].text) for row in table.rows)
            assert width >= (longest + 2) * TABLE_WIDTH / TABLE_PLACES * 0.95, (table.name, column)
    xml = zipfile.ZipFile(io.BytesIO(document(report))).read("word/document.xml").decode()
    assert xml.count("<w:noWrap/>") >= sum(len(table.rows) * 8 for table in tables)


def test_columns_of_a_table_are_as_wide_as_their_longest_word():
    from simsurance.output.report.parts import Cell

    table = Table("t", "c", ["a", "b"], [[Cell("x"), Cell("a longer text of several words")]])
    narrow, wide = widths(table)
    assert narrow < wide
    assert places("基金ab") == 6


# ---------------------------------------------------------------- slides


@pytest.mark.long
def test_slides_have_one_chart_each_under_its_sentence(base):
    report = Content([base], "en").report()
    deck = pptx.Presentation(io.BytesIO(slides(report)))
    figures = list(report.figures)
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles == [report.title, "Funds at a glance", *(f.title for f in figures), report.section("limits").title]
    for slide, figure in zip(list(deck.slides)[2:], figures, strict=False):
        (picture,) = [shape for shape in slide.shapes if shape.shape_type == 13]
        assert figure.title in picture._element.nvPicPr.cNvPr.get("descr")
        assert picture.left >= 0
        assert picture.left + picture.width <= deck.slide_width
        assert picture.top + picture.height <= deck.slide_height
    table = next(shape.table for shape in deck.slides[1].shapes if shape.has_table)
    assert table.cell(1, 0).text_frame.text == "resident fund"


# ---------------------------------------------------------------- files and commands


@pytest.mark.long
def test_the_same_results_give_the_same_bytes(base, folder, tmp_path):
    found = []
    for place in ("one", "two"):
        told = asked("report", str(folder / "baseline"), "--format", "html,docx,pptx", "--out", str(tmp_path / place))
        assert told.exit_code == 0, told.output
        whole = tmp_path / place / "report-baseline"
        found.append({file.name: file.read_bytes() for file in whole.iterdir() if file.name != "manifest.json"})
    assert found[0] == found[1]
    assert set(found[0]) == {"report.html", "report.docx", "report.pptx"}
    for name in ("report.docx", "report.pptx"):
        with zipfile.ZipFile(io.BytesIO(found[0][name])) as parts:
            assert {part.date_time for part in parts.infolist()} == {office.FIXED_TIME}


@pytest.mark.long
def test_a_fresh_run_gives_the_report_of_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked("run", "baseline", "--set", "horizon.last_year=2030", "--set", "employee.projected=false")
    Path("short.toml").write_text('extends = "baseline"\n[horizon]\nlast_year = 2030\n[employee]\nprojected = false\n')
    fresh = ss.report(
        load("baseline", settings=["horizon.last_year=2030", "employee.projected=false"]), "fresh", ["html"]
    )
    of_folder = ss.report("out/baseline", "of_folder", ["html"])
    assert fresh[0].read_bytes() == of_folder[0].read_bytes()
    assert sorted(path.name for path in Path("fresh").iterdir()) == ["manifest.json", "report.html"]


def test_workbooks_of_results_on_disk_are_those_results(folder, tmp_path):
    told = asked("report", str(folder / "evil"), "--format", "xlsx", "--lang", "zh", "--out", str(tmp_path), "--json")
    assert told.exit_code == 0, told.output
    told = json.loads(told.stdout)
    assert told["files"] == ["evil.xlsx"]
    assert told["runs"][0]["scenario"] == "evil"
    assert (tmp_path / "report-evil" / "evil.xlsx").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("report", "baseline", "--format", "pdf"), 2, "--format: 'pdf' is none of the formats; all, or some of html"),
        (("report", "baseline", "--template", "x.docx"), 2, "--template: is for docx; --format docx"),
        (("report", "baseline", "--format", "docx", "--template", "none.docx"), 3, "none.docx: there is no such file"),
        (("report", "baseline", "--format", "docx", "--template", "bad.docx"), 3, "bad.docx: is no Word document"),
        (("report", "old"), 6, "old: was written by another build, 0.0.1, this is "),
        (("report", "changed"), 6, "changed/fund.csv: has been changed since it was written"),
        (("report", "foreign"), 3, "foreign: is no folder of simsurance run; give OUT/<scenario>"),
        (("report", "old", "--set", "fund.administration_share=0.1"), 2, "old holds results as they are"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(folder, tmp_path, monkeypatch, arguments, code, words):
    import shutil

    from simsurance.output.folder import sealed

    monkeypatch.chdir(tmp_path)
    Path("bad.docx").write_text("no zip")
    Path("foreign").mkdir()
    for name in ("old", "changed"):
        shutil.copytree(folder / "frozen_contribution", name)
    told = json.loads(Path("old/manifest.json").read_text()) | {"version": "0.0.1", "seal": ""}
    Path("old/manifest.json").write_text(sealed(json.dumps(told, ensure_ascii=False, indent=2) + "\n"))
    with Path("changed/fund.csv").open("a") as table:
        table.write("2061,resident\n")
    found = asked(*arguments, "--set", "horizon.last_year=2027") if "baseline" in arguments else asked(*arguments)
    assert found.exit_code == code, found.output
    assert words in found.stderr
    assert "Traceback" not in found.stderr
    assert not Path("out").exists() or not list(Path("out").iterdir())


def test_a_missing_library_is_one_line_before_anything_is_computed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(office, "find_spec", lambda name: None)
    for kind, library in (("docx", "python-docx"), ("pptx", "python-pptx"), ("xlsx", "XlsxWriter")):
        found = asked("report", "baseline", "--format", kind)
        assert found.exit_code == 6
        assert found.stderr == f"{library} is missing; python -m pip install 'simsurance[report]'\n"
    assert not Path("out").exists()


@pytest.mark.long
def test_in_python_a_report_takes_results_names_and_folders(folder, tmp_path):
    with pytest.raises(SimsuranceError, match="report: no scenario; at least one"):
        ss.report([], tmp_path / "none")
    results = ss.run("baseline", **{"horizon.last_year": 2027, "employee.projected": False})
    files = ss.report([results, folder / "frozen_contribution"], tmp_path / "both", ["html"], lang="zh")
    assert [file.name for file in files] == ["report.html"]
    assert "个人缴费标准冻结" in files[0].read_text(encoding="utf-8")


def test_looks_of_markdown_become_looks():
    assert spans(r"**bold** and `code` and 1\*2") == [
        ("bold", "bold"),
        (" and ", ""),
        ("code", "code"),
        (" and 1*2", ""),
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_clause_of_the_law_stands_in_the_report_with_what_cannot_be_said(base, lang):
    blocks = Content([base], lang).report().section("clauses").blocks
    rows = [row for table in blocks if isinstance(table, Table) for row in table.rows]
    assert len(rows) == len(clauses())
    for row, clause in zip(rows, clauses(), strict=True):
        assert row[0].text.startswith(clause.wording[lang])
        assert row[-1].text == clause.cannot[lang]
    korea = load(scenarios_folder() / "countries" / "korea" / "korea.toml")
    assert not of_the_law(korea)


def test_the_nations_sources_and_ranges_stand_at_no_figure_of_a_scheme_of_its_own():
    korea = load(scenarios_folder() / "countries" / "korea" / "korea.toml")
    rows = {row[0].text: [cell.text for cell in row] for row in all_assumptions(korea, "en").rows}
    assert rows["fund.opening"][-2:] == ["", "evidence/scheme.csv"]
    assert not cited_sources(korea, "en").rows
    assert cited_sources(load("baseline"), "en").rows


# ---------------------------------------------------------------- rules, pins, own figures


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run under an adjustment that acts at once, with a rule on care and a pinned total."""
    place = tmp_path_factory.mktemp("ruled")
    pin = 'pins.paid={total = "subsidies", values = {2027 = 7.6e11}, mode = "fixed", source = "the budget", mark = "judgement"}'
    settings = (
        "horizon.last_year=2029",
        "timely_adjustment.months_below=10",
        "timely_adjustment.recovery_months=40",
        pin,
    )
    options = [part for setting in settings for part in ("--set", setting)]
    rules = (
        "--with",
        "timely_adjustment,tiered_care,social_impact_bonds",
        "--no-range",
        "--no-charts",
        "--tables",
        "fund",
    )
    told = asked("run", "baseline", *options, *rules, "--out", str(place))
    assert told.exit_code == 0, told.output
    return saved(next(place.iterdir()))


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_rules_pins_and_the_list_of_an_adjustment_stand_in_the_report(ruled, lang):
    said = words(lang)
    section = Content([ruled], lang).report().section("rules")
    told = "\n".join(item for block in section.blocks if isinstance(block, Bullets) for item in block.items)
    assert said.label("summary.pinned") in told
    assert "`subsidies`" in told
    assert said.label("summary.heading.control") in [
        block.text for block in section.blocks if isinstance(block, Heading)
    ]
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    acted = ruled.table("adjustment")
    years = [str(year) for year, row in acted.iterrows() if row["acted"] or row["fired"]]
    assert years
    assert [row[0].text for row in table.rows] == years
    factor = float(acted.loc[int(years[-1]), "contribution_factor"])
    assert said.number(factor, 3) in [cell.text for cell in table.rows[-1]]
    paged = page(Content([ruled], lang).report())
    assert said.label("report.heading.rules") in paged


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> SavedRun:
    """A run that tells the other tiers, with a choice of cover and a bond."""
    place = tmp_path_factory.mktemp("covered")
    options = ("--with", "supplementary_cover,voluntary_higher_cover,social_impact_bonds", "--no-range", "--no-charts")
    told = asked("run", "baseline", *options, "--set", "horizon.last_year=2031", "--out", str(place))
    assert told.exit_code == 0, told.output
    return saved(next(place.iterdir()))


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_other_tiers_choices_and_bonds_have_a_section_each_with_their_numbers(covered, lang):
    said, report = words(lang), Content([covered], lang).report()
    paged, deck = page(report), pptx.Presentation(io.BytesIO(slides(report)))
    titles = [slide.shapes.title.text for slide in deck.slides]
    for name, file, column, year in (
        ("tiers", "tiers", "over_10_percent", 2031),
        ("choices", "choices", "persons", (2031, "higher_cover")),
        ("bonds", "bonds", "proceeds", 2027),
    ):
        section, own = report.section(name), covered.table(file)
        value = own.loc[year, column] if name != "bonds" else own.xs(year, level="year")[column].max()
        tables = [block for block in section.blocks if isinstance(block, Table)]
        sizes = {"tiers": 100.0, "choices": 1e-4 if lang == "zh" else 1e-6, "bonds": 1e-8 if lang == "zh" else 1e-9}
        shown = said.number(float(value) * sizes[name], 1)
        assert shown in [cell.text for table in tables for row in table.rows for cell in row], name
        assert f'id="{name}"' in paged
        assert section.title in titles
    told = "\n".join(
        item for block in report.section("tiers").blocks if isinstance(block, Bullets) for item in block.items
    )
    assert said.say("summary.tiers_burden", **tier_facts(covered, lang)) in told
    assert sources(lang)["S_JUDGEMENT"] in told
    assert "nan" not in paged.lower().split()
    (groups,) = (
        block for block in report.section("tiers").blocks if getattr(block, "name", "").endswith("own_payment")
    )
    assert len(groups.rows) == len(covered.of_scheme.income_groups)


@pytest.mark.long
def test_a_choice_is_worth_as_much_from_disk_as_in_the_run(covered):
    (run,) = simulate([covered.scenario])
    own, there = choice_facts(run, "en"), choice_facts(covered, "en")
    assert there[0]["value"] == pytest.approx(own[0]["value"], rel=1e-12)
    assert tier_facts(covered, "en")["last_year"] == pytest.approx(tier_facts(run, "en")["last_year"], rel=1e-12)


def test_sections_of_tiers_choices_and_bonds_are_left_out_where_there_are_none(base):
    assert not {"tiers", "choices", "bonds"} & {section.name for section in Content([base], "en").report().sections}


@pytest.mark.long
def test_what_rests_on_own_figures_stands_in_the_report_and_nothing_where_nothing_acts(ruled, base):
    shares = {"own": 0.4, "partly": 0.1, "nation": 0.5}
    rows = [
        {"fund": "resident", "what": what, **shares}
        for what in ("income_level", "outgo_level", "outgo_ages", "persons")
    ]
    manifest = ruled.manifest | {"rests_on": rows, "tables_of_the_nation": ["health.prevalence_table"]}
    section = Content([replace(ruled, manifest=manifest)], "en").report().section("rules")
    told = "\n".join(item for block in section.blocks if isinstance(block, Bullets) for item in block.items)
    assert "40% of contributions and 40% of benefits have a level per head" in told
    assert "`health.prevalence_table`" in told
    assert "rules" not in [section.name for section in Content([base], "en").report().sections]


def test_a_refused_report_leaves_no_folder_behind(folder, tmp_path):
    deep = tmp_path / "new" / "deeper"
    told = asked("report", str(folder), "--out", str(deep))
    assert told.exit_code == 3
    assert "is no folder of simsurance run" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_caption_of_a_balance_stands_without_its_range(base):
    figures = {figure.name: figure.note for figure in Content([base], "en").report().figures}
    assert figures["fund_balance"] == figures["reserve_months"] != ""
    assert figures["employee_fund_balance"] == figures["employee_reserve_months"] != ""


def test_sentences_of_people_are_those_of_their_tables(base):
    titles = {figure.name: figure.title for figure in Content([base], "en").report().figures}
    persons = base.population["persons"].xs(2041, level="date").groupby(level="age").sum()
    age = int((persons.cumsum() >= persons.sum() / 2).idxmax())
    median = age + (persons.sum() / 2 - persons.loc[: age - 1].sum()) / persons.loc[age]
    assert f"older than {median:.0f} in 2041" in titles["pyramids"]
    year = base.ages.xs(2026, level="year").groupby(level="age").sum()
    paid = year[["inpatient_benefits", "outpatient_benefits", "critical_illness"]].sum(axis=1)
    old, young = (paid.loc[age] / year["resident_insured_years"].loc[age] for age in (70, 30))
    assert f"at age 70 are {old / young:.1f} times those at age 30" in titles["cost_by_age"]
