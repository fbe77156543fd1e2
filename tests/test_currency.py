"""The currency: amounts of any size, and one label on all of them."""

import re

import pytest
from click.testing import CliRunner
from matplotlib.text import Text
from shared_runs import shown, twinned

from simsurance.analysis.compare import compare
from simsurance.analysis.scheme_effects import scheme_effects
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.evidence.published import belongs
from simsurance.language import CNY, CURRENCY, FOLDER, languages, words
from simsurance.output import charts
from simsurance.output.card import card
from simsurance.output.charts import comparison as comparison_charts
from simsurance.output.charts import scheme_effects as scheme_charts
from simsurance.output.compare_summary import comparison_summary
from simsurance.output.labels import chart_names
from simsurance.output.summary import summary
from simsurance.output.tables import comparison_tables, run_tables
from simsurance.results import simulate
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.sections import LARGEST_AMOUNT

pytestmark = pytest.mark.usefixtures("shared_ranges")
WON = 'economy.currency="KRW"'
SHORT = "horizon.last_year=2027"
BOTH = pytest.mark.parametrize("lang", languages())
OF_CHINA = re.compile("CNY|元|yuan|¤")


@pytest.fixture(scope="module")
def in_won():
    return twinned(**{"horizon.last_year": 2027, "economy.currency": "KRW"})


@pytest.fixture(scope="module")
def compared():
    settings = (WON, SHORT)
    return compare([load("baseline", (), settings), load("baseline", ("payment_ratio_up",), settings)])


def test_an_amount_of_money_has_no_upper_bound():
    money = {path: key for path, key in KEYS.items() if key.unit.startswith("yuan")}
    assert {path: key.highest for path, key in money.items() if key.highest != LARGEST_AMOUNT} == {}
    assert len(money) > 30


def test_a_scheme_counted_in_another_currency_is_the_same_scheme(tmp_path):
    factor, base = 2300.0, load("baseline", (), (SHORT,))

    def scaled(value):
        if isinstance(value, dict):
            return {key: scaled(part) for key, part in value.items()}
        return [scaled(part) for part in value] if isinstance(value, list) else value * factor

    money = {path: scaled(base.leaves[path]) for path, key in KEYS.items() if key.unit.startswith("yuan")}
    file = tmp_path / "in_rupiah.toml"
    whole, _, _ = base.replace(money | {"economy.currency": "IDR"}).to_toml().partition("\n[reference")
    file.write_text(whole, encoding="utf-8")
    own, other = simulate([base, load(file)])
    assert other.account["closing"] == pytest.approx(factor * own.account["closing"], rel=1e-9)
    assert other.account["resident_insured"] == pytest.approx(own.account["resident_insured"], rel=1e-12)
    pools = [each.accounts["employee_pool"]["reserve_months"] for each in (own, other)]
    assert pools[0] == pytest.approx(pools[1], rel=1e-9)


@BOTH
def test_no_sentence_names_a_currency_but_by_its_mark(lang):
    text = (FOLDER / f"{lang}.toml").read_text(encoding="utf-8")
    named = [line for line in text.splitlines() if re.search("CNY|(?<!单)元", line) and not line.startswith("#")]
    assert [line.partition(" = ")[0] for line in named] == ["currency"]
    assert CURRENCY not in repr(list(words(lang).entries.values()))


def test_no_name_of_a_key_names_a_currency():
    names = {file.name: file.read_text(encoding="utf-8") for file in (FOLDER / "names").glob("*.toml")}
    assert names
    assert {name for name, text in names.items() if OF_CHINA.search(text)} == set()


@BOTH
def test_an_amount_is_printed_with_the_label_of_its_currency(lang):
    own, other = words(lang), words(lang, "KRW")
    for kind, value in (("money", 8.824e11), ("money", -1.0), ("yuan", 12.5), ("yuan", 0.001), ("yuan", 0.0)):
        name = own.label("number.currency")
        assert other.quantity(kind, value) == own.quantity(kind, value).replace(name, "KRW")
        assert "KRW" in other.quantity(kind, value)
    assert words("zh", "韩元").quantity("money", 8.824e11) == "8,824亿韩元"
    assert words(lang, CNY).quantity("money", 1e12) == own.quantity("money", 1e12)


@BOTH
def test_summary_card_and_tables_name_the_currency_of_the_scenario(in_won, lang):
    ranges = shown(**{"horizon.last_year": 2027, "economy.currency": "KRW"}).ranges
    texts = {
        "summary": summary(in_won, lang, ranges),
        "card": str(card(in_won.full, lang, ranges)),
        **run_tables(in_won, ranges),
    }
    assert {name for name, text in texts.items() if OF_CHINA.search(text)} == set()
    naming = {name for name, text in texts.items() if "KRW" in text}
    assert {"summary", "card", "codebook.csv", "measures.csv", "twin.csv", "drag.csv"} <= naming


def told_on(figure) -> str:
    """Every text on a chart."""
    return "\n".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.long
@BOTH
def test_charts_name_the_currency_of_the_scenario(in_won, compared, lang):
    effects = scheme_effects("baseline", ("flexible_workers_join",), (), (WON, SHORT))
    drawn = [charts.draw(name, in_won.full, lang) for name in chart_names(in_won.full.scenario)]
    drawn += [comparison_charts.draw(name, compared, lang) for name in comparison_charts.charts_of(compared)]
    drawn.append(scheme_charts.draw(effects, lang))
    told = {chart.name: told_on(chart.figure) + chart.data.to_csv() for chart in drawn}
    assert {name for name, text in told.items() if OF_CHINA.search(text)} == set()
    money = {"fund_balance", "income_outgo", "cost_by_age", "cohort_balance", "fund_balance_difference"}
    for chart in drawn:
        if chart.name in money:
            assert "KRW" in chart.data.to_csv(), chart.name


@BOTH
def test_a_comparison_names_the_currency_of_its_scenarios(compared, lang):
    texts = [comparison_summary(compared, lang), *comparison_tables(compared).values()]
    assert not any(OF_CHINA.search(text) for text in texts)
    assert "KRW" in texts[0]


@pytest.mark.long
@BOTH
@pytest.mark.parametrize(
    "command",
    [
        ["run", "baseline", "--no-charts", "--no-range", "--set", SHORT],
        ["compare", "baseline", "baseline+payment_ratio_up", "--no-charts", "--no-range", "--set", SHORT],
        ["schemes", "baseline", "--policy", "flexible_workers_join", "--no-charts", "--set", SHORT],
        ["story", "baseline", "--history", "2026: in claim 200000, 2027: employee wage 90000 claim 50000"],
        ["loopholes", "baseline", "--age", "30", "--years", "4"],
    ],
    ids=lambda command: command[0],
)
def test_a_command_names_the_currency_of_the_scenario(command, lang, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = [
        CliRunner().invoke(main, [*command, "--lang", lang, *more], catch_exceptions=False)
        for more in ([], ["--set", WON])
    ]
    assert [each.exit_code for each in told] == [0, 0], told[1].output
    assert not OF_CHINA.search(told[1].output)
    named = words(lang).label("number.currency")
    assert ("KRW" in told[1].output.replace('"KRW"', "")) == (named in told[0].output)


def test_published_figures_are_the_past_of_no_other_currency(in_won):
    assert belongs(load("baseline"), "resident_income")
    assert not belongs(in_won.full.scenario, "resident_income")


def test_scenarios_of_two_currencies_are_not_compared(in_won):
    with pytest.raises(SimsuranceError, match=r"^baseline:economy.currency: CNY, where baseline has KRW; compare"):
        compare([in_won.full, load("baseline", (), (SHORT,))])


def test_the_label_of_the_currency_moves_no_number(in_won):
    own = twinned(**{"horizon.last_year": 2027})
    assert own.full.fund.equals(in_won.full.fund)
    assert own.full.measures["value"].equals(in_won.full.measures["value"])
    assert set(own.full.measures["unit"]) >= {"yuan", "yuan a year"}


@pytest.mark.parametrize("label", ["USD", "US$", "₩", "韩元", "руб.", "Rp"])
def test_a_label_may_be_a_word_or_a_sign(label):
    assert load("baseline", (), (f'economy.currency="{label}"',)).currency == label


@pytest.mark.parametrize("label", ["", " ", "{{ one }}", "a|b", "<b>", "CNY 2", "#", "a\nb", "x" * 21])
def test_a_label_holds_nothing_that_a_page_would_read(label):
    with pytest.raises(SimsuranceError, match=r"economy\.currency: .* is text, not a label"):
        load("baseline").replace({"economy.currency": label})
