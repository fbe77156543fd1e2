"""What a report says of saved runs: standing with ranges, charts, tables, assumptions with marks, method, limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, cast

from simsurance import __version__
from simsurance.language import told_in
from simsurance.ledger import ACCOUNTS, POOL, RESIDENT, fund_of
from simsurance.measures import in_frame
from simsurance.output.certainty import JUDGED, RECALLED, counted_marks, unsure, wage_dispersion_is_judgement
from simsurance.output.compare_summary import MEASURES, level
from simsurance.output.implausible import implausible
from simsurance.output.labels import chart_names, fund_label, in_its_words, scenario_title, status_words, unit, words_of
from simsurance.output.measured import measured, outlooks
from simsurance.output.report.assumptions import all_assumptions, cited_sources, main_assumptions
from simsurance.output.report.clauses import clause_tables, of_the_law
from simsurance.output.report.covers import SECTIONS, section_blocks
from simsurance.output.report.parts import Block, Bullets, Cell, Figure, Heading, Paragraph, Report, Section, Table
from simsurance.output.report.pictures import chart_of, rendered
from simsurance.output.report.rules import rules_blocks
from simsurance.output.saved import SavedRun
from simsurance.output.summary import carried, changes, forecast_standard, fund_facts, range_facts
from simsurance.scenario_file.own_register import stale
from simsurance.variables import CONSTANT_PRICES

if TYPE_CHECKING:
    from simsurance.results import RunResult

METHOD: Final = ("cohorts", "enrolment", "money", "cost", "funds", "draws")
YEARLY: Final = ("opening", "income", "outgo", "interest", "closing")
DATED: Final = ("reserve_months", "fund_balance")
"""How the names of charts end that tell a date with a range."""


@dataclass(frozen=True)
class Content:
    """Saved runs, the first the base, and the language in which they are told."""

    runs: Sequence[SavedRun]
    lang: str

    @cached_property
    def said(self) -> Any:
        """The words of the language."""
        return words_of(self.runs[0].scenario, self.lang)

    @property
    def several(self) -> bool:
        """Whether there are other scenarios beside the base."""
        return len(self.runs) > 1

    def report(self) -> Report:
        """Everything in order, in the words of the currency."""
        with told_in(self.runs[0].scenario.currency):
            return self._report()

    def _report(self) -> Report:
        titles = [scenario_title(run.scenario, self.lang) for run in self.runs]
        ids = ", ".join(f"{run.scenario.name} {run.manifest['run_id'][:8]}" for run in self.runs)
        first, last = self.runs[0].years[0], max(run.years[-1] for run in self.runs)
        between = self.said.label("report.between")
        return Report(
            self.lang,
            self.said.say("report.title", titles=titles, between=between),
            self.said.say("report.subtitle", first=first, last=last),
            list(self._sections()),
            self.said.say("report.made", version=__version__, runs=ids),
        )

    def _sections(self) -> Iterator[Section]:
        yield Section("headline", self._label("heading.headline"), list(self._headline()))
        yield Section("charts", self._label("heading.charts"), list(self._charts()))
        yield Section("tables", self._label("heading.tables"), list(self._tables()))
        if rules := list(self._rules()):
            yield Section("rules", self._label("heading.rules"), rules)
        for name in SECTIONS:
            if beside := list(section_blocks(name, self.runs, self.lang)):
                yield Section(name, self._label(f"heading.{name}"), beside)
        yield Section("assumptions", self._label("heading.assumptions"), list(self._assumptions()))
        yield Section(
            "method", self._label("heading.method"), [Bullets([self._label(f"method.{name}") for name in METHOD])]
        )
        if of_the_law(self.runs[0].scenario):
            about = Paragraph(self._label("clauses_about"))
            yield Section("clauses", self._label("heading.clauses"), [about, *clause_tables(self.lang)])
        yield Section("limits", self._label("heading.limits"), list(self._limits()))

    def _label(self, name: str) -> str:
        return str(self.said.label(f"report.{name}"))

    # ---------------------------------------------------------------- headline

    def _headline(self) -> Iterator[Block]:
        if self.several:
            yield self._at_a_glance()
        for run in self.runs:
            if self.several:
                yield Heading(scenario_title(run.scenario, self.lang))
            if text := in_its_words(run.scenario, "description", self.lang):
                yield Paragraph(text)
            yield from self._standing(run)
        if not self.several:
            yield self._at_a_glance()

    def _standing(self, run: SavedRun) -> Iterator[Block]:
        """Each fund in sentences: when it runs out with its range, when it is first short, what it holds."""
        result = cast("RunResult", run)
        for fund in run.accounts:
            facts = fund_facts(result, fund, self.lang) | range_facts(result, fund, run.ranges, self.lang)
            facts["range"] = facts["range"] or self._label("central")
            whose = fund_label(fund, self.lang)
            if fund == ACCOUNTS:
                said = [self.said.say("summary.accounts", **facts)]
            else:
                told = ("depleted" if facts["depletion_year"] else "not_depleted", "balance")
                deficit = "deficit" if facts["first_deficit_year"] else "no_deficit"
                said = [self.said.say(f"summary.{name}", **facts) for name in (told[0], deficit, told[1])]
                if facts["most"]:
                    said.append(self.said.say("summary.most", **facts["most"]))
            yield Paragraph(f"**{self.said.say('report.of_fund', fund=whose)}**")
            yield Bullets(said)
        if unlikely := implausible(result, self.lang):
            yield Paragraph(self.said.label("summary.implausible.heading"))
            yield Bullets(unlikely)

    def _at_a_glance(self) -> Table:
        """One row a fund of a scenario: dates with ranges, cover, balance at constant prices, what would be required."""
        from simsurance.output.card import required_range
        from simsurance.output.ranges import told_ranges

        said, rows = self.said, []
        for run in self.runs:
            result, title = cast("RunResult", run), scenario_title(run.scenario, self.lang)
            for found in outlooks(result):
                years = [
                    Cell(said.label("run.never") if year is None else str(year), float(year or 9999))
                    for year in (found.first_deficit_year, found.depletion_year)
                ]
                told = said.label("list.clauses").join(
                    told_ranges(result, run.ranges, found.fund, self.lang)
                ) or self._label("central")
                months = " → ".join(said.say("run.cover", months=each) for each in found.reserve_months)
                own = fund_label(found.fund, self.lang)
                real = said.say("card.amount", closing=found.real[1])
                rows.append(
                    [
                        Cell(said.say("report.of_scenario", title=title, fund=own) if self.several else own),
                        *years,
                        Cell(told),
                        Cell(months, found.reserve_months[1]),
                        Cell(real, found.real[1]),
                        Cell(required_range(found, result, self.lang)),
                    ]
                )
        names = ("fund", "deficit", "depletion", "range", "months", "real", "required")
        prices = self.runs[0].years[0] - 1
        head = [said.say(f"report.glance.{name}", year=prices, last=self.runs[0].years[-1]) for name in names]
        return Table("glance", self._label("glance.caption"), head, rows)

    # ---------------------------------------------------------------- charts

    def _charts(self) -> Iterator[Block]:
        if self.several:
            yield Paragraph(self._label("beside"))
            yield from self._compared()
            return
        (run,) = self.runs
        for name in chart_names(run.scenario):
            picture, title = chart_of(run, name, self.lang)
            yield Figure(name, title(), self._range(name, run), picture)

    def _range(self, chart: str, run: SavedRun) -> str:
        """The range of the date that a chart tells, for beside it."""
        if not chart.endswith(DATED):
            return ""
        fund = POOL if chart.startswith("employee_") else RESIDENT
        return str(range_facts(cast("RunResult", run), fund, run.ranges, self.lang)["range"])

    def _compared(self) -> Iterator[Figure]:
        """Charts of all scenarios on one axis each; each scenario as it was run, nothing held."""
        from functools import partial

        from simsurance.analysis.compare import Comparison, told_apart
        from simsurance.output.charts.comparison import charts_of, draw

        results = tuple(cast("RunResult", run) for run in self.runs)
        comparison = Comparison(results, told_apart([run.scenario.name for run in self.runs]))
        found = [run.ranges for run in self.runs]
        ranges = [each for each in found if each is not None] if all(found) else None
        for name in charts_of(comparison):
            chart = draw(name, comparison, self.lang, ranges=ranges)
            title, axis = chart.figure.heading
            yield Figure(name, title, axis, partial(rendered, chart))

    # ---------------------------------------------------------------- tables

    def _tables(self) -> Iterator[Block]:
        if self.several:
            yield self._measures()
        for run in self.runs:
            for fund in run.accounts:
                yield self._by_year(run, fund)

    def _by_year(self, run: SavedRun, fund: str) -> Table:
        """A fund by year: from the opening balance to the closing one, months covered, the balance at constant prices."""
        said, account = self.said, run.accounts[fund]
        real = in_frame(account, CONSTANT_PRICES)["closing"]
        shown = unit("yuan", said, [*account["closing"], *account["outgo"]])
        rows = []
        for place, year in enumerate(run.years):
            amounts = [float(account[name][place]) / shown.size for name in YEARLY]
            months, price = float(account["reserve_months"][place]), float(real[place]) / shown.size
            numbers = [*(Cell(said.number(each, 1), each) for each in amounts)]
            numbers += [Cell(said.number(months, 1), months), Cell(said.number(price, 1), price)]
            rows.append([Cell(str(year), float(year)), *numbers])
        names = ("year", *YEARLY, "months", "real")
        prices = run.years[0] - 1
        head = [said.say(f"report.by_year.{name}", year=prices) for name in names]
        title = scenario_title(run.scenario, self.lang)
        told = said.say("report.by_year.caption", fund=fund_label(fund, self.lang), title=title, unit=shown.name)
        return Table(f"{run.scenario.name}_{fund}", told, head, rows)

    def _measures(self) -> Table:
        """The measures of all scenarios side by side."""
        said, rows = self.said, []
        for fund, kinds in MEASURES.items():
            if not all(fund in run.accounts for run in self.runs):
                continue
            found = [measured(cast("RunResult", run), fund) for run in self.runs]
            for name, kind in kinds.items():
                if not all(name in each for each in found):
                    continue
                told = [each[name] for each in found]
                label = said.label(f"compare.{fund}.{name}")
                own = said.say("compare.of_fund", fund=fund_label(fund, self.lang), measure=label)
                cells = [
                    Cell(level(kind, each.value, said), each.value)
                    if isfinite(each.value)
                    else Cell(status_words(each.status, self.lang))
                    for each in told
                ]
                rows.append([Cell(own if fund_of(fund).prefix else label), *cells])
        head = [said.label("compare.measure"), *(scenario_title(run.scenario, self.lang) for run in self.runs)]
        return Table("measures", self._label("measures_caption"), head, rows)

    # ---------------------------------------------------------------- rules, assumptions and limits

    def _rules(self) -> Iterator[Block]:
        """What acts in each run beside the plain rules."""
        for run in self.runs:
            if blocks := list(rules_blocks(run, self.lang)):
                if self.several:
                    yield Paragraph(f"**{scenario_title(run.scenario, self.lang)}**")
                yield from blocks

    def _assumptions(self) -> Iterator[Block]:
        for run in self.runs:
            own = changes(run.scenario, self.lang)
            if own:
                yield Paragraph(self.said.say("report.changed", title=scenario_title(run.scenario, self.lang)))
                keys = ("summary.change_by_lever" if each["mark"] else "summary.change" for each in own)
                yield Bullets([self.said.say(key, **each) for key, each in zip(keys, own, strict=True)])
        base = self.runs[0]
        yield main_assumptions(base.scenario, base.years, self.lang)
        yield all_assumptions(base.scenario, self.lang)
        cited = cited_sources(base.scenario, self.lang)
        if cited.rows:
            yield cited

    def _limits(self) -> Iterator[Block]:
        """What has to be known before the results are used, of the base and of what the others set otherwise."""
        run, said = self.runs[0], self.said
        result, scenario = cast("RunResult", run), run.scenario
        facts = fund_facts(result, RESIDENT, self.lang)
        marks = counted_marks(scenario)
        told = []
        if scenario.values.participation.in_force or scenario.reference.participation.in_force:
            told.append(said.label("summary.reform"))
        if run.ranges is not None:
            told.append(said.label("summary.single_changes"))
        own = said.say("summary.marks", show=scenario.name.split("+")[0], **marks)
        told.append(own if marks["estimated"] else said.label("summary.own_sources"))
        told += [said.say("summary.carried", **kept) for kept in carried(scenario)]
        told += [note.told(said) for note in stale(scenario.leaves)]
        if standard := forecast_standard(result):
            told.append(said.say("summary.standard", **standard))
        told += [said.say(f"summary.{name}", **facts) for name in ("frames", "interest")]
        told += [said.label(f"summary.{name}") for name in ("ages", "incurred")]
        if POOL in run.accounts and wage_dispersion_is_judgement(scenario):
            told.append(said.label("summary.wages"))
        told.append(said.say("summary.checks", checks=len(run.manifest["checks"])))
        yield Bullets(told)
        for name, chosen in (("judged", JUDGED), ("unverified", RECALLED)):
            if found := unsure(scenario, chosen, self.lang):
                yield Heading(said.label(f"summary.heading.{name}"))
                yield Bullets([said.say("summary.judged", **each) for each in found])
        yield Paragraph(said.label("summary.rounding"))
