"""Whose figure a heading is: `居民基金收入` names its fund, `基金收入` leaves it to the title of the table or to an option."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from simsurance.errors import SimsuranceError
from simsurance.intake.grid import Grid, plain
from simsurance.scenario_file.register import rows

FILE: Final = Path(__file__).parent / "fund_words.csv"
OF_FUND: Final = "of_fund."
"""Before the figure of a heading that does not say whose it is."""
PERSONS: Final = ("insured", "active", "retired")
EMPLOYEE: Final = "employee"
FUNDS: Final = ("resident", "employee_pool", "employee_account")
TOTAL: Final = "employee_total"
"""Pooled fund and personal accounts together: checked where both are there, not kept."""
SURPLUS: Final = "_current_balance"
"""Behind the fund of what its income exceeds its expenditure by: checked, not kept."""


@cache
def _words(of: str) -> Mapping[str, str]:
    """The words of funds or of figures by their plain form, the longest first."""
    found = {plain(row["word"]): row["means"] for row in rows(FILE, ("of", "means", "word")) if row["of"] == of}
    return dict(sorted(found.items(), key=lambda each: -len(each[0])))


def figure_of(heading: str) -> str:
    """The series that a plain heading means, `of_fund.FIGURE` where it does not say whose, or an empty text."""
    heading = next((heading.removeprefix(word) for word in _words("part") if heading.startswith(word)), heading)
    for word, fund in _words("fund").items():
        before, found, behind = heading.partition(word)
        if found and (figure := _words("figure").get(before + behind)):
            return named(fund, figure) or OF_FUND + figure
    figure = _words("figure").get(heading, "")
    if figure in PERSONS[1:]:  # only the employee scheme has them
        return named(EMPLOYEE, figure)
    return figure and OF_FUND + figure


def named(fund: str, figure: str) -> str:
    """The series of a figure of a fund; empty where the fund has none such. The employee scheme's money is in two funds."""
    if figure in PERSONS:
        own = fund.startswith(EMPLOYEE)
        return f"{EMPLOYEE if own else fund}_{figure}" if own or figure == PERSONS[0] else ""
    return f"{TOTAL if fund == EMPLOYEE else fund}_{figure}"


def fund_in(text: str) -> str:
    """The one fund that a title speaks of; empty where it speaks of none or of several."""
    left, found = plain(text), set[str]()
    for word, fund in _words("fund").items():
        if word in left:
            found.add(fund)
            left = left.replace(word, " ")
    return found.pop() if len(found) == 1 else ""


def of_fund(grid: Grid, row: int, header: str, means: str, fund: str) -> str:
    """What a heading means in a table of a fund. Raises SimsuranceError where that takes a fund that is not told."""
    if not means.startswith(OF_FUND):
        return means
    if found := named(fund, means.removeprefix(OF_FUND)) if fund else "":
        return found
    right = f"{_one_of(FUNDS)} in the header or the title, or with --fund"
    raise grid.fault(row, header, "not said of which fund", right)


def two_funds(grid: Grid, row: int, header: str) -> SimsuranceError:
    """What is wrong with the employee scheme's money in one."""
    right = f"a column of each, or the one that it is with --fund {_one_of(FUNDS[1:])}"
    return grid.fault(row, header, "the employee scheme has two funds, the pooled fund and the accounts", right)


def is_checked(means: str) -> bool:
    """Whether a series is held against others and not kept."""
    return means.endswith(SURPLUS) or means.startswith(TOTAL)


def _one_of(funds: tuple[str, ...]) -> str:
    *others, last = (fund.replace("_", "-") for fund in funds)
    return f"{', '.join(others)} or {last}"


def known() -> list[tuple[str, str]]:
    """Every word of a fund and of a figure and what it means, for whoever asks which headings are understood."""
    return [
        (row["word"], row["means"] if row["of"] == "fund" else f"{row['means']} of a fund")
        for row in rows(FILE, ("of", "means", "word"))
        if row["means"]
    ]
