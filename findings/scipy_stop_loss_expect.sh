#!/usr/bin/env bash
# SciPy: expect() of a stop-loss claim is exactly 0.0, without a warning, where the true value is 1,278 yuan.
# Belief: numerical expectation over a frozen lognormal is accurate, or warns.
# Seen: the quadrature on the half-line puts its points near 0 and never meets the claims above the deductible.
# Six times the mean cost and more gives 0.0; three times the mean is right to seven digits, so an easy test passes.
# Matters: that is the value of critical-illness cover. Use the closed form E[(X - d)+] of the lognormal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q scipy==1.17.1 numpy==2.4.6

"$folder/venv/bin/python" - <<'PY'
import sys
import warnings

import numpy as np
import scipy
from scipy.stats import lognorm, norm

MU, SIGMA = 9.0, 1.2
cost = lognorm(SIGMA, scale=np.exp(MU))
print("version:   scipy", scipy.__version__)
print("belief:    expect() gives the mean claim above a deductible, or a warning")
answers = {}
for deductible in (50_000, 100_000, 200_000):
    d1 = (MU + SIGMA**2 - np.log(deductible)) / SIGMA
    right = np.exp(MU + SIGMA**2 / 2) * norm.cdf(d1) - deductible * norm.cdf(d1 - SIGMA)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        answers[deductible] = float(cost.expect(lambda x: np.maximum(x - deductible, 0)))
    print(f"behaviour: above {deductible:7,} ({cost.sf(deductible):.2%} of patients): "
          f"expect {answers[deductible]:8.2f}, closed form {right:8.2f}, warnings {len(said)}")
print("matters:   critical-illness benefits above a deductible are valued at nothing")

silent_zero = answers[100_000] == answers[200_000] == 0.0 and not said
sys.exit(0 if silent_zero and answers[50_000] > 3_000 else "the behaviour has changed")
PY
