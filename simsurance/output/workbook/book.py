"""The workbook as a file: sheets, styles, yellow cells, native charts, and the values of the run in every cell."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.language import Words, told_in
from simsurance.ledger import FUNDS, Fund
from simsurance.output.labels import (
    choice_title,
    fund_label,
    identity_label,
    in_its_words,
    of_group,
    scenario_title,
    words_of,
)
from simsurance.output.office import FIXED_TIME, required, same_bytes
from simsurance.output.planned import run_id, table_places
from simsurance.output.ranges import told_ranges
from simsurance.output.report.word import places
from simsurance.output.workbook import money, people, seal
from simsurance.output.workbook.assumptions import assumptions
from simsurance.output.workbook.checks import checks
from simsurance.output.workbook.lines import FIRST_COLUMN, OF, Layout, Line, Sheet, letters, sheet_prefix
from simsurance.output.workbook.money import PIN
from simsurance.output.workbook.source import Source, source_of
from simsurance.output.workbook.tiers import TIER, tiers, told_of
from simsurance.scenario_file.keys import key_at
from simsurance.scenario_file.register import register

if TYPE_CHECKING:
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.scenario_file.loader import Scenario

HEAD: Final = 4
"""Rows above the first line: title of the sheet, unit, blank, years."""
STYLES: Final = {
    "percent": "0.00%",
    "share": "0.0000%",
    "ratio": "0.0000",
    "yuan": "#,##0.00",
    "amount": "#,##0.0",
    "total": "#,##0.0",
    "months": "0.0",
    "count": "0",
    "check": "0.000000000",
    "": "General",
}
"""Number formats; all are read alike by Excel, LibreOffice and WPS."""
YELLOW, BLUE, GREY, RULE, HEADING = "#FFF2CC", "#0B3C9B", "#6B6B6B", "#BFBFBF", "#E8EEF4"
WIDTHS: Final = (46, 44, 14, 10, 30)
PRINTED: Final = 55
"""Per cent of its size at which a sheet of lines is printed."""
TITLE_HEIGHT, TITLE_PLACES = 24, 96
"""Points of a line of the title, and the places that it has."""
OF_BONDS: Final = {each.row.name: (fund.name, each.column) for fund in FUNDS for each in fund.of_bonds}
"""Rows of the ledger that bonds make: the fund that books each, and under which name."""
LIMIT: Final = 32_000
"""Characters of a cell, below the most that a spreadsheet takes."""


def workbook(scenario: "Scenario", lang: str) -> bytes:
    """The workbook of a scenario as bytes, the same for the same scenario. Raises SimsuranceError."""
    required("xlsxwriter", "XlsxWriter")
    with told_in(scenario.currency):
        return Book(source_of(scenario), lang).content()


class Book:
    """The sheets of a run in a language, laid out and written."""

    def __init__(self, source: Source, lang: str, ranges: "SingleChanges | None" = None) -> None:
        self.source, self.lang, self.ranges = source, lang, ranges
        self.said: Words = words_of(source.scenario, lang)
        self.font = self.said.label("workbook.font")
        self.unit = float(self.said.entry("workbook.unit"))
        funds = [fund for fund in FUNDS if fund.name in source.run.accounts]
        self.funds: Sequence[Fund] = funds
        self.sheets = [
            assumptions(source, self.unit),
            people.population(source, self.unit),
            people.insured(source, self.unit),
            money.a_head(source),
            money.flows(source, self.unit),
            *(money.account(source, fund, self.unit) for fund in funds),
            *tiers(source, self.unit),
            checks(source),
        ]
        self.titles = {sheet.name: self.title_of(sheet.name) for sheet in self.sheets}
        starts = (min(line.values) for sheet in self.sheets for line in sheet.lines if isinstance(line, Line))
        self.years = range(min(starts), source.years[-1] + 1)
        self.layout = Layout(self.sheets, self.titles, self.years, HEAD)
        self.rows: dict[tuple[str, int], dict[int, object]] = {}

    def title_of(self, sheet: str) -> str:
        """A sheet's name as users see it."""
        fund = next((fund.name for fund in FUNDS if fund.name == sheet), None)
        return self.said.label(f"run.name.{fund}" if fund else f"workbook.sheet.{sheet}")

    def content(self) -> bytes:
        """All sheets as one file."""
        from xlsxwriter import Workbook

        held = io.BytesIO()
        self.file: Any = Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        self.file.set_properties(self._properties())
        self.file.set_calc_mode("auto")
        self.formats: dict[tuple[str, ...], Any] = {}
        cover = self._sheet(self.said.label("workbook.sheet.cover"))
        written = [self._written(sheet) for sheet in self.sheets]
        self._cover(cover)
        for fund in self.funds:
            place = next(i for i, sheet in enumerate(self.sheets) if sheet.name == fund.name)
            self._chart(written[place], fund)
        self._seal()
        self.file.close()
        return same_bytes(held.getvalue())

    def _properties(self) -> Mapping[str, Any]:
        made = datetime(*FIXED_TIME)
        title = scenario_title(self.source.scenario, self.lang)
        return {"title": title, "author": f"simsurance {__version__}", "created": made, "comments": seal.MARKER}

    def _sheet(self, title: str) -> Any:
        sheet = self.file.add_worksheet(title)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_footer(f"&L{self.source.scenario.name} · simsurance {__version__}&C&A&R&P / &N")
        return sheet

    def style(self, kind: str = "", number: str = "", bold: bool = False, **more: Any) -> Any:
        """A format, each once."""
        chosen = (kind, number, str(bold), *map(str, sorted(more.items())))
        if chosen not in self.formats:
            look: dict[str, Any] = {"font_name": self.font, "font_size": 9, "valign": "vcenter", "bold": bold, **more}
            if number:
                look["num_format"] = number
            if kind == "input":
                look |= {"bg_color": YELLOW, "font_color": BLUE, "locked": False}
            elif kind in ("frozen", "note"):
                look["font_color"] = GREY
            elif kind == "heading":
                look |= {"bg_color": HEADING, "bold": True}
            elif kind == "years":
                look |= {"bottom": 1, "bottom_color": RULE, "bold": True}
            self.formats[chosen] = self.file.add_format(look)
        return self.formats[chosen]

    def put(
        self, sheet: Any, row: int, column: int, value: object, look: Any, kind: str = "frozen", formula: str = ""
    ) -> None:
        """One cell, row and column from 0, and what of it the seal knows; yellow cells it does not."""
        value = seal.told(value)
        if value is None:
            sheet.write_blank(row, column, None, look)
            return
        if formula:
            sheet.write_formula(row, column, formula, look, value)
        elif isinstance(value, str):
            quoted = value[:1] in ("=", "+", "-", "@")
            sheet.write_string(row, column, value[:LIMIT], self.style(quote_prefix=True) if quoted else look)
        else:
            sheet.write_number(row, column, value, look)
        if kind != "input":
            self.rows.setdefault((sheet.get_name(), row + 1), {})[column] = formula or value

    # ---------------------------------------------------------------- a sheet of lines

    def _written(self, of: Sheet) -> Any:
        said, title = self.said, self.titles[of.name]
        sheet = self._sheet(title)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_column(FIRST_COLUMN, FIRST_COLUMN + len(self.years) - 1, 12)
        sheet.freeze_panes(HEAD, FIRST_COLUMN)
        sheet.repeat_rows(HEAD - 1)
        sheet.repeat_columns(0)
        sheet.set_print_scale(PRINTED)
        sheet.print_across()
        whose = fund_label(of.name, self.lang) if of.name in {fund.name for fund in self.funds} else title
        self.put(sheet, 0, 0, whose, self.style(bold=True, font_size=13))
        self.put(sheet, 1, 0, said.label("workbook.units"), self.style("note"))
        heads = [said.label(f"workbook.head.{name}") for name in ("line", "key", "unit", "kind", "note")]
        for column, text in enumerate(heads):
            self.put(sheet, HEAD - 1, column, text, self.style("years"))
        for year in self.years:
            self.put(sheet, HEAD - 1, self.layout.column(year), year, self.style("years", "0", align="right"))
        for place, line in enumerate(of.lines, start=HEAD):
            if isinstance(line, Line):
                self._line(sheet, place, line)
            else:
                text = said.label(f"workbook.heading.{line}")
                for column in range(FIRST_COLUMN + len(self.years)):
                    self.put(sheet, place, column, text if not column else None, self.style("heading"))
        if of.name == "checks":
            self._of_run(sheet, HEAD + len(of.lines) + 1)
        return sheet

    def _line(self, sheet: Any, row: int, line: Line) -> None:
        said, kinds = self.said, {line.kind(year) for year in line.values}
        kind = "input" if "input" in kinds else "formula" if "formula" in kinds else "frozen"
        total = line.style in ("total",)
        texts = (
            self.label(line),
            line.key or line.name,
            said.label(f"workbook.unit_of.{line.unit}") if line.unit else "",
            said.label(f"workbook.kind.{kind}"),
            self._note(line, kind),
        )
        for column, text in enumerate(texts):
            look = self.style("note" if column else "", bold=total and not column)
            self.put(sheet, row, column, text or None, look)
        digits = STYLES[line.style] if line.style not in ("amount", "total") or self.unit > 1e5 else "#,##0"
        for year, value in line.values.items():
            of_cell = line.kind(year)
            formula = "" if of_cell == "input" else self.layout.formula(line, year)
            look = self.style(of_cell, digits, bold=total)
            self.put(sheet, row, self.layout.column(year), value, look, of_cell, formula)
        if line.inputs:
            self._validate(sheet, row, line)

    def label(self, line: Line) -> str:
        """What a line is, in words."""
        entries, name = self.said.entries, line.label or line.name
        if OF in name:
            part, _, whose = name.partition(OF)
            if part.startswith("choice."):
                whose = choice_title(self.source.scenario, whose, self.lang)
            return self.said.say(f"workbook.named.{part}", name=whose)
        keys = (f"workbook.line.{name}", f"column.{name}")
        for key in keys:
            if key in entries:
                return self.said.label(key)
        if name in OF_BONDS:
            fund, column = OF_BONDS[name]
            what = self.said.label(f"column.{column}")
            return self.said.say("workbook.of_fund", what=what, fund=self.title_of(fund))
        if name.startswith(TIER):
            what, group = told_of(name, self.source)
            return of_group(self.source.scenario, f"column_of.tiers.{what}", group, self.lang)
        if name.startswith("check_"):
            return self._check_label(name.removeprefix("check_"))
        for ending in ("_of_run", "_elasticity", "_pp", PIN):
            if name.endswith(ending):
                return self.said.say(
                    f"workbook.benefit.{ending[1:]}", what=self.said.label(f"column.{name.removesuffix(ending)}")
                )
        raise KeyError(name)

    def _check_label(self, name: str) -> str:
        for fund in self.funds:
            if name.startswith(f"{fund.name}_"):
                part = name.removeprefix(f"{fund.name}_")
                return self.said.say(f"workbook.check.{part}", fund=self.title_of(fund.name))
        if name.startswith("transfer_"):
            return self.said.say(
                "workbook.check.transfer", row=self.said.label(f"column.{name.removeprefix('transfer_')}")
            )
        return self.said.label(f"workbook.check.{name}")

    def _note(self, line: Line, kind: str) -> str:
        parts = []
        if line.note:
            parts.append(self.said.label(f"workbook.note.{line.note}"))
        entry = register().get(line.key) if line.key else None
        if entry and self.source.scenario.origins.get(line.key, "").endswith("baseline.toml"):
            parts.append(self.said.label(f"mark.{entry.mark}"))
        return self.said.label("list.clauses").join(parts)

    def _validate(self, sheet: Any, row: int, line: Line) -> None:
        """Yellow cells take numbers within the bounds of their key."""
        known = key_at(line.key)
        size = self.unit if line.unit == "yuan_total" else 1.0
        low, high = (
            None if of is None else of / size for of in ((known.lowest, known.highest) if known else (None, None))
        )
        if low is None and high is None:
            return
        rule: dict[str, Any] = {"validate": "decimal", "error_title": line.key[:32]}
        if low is not None and high is not None:
            rule |= {"criteria": "between", "minimum": low, "maximum": high}
        else:
            rule |= {"criteria": ">=" if low is not None else "<=", "value": low if low is not None else high}
        bounds = self.said.say("workbook.bounds", low=low, high=high)
        columns = sorted(self.layout.column(year) for year in line.inputs)
        sheet.data_validation(row, columns[0], row, columns[-1], rule | {"error_message": bounds[:255]})

    def _of_run(self, sheet: Any, row: int) -> None:
        """The identities that the run itself has checked, in every cell of persons and money."""
        self.put(sheet, row, 0, self.said.label("workbook.heading.of_run"), self.style("heading"))
        for place, check in enumerate(self.source.run.checked, start=row + 1):
            self.put(sheet, place, 0, identity_label(check.identity, self.lang), self.style())
            self.put(sheet, place, 2, self.said.label("workbook.unit_of.share"), self.style("note"))
            self.put(sheet, place, 3, self.said.label("workbook.kind.frozen"), self.style("note"))
            self.put(sheet, place, FIRST_COLUMN, check.residual, self.style("frozen", "0.0E+00"))

    # ---------------------------------------------------------------- cover, charts, seal

    def _cover(self, sheet: Any) -> None:
        """What it is, what may be changed, and where every fund stands now."""
        said, source = self.said, self.source
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 6, 24)
        sheet.fit_to_pages(1, 0)
        first, last = source.years[0], source.years[-1]
        facts = {"first": first, "last": last, "name": source.scenario.name, "version": __version__}
        title, wrapped = scenario_title(source.scenario, self.lang), self.style(text_wrap=True)
        looks = (self.style(bold=True, font_size=16, text_wrap=True), self.style("note"), wrapped)
        about = said.say("workbook.cover.what", run=run_id(source.scenario)[:8], **facts)
        texts = (title, about, in_its_words(source.scenario, "description", self.lang))
        heights = (TITLE_HEIGHT * (1 + places(title) // TITLE_PLACES), 15, 44)
        for row, (text, look, height) in enumerate(zip(texts, looks, heights, strict=True)):
            sheet.merge_range(row, 0, row, 6, "", look)
            self.put(sheet, row, 0, text, look)
            sheet.set_row(row, height)
        row = 4
        heads = ("fund", "depletion", "closing", "months", "change")
        for column, name in enumerate(heads):
            look = self.style("years", align="right" if column else "left", text_wrap=True)
            self.put(sheet, row, column, said.say(f"workbook.cover.{name}", last=last), look)
        self.put(sheet, row, len(heads), said.label("workbook.cover.range"), self.style("years", indent=1))
        beside = self.style("note", text_wrap=True, indent=1)
        for fund in self.funds:
            row += 1
            self._standing(sheet, row, fund, last)
            told = told_ranges(source.run, self.ranges, fund.name, self.lang)
            text = said.label("list.clauses").join(told) or said.label("report.central")
            sheet.merge_range(row, len(heads), row, len(heads) + 1, "", beside)
            self.put(sheet, row, len(heads), text, beside)
            sheet.set_row(row, 26)
        row += 2
        self.put(sheet, row, 0, said.label("workbook.cover.checks"), self.style(bold=True))
        rows = [f"check_{name}" for name in self._check_names()]
        title = self.titles["checks"]
        ends = self.layout.places[rows[0]].row, self.layout.places[rows[-1]].row
        span = f"{letters(self.layout.column(first))}{ends[0]}:{letters(self.layout.column(last))}{ends[1]}"
        holds, fails = said.label("workbook.cover.holds"), said.label("workbook.cover.fails")
        formula = f'=IF(SUMPRODUCT(ABS({sheet_prefix(title, "")}{span}))=0,"{holds}","{fails}")'
        self.put(sheet, row, 1, holds, self.style(bold=True), "formula", formula)
        row += 2
        for kind in ("input", "formula", "frozen"):
            self.put(sheet, row, 0, said.label(f"workbook.kind.{kind}"), self.style(kind))
            self.put(sheet, row, 1, said.label(f"workbook.legend.{kind}"), self.style())
            row += 1
        row += 1
        for name in ("behaviour", "exact", "nearly", "scenario", "units"):
            key = "workbook.units" if name == "units" else f"workbook.cover.{name}"
            sheet.merge_range(row, 0, row, 6, "", self.style(text_wrap=True))
            self.put(sheet, row, 0, said.label(key), self.style(text_wrap=True))
            sheet.set_row(row, 30)
            row += 1
        sheet.activate()

    def _check_names(self) -> list[str]:
        of = next(sheet for sheet in self.sheets if sheet.name == "checks")
        return [line.name.removeprefix("check_") for line in of.lines if isinstance(line, Line)]

    def _standing(self, sheet: Any, row: int, fund: Fund, last: int) -> None:
        """One fund on the cover: when it is depleted, what it holds in the last year, all as formulas."""
        said, account = self.said, self.source.run.accounts[fund.name]
        name, title = fund.name, self.titles[fund.name]
        below = self.layout.row(f"{name}__below", "", self.source.years)
        columns = [self.layout.column(year) for year in (self.source.years[0], last)]
        header = f"{sheet_prefix(title, '')}${letters(columns[0])}${HEAD}:${letters(columns[1])}${HEAD}"
        never = said.say("workbook.cover.never", last=last)
        depleted = self.layout.lines[f"{name}__below"].values
        year: float | str = next((each for each in self.source.years if depleted[each]), never)
        look = self.style("formula", "0", align="right")
        self.put(sheet, row, 0, fund_label(name, self.lang), self.style())
        formula = f'=IF(SUM({below})=0,"{never}",INDEX({header},MATCH(1,{below},0)))'
        self.put(sheet, row, 1, year, look, "formula", formula)
        deficit = said.label("workbook.cover.deficit")
        below_zero = {digits: f'{digits};"{deficit}"{digits}' for digits in ("#,##0", "0.0")}
        cells = (("closing", below_zero["#,##0"]), ("months", below_zero["0.0"]), ("change", "#,##0"))
        values = (account["closing"][-1] / self.unit, account["reserve_months"][-1], 0.0)
        for column, ((line, digits), value) in enumerate(zip(cells, values, strict=True), start=2):
            own = self.layout.cell(f"{name}__{line}", last, "")
            self.put(sheet, row, column, value, self.style("formula", digits), "formula", f"={own}")

    def _chart(self, sheet: Any, fund: Fund) -> None:
        """The balance of a fund beside that of the run, below its lines."""
        said, name = self.said, fund.name
        chart = self.file.add_chart({"type": "line"})
        header = self._range(f"{name}__closing", HEAD)
        looks = (("closing", "#0072B2", 2.25), ("of_run", "#6B6B6B", 1.25))
        for line, colour, width in looks:
            place = self.layout.places[f"{name}__{line}"]
            style = {"color": colour, "width": width} | ({"dash_type": "dash"} if line == "of_run" else {})
            chart.add_series(
                {
                    "name": self.label(self.layout.lines[f"{name}__{line}"]),
                    "categories": header,
                    "values": self._range(f"{name}__{line}", place.row),
                    "line": style,
                }
            )
        chart.set_title({"name": fund_label(name, self.lang), "name_font": {"size": 11}, "overlay": False})
        chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#E4E4E4"}}})
        chart.set_x_axis({"interval_unit": 5, "label_position": "low", "interval_tick": 5})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": 320})
        of = next(each for each in self.sheets if each.name == name)
        options = {"description": said.say("workbook.chart", fund=fund_label(name, self.lang))}
        sheet.insert_chart(HEAD + len(of.lines) + 1, 0, chart, options)

    def _range(self, name: str, row: int) -> list[Any]:
        ends = [self.layout.column(year) for year in (self.source.years[0], self.source.years[-1])]
        return [self.layout.places[name].sheet, row - 1, ends[0], row - 1, ends[1]]

    def _seal(self) -> None:
        """The last sheet: which scenario this is, what yellow cells stand for, and the hash of every row."""
        sheet = self._sheet(self.said.label("workbook.sheet.seal"))
        sheet.set_column(0, 3, 24)
        sheet.fit_to_pages(1, 0)
        scenario, places = self.source.scenario, table_places(self.source.scenario)
        table: list[tuple[object, ...]] = [
            (seal.MARKER, self.said.label("workbook.seal")),
            ("scenario", scenario.name, run_id(scenario), "own" if places else ""),
        ]
        for line in self.layout.lines.values():
            if line.inputs:
                place, years = self.layout.places[line.name], sorted(line.inputs)
                spans = ",".join(f"{letters(self.layout.column(year))}={year}" for year in years)
                unit = self.unit if line.unit == "yuan_total" else 1.0
                table.append(("key", place.sheet, place.row, line.key, spans, unit))
        hashes = {where: seal.digest(sorted(cells.items())) for where, cells in self.rows.items()}
        table += [("row", title, row, found) for (title, row), found in hashes.items()]
        table += [("toml", line) for line in scenario.to_toml(places.__getitem__).splitlines() if line]
        for row, cells in enumerate(table):
            for column, value in enumerate(cells):
                look = self.style("note")
                if isinstance(value, int | float):
                    sheet.write_number(row, column, value, look)
                else:
                    sheet.write_string(row, column, str(value), look)
