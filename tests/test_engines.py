"""Which engine steps the draws, and what is told of it."""

import subprocess
import sys

import pytest

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.uncertainty import engines
from simsurance.uncertainty.engines import PAYS_FROM, chosen


def numba_is(there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: object() if there else None)


def test_many_draws_are_compiled_where_numba_is(monkeypatch: pytest.MonkeyPatch) -> None:
    numba_is(True, monkeypatch)
    assert [chosen(None, draws) for draws in (PAYS_FROM - 1, PAYS_FROM)] == ["plain", "compiled"]
    assert chosen("plain", PAYS_FROM) == "plain"
    numba_is(False, monkeypatch)
    assert chosen(None, 10**6) == "plain"


def test_what_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    numba_is(False, monkeypatch)
    with pytest.raises(SimsuranceError, match=r'compiled needs numba.*pip install "simsurance\[fast\]"') as told:
        chosen("compiled", 1)
    assert told.value.exit_code == ExitCode.ENVIRONMENT
    with pytest.raises(SimsuranceError, match="'fast' is not known; plain or compiled"):
        chosen("fast", 1)


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["stochastic", "--help"]])
def test_help_compiles_nothing(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom simsurance.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        "print([name for name in sys.modules if name.startswith(('numba', 'simsurance.model.compiled'))], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
