#!/usr/bin/env bash
# cashflower: with two tables of model points, one of numbers only is found nowhere, and every value of it is 0.
# Belief: whole-number ids join the tables, and an id that is not found is an error or a missing value.
# Seen: the id is taken from a pandas row; where all columns are numbers and one has decimals the row is, too, and "1.0" is not
# "1". What is not found reads as 0: the whole run is zeros. One column of text in the table, and the ids are found.
# Matters: which columns a table has decides whether there are results; and one id forgotten in the second table is a rate of 0.
# Needs Python 3.11 or 3.12: cashflower asks for one release of pandas and one of NumPy, and those end there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile cashflower==0.10.9

cat >"$folder/input.py" <<'PY'
import builtins

import pandas as pd
from cashflower import ModelPointSet

columns = {"id": [1, 2, 3], "income": [100.5, 200.5, 400.5]} | builtins.further_columns
persons = ModelPointSet(data=pd.DataFrame(columns), id_column="id")
rates = ModelPointSet(data=pd.DataFrame({"id": [1, 3], "rate": [0.02, 0.02]}), main=False, id_column="id")
PY
cat >"$folder/model.py" <<'PY'
from cashflower import variable
from input import persons, rates


@variable()
def income(t):
    return persons.get("income")


@variable()
def contribution(t):
    return income(t) * rates.get("rate")
PY

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PY'
import builtins
import contextlib
import io
import sys
from importlib.metadata import version

from cashflower import run

print("version:   cashflower", version("cashflower"))
print("belief:    income 701.50 either way; person 2, for whom there is no rate, is reported")
seen = []
for further in ({"sex": ["f", "m", "f"]}, {}):
    builtins.further_columns = further
    for module in ("input", "model"):
        sys.modules.pop(module, None)
    with contextlib.redirect_stdout(io.StringIO()):
        output = run({"T_MAX_CALCULATION": 0, "T_MAX_OUTPUT": 0, "SAVE_OUTPUT": False})[0]
    seen.append(tuple(round(float(output[name][0]), 2) for name in ("income", "contribution")))
    table = "a column of text" if further else "numbers only"
    print(f"behaviour: persons with {table:16} income {seen[-1][0]:6.2f}  contribution {seen[-1][1]:5.2f}")
print("matters:   a table without a column of text projects nothing; a person without a rate pays nothing")
sys.exit(0 if seen == [(701.5, 10.02), (0.0, 0.0)] else "the behaviour has changed")
PY
