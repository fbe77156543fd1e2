#!/usr/bin/env bash
# SciPy: two Sobol sequences scrambled with different seeds are not independent of each other, point by point.
# Belief: another seed gives other points; the k-th point of one sequence says nothing of the k-th of another.
# Seen: the same input of two seeds correlates by three quarters on average, with either sign, at 32 points and at
# 1,024 alike; random numbers and Latin hypercubes do not. Means over points are independent, pairs of points are not.
# Matters: two funds, two regions or two years drawn with a seed each are drawn together. What is to be independent
# within a draw needs dimensions of its own in one sequence.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile scipy==1.17.1 numpy==2.4.6

"$folder/venv/bin/python" - <<'PY'
import sys

import numpy as np
import scipy
from scipy.stats import qmc

INPUTS = 200


def sobol(seed, points):
    return qmc.Sobol(INPUTS, scramble=True, rng=seed).random(points)


def hypercube(seed, points):
    return qmc.LatinHypercube(INPUTS, rng=seed).random(points)


def alike(draw, points):
    """Mean size of the correlation of an input of one seed with the same input of another."""
    one, other = draw(1, points), draw(2, points)
    return float(np.mean([abs(np.corrcoef(one[:, each], other[:, each])[0, 1]) for each in range(INPUTS)]))


found = {points: (alike(sobol, points), alike(hypercube, points)) for points in (32, 1024)}
means = np.array([sobol(seed, 32).mean(axis=0) - 0.5 for seed in range(64)])
of_means = np.abs(np.corrcoef(means[::2, 0], means[1::2, 0])[0, 1])

print("version:   scipy", scipy.__version__)
print("belief:    sequences of two seeds are independent draw by draw")
for points, (of_sobol, of_hypercube) in found.items():
    print(f"behaviour: {points} points, the same input of two seeds: |r| {of_sobol:.2f} (Latin hypercube {of_hypercube:.2f})")
print(f"behaviour: means of neighbouring seeds: |r| {of_means:.2f}")
print("matters:   funds drawn with a seed each move together, or against each other, and nobody asked them to")

sobol_alike = all(abs(of_sobol - 0.76) < 0.05 for of_sobol, _ in found.values())
sys.exit(0 if sobol_alike and found[1024][1] < 0.1 else "the behaviour has changed")
PY
