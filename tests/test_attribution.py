"""What each part of a change does: effects that add up, whatever the order, and parts that cannot be told apart."""

import json
from itertools import permutations

import numpy as np
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.answers import attribute as of_parts
from simsurance.answers.attribute import Part, attribute, differences, named_keys, options_of
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.language import languages
from simsurance.results import accounts_of
from simsurance.scenario_file.schedule import value_in

SHORT = {"horizon.last_year": 2032, "employee.projected": False}
OPTIONS = ("central_procurement", "fraud_recovery", "payment_ratio_up")
MEASURE = "closing_last_year"


@pytest.fixture(scope="module")
def base():
    return ss.load("baseline").replace(SHORT)


@pytest.fixture(scope="module")
def found(base):
    return attribute(base, options_of(OPTIONS, base))


def closing(scenario, held):
    return float(accounts_of([scenario], held)[0].account["closing"][-1])


def test_effects_are_means_over_all_orders_of_plain_runs(base, found):
    held = found.sets.held
    effects = dict.fromkeys(OPTIONS, 0.0)
    known = {frozenset(): closing(base, held)}
    for order in permutations(OPTIONS):
        for place, name in enumerate(order):
            before, after = frozenset(order[:place]), frozenset(order[: place + 1])
            if after not in known:
                scenario = base
                for option in (each for each in OPTIONS if each in after):
                    scenario = scenario.with_fragment(option)
                known[after] = closing(scenario, held)
            effects[name] += (known[after] - known[before]) / 6
    table = found.effects("resident", MEASURE)
    np.testing.assert_allclose(table["effect"][list(OPTIONS)], list(effects.values()), rtol=1e-9)
    assert found.sets.points == 8


def test_effects_add_up_to_the_change_for_every_measure(found):
    for (fund, measure), rows in found.table.groupby(level=["fund", "measure"]):
        values = found.values(fund, measure)
        change = values[frozenset(range(3))] - values[frozenset()]
        parts = rows["effect"].droplevel(["fund", "measure"])
        size = max(abs(values[frozenset()]), abs(change))
        assert abs(parts[list(OPTIONS)].sum() - change) <= 1e-9 * size
        assert parts["total"] == pytest.approx(parts[list(OPTIONS)].sum())


def test_an_effect_lies_between_the_least_and_the_most_and_alone_is_one_of_the_orders(found):
    table = found.effects("resident", MEASURE).loc[list(OPTIONS)]
    assert (table["least"] <= table["effect"]).all()
    assert (table["effect"] <= table["most"]).all()
    assert ((table["least"] <= table["alone"]) & (table["alone"] <= table["most"])).all()
    whole = found.effects("resident", MEASURE)
    left = whole.loc["total", "alone"] - table["alone"].sum()
    assert whole.loc["interaction", "alone"] == pytest.approx(left, abs=1e-9 * abs(left) + 1e-3)


def test_orders_drawn_come_near_and_tell_their_error(base, found, monkeypatch):
    monkeypatch.setattr(of_parts, "MOST_EXACT", 2)
    drawn = attribute(base, options_of(OPTIONS, base), orders=8)
    assert not drawn.exact
    exact, near = (each.effects("resident", MEASURE).loc[list(OPTIONS)] for each in (found, drawn))
    assert (near["error"] > 0).all()
    assert ((near["effect"] - exact["effect"]).abs() <= 4 * near["error"]).all()
    assert near["effect"].sum() == pytest.approx(exact["effect"].sum(), rel=1e-9)


def test_the_difference_of_two_scenarios_is_met_by_all_parts(base):
    other = ss.load("high_cost").replace(SHORT)
    parts = differences(base, other, named_keys(["growth=economy,claims.trend"]))
    assert parts[0].name == "growth"
    assert {key for part in parts for key in part.values} == {
        "population.mortality_factor",
        "economy.real_income_growth",
        "employee.care.residual_growth",
        "claims.trend.residual_growth",
    }
    found = attribute(base, parts)
    last = found.values("resident", MEASURE)[frozenset(range(len(parts)))]
    assert last == closing(other, found.sets.held)


def test_a_lever_that_the_other_lacks_is_a_part_of_the_difference(base):
    with_levers = base.with_fragment("new_drugs")
    other = base.replace({"fund.administration_share": 0.01})
    found = attribute(with_levers, differences(with_levers, other))
    assert [part.name for part in found.sets.parts] == [
        "fund", "levers.new_drugs_inpatient", "levers.new_drugs_outpatient"
    ]  # fmt: skip
    assert found.values("resident", MEASURE)[frozenset(range(3))] == closing(other, found.sets.held)


def test_a_pin_that_the_other_lacks_is_refused(base):
    pinned = base.replace(
        {
            "pins.it.total": "subsidies",
            "pins.it.values": {"2027": 8e11},
            "pins.it.mark": "judgement",
            "pins.it.source": "mine",
        }
    )
    with pytest.raises(SimsuranceError, match="has no pins"):
        differences(pinned, base)


def test_processes_give_the_same_bits(base, found):
    again = attribute(base, options_of(OPTIONS, base), jobs=2)
    for name, values in found.arrays.items():
        np.testing.assert_array_equal(values, again.arrays[name])


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([], "no difference to attribute"),
        ([Part("one", option="fraud_recovery")] * 2, "two parts are called one"),
        ([Part(f"part {place}", values={}) for place in range(61)], "at most 60"),
    ],
)
def test_parts_that_are_none_are_told(base, parts, told):
    with pytest.raises(SimsuranceError, match=told):
        attribute(base, parts)


def test_parts_that_contradict_each_other_are_named_before_anything_is_projected(base, monkeypatch):
    monkeypatch.setattr(of_parts, "computed", lambda *_: pytest.fail("was projected"))
    low = Part("low", values={"participation.waiting.floor_months": 3, "participation.waiting.fixed_months": 3})
    high = Part("high", values={"participation.waiting.longest_months": 2})
    with pytest.raises(SimsuranceError, match="high"):
        attribute(base, [low, high])


def test_an_option_that_is_none_is_told_as_it_was_typed(base):
    with pytest.raises(SimsuranceError, match=r"^--option:nosuch: no shipped fragment has this name"):
        options_of(["nosuch"], base)


def test_a_shorter_horizon_is_no_depletion(base):
    """Both are projected to the earlier last year: that is no effect on years with a fund."""
    shorter = {"horizon.last_year": base.values.horizon.last_year - 2}
    found = attribute(base, [Part("horizon", values=shorter), Part("price", values={"economy.inflation": 0.02})])
    assert found.names == ["price"]
    assert found.sets.cut
    assert found.central.years[-1] == base.values.horizon.last_year - 2
    assert found.effects("resident", "years_funded").loc["total", "effect"] == 0
    with pytest.raises(SimsuranceError, match="nothing differs but the last year projected"):
        attribute(base, [Part("horizon", values=shorter)])


def test_options_that_set_a_key_differently_are_named_together(base):
    with pytest.raises(SimsuranceError, match=r"^healthy_ageing \+ healthy_ageing_half: .* sets this to another value"):
        attribute(base, options_of(["healthy_ageing", "healthy_ageing_half"], base))


def test_options_are_laid_together_as_with_lays_them(base, tmp_path):
    """Products act before sums: a ratio of 0.66 that is raised by 0.1 and halved is 0.43, whatever comes first."""
    key, files = "benefits.inpatient.payment_ratio", []
    for name, operator in (("raised", "add = 0.1"), ("halved", "multiply = 0.5")):
        files.append(tmp_path / f"{name}.toml")
        files[-1].write_text(f'title = "{name}"\n[benefits.inpatient]\npayment_ratio = {{ {operator}, from = 2027 }}\n')
    changed = base.with_fragment(*files).values.benefits.inpatient.payment_ratio
    own = base.values.benefits.inpatient.payment_ratio
    assert value_in(changed, 2027) == pytest.approx(value_in(own, 2027) / 2 + 0.1)
    assert base.with_fragment(*files[::-1]).leaves[key] == base.with_fragment(*files).leaves[key]


def test_reserve_months_of_a_year_are_attributed_and_what_nothing_moves_is_told(base, found, tmp_path):
    table = found.effects("resident", "reserve_months_2030")
    held = found.sets.held
    alone = accounts_of([base.with_fragment("fraud_recovery")], held)[0].account["reserve_months"]
    own = accounts_of([base], held)[0].account["reserve_months"]
    assert table["alone"]["fraud_recovery"] == pytest.approx(float((alone - own)[4]))
    given = ["attribute", "baseline", "--option", "fraud_recovery", "--set", "horizon.last_year=2027", "--no-charts"]
    result = CliRunner().invoke(main, [*given, "--jobs", "1", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "with its one part" in result.output
    assert "No part moves this measure" in result.output


def test_parts_are_typed_as_name_and_keys(base):
    for text in ("x", "=a.b", "x=", "x= , "):
        with pytest.raises(SimsuranceError, match="is no part"):
            named_keys([text])
    other = base.replace({"benefits.inpatient.payment_ratio": 0.7, "fund.administration_share": 0.01})
    with pytest.raises(SimsuranceError, match="is the same in both"):
        differences(base, other, {"x": ["claims.trend"]})
    with pytest.raises(SimsuranceError, match="in another part already"):
        differences(base, other, {"x": ["benefits"], "y": ["benefits.inpatient"]})


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_command_tells_and_writes_effects(tmp_path, lang):
    arguments = ["attribute", "baseline", "--option", "fraud_recovery,payment_ratio_up", "--lang", lang, "--json"]
    settings = [part for key, value in SHORT.items() for part in ("--set", f"{key}={str(value).lower()}")]
    result = CliRunner().invoke(main, [*arguments, *settings, "--jobs", "1", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [part["part"] for part in told["parts"]] == ["fraud_recovery", "payment_ratio_up"]
    folder = tmp_path / "attribute-baseline"
    assert {"attribution.csv", "summary.md", "charts"} <= {each.name for each in folder.iterdir()}
    for wrong in (["attribute", "baseline"], ["attribute", "baseline", "high_cost", "--option", "fraud_recovery"]):
        refused = CliRunner().invoke(main, wrong)
        assert refused.exit_code == 2


def test_a_measure_that_is_none_is_told_before_anything_is_kept(tmp_path):
    arguments = ["attribute", "baseline", "high_cost", "--measure", "reserve_month", "--out", str(tmp_path)]
    refused = CliRunner().invoke(main, arguments)
    assert refused.exit_code == 2
    assert "no such measure" in refused.stderr
    assert not list(tmp_path.iterdir())
