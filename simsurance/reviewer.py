"""What a reviewer will ask, and the numbers that answer it (docs/reviewer.md).

`python -m simsurance.reviewer` prints each question with its answer and a command that shows it.
"""

import sys
from collections.abc import Iterator
from functools import cache
from textwrap import fill
from typing import Final

from simsurance.analysis.single_changes import single_changes
from simsurance.evidence import base_growth, cost_growth, ex_ante, opening, us_oasdi
from simsurance.evidence.naive import NAIVE
from simsurance.language import words
from simsurance.ledger import POOL, RESIDENT, fund_of
from simsurance.measures import Account, by_payer, in_frame, measure_of
from simsurance.results import RunAccounts, RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import load

Answer = tuple[str, str, str]
"""Question, answer, command."""
RUN: Final = "simsurance run baseline"
WIDTH: Final = 110
PRICES: Final = "at constant prices"
said = words("en")


@cache
def base() -> RunResult:
    """The baseline."""
    return simulate([load("baseline")])[0]


def run(*options: str, name: str = "baseline", settings: tuple[str, ...] = (), held: bool = False) -> RunAccounts:
    """Another scenario, or the baseline under options and settings; `held`: with the baseline's entries to the pool."""
    return accounts_of([load(name, options, settings)], base().entries if held else None)[0]


def value(found: RunAccounts, measure: str) -> float:
    """A measure of a run."""
    return found.by_measure[measure].value


def year(found: RunAccounts, measure: str) -> str:
    """A year, or why there is none."""
    row = found.by_measure[measure]
    return f"{row.value:.0f}" if row.status == "ok" else row.status.replace("_", " ")


def required(found: RunAccounts) -> str:
    """The multiple that is required of the resident fund."""
    return said.quantity("multiple", value(found, "required_contribution_multiple_now"))


def rate(found: RunAccounts) -> str:
    """The rate that is required of the pool."""
    return percent(value(found, measure_of(POOL, "required_rate_now")))


def percent(share: float, decimals: int = 2) -> str:
    """A share in words."""
    return said.quantity("percent", share, decimals)


def real(found: RunAccounts, name: str, fund: str = RESIDENT) -> float:
    """An amount of the last year at constant prices."""
    return float(in_frame(found.accounts[fund], "constant_prices")[name][-1])


def money(amount: float) -> str:
    """An amount in words."""
    return said.quantity("money", amount)


def growth_and_cost() -> Iterator[Answer]:
    """Cost, income and what is fitted."""
    account, last = base().account, base().years[-1]
    evidence = cost_growth.Evidence.of(load("baseline"))
    centres, alone = [], []
    for one in cost_growth.residual(evidence.series(evidence.institution_cost)):
        weight = percent(1 - one.weight, 0)
        centres.append(f"{one.name} {percent(one.mean)} ± {percent(one.standard_error)} (the prior weighs {weight})")
        alone.append(f"{percent(one.of_years)} ± {percent(one.of_years_error)}")
    yield (
        "Does growth of cost stand on one break year, and how much of it is the prior?",
        f"growth beyond income, a year: {', '.join(centres)}; the years alone {', '.join(alone)}",
        "python -m simsurance.evidence.cost_growth",
    )
    before = run("rising_cost_growth")
    yield (
        "What if the path used before were right?",
        f"{required(before)} instead of {required(base())}",
        f"{RUN} --with rising_cost_growth",
    )
    path = "economy.real_income_growth={ramp={2026=0.055,2035=0.045,2050=0.035}}"
    none, full = (run(settings=(path, f"claims.trend.income_elasticity={each}")) for each in (0, 1))
    yield (
        "Does cost follow income, and which way does a point more of it move the fund?",
        f"{required(none)} if cost does not follow, {required(full)} if it does in full "
        f"(baseline {required(base())}): the sign "
        "hangs on the elasticity",
        f"{RUN} --set '{path}' --set claims.trend.income_elasticity=0",
    )
    used, cost = account["admissions_per_100"], in_frame(account, "constant_prices")["cost_per_admission"]
    yield (
        "Is it use or price that grows?",
        f"admissions per 100 insured residents {used[0]:.1f} → {used[-1]:.1f}; cost of an admission at constant prices "
        f"{cost[0]:,.0f} → {cost[-1]:,.0f} yuan",
        RUN,
    )
    drift = real(run("drift_of_areas"), "outgo") - real(base(), "outgo")
    yield (
        "Are moves to towns counted twice?",
        f"no; counted again they would add {money(drift)} to the expenditure of {last}, {PRICES}",
        f"{RUN} --with drift_of_areas",
    )
    healthy, dying = run("healthy_ageing"), run("cost_by_time_to_death")
    yield (
        "Does ageing cost less than cost by age says?",
        f"{required(dying)} by time to death, {required(healthy)} with all gained years in health; pool {rate(dying)}, "
        f"{rate(healthy)} (baseline {rate(base())})",
        f"{RUN} --with healthy_ageing",
    )
    fits = [
        f"{fit.key.partition('[')[0].removeprefix('1 + ')} {percent(fit.found - 1)}"
        for fit in base_growth.drift_fits(load("baseline"))
    ]
    yield (
        "Is income of the funds read off by the same rule?",
        f"yes: {', '.join(fits)}; were wages to keep their place, the pool would need {rate(run('wages_follow_income'))}",
        "python -m simsurance.evidence.base_growth",
    )


def rules_and_opening() -> Iterator[Answer]:
    """Critical illness, the opening, what must be possible."""
    first, last = base().years[0], base().years[-1]
    (layers,) = (each for each in base().checked if "both layers pay at most all" in each.identity)
    cap = real(base(), "closing") - real(run("critical_cap_300000"), "closing")
    yield (
        "Does critical-illness insurance pay more than care costs?",
        f"{'never' if layers.holds else 'yes'}: the check “{layers.identity}” is off by "
        f"{layers.residual:g}; a cap of 300,000 yuan "
        f"takes {money(cap)} off the balance of {last}, {PRICES}",
        f"{RUN} --with critical_cap_300000",
    )
    rows = {row.what: row for row in opening.ages_and_sexes(load("baseline"), first)}
    old, women = rows["65 and over"], rows["women"]
    assert None not in (old.count, old.table, women.count)
    yield (
        "How many old people does the projection open with?",
        f"{old.opening / 1e6:.1f} million of 65 and over, the count {(old.count or 0) / 1e6:.1f}, the "
        f"UN's table {(old.table or 0) / 1e6:.1f}; women "
        f"are {percent(women.opening / (women.count or 1) - 1)} off",
        "python -m simsurance.evidence.opening",
    )
    worst = max(off for *_, off, _ in us_oasdi.comparison())
    yield (
        "Does the account reproduce somebody else's valuation?",
        f"fund ratios of {len(us_oasdi.published())} policies for Social Security of the United "
        f"States are within {worst:.4f} of a year's cost of those "
        "published, from pinned flows",
        "python -m simsurance.evidence.us_oasdi",
    )
    cheaper = run(settings=("economy.deficit_interest_margin=-0.01",))
    early, late = (required(run(settings=(f'economy.flow_timing="{when}"',))) for when in ("start", "end"))
    yield (
        "What hangs on when in the year money flows, and on what a debt costs?",
        f"{early} on 1 January, {late} on 31 December (baseline {required(base())}); the closing deficit of {last} with a "
        f"point less interest on debt is {money(-real(cheaper, 'closing'))}, {PRICES}",
        f"{RUN} --set 'economy.flow_timing=\"end\"'",
    )
    credit = "participation.no_claim_bonus.kept_after_lapse"
    lost = real(run(settings=(f"{credit}=false",)), "closing") - real(base(), "closing")
    yield (
        "Is the credit for years without reimbursement lost in a lapse?",
        f"the text takes the years alone, so it is kept; were it lost, the balance of {last} would move by "
        f"{money(lost)}, {PRICES}",
        f"{RUN} --set {credit}=false",
    )


def policies() -> Iterator[Answer]:
    """Policies compared like with like."""
    years, pool, last = base().years, base().accounts[POOL], base().years[-1]
    jiangxi, national = (money(one.account["critical_illness"][0]) for one in (run("province_jiangxi"), base()))
    yield (
        "Why do provincial rules move the fund?",
        f"by what differs: critical-illness benefits of {years[0]} are {jiangxi} under those of "
        f"Jiangxi, {national} under the national "
        "ones; each is worked out by hand",
        f"{RUN} --with province_jiangxi",
    )
    held, odds = (
        money(real(run(name="frozen_contribution", held=each), "closing", POOL) - real(base(), "closing", POOL))
        for each in (True, False)
    )
    yield (
        "Does one fitted residual decide what a resident policy does to the pool?",
        f"not in a comparison: a freeze moves the pool of {last} by {held}, {PRICES}; by the odds it would be {odds}",
        "simsurance compare baseline frozen_contribution",
    )
    before, after = (
        sum(one.accounts[fund]["inpatient_benefits"][3] for fund in (RESIDENT, POOL))
        for one in (base(), run("unreasonable_referrals"))
    )
    yield (
        "Does a saving stated on benefits act on benefits, of both schemes?",
        f"fewer referrals save {percent(1 - after / before, 3)} of both pools' inpatient benefits of {years[3]}, "
        f"{money(before - after)}: stated are 12.5 of 1,458.6 billion",
        f"{RUN} --with unreasonable_referrals",
    )
    many, few = (births_and_benefits(name) for name in ("baseline", "low_fertility"))
    yield (
        "Do residents' maternity benefits follow births?",
        f"under low fertility there are {percent(1 - few[0] / many[0], 1)} fewer births in {last}, and what is paid for "
        f"births is {percent(1 - few[1] / many[1], 1)} less",
        "simsurance compare baseline low_fertility --with maternity_benefits",
    )
    recovered = run("fraud_recovery")
    sums = [money(-recovered.accounts[fund]["recoveries"][3]) for fund in (RESIDENT, POOL)]
    same = (recovered.account["income"] == base().account["income"]).all()
    yield (
        "Is recovered money booked as income?",
        f"a quarter more recovered takes {sums[0]} and {sums[1]} off the expenditure of the two "
        f"pools in {years[3]}; the resident "
        f"fund's income {'stays to the last digit' if same else 'moves'}",
        f"{RUN} --with fraud_recovery",
    )
    mood = "behaviour.mood={2026=0,2027=0.449}"
    lost = (base().account["resident_insured"] - run(settings=(mood,)).account["resident_insured"])[1]
    yield (
        "Can a loss of 22 million members be reached by an input?",
        f"{mood} loses {said.quantity('persons', lost)} in {years[1]}",
        f"{RUN} --set '{mood}'",
    )
    low, until = run(name="low_fertility", held=True), "horizon.last_year=2080"
    spared = sum((pool["maternity_benefits"] - low.accounts[POOL]["maternity_benefits"]) / pool["price_level"])
    fewer, as_many = (rate(run(name=name, settings=(until,))) for name in ("low_fertility", "baseline"))
    yield (
        "Why does low fertility help the pool?",
        f"it does to {last} alone: it spares {money(spared)} of maternity benefits, {PRICES}, before fewer members pay: "
        f"{rate(low)} instead of {rate(base())}; to 2080 it is {fewer} instead of {as_many}",
        "simsurance compare baseline low_fertility",
    )


def births_and_benefits(name: str) -> tuple[float, float]:
    """Births of the last year, and what the resident fund pays for those of its members with a benefit a birth."""
    (found,) = simulate([load(name, ["maternity_benefits"])])
    births = found.flows["births"].xs(found.years[-1], level="year").sum()
    return float(births), float(found.account["maternity_benefits"][-1])


def how_sure() -> Iterator[Answer]:
    """What is said of how sure a number is."""
    years, account = base().years, base().account
    ranges = []
    for found in single_changes(base()).funds.values():
        ends = " to ".join(str(end or f"not depleted by {found.last}") for end in found.ends)
        ranges.append(f"{found.fund.replace('_', ' ')} {found.depletion_year} (single changes: {ends})")
    yield "How sure is the depletion year?", "; ".join(ranges[:2]), RUN
    yield "Would it have beaten a ruler in the past?", back_test(), "simsurance hindcast --ex-ante"
    frames = [framed(fund) for fund in (RESIDENT, POOL)]
    yield f"What is a balance of {years[-1]} in today's money?", "; ".join(frames), RUN
    yield "Do incomes and GDP fit each other?", incomes_over_gdp(account), RUN
    cash = [year(base(), measure_of(fund, "first_cash_deficit_year")) for fund in (RESIDENT, POOL)]
    below = [said.quantity("points", -float(account["interest_less_income_growth"][place])) for place in (0, -1)]
    yield (
        "When does expenditure exceed income without interest, and what is interest worth?",
        f"{cash[0]} and {cash[1]}; interest is {below[0]} below the growth of incomes in {years[0]}, {below[1]} in {years[-1]}",
        RUN,
    )
    payers = by_payer(fund_of(RESIDENT), account)
    more = [f"{payer} {money(value(base(), f'required_more_from_{payer}_now'))}" for payer in payers]
    yield (
        "What would have to be paid, from when, by whom?",
        f"{required(base())} from {years[1]}, the first year that can still be changed: "
        f"{', '.join(more)} more in that year; the pool "
        f"{rate(base())} of the base",
        RUN,
    )
    standard = said.quantity("yuan", float(account["personal_contribution_pp"][1]))
    yield (
        "Which facts are newer than the data?",
        f"the standards of {years[1]} are not announced: {standard} is the rule's forecast; 400 "
        f"once more takes {required(base())} to "
        f"{required(run('personal_standard_400_in_2027'))}",
        f"{RUN} --with personal_standard_400_in_2027",
    )


def back_test() -> str:
    """The items on which the model beats all naive forecasts, and those on which one beats it."""
    by_item: dict[str, list[ex_ante.Forecast]] = {}
    for row in ex_ante.stored():
        by_item.setdefault(f"{row.fund} {row.item}".replace("_", " "), []).append(row)
    errors = {item: ex_ante.mean_errors(rows) for item, rows in by_item.items()}
    least = {item: min(each[name] for name in NAIVE) for item, each in errors.items()}
    lost = {item: each["model"] for item, each in errors.items() if each["model"] >= least[item]}
    named = [f"{item} {percent(error, 1)} against {percent(least[item], 1)}" for item, error in lost.items()]
    return f"below all naive forecasts on {len(errors) - len(lost)} of {len(errors)} items; not on {', '.join(named)}"


def framed(fund: str) -> str:
    """The balance of the last year at constant prices and over GDP."""
    closing = (value(base(), measure_of(fund, f"closing_last_year_{frame}")) for frame in ("constant_prices", "of_gdp"))
    real, of_gdp = closing
    return f"{fund.replace('_', ' ')} {money(real)} at prices of {base().years[0] - 1}, {percent(of_gdp, 1)} of GDP"


def incomes_over_gdp(account: Account) -> str:
    """Disposable income over GDP at both ends."""
    share, years = account["disposable_income"] / account["gdp"], base().years
    return (
        f"disposable income is {percent(share[0], 1)} of GDP in {years[0]} and {percent(share[-1], 1)} in {years[-1]}: real "
        "income is assumed to grow faster than real GDP, and prices faster than the deflator; both paths are judgement"
    )


PARTS: Final = {
    "Growth and cost": growth_and_cost,
    "Rules, opening, account": rules_and_opening,
    "Policies compared": policies,
    "How sure": how_sure,
}


def main() -> None:
    """Print every question with the number that answers it and the command that shows it."""
    for heading, answers in PARTS.items():
        sys.stdout.write(f"{heading.upper()}\n\n")
        for question, answer, command in answers():
            sys.stdout.write(f"{question}\n{_indented(answer)}\n{_indented(f'$ {command}')}\n\n")


def _indented(text: str) -> str:
    """A text on lines of its own."""
    return fill(
        text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


if __name__ == "__main__":
    main()
