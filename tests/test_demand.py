"""Use of care that answers to what patients pay: by hand, nothing for the root, and in draws around the root's own rules."""

import numpy as np
import pytest
from click.testing import CliRunner

from simsurance.analysis.twins import twins
from simsurance.basis import build_arrays
from simsurance.basis.demand import BOUNDS, response
from simsurance.cli import main
from simsurance.output.summary import summary
from simsurance.results import simulate
from simsurance.scenario_file.loader import load
from simsurance.uncertainty.futures import drawn

SHORT = {"horizon.last_year": 2027}
ON = {"claims.demand.answers": True, **SHORT}
ALIKE = {f"claims.demand.need.{need}": 1.0 for need in ("low", "moderate", "high")}


def test_the_root_is_unaffected_whatever_the_elasticity() -> None:
    base, on = (build_arrays(load("baseline").replace(each)) for each in (SHORT, ON))
    for name in base.arrays["care"]:
        assert (base.arrays["care"][name] == on.arrays["care"][name]).all(), name


def test_other_rules_that_leave_the_price_change_nothing() -> None:
    base = load("baseline").replace({**ON, "participation.in_force": False})
    cost, rooted = build_arrays(base).arrays["care"], build_arrays(base.replace({"claims.demand.answers": False}))
    assert (cost["inpatient_cost"] == rooted.arrays["care"]["inpatient_cost"]).all()


def test_the_answer_to_another_ratio_without_a_deductible_by_hand() -> None:
    """No deductible, no limit: the price is one less the ratio, from 0.4 to 0.3 in every cell."""
    rules = {"benefits.inpatient.deductible": 0.0, "benefits.inpatient.limit": 1e12}
    rules |= {"benefits.critical_illness.cap_rule": "amount"}
    root = load("baseline").replace({**SHORT, **rules, "benefits.inpatient.payment_ratio": 0.6})
    root_values = root.values
    scenario = root.replace({**ON, **ALIKE, "benefits.inpatient.payment_ratio": 0.7})
    object.__setattr__(scenario, "reference", root_values)
    care, before = build_arrays(scenario).arrays["care"], build_arrays(root).arrays["care"]
    whole = ((0.3 + 0.05) / (0.4 + 0.05)) ** -0.45
    users = care["inpatient_use"] / before["inpatient_use"]
    assert np.ptp(users) < 1e-9
    assert float(users.max()) == pytest.approx(whole**0.64, rel=1e-9)
    a_head = [each["inpatient_use"] * each["inpatient_cost"] for each in (care, before)]
    assert np.ptp(a_head[0] / a_head[1]) < 1e-9
    assert float((a_head[0] / a_head[1]).max()) == pytest.approx(whole, rel=1e-9)


def test_a_response_is_bounded() -> None:
    price, before = np.array([0.0, 1.0, 0.3]), np.array([1.0, 0.0, 0.3])
    assert response(price, before, np.array(-3.0)) == pytest.approx([BOUNDS[1], BOUNDS[0], 1.0])


def test_who_pays_less_uses_more_and_the_part_is_told_apart() -> None:
    options = [
        load("baseline", ["payment_ratio_up"]).replace({"horizon.last_year": 2030, **each}) for each in ({}, OFF)
    ]
    answers, rigid = simulate(options)
    more = answers.account["outgo"] - rigid.account["outgo"]
    assert more[0] == 0  # begins in 2027
    assert (more[1:] > 0).all()
    told = {lang: summary(twins(answers), lang) for lang in ("en", "zh")}
    assert "Use and what patients pay" in told["en"]
    assert "医疗服务利用与个人负担" in told["zh"]
    assert "Use and what patients pay" not in summary(twins(rigid), "en")


OFF = {"claims.demand.answers": False}


def test_in_a_draw_the_root_is_drawn_as_well() -> None:
    """Ten per cent more of what both pay leaves the answer of use within a tenth of what it was."""
    scenario = load("baseline", ["payment_ratio_up"]).replace(SHORT)
    ratio = scenario.values.benefits.inpatient.payment_ratio
    assert isinstance(ratio, dict)
    moved = drawn(scenario, {"benefits.inpatient.payment_ratio": {year: value * 1.1 for year, value in ratio.items()}})
    root = moved.reference.benefits.inpatient.payment_ratio
    before = scenario.reference.benefits.inpatient.payment_ratio
    assert root == pytest.approx(before * 1.1)  # type: ignore[operator]
    use = [build_arrays(each).arrays["care"]["inpatient_use"] for each in (scenario, scenario.replace(OFF), moved)]
    first = float((use[0] / use[1]).max())
    assert first > 1
    assert float((use[2] / use[1]).max()) == pytest.approx(first, rel=0.02)


@pytest.mark.parametrize("setting", ["claims.demand.resident_inpatient=0.4", "claims.demand.inpatient_chance=1.2"])
def test_an_elasticity_above_nought_is_one_line(setting: str) -> None:
    result = CliRunner().invoke(main, ["validate", "baseline", "--set", setting])
    assert result.exit_code == 3
    assert len(result.stderr.strip().splitlines()) == 1
