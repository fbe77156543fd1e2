#!/usr/bin/env bash
# SALib: one missing result makes every Sobol index, and its width, exactly zero.
# Belief: a NaN among the outputs gives NaN indices, or an error.
# Seen: with one NaN in 640 outputs all first-order and total indices and all confidence widths are 0.0; no
# warning. Without it the indices are right.
# Matters: one run without a depletion year, or one stopped run, and the sensitivity table says that no
# assumption matters at all, with certainty. Refuse NaN before the analysis.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile \
    SALib==1.6.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1

"$folder/venv/bin/python" - <<'PY'
import sys
import warnings
from importlib.metadata import version

import numpy as np
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sample

problem = {"num_vars": 3, "names": ["fertility", "cost growth", "income growth"], "bounds": [[0, 1]] * 3}
points = sample.sample(problem, 128, calc_second_order=False, seed=1)
balance = points[:, 0] + 2 * points[:, 1] * points[:, 2]
one_missing = balance.copy()
one_missing[17] = np.nan

print("version:   SALib", version("SALib"))
print("belief:    a missing output gives missing indices")
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    whole = analysis.analyze(problem, balance, calc_second_order=False, seed=1)
    holed = analysis.analyze(problem, one_missing, calc_second_order=False, seed=1)
print(f"behaviour: all {len(balance)} outputs: total indices", [round(float(index), 2) for index in whole["ST"]])
print("behaviour: one of them NaN: total indices", [float(index) for index in holed["ST"]],
      "widths", [float(width) for width in holed["ST_conf"]], "warnings", len(said))
print("matters:   one failed run turns the sensitivity table into zeros with no uncertainty")

all_zero = not any(np.any(holed[key]) for key in ("S1", "ST", "S1_conf", "ST_conf"))
sys.exit(0 if all_zero and whole["ST"].min() > 0.2 and not said else "the behaviour has changed")
PY
