#!/usr/bin/env bash
# NumPy: a seed given as a list is padded with zeros, so default_rng([7, 0]) is default_rng(7).
# Belief: each list of integers names a stream of its own, [7, 0] as much as [7, 1].
# Seen: up to four words, zeros at the end change nothing; and the integer 7 + 5 * 2**32 is the list [7, 5].
# Matters: with streams keyed (seed, draw), draw 0 repeats every number of the parent stream, and a sub-key
# appended later, (seed, draw, 0), repeats its draw: "independent" assumptions move together.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q numpy==2.4.6

"$folder/venv/bin/python" - <<'PY'
import sys

import numpy as np


def first(seed):
    return float(np.random.default_rng(seed).random())


print("version:   numpy", np.__version__)
print("belief:    the seeds 7, [7, 0] and [7, 0, 0] open three streams")
seeds = [7, [7], [7, 0], [7, 0, 0], [7, 0, 0, 0], [7, 0, 0, 0, 0], [7, 1], [7, 5], 7 + 5 * 2**32]
for seed in seeds:
    print(f"behaviour: first uniform of {seed!s:16} {first(seed):.12f}")
print("matters:   draw 0 of a run keyed (seed, draw) repeats the stream keyed by the seed alone; key from 1 or spawn")

same = len({first(seed) for seed in seeds[:5]}) == 1
different = first([7, 1]) != first(7) and first([7, 0, 0, 0, 0]) != first(7)
sys.exit(0 if same and different and first([7, 5]) == first(7 + 5 * 2**32) else "the behaviour has changed")
PY
