"""A money flow is a row of the ledger, the line that computes it and its label: all else follows."""

import subprocess
import sys
from collections.abc import Mapping
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
KINDS = 'Row("loan", Party.LENDERS, RESIDENT, Kind.DEBT, "a test", of_run=True),\n    '
KINDS += 'Row("repaid", RESIDENT, Party.LENDERS, Kind.DEBT, "a test", of_run=True),\n    '
KINDS += 'Row("fines", Party.PROVIDERS, RESIDENT, Kind.RECOVERY, "a test", of_run=True),\n    '
KINDS += 'Row("given", RESIDENT, Party.LOCALITIES, Kind.PASSED_OUT, "a test", of_run=True),\n    '
NO_INCOME = {
    "ledger.py": ('Row(\n        "adjustment_payments"', KINDS + 'Row(\n        "adjustment_payments"'),
    "model/resident.py": (
        '"adjustment_payments": ',
        '"loan": of_all * 0.1, "repaid": of_all * (0.04 if basis.year > 2026 else 0.0), "fines": of_all * 0.02,\n'
        '        "given": of_all * 0.03,\n        "adjustment_payments": ',
    ),
    **{
        f"language/{lang}.toml": ("\nlong_term_care = ", f'\nloan = "{loan}"\nrepaid = "{repaid}"\nfines = "{fines}"\n'
        f'given = "{given}"\nlong_term_care = ')
        for lang, loan, repaid, fines, given in (
            ("en", "loan", "loan paid back", "fines", "given away"), ("zh", "借款", "还款", "罚款", "拨付")
        )
    },
}  # fmt: skip
"""The same for money that is no income: of the benefits a tenth is borrowed, 4 % paid back, 2 % recovered, 3 % passed on."""
RUN_NO_INCOME = """
import sys
import numpy as np
from simsurance import api

years = {"horizon.last_year": 2027}
results = api.run("baseline", **years)
fund, flows = results.fund.xs("resident", level="fund"), ("inpatient_benefits", "outpatient_benefits", "critical_illness")
paid = fund[[*flows, "bonus_cost"]].sum(axis=1)
shares = {"loan": 0.1, "repaid": 0.04 * (fund.index > 2026), "fines": 0.02, "given": 0.03}
for name, share in shares.items():
    assert np.allclose(abs(fund[name]), paid * share, rtol=1e-12), name
levied = fund[["personal_contributions", "assistance", "subsidies", "local_supplement", "repair_payments"]].sum(axis=1)
assert np.allclose(fund["income"], levied + fund["prepaid_change"], rtol=1e-12)
assert np.allclose(fund["outgo"], paid * (1 - 0.02 + 0.03), rtol=1e-12)
debt = paid * (0.1 - shares["repaid"])
assert np.allclose(fund["closing"], fund["opening"] + fund["income"] + fund["interest"] - fund["outgo"] + debt, rtol=1e-12)
rate = 0.02
assert np.allclose(fund["interest"], fund["opening"] * rate + (fund["income"] - fund["outgo"]) * ((1 + rate) ** 0.5 - 1))
assert results.checks["holds"].all()

# none of it is levied, and debt is in no measure of what is levied
middle, end = (1 + rate) ** -np.array([0.5, 1.5]), (1 + rate) ** -2
value = fund["opening"].iloc[0] + ((fund["income"] - fund["outgo"]) * middle).sum() - fund["outgo"].iloc[-1] / 2 * end
multiple = 1 - value / (levied * middle).iloc[1:].sum()
found = results.measures["value"]
assert abs(found["required_contribution_multiple_now"] / multiple - 1) < 1e-12, (found, multiple)
balance = value / (fund["members_income"] * middle).sum()
assert abs(found["actuarial_balance"] / balance - 1) < 1e-12
benefits = (results.flows[[*flows, "bonus_cost"]].sum(axis=1).groupby("year").sum() * middle).sum()
assert abs(results.cohorts["resident_benefits"].sum() / benefits - 1) < 1e-12
results.save(sys.argv[1], charts=False)
"""
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


def package_with(added: Mapping[str, tuple[str, str]], folder: Path) -> None:
    """The package, its files by links but for those that are changed."""
    changed = {name: (PACKAGE / name).read_text(encoding="utf-8") for name in added}
    own = {folder / "simsurance", *(folder / "simsurance" / Path(name).parent for name in added)}
    for each in sorted(own):
        each.mkdir(exist_ok=True)
    for path in [*PACKAGE.iterdir(), *(each for name in added for each in (PACKAGE / name).parent.iterdir())]:
        there = folder / "simsurance" / path.relative_to(PACKAGE)
        if not there.exists() and path.name != "__pycache__" and str(path.relative_to(PACKAGE)) not in added:
            there.symlink_to(path)
    for name, (place, after) in added.items():
        assert place in changed[name], name
        text = changed[name].replace(place, after)
        (folder / "simsurance" / name).write_text(text, encoding="utf-8")


def test_a_flow_is_its_row_its_line_and_its_label(tmp_path: Path) -> None:
    run_with(ADDED, RUN, tmp_path)


def test_debt_recoveries_and_transfers_to_outside_parties_are_no_income(tmp_path: Path) -> None:
    run_with(NO_INCOME, RUN_NO_INCOME, tmp_path)


def run_with(added: Mapping[str, tuple[str, str]], run: str, tmp_path: Path) -> None:
    """Some lines of Python with the changed package."""
    package_with(added, tmp_path)
    command = [sys.executable, "-c", run, str(tmp_path / "out")]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert found.returncode == 0, found.stderr
