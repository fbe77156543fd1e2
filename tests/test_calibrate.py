"""A fund's factors fitted to its own series: found again where they are known, told where they are not."""

import csv
import json
import re
import shutil
from itertools import combinations

import numpy as np
import pytest
from click.testing import CliRunner
from example_city import city

from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.evidence.fund_fit import FACTORS, fund_fit, masks
from simsurance.evidence.hindcast import TOLERANCE
from simsurance.language import languages, words
from simsurance.output.charts import canvas
from simsurance.output.charts.calibration import draw
from simsurance.results import accounts_of
from simsurance.scenario_file.keys import key_at
from simsurance.scenario_file.loader import load

KNOWN = {
    "contributions.local_supplement": {"multiply": 1.05},
    "claims.inpatient.level": {"multiply": 1.1},
    "employee.contributions.compliance": {"multiply": 0.95},
    "employee.accounts.spending_rate": {"multiply": 1.02},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return city(tmp_path_factory.mktemp("city")).parent


@pytest.fixture(scope="module")
def fit(folder):
    return fund_fit(load(folder / "fund.toml"))


def copied(folder, place):
    shutil.copytree(folder, place)
    return place / "fund.toml"


def rewritten(file, values):
    """The table of series with other values at some measures and years."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        key = row["measure"], int(row["year"])
        row["value"] = repr(float(values.get(key, row["value"])))
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("lang", languages())
def test_the_chart_tells_how_many_figures_are_met_and_names_all(fit, lang):
    figure, table = draw(fit, lang).figure, fit.residuals
    tolerance = table["unit"].map(TOLERANCE)
    met = [int((table[name].abs() <= tolerance).sum()) for name in ("error", "error_before")]
    title = figure.heading[0]
    assert [int(number) for number in re.findall(r"\d+", title)] == (
        [met[0], len(table), met[1]] if lang == "en" else [len(table), *met]
    )
    with canvas.style():
        (axes,) = figure.axes
        names = axes.get_yticklabels()
        assert len(names) == len(table)
        assert not any("…" in name.get_text() for name in names)
        boxes = [name.get_window_extent() for name in (*names, *axes.texts)]
        assert all(box.x0 >= figure.bbox.x0 for box in boxes)
        assert not any(one.padded(-1).overlaps(other.padded(-1)) for one, other in combinations(boxes, 2))
    assert [note.get_text() for note in axes.texts] == [
        words(lang).label(f"axis.fund.{fund}") for fund in dict.fromkeys(table.index.get_level_values("fund"))
    ]


@pytest.mark.long
def test_factors_that_made_the_figures_are_found_again(folder, tmp_path):
    file = copied(folder, tmp_path / "known")
    base = load(file)
    known = fund_fit(base)
    moved = base.replace({**KNOWN, "horizon.valuation_year": known.first, "horizon.last_year": known.last})
    (run,) = accounts_of([moved])
    figures = {}
    for each in known.figures:
        model = float(each.item.model(run.accounts)[each.year - known.first])
        if not each.item.heads:
            figures[each.item.series, each.year] = model / each.item.size
    rewritten(file.parent / "tables" / "published.csv", figures)
    again = fund_fit(load(file)).table["value"]
    for key, factor in KNOWN.items():
        assert again[key] == pytest.approx(factor["multiply"], abs=0.004), key
    assert again["employee.entry_level"] == pytest.approx(1, abs=0.01)


def test_the_city_is_met_in_at_most_60_projections_from_either_start(fit):
    assert fit.projections <= 60
    assert fit.unique
    assert fit.fits
    assert fit.residuals["error"].abs().max() < fit.residuals["error_before"].abs().max()
    np.testing.assert_allclose(np.exp(fit.left), 1 + fit.residuals["error"])


def test_what_the_figures_tell_little_of_is_said(fit):
    table = fit.table
    growth = table.loc["claims.trend.real_growth"]
    assert growth["from_data"] < 0.5 < table.loc["contributions.local_supplement", "from_data"]
    assert ((table["from_data"] >= 0) & (table["from_data"] <= 1)).all()
    assert (table["standard_error"] > 0).all()


@pytest.mark.long
def test_figures_before_a_break_are_not_fitted_with_those_after(folder, tmp_path):
    file = copied(folder, tmp_path / "broken")
    breaks = file.parent / "tables" / "breaks.csv"
    breaks.write_text(breaks.read_text(encoding="utf-8") + "resident_outgo,2025,break\n", encoding="utf-8")
    base = load(file)
    assert masks(base)["resident_outgo"] == 2025
    broken = fund_fit(base, 2024)
    assert ("resident.outgo", 2024, "break") in broken.masked
    assert ("resident", "outgo", 2024) not in broken.residuals.index


def test_every_factor_is_a_key_and_its_bounds_lie_around_no_change():
    with FACTORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert key_at(row["key"]) is not None
        none = 1.0 if row["how"] == "multiply" else 0.0
        assert float(row["lowest"]) < none < float(row["highest"])


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_command_writes_an_option_that_runs_use_and_the_same_bytes_again(folder, tmp_path, lang):
    file = copied(folder, tmp_path / "used")
    arguments = ["calibrate", str(file), "--out", str(tmp_path / "out"), "--lang", lang]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0, first.output
    overlay = file.parent / "tables" / "calibrated.toml"
    before = overlay.read_bytes()
    assert '"tables/calibrated.toml"' in file.read_text(encoding="utf-8")
    told = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
    assert overlay.read_bytes() == before
    assert told["fits"]
    past = CliRunner().invoke(main, ["hindcast", str(file), "--from", "2025", "--lang", lang])
    assert "simsurance calibrate, 2024 to 2025" in past.stdout, "which is no test of the years fitted"
    used = load(file)
    assert used.values.claims.inpatient.level != load(file, without=overlay).values.claims.inpatient.level
    names = {each.name for each in (tmp_path / "out" / f"calibrate-{used.name}").iterdir()}
    assert names >= {"factors.csv", "figures.csv", "calibrated.toml", "summary.md", "charts"}


@pytest.mark.long
def test_factors_fitted_to_other_tables_are_refused_and_a_misfit_is_told_in_every_run(folder, tmp_path):
    file = copied(folder, tmp_path / "other")
    assert (
        CliRunner().invoke(main, ["calibrate", str(file), "--no-charts", "--out", str(tmp_path / "out")]).exit_code == 0
    )
    overlay = file.parent / "tables" / "calibrated.toml"
    overlay.write_text(overlay.read_text(encoding="utf-8").replace("fits = true", "fits = false"), encoding="utf-8")
    assert any(note.name == "misfit" for note in load(file).notes_found)
    rewritten(file.parent / "tables" / "published.csv", {("resident_outgo", 2025): 6.2e9})
    with pytest.raises(SimsuranceError, match=r"calibration\.tables: factors were fitted to other tables"):
        load(file)
    again = CliRunner().invoke(main, ["calibrate", str(file), "--no-charts", "--out", str(tmp_path / "out")])
    assert again.exit_code == 0, again.output
    load(file)


def test_a_calibration_that_does_not_fit_says_so(folder, tmp_path):
    file = copied(folder, tmp_path / "misfit")
    rewritten(file.parent / "tables" / "published.csv", {("resident_income", 2025): 9e9})
    wrong = fund_fit(load(file))
    assert not wrong.fits
    assert wrong.worst > 0.05


def test_what_cannot_be_fitted_is_told(folder):
    with pytest.raises(SimsuranceError, match="--from 1990"):
        fund_fit(load(folder / "fund.toml"), 1990)
    with pytest.raises(SimsuranceError, match="not the nation's insured"):
        fund_fit(load("baseline").replace({"membership.resident_insured": 5e6}))


def test_the_nation_is_calibrated_by_the_same_command():
    table = fund_fit(load("baseline"), 2025).table
    near = table.loc[
        ["claims.inpatient.level", "contributions.local_supplement", "employee.accounts.spending_rate"], "value"
    ]
    assert ((near - 1).abs() < 0.02).all()


@pytest.mark.long
def test_a_step_that_the_scenario_does_not_bear_is_halved():
    fit = fund_fit(load("high_cost"), 2024)
    assert fit.projections <= 60
    assert np.isfinite(fit.left).all()
