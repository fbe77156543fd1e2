#!/usr/bin/env bash
# chaospy: the Gumbel copula changes the distribution that it should only join.
# Belief: a copula leaves each margin as it is; a uniform joined by any copula is uniform.
# Seen: under Gumbel the second uniform has mean 0.61 (theta 2) or 0.72 (theta 1.2) in place of 0.50, and the
# dependence is stronger the weaker it should be; under Clayton mean and dependence are right.
# Matters: joining cost growth to income growth in the tail raises the mean of one of them, and so the fund's
# central result. Compare the means before and after joining.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q chaospy==4.3.21 numpy==2.4.6 scipy==1.17.1

"$folder/venv/bin/python" - <<'PY'
import sys

import chaospy
import numpy as np
from scipy.stats import kendalltau

print("version:   chaospy", chaospy.__version__)
print("belief:    two uniforms joined by a copula both keep mean 0.50 and median 0.50")
means = {}
right_tau = {"Clayton": lambda theta: theta / (theta + 2), "Gumbel": lambda theta: 1 - 1 / theta}
for family, theta in ((chaospy.Clayton, 2.0), (chaospy.Gumbel, 2.0), (chaospy.Gumbel, 1.2)):
    joined = family(chaospy.J(chaospy.Uniform(0, 1), chaospy.Uniform(0, 1)), theta)
    first, second = joined.sample(10_000, rule="random", seed=1)
    means[family.__name__, theta] = float(second.mean())
    tau = kendalltau(first[:3000], second[:3000])[0]
    print(f"behaviour: {family.__name__:7} theta {theta}: means {first.mean():.2f} and {second.mean():.2f}, median of "
          f"the second {np.median(second):.2f}, tau {tau:.2f} ({right_tau[family.__name__](theta):.2f} is right)")
print("matters:   the joint run is biased before any tail is looked at")

moved = means["Gumbel", 2.0] > 0.58 and means["Gumbel", 1.2] > 0.68
sys.exit(0 if moved and abs(means["Clayton", 2.0] - 0.5) < 0.02 else "the behaviour has changed")
PY
