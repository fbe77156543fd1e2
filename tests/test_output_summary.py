"""The summary: every number stands in the tables, no year is invented, and the weaknesses are told."""

import itertools
import re
import tomllib

import numpy as np
import pytest
from shared_runs import shown
from shared_runs import twinned as twins

import simsurance as ss
from simsurance import __version__
from simsurance.account_spread import account_spread
from simsurance.language import languages, words
from simsurance.ledger import fund_of
from simsurance.measures import by_payer, starts_of
from simsurance.output.certainty import READ, RECALLED, baseline_marks
from simsurance.output.measured import measured, outlooks
from simsurance.output.stored_draws import stored_draws
from simsurance.output.summary import forecast_standard, summary
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.register import register, source_title

pytestmark = pytest.mark.usefixtures("shared_ranges")
POOR = {"fund.opening": 0, "claims.trend.real_growth": 0.08, "horizon.last_year": 2034}
RICH = {"claims.trend.real_growth": 0.0, "horizon.last_year": 2034}
PREPAID = {"contributions.prepaid_share": 0.7, "horizon.last_year": 2030}
BOTH = pytest.mark.parametrize("lang", languages())


@pytest.fixture(scope="module", params=[{}, POOR, RICH, PREPAID], ids=["baseline", "poor", "rich", "prepaid"])
def results(request):
    return shown(**request.param)


@pytest.fixture(scope="module")
def run(results):
    return results.twins


number = words("en").number


def money(yuan, lang="en"):
    return words(lang).quantity("money", yuan)


def percent(share, lang, decimals=2):
    return words(lang).quantity("percent", share, decimals)


def printed_forms(value):
    """A number of the tables in every unit and with every number of decimals that a summary uses."""
    sizes = (1, 0.01, 1e3, 1e4, 1e6, 1e8, 1e9, 1e12)
    return {number(sign * value / size, decimals) for sign in (1, -1) for size in sizes for decimals in range(4)}


def allowed_numbers(run):
    """What may stand in the text: measures, first and last year of the fund, its extremes, years, counts."""
    results = run.full
    measures = results.measures["value"].dropna()
    values = [*measures, *(measures[measures.index.str.contains("multiple")] - 1)]
    for account in results.accounts.values():
        values += [float(column[row]) for column in account.values() for row in (0, -1)]
        values += [account["reserve_months"].max(), account["reserve_months"].min()]
    begins = starts_of(results.scenario.values, len(results.years))
    resident, pool = results.account, results.accounts["employee_pool"]
    last = results.frames.xs(results.years[-1], level="year").to_numpy()
    values += last[np.isfinite(last)].tolist()
    values += [float((resident["disposable_income"] / resident["gdp"])[row]) for row in (0, -1)]
    values.append(sum(measures[f"required_more_from_{payer}_now"] for payer in by_payer(fund_of("resident"), resident)))
    for row in begins:
        values.append(resident["personal_contribution_pp"][row] + resident["subsidy_pp"][row])
    if standard := forecast_standard(results):
        values += [standard["personal"], standard["subsidy"]]
    for row in begins:
        values.append(pool["contribution_rate"][row])
    values += [1 / pool["dependency_ratio"][row] for row in (0, -1)]
    yearly = results.flows[["waiting_months", "bonus_cap", "critical_beneficiaries"]].groupby(level="year").sum()
    for row in (0, -1):
        payers = resident["resident_enrolled"][row]
        then = 43377 / resident["disposable_income_pp"][row]
        values.append(yearly["bonus_cap"].iloc[row] / payers * then)
        values += [*yearly.iloc[row], yearly["bonus_cap"].iloc[row] / payers, resident["bonus_cost"][row] / payers]
    values += [*run.twin["zero_effect"].dropna(), *run.twin["difference"].dropna()]
    closings = run.twin.loc["closing_last_year", ["zero_effect", "difference"]].astype(float)
    values += (closings.dropna() / resident["price_level"][-1]).tolist()
    values += [*run.drag["present_value"], *run.tail["pareto_bonus_cost_pp"].iloc[[0, -1]]]
    values += [results.scenario.values.measures.target_reserve_months, len(results.checks)]
    accrued, prices = results.accrued_bonus.iloc[[0, -1]], resident["price_level"][-2]
    values += [*accrued.to_numpy().flat, *(accrued.iloc[-1] / prices)]
    values += account_spread(results).iloc[[0, -1]].to_numpy().ravel().tolist()
    if stored := stored_draws(results.scenario):
        values += itertools.chain(*stored.required.values())
    found = set().union(*(printed_forms(value) for value in values))
    found |= {str(year) for year in range(results.years[0] - 2, results.years[-1] + 1)}
    marks = list(baseline_marks(results.scenario).values())
    found |= {str(len(marks)), str(marks.count("judgement"))}
    return found | {str(sum(mark in group for mark in marks)) for group in (READ, RECALLED)}


def without_code(text):
    """The text without keys and values as a scenario file has them."""
    return re.sub(r"`[^`]*`", "", text)


FIXED = {
    "en": ("1 January", "2024 enrolment reform", "figures of 2023", "index 2", "under CNY 0.01"),
    "zh": ("1月1日", "2024年参保长效机制", "按2023年", "指数2", "不足0.01元"),
}
"""Numbers that are words."""


@BOTH
def test_every_number_of_the_summary_stands_in_the_tables(run, lang):
    text = without_code(summary(run, lang))
    values = run.full.scenario.values
    for named in (__version__, values.description, values.description_zh, *FIXED[lang]):
        text = text.replace(named, "")
    found = set(re.findall(r"−?\d+(?:,\d{3})*(?:\.\d+)?", text))
    assert len(found) > 20
    assert found - allowed_numbers(run) == set()


def test_no_english_stands_in_chinese_and_no_chinese_in_english(run):
    chinese = without_code(summary(run, "zh")).replace("simsurance", "")
    assert re.findall(r"[A-Za-z]{2,}", chinese) == []
    assert re.findall(r"[\u2e80-\u9fff\uff00-\uffef]", summary(run, "en")) == []


@pytest.mark.long
@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_is_told_in_its_language(name):
    short = twins(name, **{"horizon.last_year": 2027})
    values = short.full.scenario.values
    assert summary(short, "en").startswith(f"# {values.title}\n\n{values.description}\n\n")
    assert summary(short, "zh").startswith(f"# {values.title_zh}\n\n{values.description_zh}\n\n")


def test_a_description_that_is_not_there_in_chinese_is_left_out():
    text = summary(twins(**{"description": "Another question.", "horizon.last_year": 2026}), "zh")
    assert text.startswith("# 基准情景\n\n情景`baseline`")
    assert "Another question" not in text


def test_what_was_set_is_told_as_it_stands_in_the_scenario(run):
    leaves = run.full.scenario.leaves
    for line in re.findall(r"^- `(.+)` \(`replace`\)$", summary(run, "en"), flags=re.MULTILINE):
        path, _, value = line.partition(" = ")
        assert tomllib.loads(f"value = {value}")["value"] == leaves[path]


def test_a_lever_is_told_with_how_certain_it_is():
    run = ss.run(ss.load("baseline", ["new_drugs"], ["horizon.last_year=2027"])).twins
    text = {lang: summary(run, lang) for lang in languages()}
    named = {lang: source_title("S_JUDGEMENT", lang) for lang in ("en", "zh")}
    assert f"(expert judgement, {named['en']}; `scenarios/fragments/new_drugs.toml`)" in text["en"]
    assert f"（专家判断，{named['zh']}；`scenarios/fragments/new_drugs.toml`）" in text["zh"]


def test_the_key_numbers_are_those_of_the_tables(run):
    text, results = summary(run, "en"), run.full
    last, measures = results.fund.xs("resident", level="fund").iloc[-1], results.measures["value"]
    assert money(abs(float(last["closing"]))) in text
    assert f"{number(abs(float(last['reserve_months'])), 1)} months of expenditure" in text
    assert words("en").quantity("persons", float(last["resident_insured"])) in text
    balance = float(measures["actuarial_balance"])
    sign, share = "deficit" if balance < 0 else "surplus", number(abs(balance) * 100, 2)
    target = f"{results.scenario.values.measures.target_reserve_months:g}"
    told = f"The actuarial {sign} for {results.years[0]}–{results.years[-1]}, with a target reserve of {target} months"
    assert f"{told} of expenditure at the end, is {share}% of insured persons' disposable income (central run)." in text
    assert f"and {number(float(last['coverage']) * 100, 1)}% of the population" in text
    assert f"{number(float(last['cost_rate']) * 100, 2)}% in {results.years[-1]}" in text
    assert f"(× {number(float(measures['required_contribution_multiple_now']), 3)})" in text
    later = float(measures["required_contribution_multiple_delayed"]) - 1
    change = f"{'must be' if later > 0 else 'could be'} {number(abs(later) * 100, 1)}%"
    assert f"{change} {'higher' if later > 0 else 'lower'}" in text


def test_depletion_is_a_year_or_is_said_not_to_come():
    poor, rich = (twins(**changes) for changes in (POOR, RICH))
    year = int(poor.full.measures.loc["depletion_year", "value"])
    assert f"is depleted in **{year}**" in summary(poor, "en")
    assert f"**{year}年**累计结存耗尽" in summary(poor, "zh")
    assert "an accumulated deficit of CNY" in summary(poor, "en")
    for lang, never in (("en", "**not depleted within the projection period**"), ("zh", "**预测期内累计结存未耗尽**")):
        assert never in summary(rich, lang)
        assert not re.search(r"\bnan\b", summary(rich, lang))
        assert "年**累计结存耗尽" not in summary(rich, lang)
    assert "is depleted in" not in summary(rich, "en")


@BOTH
def test_a_reserve_is_never_a_negative_number_of_months(run, lang):
    assert not re.search({"en": r"−\d[\d.]* months", "zh": r"−\d[\d.]*个月"}[lang], summary(run, lang))


def test_the_highest_and_the_deepest_balance_are_told_where_they_are_not_at_the_ends():
    falling, bent = twins(**{"horizon.last_year": 2040}), twins()
    assert "peaks at" not in section(summary(falling, "en"), "## Resident fund")
    months = bent.full.accounts["employee_pool"]["reserve_months"]
    year = bent.full.years[int(months.argmax())]
    told = f"The balance peaks at {number(float(months.max()), 1)} months of expenditure, at the end of {year}."
    assert told in section(summary(bent, "en"), "### Employee pooled fund")
    for low, told in ((0.05, "The balance is lowest at"), (0.0, "The deficit is deepest at")):
        rates = {"2019": 0.066, "2027": low, "2033": 0.12}
        dipping = twins(**{"employee.contributions.employer_rate": rates, "horizon.last_year": 2040})
        months = dipping.full.accounts["employee_pool"]["reserve_months"]
        place = int(months.argmin())
        assert (0 < place < len(months) - 1, months[place] < 0) == (True, low == 0.0)
        told = f"{told} {number(abs(float(months[place])), 1)} months of expenditure, at the end of {2026 + place}."
        assert told in section(summary(dipping, "en"), POOL["en"])


def test_weaknesses_are_told(run):
    text, scenario = summary(run, "en"), run.full.scenario
    assert "effect of the 2024 enrolment reform is an expert judgement" in text
    assert "incurred (accrual) basis" in text
    assert "age profile of cost" in text
    assert f"All {len(run.full.checks)} accounting checks hold" in text
    judged = [
        path
        for path, entry in register().items()
        if (entry.mark == "judgement" or "size is judgement" in entry.note)
        and not path.startswith(("control.", "tiers."))
    ]  # no rule on care acts in these, and no other tier is told
    unchanged = [path for path in judged if scenario.origins[path] == "scenarios/baseline.toml"]
    assert f"and {len(unchanged)} expert judgement" in text
    assert all(f"`{path.partition('.')[2]}`" in text for path in unchanged)


def test_standards_that_a_rule_forecasts_are_told_and_those_of_a_schedule_are_not():
    run = twins(**{"horizon.last_year": 2028})
    told, account = summary(run, "en"), run.full.account
    levied = [words("en").quantity("yuan", account[name][1]) for name in ("personal_contribution_pp", "subsidy_pp")]
    assert "The contribution standards of 2027 are the rule's forecast" in told
    assert f"{levied[0]} a person, and a subsidy of {levied[1]}." in told
    assert "rule's forecast" not in summary(twins(**{"horizon.last_year": 2026}), "en")


def test_a_value_that_another_file_sets_is_no_longer_counted_as_the_baselines():
    before, after = (baseline_marks(ss.load(name)) for name in ("baseline", "low_cost"))
    assert "claims.trend.residual_growth" in set(before) - set(after)


def test_an_estimated_opening_is_told_and_another_is_not(run):
    told = "opening balance is a provisional estimate" in section(summary(run, "en"), "## Resident fund")
    assert told == (run.full.account["opening"][0] != 0)


def test_an_opening_that_was_published_is_not_called_an_estimate():
    text = summary(twins(**{"horizon.valuation_year": 2024, "horizon.last_year": 2025}), "en")
    assert text.count("opening balance is a provisional estimate") == 1
    assert "opening balance is a provisional estimate" in section(text, "### Personal accounts")


def test_without_the_employee_scheme_the_summary_is_of_the_resident_fund_alone():
    alone = twins(**{"employee.projected": False, "horizon.last_year": 2030})
    for lang, told, never in (("en", "The resident fund is projected", "pool"), ("zh", "预测城乡居民", "统筹基金")):
        assert told in summary(alone, lang)
        assert never not in summary(alone, lang).split("simsurance show")[0]
    assert [found.fund for found in outlooks(alone.full)] == ["resident"]
    assert "pooled" not in ss.Results(alone.full).card()


def test_where_the_reform_is_not_in_force_its_rules_are_not_told():
    text = summary(twins("no_2024_rules", **{"horizon.last_year": 2027}), "en")
    assert "are not in force" in text
    assert "Waiting periods remove" not in text
    assert "twin.csv" not in text


def section(text, heading):
    """What stands under a heading of the summary."""
    return text.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]


POOL = {"en": "### Employee pooled fund", "zh": "### 职工医保统筹基金"}
ACCOUNTS = {"en": "### Personal accounts", "zh": "### 职工医保个人账户"}


def test_the_summary_tells_the_employee_scheme_as_its_tables_have_it(run):
    text, results = summary(run, "en"), run.full
    pool, accounts = results.accounts["employee_pool"], results.accounts["personal_accounts"]
    own, first, last = section(text, POOL["en"]), results.years[0], results.years[-1]
    rates = [percent(float(pool["pay_as_you_go_rate"][place]), "en") for place in (0, -1)]
    assert f"over the contribution base, is {rates[0]} in {first} and {rates[1]} in {last}" in own
    rate = percent(float(pool["contribution_rate"][0]), "en")
    assert f"employer contribution rate to the pooled fund is {rate} of the contribution base throughout" in own
    found = measured(results, "employee_pool")
    for name, place in zip(("now", "delayed"), starts_of(results.scenario.values, len(results.years)), strict=True):
        value = found[f"required_rate_{name}"].value
        none = "nothing need be levied from then on"
        said = none if value < 0 else f"{percent(value, 'en')} of the contribution base, not {rate}"
        assert said in own
        assert str(first + place) in own
    assert f"(× {number(found['required_contribution_multiple_now'].value, 3)})" in own
    assert f"is {percent(abs(found['actuarial_balance'].value), 'en')} of the contribution base (central run)." in own
    assert money(abs(float(pool["closing"][0]))) in own
    members = section(text, "## Employee scheme")
    for name in ("employee_active", "employee_retired"):
        assert words("en").quantity("persons", float(pool[name][-1])) in members
    ratios = [number(1 / float(pool["dependency_ratio"][place]), 2) for place in (0, -1)]
    assert f"from {ratios[0]} to {ratios[1]} active members per retired member" in members
    share = number(100 * float(results.account["coverage_of_population"][0]), 1)
    assert f"cover {share}% of the population" in section(text, "## Insured residents")
    own = section(text, ACCOUNTS["en"])
    for name in ("closing", "income", "outgo", "relatives_care", "relatives_contributions"):
        assert money(float(accounts[name][-1])) in own


def test_a_contribution_rate_that_changes_is_told_for_both_ends():
    falling = twins(
        **{"employee.contributions.employer_rate": {"2019": 0.066, "2027": 0.05}, "horizon.last_year": 2027}
    )
    own = section(summary(falling, "en"), POOL["en"])
    assert "throughout" not in own
    rates = [percent(float(rate), "en") for rate in falling.full.accounts["employee_pool"]["contribution_rate"]]
    assert rates[0] != rates[1]
    assert f"is {rates[0]} of the contribution base in 2026 and {rates[1]} in 2027" in own


def test_the_summary_tells_the_depletion_of_each_fund():
    poor = twins(**{"employee.contributions.employer_rate": 0.03, "horizon.last_year": 2040})
    year = int(poor.full.measures.loc["employee_pool_depletion_year", "value"])
    assert f"is depleted in **{year}**" in section(summary(poor, "en"), POOL["en"])
    assert f"**{year}年**累计结存耗尽" in section(summary(poor, "zh"), POOL["zh"])
    rich = twins(**{"employee.contributions.employer_rate": 0.15, "horizon.last_year": 2040})
    assert "**not depleted within the projection period**" in section(summary(rich, "en"), POOL["en"])


NOT_WORDS = re.compile(r"\bnan\b|\binf\b|\d{8,}|e\+|None")
"""What a number that is none, or is no result, looks like."""
NOTHING_CREDITED = {
    "employee.contributions.employee_rate": {"2019": 0.02, "2028": 0},
    "employee.accounts.retiree_credit": {"2019": 1300, "2023": 840, "2028": 0},
    "employee.contributions.employer_rate_change": {"2019": 0, "2028": 0.02},
    "horizon.last_year": 2042,
}


@BOTH
def test_accounts_that_run_out_are_told_with_year_deficit_and_what_income_covers(lang):
    short = twins(**NOTHING_CREDITED)
    found, text = measured(short.full, "personal_accounts"), summary(short, lang)
    own = section(text, ACCOUNTS[lang])
    year = f"{found['depletion_year'].value:.0f}"
    assert {"en": f"fall below zero in **{year}**", "zh": f"**{year}年**账户余额合计降为负数"}[lang] in own
    assert {"en": "an accumulated deficit of CNY", "zh": "累计缺口"}[lang] in own
    covered = percent(found["payable_share_at_depletion"].value, lang, 0)
    assert {"en": f"covers {covered} of expenditure in {year}", "zh": f"{year}年为{covered}"}[lang] in own
    assert not NOT_WORDS.search(without_code(text))


@pytest.fixture(scope="module")
def levied():
    rates = (0, {"2019": 0.066, "2029": 0})
    key = "employee.contributions.employer_rate"
    return [ss.run("baseline", **{key: rate, "horizon.last_year": 2036}) for rate in rates]


@BOTH
def test_where_nothing_is_levied_no_multiple_is_told(levied, lang):
    never, no_more = levied
    told = {"en": "From {} on nothing is levied", "zh": "自{}年起无缴费"}[lang]
    times = {"en": r"× \d", "zh": r"\d倍"}[lang]
    own = section(summary(never.twins, lang), POOL[lang])
    assert own.count(told.split("{}")[1]) == 1
    assert told.format(2027) in own
    assert not re.search(times, own)
    own = section(summary(no_more.twins, lang), POOL[lang])
    assert told.format(2031) in own
    assert re.search(times, own)
    assert not any(NOT_WORDS.search(without_code(summary(each.twins, lang))) for each in (never, no_more))
    assert f"<td>{words(lang).label('status.nothing_levied')}</td>" in never.card(lang, ranges=False)


@BOTH
def test_accounts_from_which_nothing_is_paid_have_no_months(lang):
    idle = {
        "employee.accounts.spending_rate": 0,
        "employee.accounts.relatives_care_rate": 0,
        "behaviour.family_share": 0,
        "horizon.last_year": 2028,
    }
    results = shown(**idle)
    assert not results.shown.accounts["personal_accounts"]["outgo"].any()
    own = section(summary(results.twins, lang), ACCOUNTS[lang])
    assert not re.search({"en": r"months of spending", "zh": r"个月支出"}[lang], own)
    assert not NOT_WORDS.search(without_code(summary(results.twins, lang)))
    assert {"en": "no value → no value", "zh": "无数值 → 无数值"}[lang] in results.card(lang, ranges=False)


def test_a_horizon_of_one_year_has_no_later_start():
    text = summary(twins(**{"horizon.last_year": 2026}), "en")
    assert "lower from 2026" in text
    assert "If this is delayed" not in text


def test_without_the_employee_scheme_inputs_of_its_money_are_not_listed_and_would_change_nothing():
    alone = ss.load("baseline", settings=["employee.projected=false", "horizon.last_year=2028"])
    both = set(baseline_marks(ss.load("baseline")))
    left_out = both - set(baseline_marks(alone))
    assert {"employee.wage.sigma", "employee.unqualified.missing_years", "employee.accounts.retiree_credit"} <= left_out
    text = summary(ss.run(alone).twins, "en")
    assert "`wage.sigma`" not in text
    assert "`unqualified.resident`" in text
    assert all(path.startswith("employee.") for path in left_out)
    moved = {path: alone.leaves[path] * 0.9 for path in left_out if isinstance(alone.leaves[path], float)}
    assert len(moved) > 10
    assert ss.run(alone.replace(moved)).fund.equals(ss.run(alone).fund)


JOINING = "employee.flexible_joining.by_choice=0.02"
"""How many flexible workers are outside acts only where some of them join."""


def test_inputs_of_the_employee_schemes_members_act_also_where_its_money_is_not_projected():
    alone = ss.load("baseline", settings=["employee.projected=false", "horizon.last_year=2028", JOINING])
    before = ss.run(alone).fund
    kept = [path for path in baseline_marks(alone) if path.startswith("employee.")]
    moved = [path for path in kept if isinstance(alone.leaves[path], float) and 0 < alone.leaves[path] != 1]
    assert len(moved) > 5
    assert [path for path in moved if ss.run(alone.replace({path: alone.leaves[path] * 0.9})).fund.equals(before)] == []


def test_weak_inputs_of_the_employee_scheme_are_told_beside_its_numbers(run):
    own = section(summary(run, "en"), POOL["en"])
    assert "The opening balance is a provisional estimate" in own
    assert "Wage dispersion is an expert judgement" in own
    changed = {"employee.fund.opening_pool": 3e12, "employee.wage.sigma": 0.5, "horizon.last_year": 2026}
    own = section(summary(twins(**changed), "en"), POOL["en"])
    assert "provisional estimate" not in own
    assert "Wage dispersion" not in own


@pytest.mark.long
@BOTH
def test_the_card_of_a_notebook_holds_the_same_numbers_in_each_language(results, lang):
    run, said = results.shown, words(lang)
    card = results.card(lang)
    for fund, account in run.accounts.items():
        assert said.label(f"axis.fund.{fund}") in card
        for place in (0, -1):
            assert said.quantity("money", abs(float(account["closing"][place]))) in card
        multiple = measured(run, fund).get("required_contribution_multiple_now")
        assert multiple is None or said.quantity("multiple", multiple.value) in card
    checks = len(results.checks)
    assert {"en": f"{checks} of {checks} hold", "zh": f"{checks}项中{checks}项通过"}[lang] in card
    assert results._repr_html_() == results.card("en")._repr_html_()


@BOTH
def test_a_run_alone_says_that_what_a_policy_does_to_the_pool_rests_on_the_odds(lang):
    years = {"horizon.last_year": 2027}
    notes = [words(lang).label(f"note.{name}") for name in ("entry", "entry_alone")]
    told = [summary(twins(name, **years), lang) for name in ("baseline", "frozen_contribution", "high_cost")]
    assert [[note in each for note in notes] for each in told] == [[False] * 2, [True] * 2, [False] * 2]
    without = summary(twins("frozen_contribution", **years, **{"employee.projected": False}), lang)
    assert notes[0] not in without


@BOTH
def test_a_run_with_entries_held_says_whose_they_are(lang):
    compared = ss.compare(
        *(ss.load(name, settings=["horizon.last_year=2027"]) for name in ("baseline", "frozen_contribution"))
    )
    told = summary(compared.results[1].twins, lang)
    assert words(lang).say("note.entries_held", base="baseline") in told
    assert words(lang).label("note.entry") not in told
    assert compared.results[1].twins.zero_effect.held is compared.shown.results[0].entries


@pytest.mark.parametrize(("lang", "sentence"), [("en", "nothing need be levied"), ("zh", "不需筹资")])
def test_a_contribution_below_nothing_is_said_to_be_none(lang, sentence):
    found = twins(**{"horizon.last_year": 2030})
    multiples = [value for name, value in found.full.measures["value"].items() if "contribution_multiple" in name]
    below = [value for value in multiples if value < 0]
    assert below
    text = summary(found, lang)
    assert text.count(sentence) == len(below)
    assert all(percent(1 - value, lang, 1) not in text for value in below)
