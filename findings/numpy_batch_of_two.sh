#!/usr/bin/env bash
# NumPy: the sum over 35 years of one run changes in the last bit when a second run is put beside it.
# Belief: summing an array [year, run] over years gives each run the total that it has alone.
# Seen: [35] and [35, 1] are summed pairwise, [35, 2] row by row: more than a third of the totals differ.
# Matters: where runs are an axis, "the same run alone and in a batch" is not equal to the bit, and neither is
# a golden file; a rule that compares with == or a threshold at zero may take another branch.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q numpy==2.4.6

"$folder/venv/bin/python" - <<'PY'
import sys

import numpy as np

YEARS, RUNS = 35, 2000
flows = np.random.default_rng(7).lognormal(25, 1, (RUNS, YEARS))
alone = np.array([run.sum() for run in flows])
batch_of_one = np.array([run.reshape(YEARS, 1).sum(axis=0)[0] for run in flows])
batch_of_two = np.array([np.stack([run, run], axis=1).sum(axis=0)[0] for run in flows])
differ = float(np.mean(alone != batch_of_two))

print("version:   numpy", np.__version__)
print("belief:    a run's total over the years does not depend on how many runs stand beside it")
print(f"behaviour: [{YEARS}, 1] differs from [{YEARS}] in {np.mean(alone != batch_of_one):.1%} of {RUNS} runs")
print(f"behaviour: [{YEARS}, 2] differs from [{YEARS}] in {differ:.1%} of {RUNS} runs,")
print(f"           by at most {np.max(np.abs(batch_of_two / alone - 1)):.1e} of the total")
print("matters:   compare a run alone with a run in a batch within a tolerance; a batch of one proves nothing")

sys.exit(0 if np.all(alone == batch_of_one) and differ > 0.2 else "the behaviour has changed")
PY
