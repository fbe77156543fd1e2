#!/usr/bin/env bash
# cashflower: choosing the output variables puts the results under the wrong names.
# Belief: OUTPUT_VARIABLES leaves columns out; those that stay hold what they held.
# Seen: the names are put in alphabetical order, the numbers stay in the order of calculation; benefits that are computed from
# membership change places with it, whatever order the setting has. No error, no warning; without the setting all is right.
# Matters: on a large model everyone chooses columns; 7,000 of payments are read as 700. Compare one run without the setting.
# Needs Python 3.11 or 3.12: cashflower asks for one release of pandas and one of NumPy, and those end there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile cashflower==0.10.9

cat >"$folder/input.py" <<'PY'
import pandas as pd
from cashflower import ModelPointSet

group = ModelPointSet(data=pd.DataFrame({"name": ["town", "village"], "members": [300.0, 400.0]}))
PY
cat >"$folder/model.py" <<'PY'
from cashflower import variable
from input import group


@variable()
def members(t):
    return group.get("members")


@variable()
def benefits(t):
    return 10.0 * members(t)
PY

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PY'
import contextlib
import io
import sys
from importlib.metadata import version

from cashflower import run

print("version:   cashflower", version("cashflower"))
print("belief:    700 members and 7,000 of benefits, in whichever columns are chosen")
seen = []
for chosen in (None, ["benefits", "members"], ["members", "benefits"]):
    with contextlib.redirect_stdout(io.StringIO()):
        output = run({"T_MAX_CALCULATION": 1, "T_MAX_OUTPUT": 1, "SAVE_OUTPUT": False, "OUTPUT_VARIABLES": chosen})[0]
    seen.append((float(output["members"][1]), float(output["benefits"][1])))
    print(f"behaviour: OUTPUT_VARIABLES {chosen!s:25} members {seen[-1][0]:6,.0f}  benefits {seen[-1][1]:6,.0f}")
print("matters:   what is read as payments is the number of members")
sys.exit(0 if seen == [(700.0, 7000.0), (7000.0, 700.0), (7000.0, 700.0)] else "the behaviour has changed")
PY
