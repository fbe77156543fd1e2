"""What draws say, in words: every number comes from their tables.

The sentences stand in the language files, their order in `templates/stochastic.md.j2`.
"""

from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.language import Words
from simsurance.ledger import fund_of
from simsurance.output.certainty import JUDGEMENT
from simsurance.output.draws_words import chance_words, range_words, sampler_words, spread_facts
from simsurance.output.labels import fund_label, in_its_words, words_of
from simsurance.output.measured import measured, year_or_none
from simsurance.plain_text import markdown
from simsurance.scenario_file.register import rows
from simsurance.uncertainty.binding import PATH, bounds_of
from simsurance.uncertainty.parameters import parameters_of
from simsurance.uncertainty.paths import HEADER, LATENT, SERIES
from simsurance.uncertainty.sampling import SCRAMBLINGS

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario
    from simsurance.uncertainty.binding import Bound
    from simsurance.uncertainty.stochastic import Stochastic

TEMPLATE: Final = Path(__file__).parent / "templates" / "stochastic.md.j2"
AFTER: Final = (10, 20)
"""The years told, beside the last one: so many are projected by then."""
CHANCES: Final = ("depleted", "below_target")
ENDS: Final = ("p10", "p50", "p90", "central")
MOST_BOUNDS: Final = 3
"""So many inputs and paths are named that are brought back to a bound."""
UNSEEN: Final = 3
"""What happens in none of n independent draws has, at 95 % confidence, a chance of at most about 3 ÷ n."""
FAMILIES: Final = ("parameters", "behaviour", "paths", "demography")
Facts = dict[str, Any]


def stochastic_summary(run: "Stochastic", lang: str = "en") -> str:
    """The summary of draws as Markdown."""
    scenario, said = run.scenario, words_of(run.scenario, lang)
    on = {name: getattr(scenario.values.uncertainty, name) for name in FAMILIES}
    return said.page(
        TEMPLATE,
        title=markdown(in_its_words(scenario, "title", lang)),
        name=scenario.name,
        version=__version__,
        first=run.years[0],
        last=run.years[-1],
        sample=sampler_words(run, lang),
        draws=run.sample.draws,
        parts=SCRAMBLINGS,
        funds=[fund_facts(run, fund, said) for fund in pooled(run)],
        families=[{"name": name, "count": count} for name, count in counted(scenario).items() if on[name]],
        left=[said.label(f"stochastic.left_out.{name}") for name in FAMILIES if not on[name]],
        **spread_facts(scenario),
        **path_facts(scenario),
        nearer=run.brought_nearer,
        nearer_share=run.brought_nearer / run.sample.draws,
        **bound_facts(run, said),
        missed=float(run.kept.missed.max()),
        error=error_facts(run, lang),
    )


def pooled(run: "Stochastic") -> list[str]:
    """The funds that pay benefits: those whose depletion is told."""
    return [fund for fund in run.kept.yearly if fund_of(fund).pooled]


def told_years(run: "Stochastic") -> list[int]:
    """The years whose numbers are told."""
    within = [run.years[after - 1] for after in AFTER if after < len(run.years)]
    return [*within, run.years[-1]]


def fund_facts(run: "Stochastic", fund: str, said: Words) -> Facts:
    """What is told of a fund: dates with their ranges, chances and reserve months in some years."""
    found = measured(run.central, fund)
    return {
        "fund": fund,
        "last": run.years[-1],
        **{name: year_or_none(found[name]) for name in ("first_deficit_year", "depletion_year")},
        "depletion_range": range_words(run, fund, said.lang),
        "deficit_range": range_words(run, fund, said.lang, "first_deficit"),
        "chances": chance_rows(run, fund, said),
        "months": month_rows(run, fund, said),
    }


def chance_rows(run: "Stochastic", fund: str, said: Words) -> list[list[str]]:
    """The chances that a fund is depleted and that its reserve is below target, each with its standard error."""
    table: Any = run.probabilities.xs(fund, level="fund")
    target = run.scenario.values.measures.target_reserve_months
    head = ["end_of", "chance.depleted", "standard_error", "chance.below_target", "standard_error"]
    told = [[said.say(f"stochastic.column.{name}", target=target) for name in head]]
    for year in told_years(run):
        row = [str(year)]
        for name in CHANCES:
            share, error = (float(table.loc[year, f"{name}{of}"]) for of in ("", "_standard_error"))
            row += [chance_words(share, said), said.number(100 * error, 1)]
        told.append(row)
    return told


def month_rows(run: "Stochastic", fund: str, said: Words) -> list[list[str]]:
    """Reserve months of the draws and of the central run."""
    table: Any = run.percentiles.xs((fund, "reserve_months"), level=("fund", "column"))
    head = [said.label("stochastic.column.months"), *(said.label(f"stochastic.column.{end}") for end in ENDS)]
    return [head, *([str(year), *(said.number(table.loc[year, end], 1) for end in ENDS)] for year in told_years(run))]


def counted(scenario: "Scenario") -> dict[str, int]:
    """How many inputs or paths of each family are drawn where it is."""
    families = [each.family for each in parameters_of(scenario).drawn]
    return {name: families.count(name) for name in FAMILIES} | {"paths": len(SERIES), "demography": len(LATENT)}


def bound_facts(run: "Stochastic", said: Words) -> Facts:
    """The inputs and paths that are brought back to their bounds most often, and how many are at all."""
    found, facts = bounds_of(run), Facts()
    for name, is_path in (("at_bound", False), ("at_floor", True)):
        own = [each for each in found if (each.unknown.kind == PATH) == is_path]
        facts[name] = [
            said.say("stochastic.bound", name=_bound_words(each, said), share=each.share) for each in own[:MOST_BOUNDS]
        ]
        facts[f"{name}_more"] = len(own) - len(facts[name])
    return facts


def _bound_words(bound: "Bound", said: Words) -> str:
    own = bound.unknown
    return said.label(f"stochastic.path.{own.name}") if own.kind == PATH else f"`{own.name}`"


def path_facts(scenario: "Scenario") -> dict[str, int]:
    """How many figures the paths rest on, and how many of them are a judgement."""
    marks = [row["mark"] for row in rows(scenario.tables["uncertainty.paths_table"], HEADER)]
    return {"figures": len(marks), "figures_judged": marks.count(JUDGEMENT)}


def error_facts(run: "Stochastic", lang: str) -> Facts:
    """The largest standard error of a chance in any year: whose it is, when, about what it is with twice as many draws.

    And how large a chance may be that no draw shows.
    """
    names = [f"{name}_standard_error" for name in CHANCES]
    table = run.probabilities[names].max(axis="columns")
    errors = {(fund, year): float(table[fund, year]) for fund in pooled(run) for year in run.years}
    fund, year = max(errors, key=errors.__getitem__)
    largest, unseen = errors[fund, year], UNSEEN / run.sample.draws
    told = {"largest": largest, "fund": fund_label(fund, lang), "year": year, "twice": largest / sqrt(2)}
    return told | {"unseen": unseen}
