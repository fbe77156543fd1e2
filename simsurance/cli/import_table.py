"""`simsurance import`: a fund office's table, as it is, into the clean tables of a fund."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simsurance.cli.options import language_option
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.language import Words, words
from simsurance.scenario_file.files import label_of
from simsurance.scenario_file.register import MARKS
from simsurance.scenario_file.schedule import CALENDAR

if TYPE_CHECKING:
    from simsurance.intake.by_age import Group
    from simsurance.intake.importing import Imported

DATES = ("year_end", "year_start", "mid_year", "census")
AGES = ("last_birthday", "nominal")
FUNDS = ("resident", "employee_pool", "employee_account")


def _choice(*values: str) -> click.Choice[str]:
    """A choice of values, written with hyphens."""
    return click.Choice([value.replace("_", "-") for value in values])


def _words(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    """Print every header that is understood."""
    if asked:
        from simsurance.intake.understood import words_known

        tell("\n".join(columns([("word", "means"), *words_known()])))
        context.exit()


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--into", type=click.Path(path_type=Path), help="Folder of the fund; else that of TABLE or the one above."
)
@click.option("--as", "kind", help="Kind of table: population, elsewhere, insured_by_age, rates or series.")
@click.option("--unit", help="Unit of the numbers, such as persons, thousand, 10k or 100m yuan; in Chinese as well.")
@click.option("--year", type=click.IntRange(*CALENDAR), help="Year of a table by age that does not tell it.")
@click.option("--date", type=_choice(*DATES), help="Date of persons counted.")
@click.option("--age", type=_choice(*AGES), help="How ages are counted.")
@click.option("--concept", type=click.Choice(("resident", "registered")), help="Whom a population counts.")
@click.option(
    "--fund", type=_choice(*FUNDS), help="Whose figures a yearly table has that names no fund in its headers or title."
)
@click.option(
    "--break", "breaks", type=int, multiple=True, help="Year in which a jump of a series is real. May be repeated."
)
@click.option("--missing", type=int, multiple=True, help="Year that a series has no figure for. May be repeated.")
@click.option(
    "--expectancy", nargs=2, type=float, help="Life expectancy at birth of women and men, met by a table of deaths."
)
@click.option("--source", default="", help="Where the table comes from, for the register.")
@click.option("--mark", type=click.Choice(tuple(MARKS)), default="verified", help="How certain the figures are.")
@click.option("--owner", default="", help="Who answers for the table, for the register.")
@click.option(
    "--valid-until", type=click.DateTime(("%Y-%m-%d",)), help="Last date on which its figures hold, for the register."
)
@click.option("--dry-run", is_flag=True, help="Show what is understood and write nothing.")
@click.option(
    "--words", is_flag=True, is_eager=True, expose_value=False, callback=_words, help="List the headers understood."
)
@language_option("what is shown")
def command(
    table: Path,
    into: Path | None,
    kind: str | None,
    unit: str | None,
    year: int | None,
    date: str | None,
    age: str | None,
    concept: str | None,
    fund: str | None,
    breaks: tuple[int, ...],
    missing: tuple[int, ...],
    expectancy: tuple[float, float] | None,
    source: str,
    mark: str,
    owner: str,
    valid_until: datetime | None,
    dry_run: bool,
    lang: str,
) -> None:
    """Read TABLE, show what was understood of it, and write it clean into the folder of its fund.

    CSV or XLSX, in UTF-8 or GB18030, with headers in English or Chinese. What a table does not say is told as assumed; what is
    wrong with it is told in one line each, and nothing is written.
    """
    from simsurance.intake import store
    from simsurance.intake.importing import Options, imported, refuse_kind

    if kind:
        refuse_kind(kind)
    told = {"year": year and str(year), "date": date, "age": age, "concept": concept, "fund": fund}
    folder = store.fund_folder(table, into)
    facts = {name: value.replace("-", "_") for name, value in told.items() if value} | ({"unit": unit} if unit else {})
    until = valid_until.date().isoformat() if valid_until else ""
    options = Options(facts, kind, breaks, missing, expectancy or (), source, mark, owner, until)
    found = imported(table, label_of(table), folder, options)
    said = words(lang)
    for line in _understood(found, said):
        tell(line)
    if dry_run:
        tell(said.say("intake.dry_run"))
        return
    store.write(folder, found.files)
    tell(said.say("intake.wrote", folder=label_of(folder / store.TABLES), fund=label_of(folder / store.FILE)))


def _understood(found: "Imported", said: Words) -> Iterator[str]:
    """What was understood: the file, its facts, ages and totals beside the nation's pattern."""
    grid = found.grid
    yield said.say("intake.file", label=grid.label, kind=said.label(f"intake.kind.{found.kind}"))
    yield said.say("intake.read", encoding=grid.encoding, delimiter=grid.delimiter, header=found.table.header_row)
    for name, fact in found.facts.items():
        of = "fund" if name == "fund" else "value"
        yield _fact(said, name, said.label(f"intake.{of}.{fact.value}"), fact.by)
    for (unit, by), names in _by_unit(found).items():
        yield _fact(
            said, "unit", f"{unit} ({said.listed([said.label(f'intake.series.{name}') for name in names])})", by
        )
    if found.table.ignored:
        yield said.say("intake.ignored", columns=list(found.table.ignored))
    if found.ages:
        first, last = (_group(said, group) for group in (found.ages[0], found.ages[-1]))
        yield said.say("intake.ages", first=first, last=last, groups=len(found.ages))
    for name, facts in found.notes:
        groups = {"ages": [_group(said, group) for group in facts["ages"]]} if "ages" in facts else {}
        yield said.say(f"intake.note.{name}", **{**facts, **groups})
    yield from _persons(found, said)
    yield from _series(found, said)


def _group(said: Words, group: "Group") -> str:
    """An age group in words."""
    first, end = group
    return said.say("intake.group", first=first, last=None if end is None else end - 1)


def _fact(said: Words, name: str, value: str, by: str) -> str:
    how = said.say(f"intake.by.{by}", name=name) if by == "assumed" else said.label(f"intake.by.{by}")
    return said.say("intake.fact", name=said.label(f"intake.fact_name.{name}"), value=value, by=how)


def _by_unit(found: "Imported") -> dict[tuple[str, str], list[str]]:
    units: dict[tuple[str, str], list[str]] = {}
    for name, fact in found.unit.items():
        units.setdefault((fact.value, fact.by), []).append(name)
    return units


def _persons(found: "Imported", said: Words) -> Iterator[str]:
    """Totals and broad ages of each date beside the nation's."""
    from simsurance.intake.population import broad, nation

    if not found.stocks:
        return
    january = found.facts["date"].value != "mid_year"
    date = max(found.stocks)
    shares, theirs = broad(found.stocks[date]), broad(nation(date, january))
    for each, persons in sorted(found.stocks.items()):
        yield said.say("intake.total", date=each, january=january, persons=float(persons.sum()))
    yield ""
    rows: list[tuple[str, ...]] = [("", said.label("intake.own"), said.label("intake.nation"))]
    for name, share in shares.items():
        both = (said.quantity("percent", value, 1) for value in (share, theirs[name]))
        rows.append((said.label(f"intake.broad.{name}"), *(f"{cell:>9}" for cell in both)))
    yield from columns(rows)


def _series(found: "Imported", said: Words) -> Iterator[str]:
    """First and last figure of each series beside the nation's last."""
    from simsurance.intake.series import national

    if not found.series:
        return
    yield ""
    rows = [
        tuple(said.label(f"intake.{name}") for name in ("item", "years", "first_figure", "last_figure", "of_nation"))
    ]
    for name, values in found.series.items():
        first, last, theirs = min(values), max(values), national(name)
        ratio = said.quantity("percent", values[last] / theirs[last], 2) if theirs.get(last) else ""
        figures = (f"{said.number(values[year], 0):>18}" for year in (first, last))
        rows.append((said.label(f"intake.series.{name}"), f"{first}–{last}", *figures, f"{ratio:>10}"))
    yield from columns(rows)
