#!/usr/bin/env bash
# pandas and Bottleneck: once Bottleneck is merely installed, the standard deviation of float32 columns is wrong.
# Belief: an optional accelerator changes the speed, at most the last bits.
# Seen: ten million equal contributions of 400.07 have spread 0 without it and 45 with it; a lognormal cost
# column loses over a per cent of its spread. The code is the same, nothing is imported, nothing is said.
# Matters: peers and Parquet files hand over float32; the spread of cost is what a stop-loss or a tail is fitted
# on. Turn columns into float64 before any moment.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q pandas==3.1.1 numpy==2.4.6

cat >"$folder/spread.py" <<'PY'
import sys

import numpy as np
import pandas as pd

PEOPLE = 10_000_000
flat = pd.Series(np.full(PEOPLE, 400.07, dtype=np.float32)).std()
cost = pd.Series(np.random.default_rng(1).lognormal(8, 1, PEOPLE).astype(np.float32))
error = float(cost.std() / cost.astype("float64").std() - 1)
print(f"behaviour: {sys.argv[1]:10}: spread of a constant {flat:.2f}; of lognormal costs {error:+.2%} against float64")
wrong = flat > 1 and error < -0.01
right = flat == 0 and abs(error) < 1e-5
sys.exit(0 if (wrong if sys.argv[1] == "with" else right) else "the behaviour has changed")
PY

echo "version:   pandas 3.1.1, without and with bottleneck 1.6.0"
echo "belief:    installing an accelerator does not change a standard deviation"
"$folder/venv/bin/python" "$folder/spread.py" without
python3 -m pip --python "$folder/venv/bin/python" install -q bottleneck==1.6.0
"$folder/venv/bin/python" "$folder/spread.py" with
echo "matters:   cost spreads from float32 extracts depend on what else is installed; convert to float64 first"
