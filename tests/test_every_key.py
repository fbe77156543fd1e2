"""Every key of the baseline and every column of its tables can act: another value moves a number, a chart or the summary."""

import csv
from collections.abc import Mapping
from functools import cache
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from simsurance.analysis.twins import twins
from simsurance.basis.inputs import COUNTED_AGES
from simsurance.data.tables import ESTIMATE, VARIANTS, read_table
from simsurance.ledger import INSURED, LEDGER
from simsurance.output import charts
from simsurance.output.summary import summary
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.keys import KEYS, LEVER_KEYS, Key, key_at
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.pins import OF_KEYS, SPENDING, moved_by, with_what_follows
from simsurance.scenario_file.years import table_years, years_read

LEVER = "levers.procurement_inpatient"
RUNS_TOGETHER = 16
LEAST = 1e-9
"""The smallest relative change of a number that is not rounding."""

SMALL_PART = 0.05
"""Of what a key moves most: what moves by less answers through members."""

LONG_AGO = ("participation.start_year=2015",)
"""Rules that have counted for so long that floor, longest waiting and bonus have been reached."""
CAMPAIGN = ("behaviour.campaign_strength=1.0",)
FAMILY = ("behaviour.family_share=0.5",)
TWO_YEARS = ("horizon.last_year=2027",)
PAST = ("horizon.valuation_year=2024", "horizon.last_year=2024")
RICHER = ("economy.real_income_growth=0.06",)
"""Incomes that are not those of the root."""
ADJUSTS = (
    "horizon.last_year=2028",
    "timely_adjustment.in_force=true",
    "timely_adjustment.first_year=2026",
    "timely_adjustment.months_below=20",
    "timely_adjustment.recovery_months=30",
)
"""A rule that takes a step in every year."""
ALL_AT_ONCE = (
    *ADJUSTS,
    *(f"timely_adjustment.{answer}.order=1" for answer in ("payment_ratio", "limits", "deductible")),
)
ALL_AT_ONCE += ("benefits.outpatient.deductible=50", "benefits.inpatient.deductible=500")
TO_ITS_BOUNDS = (*ALL_AT_ONCE, *(f"timely_adjustment.{rises}.step=0.1" for rises in ("contribution", "subsidy")))
TO_ITS_BOUNDS += ("timely_adjustment.limits.step=0.1", "timely_adjustment.limits.floor=0.85")
TO_ITS_BOUNDS += tuple(f"timely_adjustment.{rises}.ceiling=1.15" for rises in ("contribution", "subsidy", "deductible"))
"""The same, each answer at its bound with the second step."""
CONTROL = tuple(
    f"control.{switch}"
    for switch in (
        *("referral.prevented=0.5", "case_payment.added_share=0.5", "tests.unpaid=1.0", "devices.premium_unpaid=0.5"),
        *("drugs.excluded=0.1", "drugs.class_b_first=0.1", "stay.cut=0.5", "stay.points_a_day=0.02"),
        *("audit.added=1.0", "knowledge.campaign=0.5"),
        *("village.settled=0.5", "telemedicine.moved=0.1", "away.added_share=0.05"),
        "digital.reached=0.5",
    )
)
"""Every rule on care at work."""
DEMAND = (
    "claims.demand.answers=true",
    "benefits.inpatient.payment_ratio=0.7",
    "benefits.outpatient.payment_ratio=0.7",
    "employee.benefits.inpatient.payment_ratio=0.8",
    "employee.benefits.outpatient.payment_ratio=0.8",
)
"""Use answers to the price, and patients pay another share than in the root."""
PAID = "employee.contributions"
TIERS = ("tiers.in_force=true", "tiers.supplementary.limit=20000", "tiers.assistance.inpatient_limit=20000")
"""The other tiers told, with limits that many patients reach."""
NEEDS: dict[str, tuple[str, ...]] = {
    "timely_adjustment.in_force": tuple(each for each in ADJUSTS if "in_force" not in each),
    "timely_adjustment.first_year": tuple(each for each in ADJUSTS if "first_year" not in each),
    "timely_adjustment.notice_years": ADJUSTS,
    "timely_adjustment.trigger": (*ADJUSTS, "timely_adjustment.months_below=9.7"),
    "timely_adjustment.months_below": (*ADJUSTS, "timely_adjustment.months_below=9.6"),
    "timely_adjustment.years_ahead": (
        *ADJUSTS,
        'timely_adjustment.trigger="projected_months"',
        "timely_adjustment.months_below=13.5",
    ),
    "timely_adjustment.recovery_months": (
        "horizon.last_year=2029",
        *ADJUSTS[1:3],
        'timely_adjustment.trigger="current_balance"',
    ),
    **{
        f"timely_adjustment.{answer}.{name}": needs
        for answer, bound in zip(
            ("contribution", "subsidy", "payment_ratio", "limits", "deductible"),
            ("ceiling", "ceiling", "floor", "floor", "ceiling"),
            strict=True,
        )
        for name, needs in (("order", ALL_AT_ONCE), ("step", ALL_AT_ONCE), (bound, TO_ITS_BOUNDS))
    },
    "population.pinned_total": TWO_YEARS,
    "population.mortality_level_fade_years": TWO_YEARS,
    "economy.drift_of_areas": TWO_YEARS,
    **dict.fromkeys(("behaviour.effects.burden", "behaviour.leave.burden", "behaviour.return.burden"), TWO_YEARS),
    "behaviour.burden_floor": TWO_YEARS,
    **dict.fromkeys(("behaviour.effects.family", "behaviour.leave.family"), FAMILY),
    "economy.deficit_interest_margin": ("fund.opening=-1e12",),
    "employee.retirement.early_years": ("employee.retirement.early_share=0.2",),
    "employee.retirement.late_years": ("employee.retirement.late_share=0.2",),
    **dict.fromkeys(("behaviour.leave.campaign", "behaviour.return.campaign", "behaviour.effects.campaign"), CAMPAIGN),
    **dict.fromkeys(("behaviour.leave.renewal", "behaviour.effects.renewal"), ("behaviour.default_renewal=0.5",)),
    "behaviour.effects.mood": ("behaviour.mood=0.5",),
    "participation.waiting.floor_months": LONG_AGO,
    "participation.waiting.floor_from_lapsed_years": LONG_AGO,
    "participation.waiting.longest_months": (*LONG_AGO, "participation.waiting.longest_months=8"),
    "participation.repair.years_paid": LONG_AGO,
    **dict.fromkeys(("behaviour.effects.bonus", "behaviour.leave.bonus_per_1000"), LONG_AGO),
    "participation.continuous_bonus.step": LONG_AGO,
    "participation.continuous_bonus.after_years": LONG_AGO,
    "participation.continuous_bonus.kept_after_lapse": (*LONG_AGO, "horizon.last_year=2028"),
    "participation.continuous_bonus.credited_years": ("participation.start_year=2022",),
    "participation.no_claim_bonus.reset_on_use": TWO_YEARS,
    "behaviour.leave.bonus_thousand": LONG_AGO,
    "participation.bonus_limit": (*LONG_AGO, "participation.bonus_limit=0.0123"),
    "contributions.personal.rule": TWO_YEARS,
    "contributions.personal.income_share": TWO_YEARS,
    "contributions.subsidy.income_share": TWO_YEARS,
    "contributions.personal.floor": (*TWO_YEARS, "contributions.personal.floor=500"),
    "contributions.personal.phase_in_years": (*TWO_YEARS, "contributions.personal.income_share=0.012"),
    "contributions.personal.growth_rate": (*TWO_YEARS, 'contributions.personal.rule={2019="schedule", 2027="growth"}'),
    "contributions.personal.highest_rise": (*TWO_YEARS, "contributions.personal.highest_rise=0.01"),
    "contributions.subsidy.rule": TWO_YEARS,
    "contributions.subsidy.growth_rate": (*TWO_YEARS, 'contributions.subsidy.rule={2019="schedule", 2027="growth"}'),
    "contributions.subsidy.ratio_to_personal": ('contributions.subsidy.rule={2019="ratio"}',),
    "contributions.subsidy.share_of_total": ('contributions.subsidy.rule={2019="share"}',),
    "benefits.critical_illness.cap": ('benefits.critical_illness.cap_rule="amount"',),
    "benefits.critical_illness.premium": ('benefits.critical_illness.financing="premium"',),
    "measures.delay_years": ("horizon.last_year=2034",),
    "measures.notice_years": ("horizon.last_year=2034",),
    **dict.fromkeys(("claims.trend.real_growth", "claims.trend.use_growth"), PAST),
    **dict.fromkeys(("employee.care.real_growth", "employee.care.use_growth"), PAST),
    **dict.fromkeys(("claims.trend.income_elasticity", "claims.trend.income_lag"), RICHER),
    "employee.wage.growth_excess": TWO_YEARS,
    **dict.fromkeys(
        (
            *(f"claims.trend.{name}" for name in ("residual_growth", "use_share", "reference_year")),
            *("population.stock_level", "benefits.indexation"),
        ),
        (
            *TWO_YEARS,
            "benefits.birth_benefit=2000.0",
            *(f"{of}benefits.long_term_care=20.0" for of in ("", "employee.")),
        ),
    ),
    **dict.fromkeys(
        (
            *(f"claims.end_of_life.multiple.age_{band}" for band in ("0_44", "45_64", "65_74", "75_84", "85_plus")),
            "claims.end_of_life.resident_factor",
            "claims.end_of_life.employee_factor",
        ),
        ("claims.end_of_life.share=1.0",),
    ),
    **dict.fromkeys(
        (path for path in KEYS if path.startswith("control.") and not any(path in each for each in CONTROL)), CONTROL
    ),
    "control.knowledge.fading": (*CONTROL, *TWO_YEARS),
    "control.digital.administration": (*CONTROL, "fund.administration_share=0.02"),
    **dict.fromkeys((path for path in KEYS if path.startswith("claims.demand.")), DEMAND),
    **dict.fromkeys(
        (f"{PAID}.arrears", f"{PAID}.arrears_recovered", f"{PAID}.arrears_lag"),
        ("horizon.last_year=2029", f"{PAID}.arrears=0.05"),
    ),
    **dict.fromkeys((f"{PAID}.retiree_pension", f"{PAID}.retirees_paying"), (*TWO_YEARS, f"{PAID}.retiree_rate=0.02")),
    "employee.flexible_outside": ("employee.flexible_joining.by_choice=0.02",),
    **dict.fromkeys((path for path in KEYS if path.startswith("tiers.") and path != "tiers.in_force"), TIERS),
    "tiers.long_term_care.trend": (*TIERS, *TWO_YEARS),
    "population.stock_table": tuple(f"population.counted.{ages}={{}}" for ages in COUNTED_AGES),
}
"""What else has to be set so that a key matters; the others do as the baseline stands, in a projection of one year."""
VALUES: dict[str, Any] = {
    "timely_adjustment.recovery_months": 8.5,
    "horizon.valuation_year": 2025,
    "population.pinned_total": {"2027": 1.38e9},
    "population.stock_level": {"2026": 0.995},
    "population.counted.age_16_59": {"2026": 8.52e8},
    "population.counted.age_60_plus": {"2026": 3.22e8},
    "population.counted.age_65_plus": {"2026": 2.23e8},
    "economy.currency": "KRW",
    "participation.waiting.floor_months": 4,
    "participation.cap_cut_per_lapsed_year": 1000,
    "benefits.outpatient.deductible": 100,
    **dict.fromkeys(("benefits.long_term_care", "employee.benefits.long_term_care"), 30),
    "benefits.birth_benefit": 2000,
    "plausible": {"fund.opening": "meant"},
    "register": {"fund.opening": {"source": "accounts", "mark": "verified", "valid_until": "2025-12-31"}},
    "judged_on": "2027-12-31",
    "benefits.critical_illness.tail_index": 2.0,
    "fund.reserve_band": [3, 5],
    "employee.fund.reserve_band": [3, 5],
    f"{LEVER}.component": "inpatient_use",
    f"{LEVER}.mark": "judgement",
}
"""The other value, where a step from the baseline's is not valid or not to the point."""
WORDS = (
    "plausible",
    "register",
    "judged_on",
    "title",
    "title_zh",
    "description",
    "description_zh",
    "economy.currency",
    *(f"{LEVER}.{key}" for key in LEVER_KEYS if LEVER_KEYS[key].kind == "text"),
)
FINES = "control.audit.fines_imposed"
OF_ACCOUNTS = tuple(f"employee.accounts.{name}" for name in ("empty_share", "balance_spread", "small_balance"))
IN_WORDS = {FINES, "tiers.in_force", *WORDS, *OF_ACCOUNTS, *(f"{LEVER}.{key}" for key in ("low", "high", "mark"))}
"""Keys that the summary tells."""
IN_CHARTS = {"fund.reserve_band": "reserve_months", "employee.fund.reserve_band": "employee_reserve_months"}
COLUMNS = {"year", "sex", "age", "area", "income", "variant"}
"""Columns of tables that say where a number belongs."""


def stepped(key: Key, number: float) -> float:
    """A number a little way off, within its bounds."""
    assert key.lowest is not None
    assert key.highest is not None
    step = 0.05 * number if number else key.highest * (0.1 if key.highest <= 1 else 1e-3)
    return number + step if key.lowest <= number + step <= key.highest else number - step


def another(base: Scenario, path: str) -> Scenario:
    """The scenario with another valid value of a key."""
    key = key_at(path)
    assert key is not None
    if ".admission_share." in path:  # one share more, another less
        beside = path.replace("tertiary", "secondary") if "tertiary" in path else path.rpartition(".")[0] + ".tertiary"
        return base.replace({path: base.leaves[path] + 0.05, beside: base.leaves[beside] - 0.05})
    return base.replace({path: VALUES[path] if path in VALUES else other(key, base.leaves[path])})


def other(key: Key, value: Any) -> Any:
    """Another valid value of a kind of key."""
    match key.kind:
        case "switch":
            return not value
        case "choice":
            return next(choice for choice in key.choices if choice != value)
        case "text":
            return f"{value} and more"
        case "rules":
            return {year: "growth" if rule == "indexed" else rule for year, rule in value.items()}
        case "whole number":
            return value + 1 if key.highest is None or value < key.highest else value - 1
        case "list":
            return [stepped(key, number) if number else 0 for number in value]
    if isinstance(value, dict):
        return {year: other(key, part) for year, part in value.items()}
    return stepped(key, value)


def other_tables(path: str, file: Path, folder: Path) -> dict[str, str]:
    """A table with other numbers from 40 years of age on in one of its columns each, by `path:column`."""
    with file.open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    found = {}
    for place, column in enumerate(header):
        if column in COLUMNS:
            continue
        moved = [list(row) for row in rows]
        for row, factor in zip(moved, cycle((0.97, 0.98)), strict=False):
            if "age" not in header or int(row[header.index("age")]) >= 40:
                row[place] = repr(float(row[place]) * factor)
        if column == "share":
            for area in (moved[:4], moved[4:]):
                area[-1][place] = repr(1 - sum(float(row[place]) for row in area[:-1]))
        target = folder / f"{path}_{column}.csv"
        target.write_text("\n".join(",".join(row) for row in (header, *moved)) + "\n", encoding="utf-8")
        found[f"{path}:{column}"] = str(target)
    return found


def numbers(result: RunResult) -> dict[str, np.ndarray]:
    """All flows, stocks, funds and measures of a run."""
    found = result.projection
    parts = (
        found.by_age,
        found.by_group,
        found.by_run,
        vars(found.stocks),
        {"fund": found.fund, "prepaid": found.prepaid},
    )
    together = {f"{place} {name}": values for place, part in enumerate(parts) for name, values in part.items()}
    together = {name: np.nan_to_num(values) for name, values in together.items()}
    return together | {f"measure {name}": np.nan_to_num([value]) for name, value in result.measures["value"].items()}


def totals(result: RunResult) -> dict[str, np.ndarray]:
    """Rows of the ledger and stocks of insured by year."""
    rows = {row.name: result.projection.totals.get(row.name, np.zeros(1)) for row in LEDGER if row.always}
    accounts = {name: column for account in result.accounts.values() for name, column in account.items()}
    return rows | {name: accounts[name] for name in INSURED if name in accounts}


def moved_totals(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> dict[str, float]:
    """The relative change of every total that moves at all."""
    found = {name: moved({name: before[name]}, {name: after[name]}) for name in before if name in after}
    return {name: change for name, change in found.items() if change > LEAST}


def moved(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> float:
    """The largest change of a number relative to the largest of its kind; infinite where the kinds or years differ."""
    if any(name not in after or after[name].shape != values.shape for name, values in before.items()):
        return np.inf
    changes = []
    for name, values in before.items():
        new = after[name]
        changes.append(float(np.abs(new - values).max() / max(np.abs(values).max(), np.abs(new).max(), 1e-300)))
    return max(changes)


def told(result: RunResult) -> str:
    """What a run says of itself in both languages."""
    beside = twins(result)
    return summary(beside, "en") + summary(beside, "zh")


@cache
def start(settings: tuple[str, ...] = ()) -> Scenario:
    """The baseline over one year with what a key needs."""
    return load("baseline", settings=("horizon.last_year=2026", *settings))


@cache
def with_lever() -> Scenario:
    return load("baseline", ["central_procurement"]).replace({"horizon.last_year": 2028})


DRAWN = "uncertainty."
"""Keys that a single run reads nothing of: see `test_uncertainty`."""
OF_A_FUND = ("scope", "published.series_table", "calibration.tables", "calibration.fits", "calibration.largest_error")
"""Keys that say whose totals and whose past stand here: see `test_own_fund`."""


AXES = "axes."
"""Names of areas and income groups: see `test_axes`."""


def cases(folder: Path) -> dict[str, tuple[Scenario, Scenario]]:
    """The scenario and the same with another value, by key, and by key and column for tables."""
    found = {}
    for path, key in KEYS.items():
        if path.startswith((DRAWN, AXES)) or path in OF_A_FUND:
            continue
        base = start(NEEDS.get(path, ()))
        if key.kind == "table":
            for name, file in other_tables(path, base.tables[path], folder).items():
                found[name] = (base, base.replace({path: file}))
        else:
            found[path] = (base, another(base, path))
    for path in (
        f"{LEVER}.{name}" for name, key in LEVER_KEYS.items() if not key.optional
    ):  # one allows, and moves nothing
        found[path] = (with_lever(), another(with_lever(), path))
    return found


@cache
def changes() -> dict[str, tuple[float, dict[str, float]]]:
    """By how much each key moves the numbers, and the totals, by key, and by key and column for tables."""
    before: dict[int, tuple[dict[str, np.ndarray], ...]] = {}
    found = {}
    with TemporaryDirectory() as folder:
        given = list(cases(Path(folder)).items())
        for first in range(0, len(given), RUNS_TOGETHER):
            batch = given[first : first + RUNS_TOGETHER]
            new = {id(base): base for _, (base, _) in batch if id(base) not in before}
            runs = [
                (numbers(run), totals(run))
                for run in simulate([*new.values(), *(changed for _, (_, changed) in batch)])
            ]
            before |= dict(zip(new, runs, strict=False))
            for (name, (base, _)), after in zip(batch, runs[len(new) :], strict=True):
                found[name] = moved(before[id(base)][0], after[0]), moved_totals(before[id(base)][1], after[1])
    return found


@pytest.mark.long
def test_every_key_and_every_column_of_a_table_moves_a_number() -> None:
    unmoved = {name for name, (change, _) in changes().items() if not change > LEAST}
    assert unmoved == {*IN_WORDS, *IN_CHARTS}


@pytest.mark.long
def test_keys_are_said_to_move_the_totals_that_they_move_and_no_others() -> None:
    """What pins may hold: but for secondary effects every total that moves is declared, and every one declared moves."""
    seen: dict[tuple[str, ...], set[str]] = {OF_KEYS["economy.interest_rate"]: set(SPENDING)}
    for name, (_, found) in changes().items():
        key = name.partition(":")[0]
        if key in KEYS and not key.startswith("horizon."):
            most = max(found.values(), default=0.0)
            primary = {total for total, change in found.items() if change > SMALL_PART * most}
            assert primary <= with_what_follows(moved_by(key)), name
            seen.setdefault(moved_by(key), set()).update(found)
    assert {declared for declared in OF_KEYS.values() if not set(declared) <= seen[declared]} == set()


@pytest.mark.parametrize("key", [key for key in KEYS if OF_KEYS["economy.interest_rate"] == moved_by(key)])
def test_what_moves_the_accounts_moves_their_spending_a_year_later(key: str) -> None:
    base = start(TWO_YEARS)
    found = moved_totals(*(totals(run) for run in simulate([base, another(base, key)])))
    assert set(found) & set(SPENDING)
    assert set(found) <= set(SPENDING)


@cache
def told_before(with_a_lever: bool) -> str:
    return told(simulate([with_lever() if with_a_lever else start()])[0])


@pytest.mark.long
@pytest.mark.parametrize("path", sorted(IN_WORDS))
def test_words_and_marks_are_told_in_the_summary(path: str) -> None:
    if path == FINES:
        base = start(CONTROL)
        assert told(simulate([another(base, path)])[0]) != told(simulate([base])[0])
        return
    base = with_lever() if path.startswith(LEVER) else start()
    assert told(simulate([another(base, path)])[0]) != told_before(path.startswith(LEVER))


@pytest.mark.parametrize("path", IN_CHARTS)
def test_a_band_wanted_is_drawn(path: str) -> None:
    drawn = [charts.draw(IN_CHARTS[path], run).data for run in simulate([start(), another(start(), path)])]
    assert not drawn[0].equals(drawn[1])


def test_every_need_and_every_other_value_is_of_a_key_and_is_needed() -> None:
    assert {*NEEDS, *VALUES, *IN_CHARTS} <= {*KEYS, *(f"{LEVER}.{name}" for name in LEVER_KEYS)}


@pytest.mark.long
def test_a_key_that_does_nothing_would_be_seen() -> None:
    """Where nothing needs a key it moves nothing: the needs are real, and so is the measure."""
    one_year = [path for path in NEEDS if path not in VALUES and "horizon.last_year" not in str(NEEDS[path])]
    needed = [path for path in one_year if KEYS[path].kind != "table"]
    base, *runs = map(numbers, simulate([start(), *(another(start(), path) for path in needed)]))
    assert {path for path, run in zip(needed, runs, strict=True) if moved(base, run) > LEAST} == set()


def test_rows_of_every_year_are_read_by_some_projection_but_those_before_the_death_rates_begin() -> None:
    held = start().tables
    named = {path: table_years(held[path]) for path in years_read(2026, 2026, held)}
    spans = {path: span for path, span in named.items() if span}
    assert set(spans) == set(named)
    begin, end = spans["population.mortality_table"]
    readable: dict[str, set[int]] = {path: set() for path in spans}
    for opening in range(begin, end + 1):
        for path, (first, last) in years_read(opening, end, held).items():
            readable[path] |= set(range(first, last + 1))
    for path, (first, last) in spans.items():
        assert all(year < begin for year in set(range(first, last + 1)) - readable[path]), path


def test_every_variant_of_the_table_of_total_fertility_is_a_choice() -> None:
    variants = set(read_table(start().tables["population.total_fertility_table"])["variant"])
    assert variants == {ESTIMATE, *VARIANTS}
    assert KEYS["population.fertility_variant"].choices == VARIANTS
