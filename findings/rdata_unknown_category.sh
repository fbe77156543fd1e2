#!/usr/bin/env bash
# rdata: a person whose category is missing is in the last category when the file that it wrote is read again.
# Belief: a missing value in a categorical column is written as R's missing value, as missing numbers and flags are, and read as missing.
# Seen: it is written as level 0, which is no level; read again by rdata it counts from the end and is the last level, with no warning.
# pyreadr reads a missing value from the very same file; what pyreadr writes rdata reads right, and its whole numbers and flags are right.
# Matters: people of unknown scheme or status become rural residents, or whatever comes last in the alphabet, between two steps of
# one data preparation. Give the unknown a category of its own, or compare the counts after writing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile \
    rdata==1.1.0 pyreadr==0.5.8 pandas==3.1.1 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys
import warnings

import pandas as pd
import pyreadr
import rdata

people = pd.DataFrame({
    "scheme": pd.Categorical(["employee", None, "resident", None, "rural"]),
    "months": pd.array([12, None, 7, None, 3], dtype="Int32"),
})


def counts(frame):
    return {str(name): int(number) for name, number in frame["scheme"].value_counts(dropna=False, sort=False).items()}


with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    rdata.write_rds("people.rds", people)
    again = rdata.read_rds("people.rds")
other = pyreadr.read_r("people.rds")[None]
pyreadr.write_rds("from_pyreadr.rds", people)
readable = rdata.read_rds("from_pyreadr.rds")
print("version:   rdata", rdata.__version__, "and pyreadr", pyreadr.__version__)
print("belief:   ", counts(people), "before and after")
print("behaviour: written and read by rdata:", counts(again), f"with {len(said)} warnings; months missing", again["months"].isna().sum())
print("behaviour: the same file read by pyreadr:", counts(other))
print("behaviour: written by pyreadr, read by rdata:", counts(readable))
print("matters:   the unknown are counted in one scheme, and that scheme is three times too large")

gone = counts(again) == {"employee": 1, "resident": 1, "rural": 3} and not said and int(again["months"].isna().sum()) == 2
kept = all(frame["scheme"].isna().tolist() == people["scheme"].isna().tolist() for frame in (other, readable))
sys.exit(0 if gone and kept else "the behaviour has changed")
PY
