#!/usr/bin/env bash
# dask: the median of data that lie in one chunk a year is the median of the dearest year.
# Belief: percentiles over chunks are approximate, by a per cent or so, and better the more data there are.
# Seen: each chunk hands over its minimum, its maximum and the percentiles asked for; merged, the answer is about the highest of
# the chunks' own. Costs that grow by 5 % a year for 35 years: median 16,329 in place of 6,947, and 84,000 in place of
# 44,000 at 95 %. Shuffled beforehand, 5 to 30 % too high. Nothing warns.
# Matters: draws are chunked by year, region or scenario; a reserve at 99.5 % of all is that of the worst chunk.
# Gather the column and let NumPy sort it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile dask==2026.8.0 numpy==2.4.6

"$folder/venv/bin/python" -W ignore - <<'PY'
import sys

import dask
import dask.array
import numpy as np

dask.config.set(scheduler="synchronous")
YEARS, PEOPLE, SHARES = 35, 4000, (50, 95, 99.5)
rng = np.random.default_rng(1)
cost = np.concatenate([rng.lognormal(8 + 0.05 * year, 1, PEOPLE) for year in range(YEARS)])


def by_array(values, share):
    return float(dask.array.percentile(dask.array.from_array(values, chunks=PEOPLE), share).compute())


right = [float(np.percentile(cost, share)) for share in SHARES]
last_year = [float(np.percentile(cost[-PEOPLE:], share)) for share in SHARES]
in_years = [by_array(cost, share) for share in SHARES]
shuffled = [by_array(rng.permutation(cost), share) for share in SHARES]

print("version:   dask", dask.__version__)
print("belief:    near NumPy's percentiles of all", cost.size, "costs")
for name, values in (("NumPy, all costs", right), ("NumPy, last year", last_year), ("dask array, a chunk a year", in_years),
                     ("dask array, shuffled", shuffled)):
    print(f"behaviour: {name:26}", ", ".join(f"{share} %: {value:9,.0f}" for share, value in zip(SHARES, values)))
print("matters:   a median more than twice too high, and a reserve for the worst year in place of all years")
expected = (
    abs(in_years[0] / last_year[0] - 1) < 0.01
    and all(chunked > 1.5 * whole for chunked, whole in zip(in_years, right))
    and all(mixed > 1.03 * whole for mixed, whole in zip(shuffled, right))
)
sys.exit(0 if expected else "the behaviour has changed")
PY
