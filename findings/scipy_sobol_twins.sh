#!/usr/bin/env bash
# SciPy: in 128 scrambled Sobol points over 60 inputs, two inputs are correlated by three quarters.
# Belief: a scrambled Sobol set of a power of two is better spread than random numbers at any size.
# Seen: for every seed some pair of the later inputs correlates by 0.75 or more; random numbers and Latin
# hypercubes stay under 0.4 at the worst pair. At 1,024 points the three are alike.
# Matters: with as many uncertain assumptions as a fund has, a quick run attributes one assumption's effect to
# its twin. Put the assumptions that matter first, and take many points.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q scipy==1.17.1 numpy==2.4.6

"$folder/venv/bin/python" - <<'PY'
import sys

import numpy as np
import scipy
from scipy.stats import qmc

INPUTS, SEEDS = 60, range(10)


def worst_pair(points):
    correlation = np.corrcoef(points.T)
    np.fill_diagonal(correlation, 0)
    return float(np.abs(correlation).max())


print("version:   scipy", scipy.__version__)
print(f"belief:    scrambled Sobol points keep {INPUTS} inputs at least as independent as random numbers do")
worst = {}
for size in (128, 1024):
    for name, draw in (
        ("Sobol", lambda seed: qmc.Sobol(INPUTS, rng=seed).random(size)),
        ("Latin hypercube", lambda seed: qmc.LatinHypercube(INPUTS, rng=seed).random(size)),
        ("random", lambda seed: np.random.default_rng(seed).random((size, INPUTS))),
    ):
        pairs = [worst_pair(draw(seed)) for seed in SEEDS]
        worst[name, size] = min(pairs), max(pairs)
        spread = f"{min(pairs):.2f} to {max(pairs):.2f} over {len(pairs)} seeds"
        print(f"behaviour: {size:5} points, {name:15}: worst pair {spread}")
print("matters:   a sensitivity run of a hundred points cannot tell two assumptions apart")

twins = worst["Sobol", 128][0] > 0.7 and worst["random", 128][1] < 0.5 and worst["Latin hypercube", 128][1] < 0.5
sys.exit(0 if twins and worst["Sobol", 1024][1] < 0.2 else "the behaviour has changed")
PY
