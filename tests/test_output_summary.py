"""The summary: every number stands in the tables, no year is invented, and the weaknesses are told."""

import re
import tomllib

import pytest

import simsurance as ss
from simsurance import __version__
from simsurance.output.certainty import baseline_marks
from simsurance.output.labels import LANGUAGES, money, number, percent, persons
from simsurance.output.measured import measured, outlooks
from simsurance.output.summary import summary
from simsurance.scenario_file.register import register

POOR = {"fund.opening": 0, "claims.trend.real_growth": 0.08, "horizon.last_year": 2040}
RICH = {"claims.trend.real_growth": 0.0, "horizon.last_year": 2040}
PREPAID = {"contributions.prepaid_share": 0.7, "horizon.last_year": 2030}


@pytest.fixture(scope="module", params=[{}, POOR, RICH, PREPAID], ids=["baseline", "poor", "rich", "prepaid"])
def results(request):
    return ss.run("baseline", **request.param)


def printed_forms(value):
    """A number of the tables in every unit and with every number of decimals that a summary uses."""
    sizes = (1, 0.01, 1e4, 1e6, 1e8, 1e9)
    return {number(sign * value / size, decimals) for sign in (1, -1) for size in sizes for decimals in range(5)}


def allowed_numbers(results):
    """What may stand in the text: measures, first and last year of the fund, its extremes, years, counts."""
    values = [*results.measures["value"].dropna()]
    for account in results.accounts.values():
        values += [float(column[row]) for column in account.values() for row in (0, -1)]
        months = account["reserve_months"]
        values += [months.max(), months.min()]
    delayed = min(results.scenario.values.measures.delay_years, len(results.years) - 1)
    resident, pool = results.account, results.accounts["employee_pool"]
    for row in (0, delayed):
        values += [
            resident["personal_contribution_pp"][row] + resident["subsidy_pp"][row],
            pool["contribution_rate"][row],
        ]
    yearly = results.flows[["waiting_months", "bonus_cap", "critical_beneficiaries"]].groupby(level="year").sum()
    for row in (0, -1):
        payers = results.account["resident_enrolled"][row]
        values += [*yearly.iloc[row], yearly["bonus_cap"].iloc[row] / payers]
        values.append(results.account["bonus_cost"][row] / payers)
    values += [*results.twin["zero_effect"].dropna(), *results.twin["difference"].dropna()]
    values += [*results.drag["present_value"], *results.tail["pareto_bonus_cost_pp"].iloc[[0, -1]]]
    values += [results.scenario.values.measures.target_reserve_months, len(results.checks)]
    found = set().union(*(printed_forms(value) for value in values))
    found |= {f"{value:.1e}".replace("-", "−") for value in results.checks["residual"]}
    found |= {str(year) for year in range(results.years[0] - 2, results.years[-1] + 1)}
    marks = list(baseline_marks(results.scenario).values())
    found |= {str(len(marks)), str(marks.count("judgement"))}
    found |= {str(sum(mark in group for mark in marks)) for group in _groups()}
    return found | {"1"}  # 1 January


def without_code(text):
    """The text without keys and values as a scenario file has them."""
    return re.sub(r"`[^`]*`", "", text)


def _groups():
    from simsurance.output.certainty import READ, RECALLED

    return READ, RECALLED


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_the_summary_stands_in_the_tables(results, lang):
    text = summary(results, lang)
    for named in (
        __version__,
        "2024 participation",
        "2024年参保新规",
        "figures of 2023",
        "按2023年",
        "(index 2)",
        "（指数2）",
    ):
        text = text.replace(named, "")
    text = without_code(text)
    found = set(re.findall(r"−?\d+(?:,\d{3})*(?:\.\d+)?(?:e−\d+)?", text))
    description = set(re.findall(r"\d+", results.scenario.values.description))
    assert len(found) > 20
    assert found - allowed_numbers(results) - description == set()


def test_what_was_set_is_told_as_it_stands_in_the_scenario(results):
    leaves = results.scenario.leaves
    for line in re.findall(r"^- `(.+)` \(replace\)$", summary(results, "en"), flags=re.MULTILINE):
        path, _, value = line.partition(" = ")
        assert tomllib.loads(f"value = {value}")["value"] == leaves[path]


def test_the_key_numbers_are_those_of_the_tables(results):
    text = summary(results, "en")
    last = results.fund.xs("resident", level="fund").iloc[-1]
    assert money(abs(float(last["closing"])), "en") in text
    assert number(abs(float(last["reserve_months"])), 1) in text
    assert persons(float(last["resident_insured"]), "en") in text
    balance = number(float(results.measures.loc["actuarial_balance", "value"]) * 100, 2)
    target = f"{results.scenario.values.measures.target_reserve_months:g}"
    assert f"with {target} months of outgo as target: {balance} % of members' disposable income" in text
    assert f"and {number(float(last['coverage']) * 100, 1)} % of the population" in text
    assert f"{number(float(last['cost_rate']) * 100, 2)} % in {results.years[-1]}" in text
    for name in ("required_contribution_multiple_now", "required_contribution_multiple_delayed"):
        assert number(float(results.measures.loc[name, "value"]), 3) in text


def test_depletion_is_a_year_or_is_said_not_to_come():
    poor, rich = (ss.run("baseline", **changes) for changes in (POOR, RICH))
    year = int(poor.measures.loc["depletion_year", "value"])
    assert f"runs out in **{year}**" in summary(poor, "en")
    assert f"**{year}年**穿底" in summary(poor, "zh")
    assert "an accumulated deficit of CNY" in summary(poor, "en")
    for lang, never in (("en", "**not depleted by 2040**"), ("zh", "**未穿底**")):
        assert never in summary(rich, lang)
        assert not re.search(r"\bnan\b", summary(rich, lang))
        assert "穿底，即" not in summary(rich, lang)
    assert "runs out" not in summary(rich, "en")


def test_weaknesses_are_told(results):
    text = summary(results, "en")
    assert "effect of the 2024 participation rules rests on judgement" in text
    assert "incurred basis" in text
    assert "age profile of cost" in text
    assert f"All {len(results.checks)} accounting identities hold" in text
    judged = [path for path, entry in register().items() if entry.mark == "judgement"]
    unchanged = [path for path in judged if results.scenario.origins[path] == "scenarios/baseline.toml"]
    assert f"and {len(unchanged)} judgement" in text
    assert all(f"`{path.partition('.')[2]}`" in text for path in unchanged)


def test_a_value_that_another_file_sets_is_no_longer_counted_as_the_baselines():
    before, after = (baseline_marks(ss.load(name)) for name in ("baseline", "low_cost"))
    assert "claims.trend.real_growth" in set(before) - set(after)


def test_an_estimated_opening_is_told_and_another_is_not(results):
    told = "The fund at the opening is an estimate" in summary(results, "en")
    assert told == (results.account["opening"][0] != 0)


def test_an_opening_that_was_published_is_not_called_an_estimate():
    earlier = ss.run("baseline", **{"horizon.valuation_year": 2024, "horizon.last_year": 2025})
    text = summary(earlier, "en")
    assert re.findall(r"- (.*) at the opening is an estimate", text) == ["The sum of the accounts"]


def test_without_the_employee_scheme_the_summary_is_of_the_resident_fund_alone():
    alone = ss.run("baseline", **{"employee.projected": False, "horizon.last_year": 2030})
    for lang, told, never in (
        ("en", "the fund is the resident fund", "pool"),
        ("zh", "基金指居民医保基金", "统筹基金"),
    ):
        assert told in summary(alone, lang)
        assert never not in summary(alone, lang).split("simsurance show")[0]
    assert [found.fund for found in outlooks(alone)] == ["resident"]
    assert "pooled" not in alone._repr_html_()


def section(text, heading):
    """What stands under a heading of the summary."""
    return text.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]


def test_the_summary_tells_the_employee_scheme_as_its_tables_have_it(results):
    text = summary(results, "en")
    assert "the fund is the resident fund" not in text
    assert "基金指居民医保基金" not in summary(results, "zh")
    pool, accounts = results.accounts["employee_pool"], results.accounts["personal_accounts"]
    own = section(text, "### Pooled fund")
    rates = [percent(float(pool["pay_as_you_go_rate"][place]), "en") for place in (0, -1)]
    assert f"less payments for missing years, over the base: {rates[0]} and {rates[1]}" in own
    rate = percent(float(pool["contribution_rate"][0]), "en")
    first = results.years[0]
    assert f"that go to the pool, before credits of the retired: {rate} of the base of contributions in {first}" in own
    found = measured(results, "employee_pool")
    later = min(results.scenario.values.measures.delay_years, len(results.years) - 1)
    for name, place in (("now", 0), ("delayed", later)):
        wanted = percent(found[f"required_rate_{name}"].value, "en")
        assert f"from {rate} to {wanted} of the base in {first + place}" in own
        assert f"{number(found[f'required_contribution_multiple_{name}'].value, 3)} times" in own
    assert f"{percent(found['actuarial_balance'].value, 'en')} of the base of contributions" in own
    assert money(abs(float(pool["closing"][0])), "en") in own
    members = section(text, "## The employee scheme")
    for name in ("employee_active", "employee_retired"):
        assert persons(float(pool[name][-1]), "en") in members
    assert f"{number(100 * float(pool['dependency_ratio'][0]), 1)} % of the active" in members
    assert (
        f"cover {number(100 * float(results.account['coverage_of_population'][0]), 1)} % of the population" in members
    )
    own = section(text, "### Personal accounts")
    for name in ("closing", "income", "outgo", "relatives_care", "relatives_contributions"):
        assert money(float(accounts[name][-1]), "en") in own


def test_the_summary_tells_the_depletion_of_each_fund():
    poor = ss.run("baseline", **{"employee.contributions.employer_rate": 0.03, "horizon.last_year": 2040})
    year = int(poor.measures.loc["employee_pool_depletion_year", "value"])
    assert f"The pooled fund runs out in **{year}**" in section(summary(poor, "en"), "### Pooled fund")
    assert f"统筹基金于**{year}年**穿底" in section(summary(poor, "zh"), "### 统筹基金")
    rich = ss.run("baseline", **{"employee.contributions.employer_rate": 0.15, "horizon.last_year": 2040})
    assert "The pooled fund is **not depleted by 2040**" in section(summary(rich, "en"), "### Pooled fund")
    assert "The pooled fund runs out" not in summary(rich, "en")


NOT_WORDS = re.compile(r"\bnan\b|\binf\b|\d{8,}|e\+|None")
"""What a number that is none, or is no result, looks like."""
NOTHING_CREDITED = {
    "employee.contributions.employee_rate": {"2019": 0.02, "2028": 0},
    "employee.accounts.retiree_credit": {"2019": 1300, "2023": 840, "2028": 0},
    "employee.contributions.employer_rate_change": {"2019": 0, "2028": 0.02},
    "horizon.last_year": 2042,
}
OVERDRAWN = {"employee.fund.opening_accounts": -3e12, "horizon.last_year": 2028}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("changes", [NOTHING_CREDITED, OVERDRAWN], ids=["nothing credited", "overdrawn"])
def test_accounts_that_run_out_are_told_with_year_deficit_and_what_income_covers(changes, lang):
    results = ss.run("baseline", **changes)
    found, text = measured(results, "personal_accounts"), summary(results, lang)
    own = section(text, {"en": "### Personal accounts", "zh": "### 个人账户"}[lang])
    year = f"{found['depletion_year'].value:.0f}"
    assert {"en": f"runs out in **{year}**", "zh": f"**{year}年**穿底"}[lang] in own
    assert {"en": "an accumulated deficit of CNY", "zh": "累计赤字"}[lang] in own
    covered = percent(found["payable_share_at_depletion"].value, lang, 0)
    assert {"en": f"Income covers {covered} of outgo in {year}", "zh": f"{year}年收入为支出的{covered}"}[lang] in own
    assert not NOT_WORDS.search(without_code(text))


def levied(rate):
    return ss.run("baseline", **{"employee.contributions.employer_rate": rate, "horizon.last_year": 2036})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nothing_is_levied_no_multiple_is_told(lang):
    never, no_more = levied(0), levied({"2019": 0.066, "2029": 0})
    heading = {"en": "### Pooled fund", "zh": "### 统筹基金"}[lang]
    told = {"en": "From {} on nothing is levied", "zh": "自{}年起无缴费"}[lang]
    times = {"en": " times", "zh": "倍"}[lang]
    own = section(summary(never, lang), heading)
    assert own.count(told.split("{}")[1]) == 1
    assert told.format(2026) in own
    assert not re.search(r"\d" + times, own)
    own = section(summary(no_more, lang), heading)
    assert told.format(2031) in own
    assert re.search(r"\d" + times, own)
    assert not any(NOT_WORDS.search(without_code(summary(each, lang))) for each in (never, no_more))
    assert "<td>nothing levied</td>" in never._repr_html_()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_accounts_from_which_nothing_is_paid_have_no_months(lang):
    idle = {
        "employee.accounts.spending_rate": 0,
        "employee.accounts.relatives_care_rate": 0,
        "behaviour.family_share": 0,
        "horizon.last_year": 2028,
    }
    results = ss.run("baseline", **idle)
    assert not results.accounts["personal_accounts"]["outgo"].any()
    own = section(summary(results, lang), {"en": "### Personal accounts", "zh": "### 个人账户"}[lang])
    assert {"en": "in a year without outgo", "zh": "当年无支出"}[lang] in own
    assert not NOT_WORDS.search(without_code(summary(results, lang)))
    assert "no value → no value" in results._repr_html_()


def test_a_horizon_of_one_year_has_no_later_start():
    text = summary(ss.run("baseline", **{"horizon.last_year": 2026}), "en")
    assert "times those of the scenario from 2026 on" in text
    assert "begins only in" not in text


def test_without_the_employee_scheme_inputs_of_its_money_are_not_listed_and_would_change_nothing():
    alone = ss.load("baseline", settings=["employee.projected=false", "horizon.last_year=2028"])
    both = set(baseline_marks(ss.load("baseline")))
    left_out = both - set(baseline_marks(alone))
    assert {"employee.wage.sigma", "employee.unqualified.missing_years", "employee.accounts.retiree_credit"} <= left_out
    text = summary(ss.run(alone), "en")
    assert "`wage.sigma`" not in text
    assert "`unqualified.resident`" in text
    assert all(path.startswith("employee.") for path in left_out)
    moved = {path: alone.leaves[path] * 0.9 for path in left_out if isinstance(alone.leaves[path], float)}
    assert len(moved) > 10
    assert ss.run(alone.replace(moved)).fund.equals(ss.run(alone).fund)


def test_inputs_of_the_employee_schemes_members_act_also_where_its_money_is_not_projected():
    alone = ss.load("baseline", settings=["employee.projected=false", "horizon.last_year=2028"])
    before = ss.run(alone).fund
    kept = [path for path in baseline_marks(alone) if path.startswith("employee.")]
    moved = [path for path in kept if isinstance(alone.leaves[path], float) and 0 < alone.leaves[path] != 1]
    assert len(moved) > 5
    assert [path for path in moved if ss.run(alone.replace({path: alone.leaves[path] * 0.9})).fund.equals(before)] == []


def test_weak_inputs_of_the_employee_scheme_are_told_beside_its_numbers(results):
    own = section(summary(results, "en"), "### Pooled fund")
    assert "The pooled fund at the opening is an estimate" in own
    assert "The spread of wages is judgement" in own
    changed = ss.run(
        "baseline",
        **{"employee.fund.opening_pool": 3e12, "employee.wage.sigma": 0.5, "horizon.last_year": 2026},
    )
    own = section(summary(changed, "en"), "### Pooled fund")
    assert "at the opening is an estimate" not in own
    assert "spread of wages" not in own


def test_the_card_of_a_notebook_holds_the_same_numbers(results):
    card = results._repr_html_()
    assert [label in card for label in ("resident fund", "employee pooled fund", "personal accounts")] == [True] * 3
    for fund, account in results.accounts.items():
        closing = " → ".join(money(float(account["closing"][place]), "en") for place in (0, -1))
        assert f"<td>{closing}</td>" in card
        if fund == "employee_pool":
            assert number(measured(results, fund)["required_contribution_multiple_now"].value, 3) in card
    assert number(float(results.measures.loc["required_contribution_multiple_now", "value"]), 3) in card
    assert f"{len(results.checks)} of {len(results.checks)} hold" in card


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234567.5, 0, "1,234,568"), (-0.04, 1, "0.0"), (-12.25, 1, "−12.2"), (0, 0, "0"), (-0.06, 1, "−0.1")],
)
def test_numbers_have_separators_and_a_real_minus(value, decimals, text):
    assert number(value, decimals) == text


def test_amounts_carry_their_unit():
    assert money(-1.5e12, "en") == "−CNY 1,500 billion"
    assert money(-1.5e12, "zh") == "−15,000亿元"
    assert persons(931.94e6, "en") == "931.9 million"
    assert persons(931.94e6, "zh") == "93,194万人"
