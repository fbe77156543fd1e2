"""What is told and drawn of where the variance comes from."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.cli import main
from simsurance.data.tables import DATA, read_table
from simsurance.language import languages, words
from simsurance.output.charts import canvas
from simsurance.output.charts.variance import draw, write_all
from simsurance.output.sensitivity_summary import group_shown, group_words, part_facts
from simsurance.results import simulate
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.variance import Mixed, Shares, told_apart

DRAWS = 4096


@pytest.fixture(scope="module")
def case():
    """Made results: years funded are 2·x + x·y of two fair coins, which the first two groups are."""
    scenario = ss.load("baseline").replace({"horizon.last_year": 2029, "employee.projected": False})
    (central,) = simulate([scenario])
    mixed, rng = Mixed(scenario, Sample(DRAWS, 1, "plain")), np.random.default_rng(2)
    vars(mixed)["groups"] = {"long_run": np.array([0]), "need_cost": np.array([1]), "settlement": np.array([2])}
    a, b = rng.integers(0, 2, (2, DRAWS, 3))
    sets = [a, b, *(np.where(np.arange(3) == place, b, a) for place in range(3))]
    years = np.stack([2026.0 + 2 * x[:, 0] + x[:, 0] * x[:, 1] for x in sets], axis=-1).ravel()
    arrays = {"measured/depletion_year": years, "months/resident": np.ones((len(years), 4))}
    return Shares(central, mixed, arrays)


def test_what_moves_nothing_has_no_share_and_what_acts_together_counts_in_all(case):
    found = {each.group: each for each in case.indices("resident")}
    assert next(iter(found)) == "long_run"
    assert found["settlement"].total == 0
    variance = 27 / 16
    for group, first, total in (("long_run", 25 / 16, 26 / 16), ("need_cost", 1 / 16, 2 / 16)):
        assert found[group].first == pytest.approx(first / variance, abs=0.08)
        assert found[group].total == pytest.approx(total / variance, abs=0.08)
    assert [name for name, each in found.items() if not each.measured] == ["settlement"]
    for each in (found["long_run"], found["need_cost"]):
        assert each.total_ends[0] <= each.total <= each.total_ends[1]
    assert case.table.isna().any(axis=1).sum() == 1
    assert told_apart(case.indices("resident"))
    assert list(case.table.index.get_level_values("group")) == list(found)


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_bars_show_both_indices_and_grey_what_alone_is_not_told_from_0(case, lang, tmp_path):
    chart = draw(case, "resident", lang)
    axes, found = chart.figure.axes[0], case.indices("resident")
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx(
        [100 * min(max(value, 0), 1) for each in found for value in (each.total, each.first)]
    )
    grey = [label.get_color() == canvas.GREY for label in axes.get_yticklabels()]
    assert grey == [not each.first_ends[0] > 0 for each in found]
    assert len(axes.get_lines()) == len(found)
    assert f"{100 * min(found[0].total, 1):.0f}" in chart.figure.heading[0]
    assert [file.suffix for file in write_all(case, tmp_path / "charts", lang)] == [".png", ".svg", ".csv", ".txt"]
    said = words(lang)
    assert group_words("mine", said) == "`mine`"
    assert len(part_facts(case, "resident", said, 2)["parts"]) == 2


@pytest.mark.parametrize("lang", languages())
def test_few_draws_do_not_say_what_is_most(case, lang):
    mixed = Mixed(case.mixed.scenario, Sample(8, 1, "plain"))
    vars(mixed)["groups"] = case.mixed.groups
    few = replace(case, mixed=mixed, arrays={name: values[: 8 * 5] for name, values in case.arrays.items()})
    found = few.indices("resident")
    assert found[0].total_ends[1] - found[0].total_ends[0] > found[0].total
    assert not told_apart(found)
    title, said = draw(few, "resident", lang).figure.heading[0], words(lang)
    assert "8" in title
    assert "%" not in title
    facts = part_facts(few, "resident", said)
    assert "8" in said.say("sensitivity.parts", **facts)
    *_, last = facts["parts"]
    assert not last["measured"]
    assert "%" not in said.say("sensitivity.part", **last)
    assert all(0 <= each[end] <= 1 for each in facts["parts"][:-1] for end in ("total", "total_low", "total_high"))


@pytest.mark.parametrize("lang", languages())
def test_groups_have_names_on_charts_and_sections_those_of_the_scenario(lang):
    said = words(lang)
    named = set(read_table(DATA / "uncertainty" / "groups.csv")["group"])
    kept = {key.removeprefix("sensitivity.group.") for key in said.entries if key.startswith("sensitivity.group.")}
    assert kept - named == {"long_run", "yearly", "settlement"}
    drawn = Mixed(ss.load("baseline").replace({"horizon.last_year": 2029}), Sample(16, 1, "plain")).groups
    told = [group_shown(group, said) for group in drawn]
    assert len(set(told)) == len(told) > 15
    assert not any("_" in name or "*" in name or "`" in name for name in told)


@pytest.mark.long
def test_the_command_writes_the_indices(tmp_path):
    few = [
        part for name in ("parameters", "behaviour", "demography") for part in ("--set", f"uncertainty.{name}=false")
    ]
    short = ["--set", "horizon.last_year=2026", "--set", "employee.projected=false"]
    call = ["sensitivity", "baseline", *few, *short, "--sobol", "8", "--jobs", "1", "--out", str(tmp_path)]
    told = CliRunner().invoke(main, [*call, "--no-charts"])
    assert told.exit_code == 0, told.output
    assert [each.name for each in tmp_path.iterdir()] == ["sensitivity-baseline"]
    folder = tmp_path / "sensitivity-baseline"
    assert len(pd.read_csv(folder / "sobol.csv")) == 0
    sobol = json.loads((folder / "manifest.json").read_text())["sobol"]
    assert sobol == {"draws": 8, "seed": 1, "sampler": "plain", "groups": ["long_run", "yearly"]}
    assert "comes from: there is none." in told.stdout
    assert "comes from: there is none." in (folder / "summary.md").read_text()
