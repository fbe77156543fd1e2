"""A money flow is a row of the ledger, the line that computes it and its label: all else follows."""

import subprocess
import sys
from pathlib import Path

import simsurance

PACKAGE = Path(simsurance.__file__).parent
ROW = 'Row("long_term_care", POOL'
LINE = '"long_term_care": lives'
ADDED = {
    "ledger.py": (ROW, 'Row("screening", POOL, Party.PROVIDERS, Kind.BENEFIT, "person-years × amount"),\n    ' + ROW),
    "model/employee.py": (LINE, '"screening": lives.covered_years * 20.0,\n        ' + LINE),
    "language/en.toml": ("\nlong_term_care = ", '\nscreening = "screening"\nlong_term_care = '),
    "language/zh.toml": ("\nlong_term_care = ", '\nscreening = "筛查"\nlong_term_care = '),
}
"""File, where in it, and what stands there then: persons of the employee scheme are screened for 20 yuan a year."""
RUN = """
import sys
from pathlib import Path
from simsurance import api
from simsurance.scenario_file.schema import Pin

results = api.run("baseline", **{"horizon.last_year": 2027})
fund = results.fund.xs("employee_pool", level="fund")
years = results.flows[["active_years", "retired_years"]].sum(axis=1).groupby("year").sum()
assert (abs(fund["screening"] / years - 20) < 1e-9).all(), fund["screening"]
assert (results.flows["screening"].groupby("year").sum() > 2e10 / 4).all()
plain = ["inpatient_benefits", "outpatient_benefits", "maternity_benefits", "screening", "long_term_care"]
assert abs(fund[plain].sum(axis=1) / fund["outgo"] - 1).max() < 1e-12
assert results.checks["holds"].all()
pin = {"pins.screening": {"total": "screening", "mode": "fixed", "values": {2026: 1e9}, "mark": "choice", "source": "a test"}}
held = api.run("baseline", **{"horizon.last_year": 2027}, **pin)
assert abs(held.fund.loc[(2026, "employee_pool"), "screening"] - 1e9) < 1
results.save(sys.argv[1], charts=False, lang="zh")
assert "筛查" in Path(sys.argv[1], "codebook.csv").read_text(encoding="utf-8")
"""


def package_with_the_flow(folder: Path) -> None:
    """The package, its files by links but for those that are changed."""
    changed = {name: (PACKAGE / name).read_text(encoding="utf-8") for name in ADDED}
    own = {folder / "simsurance", *(folder / "simsurance" / Path(name).parent for name in ADDED)}
    for each in sorted(own):
        each.mkdir(exist_ok=True)
    for path in [*PACKAGE.iterdir(), *(each for name in ADDED for each in (PACKAGE / name).parent.iterdir())]:
        there = folder / "simsurance" / path.relative_to(PACKAGE)
        if not there.exists() and path.name != "__pycache__" and str(path.relative_to(PACKAGE)) not in ADDED:
            there.symlink_to(path)
    for name, (place, after) in ADDED.items():
        assert place in changed[name], name
        text = changed[name].replace(place, after)
        (folder / "simsurance" / name).write_text(text, encoding="utf-8")


def test_a_flow_is_its_row_its_line_and_its_label(tmp_path: Path) -> None:
    package_with_the_flow(tmp_path)
    command = [sys.executable, "-c", RUN, str(tmp_path / "out")]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert found.returncode == 0, found.stderr
