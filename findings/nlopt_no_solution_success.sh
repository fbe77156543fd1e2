#!/usr/bin/env bash
# NLopt: a problem that no point can satisfy ends with a code of success, and an answer.
# Belief: an optimiser with inequality constraints reports it where none of its points meets them.
# Seen: COBYLA, MMA and CCSAQ return the upper bounds and XTOL_REACHED, a positive code, which stands for success; it is the
# code that they give for a problem that has a solution, too.
# Matters: "the least contribution rate that keeps the fund solvent, within 10 % and with cuts within 20 %" is answered by 10 %
# and 20 % also where the fund fails with those. Evaluate every constraint at the answer before believing it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile nlopt==2.11.0 numpy==2.4.6

"$folder/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import nlopt
import numpy as np

MOST = np.array([0.10, 0.20])
WEIGHTS = np.array([10.0, 2.0])


def burden(point, gradient=None):
    if gradient is not None and gradient.size:
        gradient[:] = 2 * point
    return float(point @ point)


def by_nlopt(name, gap):
    """The code and what is missing to the needed balance at the answer."""

    def missing(point, gradient):
        if gradient.size:
            gradient[:] = -WEIGHTS
        return float(gap - WEIGHTS @ point)

    search = nlopt.opt(getattr(nlopt, name), 2)
    search.set_lower_bounds([0, 0])
    search.set_upper_bounds(MOST)
    search.set_min_objective(burden)
    search.add_inequality_constraint(missing, 1e-8)
    search.set_xtol_rel(1e-6)
    point = search.optimize([0.05, 0.05])
    return search.last_optimize_result(), missing(point, np.empty(0))


print("version:   nlopt", version("nlopt"))
print("belief:    where the gap is 3.0 and the most that rates can close is 1.4, the result is not a success")
seen = {}
for name in ("LN_COBYLA", "LD_MMA", "LD_CCSAQ"):
    for gap in (1.0, 3.0):
        code, missing = seen[name, gap] = by_nlopt(name, gap)
        print(f"behaviour: {name:9} gap {gap}: code {code} (XTOL_REACHED is {nlopt.XTOL_REACHED}), missing {max(missing, 0):.2f}")
print("matters:   an insolvent plan gets a contribution rate and a code of success")
wrong = all(code == nlopt.XTOL_REACHED and (missing > 1) == (gap == 3.0) for (_, gap), (code, missing) in seen.items())
sys.exit(0 if wrong else "the behaviour has changed")
PY
