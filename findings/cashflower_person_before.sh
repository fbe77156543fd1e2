#!/usr/bin/env bash
# cashflower: a variable reached through an ordinary function is read from the model point before.
# Belief: model variables are functions; calling one from a helper, or a period of its own such as fund(0), gives this
# model point's value, or an error.
# Seen: the order of calculation is read off the source of each variable; what a helper calls is not in it, and fund(0) says
# no direction. Arrays are not emptied between model points, so both read the point before; the first reads bare memory.
# The helper is right if its caller comes later in the alphabet than what it calls.
# Matters: each village is paid on the membership of its neighbour, and totals look plausible. Call variables directly.
# Needs Python 3.11 or 3.12: cashflower asks for one release of pandas and one of NumPy, and those end there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile cashflower==0.10.9

cat >"$folder/input.py" <<'PY'
import pandas as pd
from cashflower import ModelPointSet

group = ModelPointSet(data=pd.DataFrame({"name": ["a", "b", "c"], "members": [100.0, 200.0, 400.0]}))
PY
cat >"$folder/model.py" <<'PY'
from cashflower import variable
from input import group


def covered(t):
    return 0.5 * members(t)


@variable()
def members(t):
    return group.get("members")


@variable()
def claims(t):
    return 2.0 * covered(t)


@variable()
def reserves(t):
    return 2.0 * covered(t)


@variable()
def fund(t):
    return group.get("members") if t == 0 else fund(0) * 1.5
PY

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PY'
import contextlib
import io
import sys
from importlib.metadata import version

from cashflower import run

print("version:   cashflower", version("cashflower"))
print("belief:    for b and c: members, claims and reserves 200 and 400; fund in period 1 is 300 and 600")
with contextlib.redirect_stdout(io.StringIO()):
    output = run({"T_MAX_CALCULATION": 1, "T_MAX_OUTPUT": 1, "SAVE_OUTPUT": False, "GROUP_BY": "name"})[0]
later = output[(output["t"] == 1) & (output["name"] != "a")]
seen = {name: later[name].tolist() for name in ("members", "claims", "reserves", "fund")}
for name, values in seen.items():
    print(f"behaviour: {name:8} of b and c in period 1: {values}")
print("matters:   claims and fund are those of the model point before; reserves, the same formula, are not")
expected = {"members": [200.0, 400.0], "claims": [100.0, 200.0], "reserves": [200.0, 400.0], "fund": [150.0, 300.0]}
sys.exit(0 if seen == expected else "the behaviour has changed")
PY
