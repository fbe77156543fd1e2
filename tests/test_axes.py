"""Areas and income groups are the scenario's, and a scheme may lack parts: labels, keys, tables, refusals, both engines."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simsurance.axes import NATIONAL, Groups
from simsurance.errors import SimsuranceError
from simsurance.output.labels import group_label, member_label
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.form import SECTIONS, form_of
from simsurance.scenario_file.keys import KEYS, key_at
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.toml_text import toml_text
from simsurance.uncertainty.parameters import parameters_of

ONE = {"axes.areas": ["all"], "axes.income_groups": ["everybody"], "axes.assisted": ""}
SHARES = {"town": 0.5, "suburb": 0.2, "country": 0.3}


@cache
def run(years: int = 2030) -> RunResult:
    return simulate([load("baseline").replace({"horizon.last_year": years})])[0]


@cache
def collapsed() -> Scenario:
    return load("baseline").replace({"horizon.last_year": 2030, **ONE})


def three_areas(folder: Path) -> Scenario:
    """The baseline with three areas and two income groups, nobody assisted."""
    head = "area,income,share,relative_income\n"
    rows = "".join(f"{area},poor,0.4,0.5\n{area},rich,0.6,{(1 - 0.4 * 0.5) / 0.6!r}\n" for area in SHARES)
    (folder / "groups.csv").write_text(head + rows, encoding="utf-8")
    named = ",".join(f"{area}_share" for area in list(SHARES)[:-1])
    path = "".join(
        f"{year},{0.5 + 0.004 * (year - 2025)},{0.2 - 0.001 * (year - 2025)}\n" for year in range(2025, 2036)
    )
    (folder / "shares.csv").write_text(f"year,{named}\n{path}", encoding="utf-8")
    by_age = "".join(f"{age},0.5,0.2\n" for age in range(101))
    (folder / "by_age.csv").write_text(f"age,{named}\n{by_age}", encoding="utf-8")

    def of_areas(value: Any) -> dict[str, Any]:
        return dict.fromkeys(SHARES, value)

    groups = {"poor": 1.0, "rich": 1.0}
    return load("baseline").replace(
        {
            "horizon.last_year": 2028,
            "axes.areas": list(SHARES),
            "axes.income_groups": list(groups),
            "axes.assisted": "",
            "axes.labels": {"suburb": "Vororte"},
            "population.income_groups_table": str(folder / "groups.csv"),
            "population.area_share_table": str(folder / "shares.csv"),
            "population.area_share_by_age_table": str(folder / "by_age.csv"),
            "population.area_fertility": of_areas(1.0),
            "economy.area_income": of_areas({"2017": 25974, "2025": 43377}),
            "economy.area_growth_excess": of_areas(0),
            "employee.area_ratio": of_areas(1.0),
            "employee.income_ratio": groups,
            "employee.wage.income_ratio": groups,
            "employee.care.area_cost": of_areas(1.0),
            "behaviour.leave.area_odds_ratio": of_areas(1.0),
            "behaviour.leave.income_odds_ratio": groups,
            "participation.waiting.income_waits": groups,
            "tiers.assistance.covered": dict.fromkeys(groups, 0.1),
            "tiers.supplementary.income_ratio": groups,
            "contributions.personal.grade": of_areas(groups),
            "claims.inpatient.area_cost": of_areas(1.0),
            "claims.outpatient.area_cost": of_areas(1.0),
        }
    )


def test_the_baseline_names_its_own_areas_and_groups() -> None:
    assert load("baseline").form.groups == NATIONAL
    assert list(load("baseline").form.keys) == list(KEYS)


def test_one_area_and_one_group_have_an_eighth_of_the_cells_and_no_key_by_them() -> None:
    scenario, result = collapsed(), simulate([collapsed()])[0]
    assert scenario.form.groups == Groups(("all",), ("everybody",))
    assert not [path for path in scenario.leaves if "area_" in path or ".grade" in path or "income_ratio" in path]
    assert result.projection.stocks.membership.shape[-2:] == (1, 1)
    assert result.checks["holds"].all() if "holds" in result.checks else bool(len(result.checks))
    persons = [each.projection.stocks.persons[0].sum() for each in (run(), result)]
    assert persons[0] == pytest.approx(persons[1], rel=1e-12), "the opening counts are met whatever the groups"
    closing = [each.account["closing"][0] for each in (run(), result)]
    assert closing[0] == pytest.approx(closing[1], rel=0.05), "of the same country"
    assert closing[0] != closing[1]


def test_runs_of_one_group_are_the_same_bits_alone_and_beside_others() -> None:
    several = [collapsed().replace({"economy.inflation": 0.01 * place}) for place in range(3)]
    together = simulate(several)
    for place, scenario in enumerate(several):
        alone = simulate([scenario])[0]
        np.testing.assert_array_equal(alone.projection.fund, together[place].projection.fund)


def test_schemes_of_different_groups_run_beside_each_other() -> None:
    both = simulate(
        [load("baseline").replace({"horizon.last_year": 2026}), collapsed().replace({"horizon.last_year": 2026})]
    )
    assert [each.projection.stocks.membership.shape[-2:] for each in both] == [(2, 4), (1, 1)]


def test_three_areas_meet_their_shares_and_two_groups_stay_as_they_are(tmp_path: Path) -> None:
    result = simulate([three_areas(tmp_path)])[0]
    by_area = result.projection.stocks.persons[:, 0].sum(axis=(1, 3))
    share = by_area / by_area.sum(axis=1, keepdims=True)
    wanted = [[0.5 + 0.004 * (date - 2025), 0.2 - 0.001 * (date - 2025)] for date in result.dates]
    assert share[:, :2] == pytest.approx(np.array(wanted), abs=1e-9)
    assert result.flows.index.unique("area").tolist() == list(SHARES)
    assert "burden_suburb_rich_first_year" in result.measures.index
    assert (result.flows["assistance"] == 0).all()


def test_three_areas_are_the_same_in_the_compiled_engine(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    for scenario in (three_areas(tmp_path), collapsed()):
        plain, fast = (simulate([scenario], engine=engine)[0] for engine in ("plain", "compiled"))
        np.testing.assert_allclose(fast.projection.fund, plain.projection.fund, rtol=1e-9)
        np.testing.assert_allclose(
            fast.projection.stocks.persons, plain.projection.stocks.persons, rtol=1e-9, atol=1e-3
        )


def test_labels_are_the_scenarios_then_the_languages_then_the_names(tmp_path: Path) -> None:
    own, national = three_areas(tmp_path), load("baseline")
    assert [member_label(own, "en", name) for name in ("suburb", "town", "poor")] == ["Vororte", "town", "poor"]
    assert group_label(own, "en", "suburb", "rich") == "Vororte, rich"
    assert group_label(national, "en", "rural", "low") == "rural, low income"
    assert group_label(national, "zh", "rural", "low") == "农村低收入"
    assert group_label(collapsed(), "en", "all", "everybody") == "everybody"


def test_a_scenario_with_its_own_groups_loads_again_from_its_text(tmp_path: Path) -> None:
    own = three_areas(tmp_path)
    file = tmp_path / "again.toml"
    file.write_text(toml_text(own.leaves), encoding="utf-8")
    assert load(file).values == own.values
    korea = load("korea")
    file.write_text(korea.to_toml(), encoding="utf-8")
    again = load(file)
    assert {path for path in again.leaves if again.leaves[path] != korea.leaves[path]} <= set(korea.tables)
    assert again.form == korea.form
    assert again.values.contributions.personal == korea.values.contributions.personal


def test_keys_of_any_group_are_known_and_others_are_not() -> None:
    assert key_at("claims.inpatient.area_cost.suburb") is not None
    assert key_at("contributions.personal.grade.suburb.rich") is not None
    for path in (
        "claims.inpatient.area_cost.Suburb",
        "claims.inpatient.sigma.suburb",
        "claims.inpatient.area_cost.a.b",
    ):
        assert key_at(path) is None, path


REFUSED = {
    "employee.area_ratio.suburb": (1.0, "no such area or income group; areas: urban, rural; income groups: assisted"),
    "axes.areas": (["urban", "urban"], "not one or more different names"),
    "axes.income_groups": (["2024"], "not one or more different names"),
    "axes.assisted": ("middle", '"middle" is text, not the first of several income_groups; write "assisted", or ""'),
    "axes.labels": ({"suburb": "S"}, "suburb is no area or income group; the names are urban, rural, assisted"),
    "contributions.payroll.rate": (0.1, "the scheme has no [contributions.payroll]; leave it out"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_what_the_groups_do_not_allow_is_refused_in_one_line(path: str) -> None:
    value, text = REFUSED[path]
    with pytest.raises(SimsuranceError) as raised:
        load("baseline").replace({path: value})
    assert raised.value.lines[0].startswith(f"replace:{path}: ")
    assert text in raised.value.lines[0]


def test_what_one_area_or_group_leaves_without_a_meaning_is_refused() -> None:
    for path, text in {
        "claims.inpatient.area_cost.all": "there is one area, all, and nothing differs by area",
        "employee.income_ratio.everybody": "there is one income group, everybody",
        "population.assisted_share": "nobody is assisted",
        "economy.drift_of_areas": "there is one area and one income group",
    }.items():
        with pytest.raises(SimsuranceError, match=text):
            collapsed().replace({path: 0.1 if path != "economy.drift_of_areas" else True})


def test_the_groups_are_one_while_the_areas_stay() -> None:
    scenario = load("baseline").replace({"horizon.last_year": 2026, "axes.income_groups": ["all"], "axes.assisted": ""})
    assert scenario["contributions.personal.grade.rural.all"] == 1.0, "that of all groups, which are alike"
    assert "population.income_groups_table" not in scenario.leaves
    result = simulate([scenario])[0]
    assert result.projection.stocks.membership.shape[-2:] == (2, 1)
    assert result.account["assistance"][0] == 0
    own, nation = (each.projection.stocks.persons[0].sum() for each in (result, run()))
    assert own == pytest.approx(nation, rel=1e-12)


def test_the_areas_are_one_with_a_table_of_the_groups(tmp_path: Path) -> None:
    rows = ("assisted,0.1,0.2", "low,0.4,0.5", "middle,0.3,1.0", "high,0.2,2.4")
    table = tmp_path / "groups.csv"
    table.write_text("area,income,share,relative_income\n" + "".join(f"all,{row}\n" for row in rows), encoding="utf-8")
    own = {"horizon.last_year": 2026, "axes.areas": ["all"], "population.income_groups_table": str(table)}
    result = simulate([load("baseline").replace(own)])[0]
    assert result.projection.stocks.membership.shape[-2:] == (1, 4)


ALONE = {
    "population.income_groups_table": (
        {"axes.areas": ["all"]},
        "the root's, whose names are others; name a table of the own areas: all; income_groups: assisted, low, middle, high",
    ),
    "population.area_share_table": (
        {"axes.areas": ["town", "country"]},
        "the root's, whose names are others; name a table of the own areas: town, country",
    ),
    "axes.income_groups": (
        {"axes.income_groups": ["all"]},
        'axes.assisted: "assisted" is text, not the first of several income_groups; write "" for none',
    ),
}


@pytest.mark.parametrize("path", ALONE)
def test_what_one_axis_alone_leaves_open_is_told_where_it_is_set(path: str) -> None:
    changes, text = ALONE[path]
    with pytest.raises(SimsuranceError) as raised:
        load("baseline").replace(changes)
    assert f"replace:{path}: {text}" in raised.value.lines


def test_grades_that_differ_do_not_become_one_by_themselves(tmp_path: Path) -> None:
    file = tmp_path / "graded.toml"
    graded = load("baseline").replace({"contributions.personal.grade.rural.low": 0.5})
    file.write_text(graded.to_toml(), encoding="utf-8")
    with pytest.raises(
        SimsuranceError, match=r"grade\.rural\.all: missing; .*rural\.assisted and .*differ, give the one"
    ):
        load(file).replace({"axes.income_groups": ["all"], "axes.assisted": ""})


def test_what_is_drawn_are_keys_that_the_scheme_has() -> None:
    drawn, of_nation = ({each.path for each in parameters_of(one).drawn} for one in (collapsed(), load("baseline")))
    assert drawn < of_nation
    assert {path for path in of_nation - drawn if path in collapsed().form.keys} == set()


def test_names_of_a_table_are_those_of_the_scenario(tmp_path: Path) -> None:
    own = three_areas(tmp_path)
    (tmp_path / "by_age.csv").write_text(
        "age,town_share\n" + "".join(f"{age},0.5\n" for age in range(101)), encoding="utf-8"
    )
    with pytest.raises(SimsuranceError, match="suburb_share"):
        simulate([own])


@pytest.mark.parametrize("section", SECTIONS)
def test_a_table_that_a_complete_file_lacks_takes_its_keys_along(section: str) -> None:
    form = load("korea").form
    if section == "contributions.payroll":
        assert form.has(section)
        return
    assert not form.has(section)
    assert not [path for path in form.keys if path.startswith(f"{section}.")]
    with pytest.raises(SimsuranceError, match=rf"the scheme has no \[{section}\]"):
        load("korea").replace({next(path for path in KEYS if path.startswith(f"{section}.")): 0.1})


def test_faulty_axes_are_told_by_themselves() -> None:
    assert form_of({"axes.areas": 3, "axes.income_groups": ["a"], "axes.assisted": ""}).groups == NATIONAL


def test_the_nation_in_one_area_and_one_group_is_written_and_loads_again(tmp_path):
    file = tmp_path / "one.toml"
    groups = '[axes]\nareas = ["all"]\nincome_groups = ["all"]\nassisted = ""\n'
    file.write_text(f'extends = "baseline"\n{groups}[horizon]\nlast_year = 2027\n', encoding="utf-8")
    scenario = load(file)
    again = tmp_path / "again.toml"
    again.write_text(scenario.to_toml(), encoding="utf-8")
    assert load(again).values == scenario.values


def test_a_scheme_lacks_the_tables_of_which_it_has_no_key() -> None:
    held = (
        "employee.projected",
        "employees.paid",
        "own.control.strength",
        "benefits.critical_illness_cap",
        "behaviour",
    )
    for leaves in (held, held[1:], held[::-1]):
        by_key = {section for section in SECTIONS if not any(leaf.startswith(f"{section}.") for leaf in leaves)}
        form = form_of(dict.fromkeys(leaves, 0.0))
        assert form.lacking == by_key
        assert form is form_of(dict.fromkeys(leaves, 1.0))
    assert form.lacking < SECTIONS.keys()
    assert form_of({}).lacking == SECTIONS.keys()
