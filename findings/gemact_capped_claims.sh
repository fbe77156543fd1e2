#!/usr/bin/env bash
# GEMAct: a claim capped at 5,000 costs up to 15,000 on average, for several of the distributions that it offers for claims.
# Belief: lev(v) is the expected value of min(claim, v), as its description says, for every severity; so it is at most v.
# Seen: right for lognormal, gamma, Weibull and Pareto. Fisk (log-logistic), Burr, Dagum and beta call the inverse of the incomplete beta
# function where the function itself belongs, and the inverse Gaussian leaves the scale out. censored_mean is a difference of two of
# these, so a layer costs nothing; LossModel gives it as the pure premium, beside the right mean of its own aggregate distribution.
# Matters: these curves are the ones with the long tails of medical bills; a ceiling on what the fund pays changes nothing, and
# what is paid above it is worth nothing. Check lev against the integral of sf before use.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile gemact==1.3.0 scipy==1.17.1 numpy==2.4.6

"$folder/venv/bin/python" - <<'PY'
import sys
import warnings
from importlib.metadata import version

import numpy as np
from gemact import Frequency, Layer, LossModel, PolicyStructure, Severity, distributions
from scipy.integrate import quad

SCALE, CAP = 10_000.0, 5_000.0
RIGHT = {"Lognormal": {"shape": 1.0}, "Gamma": {"a": 1.5}, "Weibull": {"c": 0.8}, "GenPareto": {"c": 0.3}}
WRONG = {"Fisk": {"c": 2.5}, "Burr12": {"c": 1.5, "d": 2.0}, "Dagum": {"d": 0.8, "s": 2.5},
         "InvGauss": {"mu": 1.5}, "Beta": {"a": 2.0, "b": 30.0}}
print("version:   gemact", version("gemact"))
print(f"belief:    a claim of which at most {CAP:,.0f} is paid costs at most {CAP:,.0f} on average")
warnings.simplefilter("error")
off = {}
for name, shape in {**RIGHT, **WRONG}.items():
    scale = 20 * SCALE if name == "Beta" else SCALE
    claim = getattr(distributions, name)(scale=scale, **shape)
    capped = float(np.ravel(claim.lev(CAP))[0])
    true = quad(claim.sf, 0, CAP)[0]
    drawn = float(np.minimum(claim.rvs(100_000, random_state=1), CAP).mean())
    off[name] = capped / true - 1, capped > CAP, abs(drawn / true - 1)
    print(f"behaviour: {name:9} lev {capped:8,.0f}, integral {true:8,.0f}, {100_000:,} drawn {drawn:8,.0f}")
model = LossModel(
    Severity(dist="fisk", par={"c": 2.5, "scale": SCALE}), Frequency(dist="poisson", par={"mu": 2.0}),
    PolicyStructure(layers=Layer(cover=30_000.0, deductible=20_000.0)), aggr_loss_dist_method="fft", n_aggr_dist_nodes=2**15,
    sev_discr_method="massdispersal", sev_discr_step=10.0, n_sev_discr_nodes=3_000)
premium, by_distribution = float(model.pure_premium[0]), float(model.mean())
right = 2 * quad(model.severity.model.sf, 20_000, 50_000)[0]
print(f"behaviour: two Fisk claims a year, from 20,000 the next 30,000 of each: pure premium {premium:z,.0f}, "
      f"mean of the distribution {by_distribution:,.0f}, integral {right:,.0f}")
print("matters:   a ceiling, a deductible and a second layer of cover all have the wrong price, and no message says so")

expected = (all(abs(off[name][0]) < 1e-6 for name in RIGHT) and all(off[name][1] and off[name][0] > 0.1 for name in WRONG)
            and all(drawn < 0.01 for _, _, drawn in off.values()) and abs(premium) < 1 and abs(by_distribution / right - 1) < 1e-3)
sys.exit(0 if expected else "the behaviour has changed")
PY
