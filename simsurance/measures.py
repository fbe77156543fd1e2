"""Accounts and summary measures of every fund, each defined once, with unit and status (method note, section 10).

All arrays are by year, or by year and run: [year] or [year, run], date or year first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simsurance.axes import STOCK_AXES, TENURES, UNINSURED, YEAR, axis, row
from simsurance.ledger import ACCOUNTS, FUNDS, POOL, RESIDENT, Booking, Fund, Party, booked, fund_of, row_of, there
from simsurance.model.fund import MID_YEAR, ROUNDING, growth, overdrawn, summed
from simsurance.model.groups import of_run
from simsurance.model.projection import Projection, total
from simsurance.model.state import YearBasis
from simsurance.scenario_file.pins import is_held
from simsurance.scenario_file.schema import Axes, ScenarioValues
from simsurance.variables import A_HEAD, CONSTANT_PRICES, FRAMES, VARIABLES, YUAN


@dataclass(frozen=True)
class Measure:
    """One measure of one run. `status` is `ok`, or says why there is no value: then `value` is NaN."""

    measure: str
    value: float
    unit: str
    status: str = "ok"


@dataclass(frozen=True)
class Measured:
    """One measure of all runs: values and statuses, [run]."""

    measure: str
    values: np.ndarray
    unit: str
    statuses: np.ndarray

    def of_run(self, run: int) -> Measure:
        """The measure of one run."""
        return Measure(self.measure, float(self.values[run]), self.unit, str(self.statuses[run]))


@dataclass(frozen=True)
class Interest:
    """The funds' rate of interest by year, [year] or [year, run], and what is left of a year when its flows fall."""

    rates: np.ndarray
    share: float | np.ndarray = MID_YEAR

    def of_run(self, run: int) -> "Interest":
        """That of one run."""
        return Interest(self.rates[:, run], float(np.broadcast_to(self.share, self.rates.shape[1:])[run]))

    def discounts(self, margin: float | np.ndarray = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Value on the opening 1 January of one yuan when a year's flows fall, and of one at the year's end."""
        rate = self.rates + margin
        end = np.cumprod(1 / (1 + rate), axis=YEAR)
        return end * growth(rate, self.share), end


Account = dict[str, np.ndarray]
"""A fund's account and what is read beside it; names and units as in `simsurance.variables`."""


def accounts(projection: Projection, basis: Sequence[YearBasis]) -> dict[str, Account]:
    """The account of each fund that is projected, [year, run]."""
    return {fund.name: _balanced(fund, projection) | BESIDE[fund.name](projection, basis) for fund in projection.funds}


def _balanced(fund: Fund, projection: Projection) -> Account:
    """What every fund has: what the ledger books, totals, balance, reserve, rates and amounts a head."""
    totals = projection.totals
    sides = tuple(there((*fund.income, *fund.outgo, *fund.of_which, *fund.debt), totals))
    columns = dict(zip((each.column for each in sides), booked(sides, totals), strict=True))
    income, outgo = (summed(booked(side, totals)) for side in (fund.income, fund.outgo))
    held = net_of_debt(projection, fund)
    opening, closing = held[:-1], held[1:]
    interest, monthly = projection.interest[:, :, fund.place], outgo / 12
    forward = np.full_like(monthly, np.nan)
    forward[:-1] = ratio(closing[:-1], monthly[1:])
    heads = summed(totals[name] for name in fund.heads)
    members_income = totals[fund.members_income]
    return columns | {
        "opening": opening,
        "income": income,
        "outgo": outgo,
        "interest": interest,
        "cash_balance": income - outgo,
        "current_balance": income + interest - outgo,
        "closing": closing,
        "reserve_months": ratio(closing, monthly),
        "reserve_months_forward": forward,
        "outgo_pp": ratio(outgo, heads),
        "income_pp": ratio(income, heads),
        "members_income": members_income,
        "income_rate": ratio(income, members_income),
        "cost_rate": ratio(outgo, members_income),
        **_owed(fund, projection, monthly),
    }


def net_of_debt(projection: Projection, fund: Fund) -> np.ndarray:
    """A fund on each 1 January less the debt outstanding, yuan, [date, run]."""
    held = projection.fund[:, :, fund.place]
    return held if projection.debt is None else held - projection.debt[:, :, fund.place]


def _owed(fund: Fund, projection: Projection, monthly: np.ndarray) -> Account:
    """The debt outstanding on 31 December, and the fund that it is not taken off; nothing where there are no bonds."""
    if projection.debt is None or not fund.of_bonds:
        return {}
    gross = projection.fund[1:, :, fund.place]
    debt = projection.debt[1:, :, fund.place]
    return {"debt_outstanding": debt, "closing_gross": gross, "reserve_months_gross": ratio(gross, monthly)}


def _beside_resident(projection: Projection, basis: Sequence[YearBasis]) -> Account:
    """What is read beside the account of the resident fund."""
    totals, stocks, fund = projection.totals, projection.stocks, fund_of(RESIDENT)
    insured, uninsured = (total(stocks.membership[:, :, :, rows]) for rows in (TENURES, UNINSURED))
    everyone, prepaid = total(stocks.persons), projection.prepaid[1:]
    due = totals["personal_contributions"] + totals["assistance"]
    outgo = summed(booked(fund.outgo, totals))
    return {
        "personal_contribution_pp": ratio(due, totals["resident_enrolled"]),
        "subsidy_pp": by_run(projection, [year.subsidy_pp for year in basis]),
        "public_money": summed(booked((*fund.public, *_granted(fund)), totals)),
        "prepaid": prepaid,
        "reserve_months_without_prepaid": ratio(net_of_debt(projection, fund)[1:] - prepaid, outgo / 12),
        "resident_enrolled": totals["resident_enrolled"],
        "resident_insured": insured[1:],
        "coverage": ratio(insured, insured + uninsured)[1:],
        "coverage_of_population": ratio(everyone - uninsured, everyone)[1:],
        "leave_rate": ratio(totals["leaves"], insured[:-1]),
        "return_rate": ratio(totals["returns"] + totals["joins"], uninsured[:-1]),
        "population": everyone[1:],
        "population_adjustment": totals["population_adjustment"],
        "prevalence_error": totals["prevalence_error"],
        **_use(totals, "", insured[1:]),
    }


def _granted(fund: Fund) -> Iterator[Booking]:
    """What the budget pays of the outcomes of bonds."""
    return (each for each in fund.of_bonds if each.row.payer == Party.BUDGET)


def _beside_pool(projection: Projection, _: Sequence[YearBasis]) -> Account:
    """What is read beside the account of the employee scheme's pooled fund."""
    totals, fund = projection.totals, fund_of(POOL)
    stocks = (total(projection.stocks.membership[:, :, :, row(name) : row(name) + 1]) for name in fund.insured)
    active, retired = stocks
    base, levied = totals[fund.base], summed(booked(fund.levied, totals))
    income, outgo = (summed(booked(side, totals)) for side in (fund.income, fund.outgo))
    return {
        "benefits_of_retired": totals["benefits_of_retired"],
        "employee_active": active[1:],
        "employee_retired": retired[1:],
        "dependency_ratio": ratio(retired, active)[1:],
        "contribution_base": base,
        "contribution_rate": ratio(levied, base),
        "pay_as_you_go_rate": ratio(outgo - (income - levied), base),
        **_use(totals, "employee_", (active + retired)[1:]),
    }


def _use(totals: Mapping[str, np.ndarray], scheme: str, insured: np.ndarray) -> Account:
    """Who of a scheme's insured on 31 December was in hospital, how often, and what an admission cost."""
    users, admissions, claims = (
        totals[f"{scheme}{name}"] for name in ("inpatient_users", "admissions", "inpatient_claims")
    )
    return {
        "inpatients_per_100": ratio(users, insured / 100),
        "admissions_per_100": ratio(admissions, insured / 100),
        "cost_per_admission": ratio(claims, admissions),
    }


BESIDE: Final[Mapping[str, Callable[[Projection, Sequence[YearBasis]], Account]]] = {
    RESIDENT: _beside_resident,
    POOL: _beside_pool,
    ACCOUNTS: lambda *_: {},
}
"""What is read beside each fund's account."""


def by_run(projection: Projection, values: Sequence[np.ndarray]) -> np.ndarray:
    """An assumption of each year that is one number a run, [year, run]."""
    found = np.empty((len(values), projection.prepaid.shape[1]))
    for place, each in enumerate(values):
        found[place] = of_run(each)
    return found


def ratio(part: np.ndarray, whole: np.ndarray, otherwise: float = np.nan) -> np.ndarray:
    """Part over whole; something else where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, otherwise), where=whole != 0)


def interest_path(basis: Sequence[YearBasis], runs: int) -> Interest:
    """The funds' interest by year and run."""
    rates = np.empty((len(basis), runs))
    for place, year in enumerate(basis):
        rates[place] = year.interest_rate
    return Interest(rates, basis[0].interest_share)


def first_year(below: np.ndarray, years: Sequence[int]) -> np.ndarray:
    """The first year in which a condition holds, NaN if it never does, [run]."""
    return np.where(below.any(axis=YEAR), np.asarray(years)[below.argmax(axis=YEAR)], np.nan)


DIVISORS: Final = {"of_income": "disposable_income", "of_gdp": "gdp"}
"""What an amount is a share of, by frame."""
INCOME_SHARE: Final = "share of members' disposable income"
BASE_SHARE: Final = "share of the contribution base"
SHARE_OF_BASE: Final = {"members_income": INCOME_SHARE, "contribution_base": BASE_SHARE}
FIRST_AND_LAST: Final = {
    "closing": "yuan",
    "reserve_months": "months",
    "debt_outstanding": "yuan",
    "closing_gross": "yuan",
    "reserve_months_gross": "months",
    "cash_balance": "yuan",
    "current_balance": "yuan",
    "outgo_pp": "yuan a year",
    "income_rate": INCOME_SHARE,
    "cost_rate": INCOME_SHARE,
    "coverage": "share",
    "coverage_of_population": "share",
    "leave_rate": "share of the insured a year",
    "return_rate": "share of the uninsured a year",
    "resident_insured": "persons",
    "public_money": "yuan",
    "employee_active": "persons",
    "employee_retired": "persons",
    "dependency_ratio": "retired per active member",
    "contribution_rate": "share of the base",
    "pay_as_you_go_rate": "share of the base",
    "interest_less_income_growth": "a year",
}
"""Columns of an account that are reported for the first and the last year, with their units; of debt where there is any."""
OF_DEBT: Final = ("debt_outstanding", "closing_gross", "reserve_months_gross")
"""Columns of an account of a scenario with bonds."""


def measures(
    values: Sequence[ScenarioValues], accounts: dict[str, Account], basis: Sequence[YearBasis], persons: np.ndarray
) -> list[Measured]:
    """All measures of all runs; `values` of each run, `accounts` by year and run, `persons` [date, run, sex, area, age].

    Those of the first fund first, the others' named after their fund.
    """
    years = [year.year for year in basis]
    interest = interest_path(basis, len(values))
    found: list[Measured] = []
    for name, account in accounts.items():
        fund = fund_of(name)
        own = [*dated_measures(account, years), *level_measures(fund, account, years[0] - 1)]
        if fund.a_head:
            own += burden_measures(values[0].axes, basis, persons)
        if fund.pooled:
            own += present_values(values, fund, account, interest)
            own += required_contributions(values, fund, account, interest, years)
        own += payable_shares(account, years)
        found += [replace(each, measure=measure_of(name, each.measure)) for each in own]
    return found


def measure_of(fund: str, name: str) -> str:
    """The name of a fund's measure: those of the first fund have no prefix."""
    return f"{fund_of(fund).prefix}{name}"


def measured(name: str, values: np.ndarray, unit: str, otherwise: str = "no_value") -> Measured:
    """A measure of all runs; `otherwise`: its status where it has no value."""
    return Measured(name, values, unit, np.where(np.isfinite(values), "ok", otherwise))


def dated_measures(account: Account, years: Sequence[int]) -> Iterator[Measured]:
    """First years of a cash deficit, of a deficit and of depletion, or the status that there is none."""
    for name, column, status in (
        ("first_cash_deficit_year", "cash_balance", "no_cash_deficit_by"),
        ("first_deficit_year", "current_balance", "no_deficit_by"),
        ("depletion_year", "closing", "not_depleted_by"),
    ):
        found = first_year(overdrawn(account[column], account["outgo"]), years)
        yield measured(name, found, "year", f"{status}_{years[-1]}")


def level_measures(fund: Fund, account: Account, price_year: int) -> Iterator[Measured]:
    """Columns of the account at both ends, all but other funds' own, amounts in every frame; and the lowest reserve."""
    others = {name for each in FUNDS if each.name != fund.name for name in each.levels}
    for name, unit in FIRST_AND_LAST.items():
        if name not in others and (name in account or name not in OF_DEBT):
            for label, place in (("first", 0), ("last", -1)):
                yield always(f"{name}_{label}_year", account[name][place], unit)
                if unit.startswith(YUAN):
                    for frame, of_frame in FRAMES.items():
                        values = account[name][place] / divisor(account, frame, name)[place]
                        told = f"{unit} of {price_year}" if frame == CONSTANT_PRICES else of_frame
                        yield measured(f"{name}_{label}_year_{frame}", values, told, "no_gdp")
    yield always("lowest_reserve_months", account["reserve_months"].min(axis=YEAR), "months")


def divisor(account: Account, frame: str, name: str) -> np.ndarray:
    """What an amount of an account is divided by in a frame, [year] or [year, run]; one a head by what there is a head."""
    if frame == CONSTANT_PRICES:
        return account["price_level"]
    whole = account[DIVISORS[frame]]
    return whole * (account["disposable_income_pp"] / account["disposable_income"]) if name in A_HEAD else whole


def in_frame(account: Account, frame: str) -> Account:
    """The amounts of an account in a frame; NaN where there is no product to be a share of."""
    names = [each.name for each in VARIABLES if each.table == "frames" and each.name in account]
    return {name: account[name] / divisor(account, frame, name) for name in names}


def always(name: str, values: np.ndarray, unit: str) -> Measured:
    """A measure that every run has, but where nobody and nothing is what it is a share of."""
    return measured(name, np.where(np.isfinite(values), values, np.nan), unit, "no_denominator")


def burden_measures(axes: Axes, basis: Sequence[YearBasis], persons: np.ndarray) -> Iterator[Measured]:
    """Own payment over disposable income of the year before, by area and income group, in the first and the last year.

    `persons` on each 1 January, [date, run, sex, area, age].
    """
    unit = "share of disposable income of the year before"
    groups = (len(axes.areas), len(axes.income_groups))
    means = [over_ages(basis[place].burden, persons[:-1][place]) for place in (0, -1)]
    ends = [np.broadcast_to(each, (len(each), *groups)) for each in means]
    for area, of_area in enumerate(axes.areas):
        for income, of_income in enumerate(axes.income_groups):
            for label, burden in zip(("first", "last"), ends, strict=True):
                yield always(f"burden_{of_area}_{of_income}_{label}_year", burden[:, area, income], unit)


def by_area_and_income(values: np.ndarray, runs: int) -> np.ndarray:
    """An assumption that differs by area and income group alone, [run, area, income], size 1 where it does not."""
    found = values.squeeze(axis=axis("health", "status", "sex", "age"))
    return np.broadcast_to(found, (runs, *found.shape[1:]))


def by_sex_and_age(values: np.ndarray) -> np.ndarray:
    """An assumption that differs by sex and age alone, [run, sex, age], size 1 where it does not."""
    return np.asarray(values.squeeze(axis=axis("health", "status", "area", "income")))


def over_ages(values: np.ndarray, persons: np.ndarray) -> np.ndarray:
    """An assumption that differs by area, income group and age as the mean of an area's people, [run, area, income].

    `persons` [run, sex, area, age].
    """
    found = values.squeeze(axis=axis("health", "status", "sex"))
    of_age = persons.sum(axis=axis("sex", of=STOCK_AXES[1:]))[:, :, None]
    weighted = found * of_age
    return ratio(weighted.sum(axis=-1), np.broadcast_to(of_age.sum(axis=-1), weighted.shape[:-1]))


def present_values(
    values: Sequence[ScenarioValues], fund: Fund, account: Account, interest: Interest
) -> Iterator[Measured]:
    """Actuarial balance, also with the discount rate a point lower and higher, and public money.

    The balance is a share of what the fund's contributions are measured by.
    """
    margin = np.array([each.measures.discount_margin for each in values])
    target = reserve_target(values, account)
    for label, shift in (("", 0.0), ("_discount_minus_1_point", -0.01), ("_discount_plus_1_point", 0.01)):
        middle, end = interest.discounts(margin + shift)
        balance = account["opening"][0] + summed((account["income"] - account["outgo"]) * middle) - target * end[-1]
        balance = balance + on_debt(account, interest, end)
        share = ratio(balance, summed(account[fund.base] * middle))
        yield measured(f"actuarial_balance{label}", share, SHARE_OF_BASE[fund.base], "no_base")
    if fund.public:
        middle, _ = interest.discounts(margin)
        public = summed(account["public_money"] * middle)
        yield always("public_money_present_value", public, "yuan of the valuation date")


def reserve_target(values: Sequence[ScenarioValues], account: Account) -> np.ndarray:
    """The reserve that is wanted at the horizon, yuan, [run]."""
    return np.array([each.measures.target_reserve_months for each in values]) * account["outgo"][-1] / 12


def required_multiple(fund: Fund, account: Account, interest: Interest, target: np.ndarray, start: int) -> np.ndarray:
    """The level multiple of what is levied, from a year on, that leaves a target reserve at the horizon, [run].

    NaN where nothing is levied. Static: nobody reacts. `start` is a position in the years. Interest runs at the fund's rate
    throughout. What is passed on out of the levied moves with it, and so does its part of the target.
    """
    middle, end = interest.discounts()
    levied = account["income"] - summed(columns(fund.not_levied, account))
    passed_on = summed([0.0 * levied, *columns(fund.out_of_levied, account)])
    missing = target * end[-1] - account["opening"][0] - summed((account["income"] - account["outgo"]) * middle)
    missing = missing - on_debt(account, interest, end)
    more_target = ratio(target, account["outgo"][-1], 0.0) * passed_on[-1] * end[-1]
    value = summed(((levied - passed_on) * middle)[start:]) - more_target
    some = value > ROUNDING * summed(np.abs(account["outgo"]))
    return np.where(some, 1 + ratio(missing, value), np.nan)


def on_debt(account: Account, interest: Interest, end: np.ndarray) -> np.ndarray | float:
    """Value on the opening 1 January of the interest that a fund earns on what it owes, yuan, [run]; 0 without bonds.

    `end`: value of one yuan at each year's end.
    """
    if "debt_outstanding" not in account:
        return 0.0
    owed_before = np.concatenate([np.zeros_like(end[:1]), account["debt_outstanding"][:-1]])
    return summed(owed_before * interest.rates * end)


def columns(bookings: Sequence[Booking], account: Account) -> Iterator[np.ndarray]:
    """Columns of an account by what they book."""
    return (account[each.column] for each in bookings if not each.row.of_bonds or each.column in account)


def required_contributions(
    values: Sequence[ScenarioValues], fund: Fund, account: Account, interest: Interest, years: Sequence[int]
) -> Iterator[Measured]:
    """Required contribution now and if delayed: as a multiple of the scenario's, and in yuan a head or as a rate."""
    (starts,) = {starts_of(each, len(years)) for each in values}
    if fund.a_head:
        of, level, unit = "personal contribution and subsidy", "required_contribution", "yuan per person in"
        standard = account["personal_contribution_pp"] + account["subsidy_pp"]
    else:
        of, level, unit = "employer's contribution", "required_rate", "share of the base in"
        standard = account["contribution_rate"]
    target = reserve_target(values, account)
    levied = [each.row.name for each in fund.levied if each.row.scaled]
    held = np.array([is_held(each, levied) for each in values])
    for label, start in zip(("now", "delayed"), starts, strict=True):
        multiple, first = required_multiple(fund, account, interest, target, start), years[start]
        name, times = f"required_contribution_multiple_{label}", f"times {of} from {first}"
        yield unless_pinned(measured(name, multiple, times, "nothing_levied"), held)
        amount = measured(f"{level}_{label}", multiple * standard[start], f"{unit} {first}", "nothing_levied")
        yield unless_pinned(amount, held)
        for payer, paid in by_payer(fund, account).items():
            more = measured(
                f"required_more_from_{payer}_{label}",
                (multiple - 1) * paid[start],
                f"yuan in {first}",
                "nothing_levied",
            )
            yield unless_pinned(more, held)


def starts_of(values: ScenarioValues, years: int) -> tuple[int, int]:
    """From when contributions may change, as positions among so many years: as soon as they can, and if it is delayed."""
    chosen = values.measures
    return min(chosen.notice_years, years - 1), min(chosen.delay_years, years - 1)


def by_payer(fund: Fund, account: Account) -> dict[str, np.ndarray]:
    """What is levied for a fund by who pays it, yuan; what is passed on is taken off what its payer pays."""
    found: dict[str, np.ndarray] = {}
    for each in fund.levied:
        payer = row_of(each.row.within).payer if each.taken_off else each.row.payer
        name = Party(payer).name.lower()
        found[name] = found.get(name, 0.0) + account[each.column]
    return found


def unless_pinned(found: Measured, held: np.ndarray) -> Measured:
    """A measure that asks what an answer would be; none, and the status `pinned`, in the runs where the answer is imposed."""
    values, statuses = np.where(held, np.nan, found.values), np.where(held, "pinned", found.statuses)
    return replace(found, values=values, statuses=statuses)


def payable_shares(account: Account, years: Sequence[int]) -> Iterator[Measured]:
    """Share of outgo that income covers in the depletion year and in the last, or the status that there is none."""
    depleted = overdrawn(account["closing"], account["outgo"])
    share, ever = ratio(account["income"], account["outgo"]), depleted.any(axis=YEAR)
    at_depletion = np.take_along_axis(share, depleted.argmax(axis=YEAR)[None], axis=YEAR)[0]
    for label, found in (("at_depletion", at_depletion), ("last_year", share[-1])):
        values = np.where(ever, found, np.nan)
        statuses = np.where(ever, np.where(np.isfinite(values), "ok", "no_outgo"), f"not_depleted_by_{years[-1]}")
        yield Measured(f"payable_share_{label}", values, "share of expenditure", statuses)


def date_percentiles(years: np.ndarray) -> tuple[int | None, int | None, int | None]:
    """Tenth percentile, median and ninetieth percentile of a date in many runs, NaN where it does not come, [run].

    A date that does not come ranks after every year; None for one.
    """
    ranked = np.where(np.isnan(years), np.inf, years)
    low, middle, high = np.percentile(np.sort(ranked), (10.0, 50.0, 90.0), method="inverted_cdf")
    return tuple(int(each) if np.isfinite(each) else None for each in (low, middle, high))  # type: ignore[return-value]
