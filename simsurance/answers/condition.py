"""A condition on a fund: `reserve_months >= 6 through 2050`, `depletion_year >= 2045`, `P(depleted by 2050) <= 0.1`.

Every condition has a margin, which is positive or zero where it holds and as steady as what it asks allows, so that a search
can follow it. A year that does not come lies after every other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.measures import measure_of
from simsurance.model.fund import ROUNDING
from simsurance.results import RunAccounts
from simsurance.scenario_file.faults import nearest
from simsurance.variables import VARIABLES

AtLeast = Literal[">=", "<="]
When = Literal["in", "through", "by"]
WHENS: Final[tuple[When, ...]] = ("in", "through", "by")
FORM: Final = '"reserve_months >= 6 through 2050" (or in, by), "depletion_year >= 2045", "P(depleted by 2050) <= 0.1"'
BALANCES: Final = {
    "depletion_year": "closing",
    "first_deficit_year": "current_balance",
    "first_cash_deficit_year": "cash_balance",
}
"""Years that may not come, and the column that is below zero for the first time in them."""
DEPLETION: Final = "depletion_year"
COLUMNS: Final = tuple(each.name for each in VARIABLES if each.table == "fund")
SIGNS: Final = {"≥": ">=", "≤": "<=", "=>": ">=", "=<": "<="}
_NUMBER: Final = r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PLAIN: Final = re.compile(rf"(\w+)\s*(>=|<=)\s*({_NUMBER})\s*(%?)(?:\s+(in|through|by)\s+(\d{{4}}))?")
_DEPLETED: Final = re.compile(r"(not\s+)?depleted\s+(by|through)\s+(\d{4})")
_CHANCE: Final = re.compile(rf"P\s*\((.*)\)\s*(>=|<=)\s*({_NUMBER})\s*(%?)")


@dataclass(frozen=True)
class Condition:
    """A measure of a fund at least or at most a value: a column of its account in, through or by a year, or a summary measure.

    `through`: in every year up to it; `by`: in some year up to it. `depletion_year` and the years of first deficits are asked
    of the balance that they are read from.
    """

    fund: str
    measure: str
    sign: AtLeast
    value: float
    when: When | None = None
    year: int | None = None

    @property
    def text(self) -> str:
        """As it is typed."""
        dated = f" {self.when} {self.year}" if self.when else ""
        return f"{self.measure} {self.sign} {self.value:.12g}{dated}"

    def of(self, run: RunAccounts) -> float:
        """The measure itself, as it is told: in its year, or the value that decides; NaN where it has none."""
        return float(self.values(run.accounts[self.fund], _measured(run), run.years))

    def margin(self, run: RunAccounts) -> float:
        """By how much it holds: zero or more where it does, NaN where the measure has no value."""
        return float(self.margins(run.accounts[self.fund], _measured(run), run.years))

    def parts(self, run: RunAccounts) -> np.ndarray:
        """Margins that are all zero or more where it holds: by year where every year counts, which is steadier, [part]."""
        account = run.accounts[self.fund]
        if self.measure in BALANCES and not self.when and self.sign == ">=":
            return self._months(account)[: max(int(self.value) - run.years[0], 0)]
        if self.when == "through":
            assert self.year is not None
            found = account[self.measure][: run.years.index(self.year) + 1] - self.value
            return np.asarray(found if self.sign == ">=" else -found)
        return np.array([self.margin(run)])

    def values(
        self, account: Mapping[str, np.ndarray], measured: Mapping[str, Any], years: tuple[int, ...]
    ) -> np.ndarray:
        """The measure itself of one run or many, from columns [..., year] and summary measures [...]."""
        if not self.when:
            return np.asarray(measured[measure_of(self.fund, self.measure)])
        assert self.year is not None
        end = years.index(self.year) + 1
        found = account[self.measure][..., end - 1 if self.when == "in" else 0 : end]
        lowest = (self.sign == ">=") == (self.when == "through")
        return np.asarray(found.min(axis=-1) if lowest else found.max(axis=-1))

    def margins(
        self, account: Mapping[str, np.ndarray], measured: Mapping[str, Any], years: tuple[int, ...]
    ) -> np.ndarray:
        """By how much it holds in one run or many, in the same way."""
        if self.measure in BALANCES and not self.when:
            return self._dated(account, years)
        found = self.values(account, measured, years) - self.value
        return found if self.sign == ">=" else -found

    def _dated(self, account: Mapping[str, np.ndarray], years: tuple[int, ...]) -> np.ndarray:
        """Of a year that may not come: months of expenditure by which the balance stays above zero before it, or does not."""
        months = self._months(account)
        if self.sign == ">=":
            before = months[..., : max(int(self.value) - years[0], 0)]
            return before.min(axis=-1, initial=np.inf)
        until = months[..., : max(int(self.value) - years[0] + 1, 0)]
        beyond = np.nextafter(0, 1)  # a balance of nothing is not below zero
        return -until.min(axis=-1, initial=np.inf) - beyond

    def _months(self, account: Mapping[str, np.ndarray]) -> np.ndarray:
        """Months of expenditure by which the balance that a date is read from stays above zero, [..., year]."""
        return np.asarray(account[BALANCES[self.measure]] / account["outgo"] * 12 + 12 * ROUNDING)


def _measured(run: RunAccounts) -> dict[str, float]:
    """The summary measures of a run by name."""
    return {each.measure: each.value for each in run.measured}


@dataclass(frozen=True)
class Chance:
    """The share of draws in which a condition holds, at least or at most a probability."""

    condition: Condition
    sign: AtLeast
    value: float
    words: str

    @property
    def fund(self) -> str:
        """The fund that it is asked of."""
        return self.condition.fund

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"P({self.words}) {self.sign} {self.value:.12g}"


def condition_of(text: str, fund: str, central: RunAccounts) -> Condition | Chance:
    """A condition as it is typed, for a fund of a run; raises SimsuranceError (USAGE) where it is none that can be asked."""
    given = text.strip()
    for typed, sign in SIGNS.items():
        given = given.replace(typed, sign)
    if fund not in central.accounts:
        raise SimsuranceError(f"--fund {fund}: {central.scenario.name} has no such fund; {', '.join(central.accounts)}")
    if found := _CHANCE.fullmatch(given):
        inner, sign, number, percent = found.groups()
        value = _number(number) / (100 if percent else 1)
        if not 0 <= value <= 1:
            raise _usage(text, f"{value:g} is no probability; between 0 and 1, or in per cent")
        return Chance(_condition(inner.strip(), text, fund, central), _sign(sign), value, " ".join(inner.split()))
    return _condition(given, text, fund, central)


def _condition(given: str, text: str, fund: str, central: RunAccounts) -> Condition:
    """One that is not a probability; "depleted by" stands for the year of depletion."""
    if found := _DEPLETED.fullmatch(given):
        year = _year(int(found[3]), text, central)
        return Condition(fund, DEPLETION, ">=", year + 1) if found[1] else Condition(fund, DEPLETION, "<=", year)
    found = _PLAIN.fullmatch(given)
    if not found:
        raise _usage(text, f"is no condition; {FORM}")
    measure, sign, number, percent, _, year_named = found.groups()
    when: When | None = next((each for each in WHENS if each == found[5]), None)
    value = _number(number) / (100 if percent else 1)
    if when:
        if measure not in COLUMNS or measure not in central.accounts[fund]:
            known = [name for name in COLUMNS if name in central.accounts[fund]]
            raise _usage(text, _no_such(measure, fund, known, "a column of fund.csv, or a measure without a year"))
        year = _year(int(year_named), text, central)
        column = central.accounts[fund][measure][: year - central.years[0] + 1]
        if not np.isfinite(column[-1:] if when == "in" else column).all():
            raise _usage(text, f"{measure} has no value in every year asked for; an earlier year, or another measure")
        return Condition(fund, measure, _sign(sign), value, when, year)
    own = {each.measure for each in central.measured}
    if measure_of(fund, measure) not in own:
        if measure in central.accounts[fund]:
            raise _usage(text, f"{measure} is asked of a year; {measure} {sign} {number} through {central.years[-1]}")
        prefix = measure_of(fund, "")
        known = [name.removeprefix(prefix) for name in own if name.startswith(prefix)]
        raise _usage(
            text, _no_such(measure, fund, known, "a measure of measures.csv, or a column of fund.csv and a year")
        )
    if measure in BALANCES:
        last = central.years[-1] + 1
        if not (value == int(value) and central.years[0] <= value <= last):
            raise _usage(text, f"{value:g} is no year of the projection; {central.years[0]} to {last}")
    return Condition(fund, measure, _sign(sign), value)


def _no_such(measure: str, fund: str, known: list[str], otherwise: str) -> str:
    return f"the fund {fund} has no measure {measure}; {nearest(measure, known) or otherwise}"


def _number(text: str) -> float:
    return float(text.replace("_", ""))


def _sign(text: str) -> AtLeast:
    return ">=" if text == ">=" else "<="


def _year(year: int, text: str, central: RunAccounts) -> int:
    if year not in central.years:
        raise _usage(text, f"{year} is not projected; {central.years[0]} to {central.years[-1]}")
    return year


def _usage(text: str, what: str) -> SimsuranceError:
    return SimsuranceError(f"--for {text}: {what}", exit_code=ExitCode.USAGE)
