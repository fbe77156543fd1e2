"""Words, units and numbers of charts and summaries, in English and Chinese."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Final, Literal, get_args

from simsurance.axes import FUND
from simsurance.scenario_file.toml_text import toml_value
from simsurance.variables import variable

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

Lang = Literal["en", "zh"]
LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)
Text = tuple[str, str]
"""The same words in each of the languages."""
NO_VALUE: Final[Text] = ("no value", "无数值")
"""What is told of a number that is not one, such as a rate of nothing."""
STATUS_WORDS: Final[dict[str, Text]] = {"nothing_levied": ("nothing levied", "无缴费")}

ENTRY_NOTE: Final[Text] = (
    "what a resident policy does to the pool runs through who enters the employee scheme; the odds with which the uninsured "
    "enter it (employee.uninsured_odds_ratio) are a fitted residual, not an observed behaviour",
    "居民政策对统筹基金的影响，经由哪些人转入职工医保而产生；其中未参保者转入的几率比（employee.uninsured_odds_ratio）"
    "是拟合所得的余项，并非观察到的行为",
)
"""What to know of effects of one scheme on the other."""

BY_HAND: Final = ("--set", "replace")
"""What the origin of a key says that no file set."""
MOST_CHANGES: Final = 2
LONGEST_CHANGE: Final = 48
RESIDENT_CHARTS: Final = (
    "reserve_months",
    "fund_balance",
    "income_outgo",
    "insured",
    "contribution_burden",
    "pyramids",
    "cost_by_age",
)
EMPLOYEE_CHARTS: Final = (
    "employee_reserve_months",
    "employee_fund_balance",
    "employee_income_outgo",
    "employee_rates",
    "members_by_scheme",
    "cohort_balance",
)
"""Charts that need the employee scheme's money."""
CHART_NAMES: Final = (*RESIDENT_CHARTS, *EMPLOYEE_CHARTS)
"""Every chart of a run: the stem of its files."""


def chart_names(scenario: "Scenario") -> tuple[str, ...]:
    """The charts that results of a scenario have."""
    return CHART_NAMES if scenario.values.employee.projected else RESIDENT_CHARTS


@dataclass(frozen=True)
class Unit:
    """A unit of charts and summaries: its name, and how many of the tables' unit make one of it."""

    name: str
    size: float = 1.0


UNITS: Final[dict[str, tuple[Unit, Unit]]] = {
    "yuan": (Unit("CNY billion", 1e9), Unit("亿元", 1e8)),
    "yuan_pp": (Unit("CNY"), Unit("元")),
    "persons": (Unit("million persons", 1e6), Unit("万人", 1e4)),
    "months": (Unit("months"), Unit("个月")),
    "share": (Unit("%", 0.01), Unit("%", 0.01)),
}
"""Unit in the tables -> unit shown, English and Chinese."""


def in_language(text: Text, lang: Lang) -> str:
    """A text in one language."""
    return text[LANGUAGES.index(lang)]


def unit(of: str, lang: Lang) -> Unit:
    """The unit in which a quantity of the tables is shown."""
    return UNITS[of][LANGUAGES.index(lang)]


def label(table: str, name: str, lang: Lang) -> str:
    """The label of a table's column."""
    found = variable(table, name)
    return in_language((found.label, found.label_zh), lang)


def fund_label(fund: str, lang: Lang) -> str:
    """The name of a fund."""
    place = FUND.members.index(fund)
    return in_language((FUND.labels[place], FUND.labels_zh[place]), lang)


def number(value: float, decimals: int = 0) -> str:
    """A number as printed: thousands separated, a real minus sign, no minus before a zero."""
    text = f"{value:,.{decimals}f}"
    if is_nothing(text):
        text = text.removeprefix("-")
    return text.replace("-", "−")


def money(yuan: float, lang: Lang) -> str:
    """An amount with its unit: `CNY 882 billion`, `8,824亿元`."""
    shown = unit("yuan", lang)
    amount = number(abs(yuan) / shown.size)
    minus = "−" if yuan < 0 and amount != "0" else ""
    return f"{minus}{amount}{shown.name}" if lang == "zh" else minus + shown.name.replace(" ", f" {amount} ", 1)


def persons(count: float, lang: Lang) -> str:
    """A number of persons with its unit: `931.9 million`, `93,192万人`."""
    shown = unit("persons", lang)
    return f"{number(count / shown.size)}{shown.name}" if lang == "zh" else f"{number(count / shown.size, 1)} million"


def yuan_pp(amount: float, lang: Lang, decimals: int = 0) -> str:
    """An amount a head with its unit: `CNY 1,198`, `1,198元`."""
    return f"{number(amount, decimals)}元" if lang == "zh" else f"CNY {number(amount, decimals)}"


def percent(share: float, lang: Lang, decimals: int = 2) -> str:
    """A share in percent: `6.59 %`, `6.59%`."""
    return f"{number(share / 0.01, decimals)}{'%' if lang == 'zh' else ' %'}"


def points(share: float, lang: Lang, decimals: int = 2) -> str:
    """A difference of shares in percentage points: `3.59 points`, `3.59个百分点`."""
    return f"{number(share / 0.01, decimals)}{'个百分点' if lang == 'zh' else ' points'}"


def in_words_or(printed: Callable[[float, Lang], str], value: float, lang: Lang) -> str:
    """A number as printed, or the words that there is none."""
    return printed(value, lang) if isfinite(value) else in_language(NO_VALUE, lang)


def status_words(status: str, lang: Lang) -> str:
    """Why a measure has no value, in few words."""
    return in_language(STATUS_WORDS.get(status, NO_VALUE), lang)


def is_nothing(text: str) -> bool:
    """Whether a printed number is nought at its precision."""
    return not any(digit in text for digit in "123456789")


def signed(text: str) -> str:
    """A printed change with its sign; one that is nought at its precision has none."""
    return text if text.startswith("−") or is_nothing(text) else f"+{text}"


def scenario_title(scenario: "Scenario", lang: Lang) -> str:
    """The scenario's title, and behind it what was set without a file, so that a changed baseline is not called one."""
    title = scenario.values.title_zh if lang == "zh" else scenario.values.title
    set_by_hand = [
        f"{path}={toml_value(scenario.leaves[path])}"
        for path, origin in scenario.origins.items()
        if origin in BY_HAND and not path.startswith(("title", "horizon."))
    ]
    told = [text if len(text) <= LONGEST_CHANGE else f"{text[:LONGEST_CHANGE]}…" for text in set_by_hand[:MOST_CHANGES]]
    more = len(set_by_hand) - len(told)
    return ", ".join([title, *told, *([f"+{more}"] if more else [])])


def in_words(items: list[str], lang: Lang) -> str:
    """A list in words: `a, b and c`."""
    if lang == "zh":
        return "、".join(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
