"""A second country as files alone: it runs in both languages, without a term of the national scheme, near what is published."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.analysis.twins import beside_twins
from simsurance.cli import main
from simsurance.cli.show import details
from simsurance.data.tables import published
from simsurance.errors import SimsuranceError
from simsurance.evidence import another_country
from simsurance.evidence.another_country import FITTED, effects, medical_benefits, past, projected
from simsurance.evidence.fund_ex_ante import UNCOUNTED, UNFITTED, fund_ex_ante
from simsurance.evidence.fund_fit import fund_fit
from simsurance.evidence.hindcast import hindcast
from simsurance.evidence.scheme_known import scheme_leaves
from simsurance.language import languages, told_in
from simsurance.output import charts
from simsurance.output.labels import chart_names
from simsurance.output.summary import summary
from simsurance.output.tables import codebook
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.own_register import own_values

TERMS = {
    "en": r"resident (scheme|fund)|residents|insured resident|provincial|medical assistance|local (supplement|financing)|"
    r"employee|document 38|critical.illness|CNY|yuan|urban|rural|hukou|personal account",
    "zh": r"居民医保|城乡|医疗救助|职工|大病|人民币|元|农村|城镇|个人账户|38号",
}
"""Terms of the national scheme in what a reader sees."""
RISING = another_country.folder() / another_country.RISING
INSIDE = {"en": r"of the population's|全体", "zh": r"全体居民"}


@cache
def told(lang: str) -> str:
    return summary(beside_twins(load("korea")), lang)


@pytest.mark.parametrize("lang", TERMS)
def test_its_summary_needs_no_term_of_the_national_scheme(lang: str) -> None:
    text = re.sub(INSIDE[lang], "", told(lang))
    assert "KRW" in text
    assert re.findall(TERMS[lang], text, re.IGNORECASE) == []


@pytest.mark.parametrize("lang", TERMS)
@pytest.mark.parametrize("name", chart_names(load("korea")))
def test_its_charts_need_none_either(name: str, lang: str) -> None:
    figure = charts.draw(name, projected(FITTED + 1), lang).figure
    words = " ".join(text.get_text() for text in figure.findobj(lambda each: hasattr(each, "get_text")))
    assert words.strip()
    assert re.findall(TERMS[lang], words, re.IGNORECASE) == []


def test_its_units_are_won_and_its_group_has_its_own_label() -> None:
    rows = codebook(load("korea"))
    assert not [row for row in rows if "yuan" in row[3]]
    assert ("area", "member", "korea", "", "Korea", "韩国", "") in rows


@pytest.mark.parametrize("lang", TERMS)
def test_its_codebook_needs_none_either(lang: str) -> None:
    with told_in("KRW"):
        rows = codebook(load("korea"))
    labels = " | ".join(row[4 + languages().index(lang)] for row in rows if row[2] not in ("urban", "rural"))
    assert re.findall(TERMS[lang], labels, re.IGNORECASE) == []


SHORT = ("--set", "horizon.last_year=2027")
TOLD = {
    "hindcast": [],
    "hindcast --ex-ante": [],
    "calibrate": ["--dry-run"],
    "compare": [str(RISING), "--no-charts", "--no-range", *SHORT],
    "solve": [
        *("--vary", "contributions.payroll.rate", "--for", "reserve_months >= 3 through 2027"),
        *("--no-charts", *SHORT),
    ],
    "sweep": ["--grid", "claims.trend.residual_growth=0:0.01:2", "--no-charts", *SHORT],
    "attribute": [str(RISING), "--no-charts", *SHORT],
    "show": ["claims"],
    "validate": [],
}


@pytest.mark.long
@pytest.mark.parametrize("lang", TERMS)
@pytest.mark.parametrize("command", TOLD)
def test_what_a_command_tells_of_it_needs_none(
    command: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name, *options = command.split()
    done = CliRunner().invoke(main, [name, "korea", *options, *TOLD[command], "--lang", lang], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    written = [file.read_text("utf-8") for file in tmp_path.rglob("*.md")]
    told = re.sub(INSIDE[lang], "", "\n".join([done.stdout, done.stderr, *written]))
    assert re.findall(TERMS[lang], told.replace("claims.end_of_life.resident_factor", ""), re.IGNORECASE) == []


def test_a_chart_drawn_in_python_needs_none() -> None:
    korea = load("korea").replace({"horizon.last_year": 2026})
    found = ss.sweep(korea, {"claims.trend.residual_growth": (0, 0.01, 2)})
    for lang, terms in TERMS.items():
        figure = found.plot("closing_last_year", lang=lang)
        words = " ".join(text.get_text() for text in figure.findobj(lambda each: hasattr(each, "get_text")))
        assert re.findall(terms, words, re.IGNORECASE) == []


def test_its_past_opens_where_its_counts_reach() -> None:
    found = fund_ex_ante(load("korea"))
    assert found.openings == (2025,)
    assert found.left_out == {**dict.fromkeys(range(2011, 2024), UNCOUNTED), 2024: UNFITTED}
    assert {"claims.trend.residual_growth", "claims.inpatient.cost_table", "fund.administration_share"} < set(
        found.uncut
    )
    assert not {"fund.opening", "economy.inflation", "contributions.payroll.rate"} & set(found.uncut)
    (row,) = [row for row in found.rows if row.item == "outgo"]
    series = published("resident_outgo", load("korea").tables["published.series_table"])
    assert row.forecasts["no_change"] == series[2024]
    assert abs(row.error("model")) < 0.05


def test_nothing_later_than_the_opening_moves_its_forecast() -> None:
    korea = load("korea")
    known = scheme_leaves(korea, 2025)
    assert known["contributions.payroll.rate"] == {"2024": 0.0709}, "the rate of 2026 was not decided"
    assert known["economy.interest_rate"] == {"2024": 0.0479}
    assert known["economy.inflation"] == {
        "2023": 0.036,
        "2024": 0.023,
        "2025": pytest.approx(1.036**0.5 * 1.023**0.5 - 1),
    }
    growth = (27820000 / 24970000) ** 0.5 / (1.036 * 1.023) ** 0.5 - 1
    assert known["economy.real_income_growth"] == pytest.approx(growth)


def test_its_register_is_its_own() -> None:
    registered = {row.path: row for row in own_values(load("korea"))}
    assert all(row.source and row.mark for row in registered.values())
    assert {"claims.inpatient.level", "contributions.payroll.rate", "population.stock_table"} < set(registered)
    shown = details(load("korea"), "economy.inflation")
    assert (shown["mark"], shown["low"], shown["high"]) == ("judgement", "", ""), "no range of the nation's"
    assert any(note.name == "stale" for note in load("korea").replace({"judged_on": "2027-01-01"}).notes_found)


def test_its_levels_are_calibrated_by_factors_that_it_has() -> None:
    fit = fund_fit(load("korea"))
    assert (fit.first, fit.last) == (2024, 2025)
    assert [each.key for each in fit.factors] == ["contributions.payroll.earnings", "claims.outpatient.level"]
    assert fit.fits
    with pytest.raises(SimsuranceError, match="--from 2015: the fund's series and counts allow 2024 to 2025"):
        fund_fit(load("korea"), 2015)


def test_all_it_gives_are_files_and_no_line_of_code_names_it() -> None:
    package = Path(another_country.__file__).parent.parent
    naming = [
        file.name for file in package.rglob("*.py") if re.search(r"\bkorea", file.read_text("utf-8"), re.IGNORECASE)
    ]
    assert naming == ["another_country.py"], "which sets it beside what is published"


def test_it_runs_and_stays_out_of_what_it_lacks() -> None:
    run = projected(FITTED + 1)
    assert list(run.accounts) == ["resident"]
    flows = run.projection.by_age
    assert float(flows["leaves"].sum() + flows["joins"].sum() + flows["returns"].sum()) == 0
    assert float(run.account["critical_illness"].sum()) == 0
    assert float(run.projection.stocks.employee_insured.sum()) == 0


def test_contributions_are_the_rate_on_the_earnings_of_each_age() -> None:
    """By hand for a year: insured of each sex and age × relative earnings × earnings × rate."""
    scenario, run = load("korea"), projected(FITTED + 1)
    from simsurance.data.tables import by_sex_age

    relative = by_sex_age(scenario.tables["contributions.payroll.earnings_table"], "relative_earnings")[
        "relative_earnings"
    ]
    enrolled = run.projection.by_age["resident_enrolled"][1, 0]
    incomes = 1.018 * 1.021, (0.018 - 0.004 / 15 + 1) * 1.020
    earnings = 22_993_700 * incomes[0] * incomes[1]
    wanted = float((enrolled * relative).sum()) * earnings * 0.0719
    assert run.account["personal_contributions"][1] == pytest.approx(wanted, rel=1e-9)
    assert run.account["subsidies"][1] == pytest.approx(0.145 * wanted, rel=1e-9)


def test_benefits_of_2024_by_age_meet_the_total_without_pins() -> None:
    assert not load("korea").values.pins
    assert abs(medical_benefits().error) < 0.005, "cost by age of 2022 and persons, no level fitted"
    fitted = {(each.year, each.item): each.error for each in past() if each.fitted}
    assert set(fitted) == {(FITTED, "contributions"), (FITTED, "benefits")}
    assert max(map(abs, fitted.values())) < 1e-3


def test_what_is_not_fitted_is_near_what_was_published() -> None:
    errors = {(each.year, each.item): each.error for each in past() if not each.fitted}
    for item, most in (
        ("contributions", 0.01),
        ("subsidy", 0.02),
        ("income", 0.01),
        ("benefits", 0.01),
        ("expenditure", 0.02),
    ):
        assert abs(errors[FITTED + 1, item]) < most, item


def test_the_published_effects_of_ageing_are_met_within_three_points() -> None:
    found = list(effects())
    assert [(item, year) for item, year, *_ in found] == [
        ("income", 2032), ("expenditure", 2032), ("income", 2042), ("expenditure", 2042),
    ]  # fmt: skip
    for item, year, model, known in found:
        assert abs(model - known) < 0.03, (item, year)


def test_expenditure_is_near_the_official_plan_and_depletion_within_the_official_years() -> None:
    run, plan = projected(FITTED + 1), another_country.official("PLAN2")
    for year in (2025, 2026, 2027, 2028):
        own = another_country.account(run, ("outgo",), year) / another_country.TRILLION
        assert own == pytest.approx(plan["expenditure", year], rel=0.02)
    years = [another_country.official(name).get(("depletion_year", 0)) for name in another_country.OUTLOOKS]
    named = [year for year in years if year is not None]
    assert min(named) <= float(another_country.outlook(run)[1]) <= max(named)


def test_its_past_is_its_own_series() -> None:
    rows = {(row.year, row.item): row.error for row in hindcast(load("korea"), FITTED)}
    assert abs(rows[FITTED, "resident_insured"]) < 0.002


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "text"),
    [
        (["story", "korea", "--history", "2026: in"], "korea: has no [participation], whose rules `story` follows"),
        (["loopholes", "korea"], "korea: has no [participation], whose rules `loopholes` follows"),
        (["stochastic", "korea", "--draws", "2"], "korea: has no [uncertainty], so that nothing is drawn"),
        (["run", "korea", "--with", "campaign"], "behaviour.campaign_strength: the scheme has no [behaviour]"),
        (["compare", "baseline", "korea"], "compare scenarios of one currency"),
        (["schemes", "korea"], "korea: has no [employee], and so one fund to look at"),
        (["levers", "korea"], "korea: the shipped options are China's, not of KRW"),
    ],
)
def test_what_needs_rules_that_it_has_not_says_so_in_one_line(command: list[str], text: str, tmp_path: Path) -> None:
    program = str(Path(sys.executable).parent / "simsurance")
    run = subprocess.run([program, *command], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 3, run.stderr
    assert text in run.stderr
    assert len([line for line in run.stderr.splitlines() if line.strip()]) <= 2
    assert not list(tmp_path.rglob("*.md"))


def test_an_overlay_of_it_is_a_file_of_a_few_keys() -> None:
    rising = load(another_country.folder() / another_country.RISING)
    assert rising.values.contributions.payroll.rate[2032] == 0.08  # type: ignore[index]
    with pytest.raises(SimsuranceError, match="there is one area, korea"):
        rising.replace({"claims.inpatient.area_cost.korea": 1.0})


def test_schemes_without_employees_are_pools(tmp_path):
    told = ["title", "title_zh", "description", "description_zh"]
    pools = [
        f'[pools.{name}]\nscenario = "korea"\nshare = 0.5\ntitle = "{name}"\ntitle_zh = "{name}"\nmark = "judgement"\n'
        f'source = "half"\nmoves_in = {moves}\n'
        for name, moves in (("a", 1000), ("b", -1000))
    ]
    fund = '[adjustment]\nlevy = 0.05\nfirst_year = 2027\nrule = "deficit"\ncovered = 0.5\ncap = 0.2\n'
    fund += "opening = 0\ninterest = 0.02\n"
    file = tmp_path / "halves.toml"
    file.write_text("".join(f'{key} = "halves"\n' for key in told) + fund + "".join(pools), encoding="utf-8")
    done = CliRunner().invoke(main, ["pool", str(file), "--no-charts", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output


def test_the_months_of_china_are_not_laid_on_another_country():
    done = CliRunner().invoke(main, ["months", "korea", "--year", "2027"])
    assert done.exit_code == 3
    assert "the shipped months are China's" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
