#!/usr/bin/env bash
# chainladder: a payment recorded as 0 is treated as not recorded.
# Belief: an origin year that paid 0 in its first period and 60 in its second takes part in the average factor.
# Seen: zeros become missing when the triangle is built; that year drops out of the volume-weighted factor (1.24
# in place of 1.52), means leave zeros out, and a fully run-off year has an IBNR of NaN, not 0.
# Matters: benefits with waiting periods start at zero; completion factors for late claims come out too low and
# the reserve with them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile chainladder==0.10.1 pandas==3.1.1 numpy==2.4.6

"$folder/venv/bin/python" -W ignore - <<'PY'
import sys

import chainladder
import numpy as np
import pandas as pd

paid = {2020: [100, 50, 0, 0], 2021: [110, 0, 30], 2022: [0, 60], 2023: [130]}
rows = [(year, year + lag, value) for year, values in paid.items() for lag, value in enumerate(values)]
frame = pd.DataFrame(rows, columns=["origin", "valuation", "paid"])
triangle = chainladder.Triangle(frame, origin="origin", development="valuation", columns="paid", cumulative=False)
cumulative = triangle.incr_to_cum()
factor = float(chainladder.Development(average="volume").fit(cumulative).ldf_.values[0, 0, 0, 0])
ibnr = float(chainladder.Chainladder().fit(cumulative).ibnr_.values[0, 0, 0, 0])
zeros = sum(values.count(0) for values in paid.values())
kept = int(np.count_nonzero(triangle.values[0, 0] == 0))
by_hand = (150 + 110 + 60) / (100 + 110 + 0)

print("version:   chainladder", chainladder.__version__)
print("belief:    a zero payment is an observation")
print(f"behaviour: {zeros} zeros went in, {kept} are in the triangle")
print(f"behaviour: first volume-weighted factor {factor:.3f}; with the year that began at zero {by_hand:.3f}")
print(f"behaviour: IBNR of the year that is fully run off: {ibnr}")
print("matters:   years that start with no claims are left out, and the reserve is too low")

sys.exit(0 if kept == 0 and abs(factor - 260 / 210) < 1e-9 and np.isnan(ibnr) else "the behaviour has changed")
PY
