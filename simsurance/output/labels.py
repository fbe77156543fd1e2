"""Words, units and numbers of charts and summaries in one language; they stand in the files of `simsurance.language`."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance.language import Words, words
from simsurance.language.names import key_name
from simsurance.scenario_file.files import label_of
from simsurance.scenario_file.keys import JUDGED_ON, named_part
from simsurance.scenario_file.loader import slug
from simsurance.scenario_file.toml_text import toml_value

if TYPE_CHECKING:
    from simsurance.scenario_file.files import Layer
    from simsurance.scenario_file.loader import Scenario


FIGURES: Final = 4
"""Figures at least of the largest amount in a table without decimals."""
DRAWN: Final = {"yuan": "yuan_drawn", "persons": "persons_drawn"}
"""Quantities whose units at an axis are others than in tables."""
BY_HAND: Final = ("--set", "replace")
"""What the origin of a key says that no file set."""
MOST_CHANGES: Final = 2
LONGEST_CHANGE: Final = 48
RESIDENT_CHARTS: Final = (
    "reserve_months",
    "fund_balance",
    "income_outgo",
    "cost_and_income_rate",
    "contribution_gap",
    "insured",
    "contribution_burden",
    "pyramids",
    "cost_by_age",
    "transfer_by_age",
    "admissions",
    "cost_per_admission",
)
EMPLOYEE_CHARTS: Final = (
    "employee_reserve_months",
    "employee_fund_balance",
    "employee_income_outgo",
    "personal_accounts",
    "retired_per_active",
    "members_by_scheme",
    "cohort_balance",
)
"""Charts that need the employee scheme's money."""
TIER_CHARTS: Final = ("own_payment",)
"""Charts of the other tiers, where they are told."""
CHOICE_CHARTS: Final = ("choice_of_cover",)
"""Charts of choices of cover, where there are any."""
WITH_DEPLETION: Final = (
    "reserve_months",
    "fund_balance",
    "cost_and_income_rate",
    "employee_reserve_months",
    "employee_fund_balance",
)
"""Charts that tell a depletion year, and its range."""
CHART_NAMES: Final = (*RESIDENT_CHARTS, *EMPLOYEE_CHARTS, *TIER_CHARTS, *CHOICE_CHARTS)
"""Every chart of a run: the stem of its files."""


def chart_names(scenario: "Scenario") -> tuple[str, ...]:
    """The charts that results of a scenario have."""
    return (
        *RESIDENT_CHARTS,
        *(EMPLOYEE_CHARTS if scenario.values.employee.projected else ()),
        *(TIER_CHARTS if scenario.values.tiers.in_force else ()),
        *(CHOICE_CHARTS if scenario.values.choices else ()),
    )


@dataclass(frozen=True)
class Unit:
    """A unit of charts and summaries: its name, and how many of the tables' unit make one of it."""

    name: str
    size: float = 1.0


def words_of(scenario: "Scenario", lang: str) -> Words:
    """The words of a language with the currency of a scenario."""
    return words(lang, scenario.currency)


def unit(of: str, said: Words, amounts: Iterable[float] = (), figures: int = 1) -> Unit:
    """The unit in which amounts of a quantity of the tables are shown together: the first that the largest of them reaches.

    It then has at least so many figures before the decimal point, unless the unit says `from` where it begins. The first of
    all units where there is no amount but 0.
    """
    steps: list[dict[str, Any]] = said.entry(f"unit.{of}")
    largest = max((abs(amount) for amount in amounts if isfinite(amount)), default=0.0)
    step = (
        next((step for step in steps if largest >= step.get("from", step["size"] * 10 ** (figures - 1))), steps[-1])
        if largest
        else steps[0]
    )
    return Unit(str(step["name"]), float(step["size"]))


def drawn_unit(of: str, said: Words, amounts: Iterable[float] = ()) -> Unit:
    """The unit of a quantity at an axis: large enough that numbers are short, of two figures at least."""
    return unit(DRAWN[of], said, amounts, figures=2) if of in DRAWN else unit(of, said, amounts)


def label(table: str, name: str, lang: str) -> str:
    """The label of a table's column."""
    said = words(lang)
    own = f"column_of.{table}.{name}"
    return said.label(own if own in said.entries else f"column.{name}")


def group_label(scenario: "Scenario", lang: str, area: str, group: str) -> str:
    """What an area and income group are called together in charts."""
    said, both = words(lang), f"chart.line.{area}.{group}"
    labels = labels_of(scenario, lang)
    if both in said.entries and not labels.keys() & {area, group}:
        return said.label(both)
    groups = scenario.form.groups
    one, other = (member_label(scenario, lang, name) for name in (area, group))
    if len(groups.areas) == 1:
        return other
    return one if len(groups.income_groups) == 1 else said.say("group.of_area", area=one, income=other)


def member_label(scenario: "Scenario", lang: str, name: str) -> str:
    """What an area or an income group is called: by the scenario, by the language's words, or by its name."""
    said, labels = words(lang), labels_of(scenario, lang)
    groups = scenario.form.groups
    known = f"axis.{'area' if name in groups.areas else 'income'}.{name}"
    return labels.get(name) or (said.label(known) if known in said.entries else name.replace("_", " "))


def labels_of(scenario: "Scenario", lang: str) -> dict[str, str]:
    """The labels that a scenario gives its areas and income groups in a language, or those of English."""
    axes = scenario.values.axes
    return axes.labels | dict(getattr(axes, f"labels_{lang}", {}))


def unit_name(scenario: "Scenario", of: str, lang: str) -> str:
    """The unit of a key, in the scenario's currency."""
    return scenario.in_currency(words_of(scenario, lang).label(f"unit_name.{of}")) if of else ""


def of_group(scenario: "Scenario", key: str, group: str, lang: str) -> str:
    """What a column holds, of an income group if one is named."""
    said = words(lang)
    told = said.label(key)
    return said.say("adjustment.of_group", what=told, group=member_label(scenario, lang, group)) if group else told


def identity_label(identity: str, lang: str) -> str:
    """An accounting check as reports print it."""
    said = words(lang)
    return said.label(f"identity_name.{identity}") if f"identity_name.{identity}" in said.entries else identity


def fund_label(fund: str, told: str | Words) -> str:
    """The name of a fund, in a language or in the words of a scheme."""
    return (told if isinstance(told, Words) else words(told)).label(f"axis.fund.{fund}")


def status_words(status: str, lang: str) -> str:
    """Why a measure has no value, in few words."""
    said = words(lang)
    return said.label(f"status.{status}" if f"status.{status}" in said.entries else "status.none")


def in_its_words(scenario: "Scenario", key: str, lang: str) -> str:
    """Title or description of a scenario in the language, or where it has none in that language, in English."""
    return in_language(scenario.values, key, lang)


def in_language(noun: object, key: str, lang: str) -> str:
    """A text of a scenario, option or lever in the language: the field with its name behind, `key_lang`, or that without."""
    return str(getattr(noun, f"{key}_{lang}", getattr(noun, key)))


def choice_title(scenario: "Scenario", name: str, lang: str) -> str:
    """What a choice of cover is called in the language: its title, or the name of its table."""
    choice = scenario.values.choices[name]
    return in_language(choice, "title", lang) or choice.title or name


def file_of(layer: "Layer") -> Path:
    """The file that a layer was read from."""
    assert layer.folder is not None
    return layer.folder / Path(layer.label).name


def layers_of(scenario: "Scenario") -> dict[str, "Layer"]:
    """The files that a scenario was read from, each once, by the name that messages use."""
    return {layer.label: layer for layer in scenario.layers.values() if layer.folder is not None}


def name_of(path: Path, scenario: "Scenario") -> str:
    """A file as results call it, from whatever folder and by whomever it was read: from the package or the scenario's folder.

    What lies elsewhere is called by its last name.
    """
    of_scenario = {slug(label): layer.folder for label, layer in layers_of(scenario).items()}
    home = of_scenario.get(scenario.name.split("+")[0], scenario.root.folder)
    return label_of(path.resolve(), home and home.resolve(), path.name)


def origins(scenario: "Scenario") -> dict[str, str]:
    """What set each value, as results call it."""
    names = {label: name_of(file_of(layer), scenario) for label, layer in layers_of(scenario).items()}
    return {path: names.get(label, label) for path, label in scenario.origins.items()}


def scenario_title(scenario: "Scenario", lang: str) -> str:
    """The scenario's title, and behind it what was set without a file, so that a changed baseline is not called one."""
    set_by_hand = list(
        dict.fromkeys(
            _set_by_hand(scenario, path, lang)
            for path, origin in scenario.origins.items()
            if origin in BY_HAND and not path.startswith(("title", "horizon.", JUDGED_ON))
        )
    )
    told = [text if len(text) <= LONGEST_CHANGE else f"{text[:LONGEST_CHANGE]}…" for text in set_by_hand[:MOST_CHANGES]]
    more = len(set_by_hand) - len(told)
    return (
        words(lang)
        .label("list.between")
        .join([in_its_words(scenario, "title", lang), *told, *([f"+{more}"] if more else [])])
    )


def _set_by_hand(scenario: "Scenario", path: str, lang: str) -> str:
    """A value that was set without a file; of a lever or a pin, its name alone."""
    table, name, _ = named_part(path)
    return f"{table}.{name}" if table else f"{key_name(path, lang) or path}={toml_value(scenario.leaves[path])}"
