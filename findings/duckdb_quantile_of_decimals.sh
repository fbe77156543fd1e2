#!/usr/bin/env bash
# duckdb: a continuous quantile of decimals is cut to the places of the column; the 90 % quantile of 0 and 1 is 0.
# Belief: quantile_cont, percentile_cont and median lie between two values where their name says so, whatever holds the numbers;
# avg of the same column is a double, too.
# Seen: the type of the column is kept and digits beyond it are dropped, towards zero: whole numbers as DECIMAL(9,0) give 0 where the
# same numbers as INTEGER or DOUBLE give 0.9. Nothing is rounded: 0.9 becomes 0, and -0.1 becomes 0 as well.
# Matters: depletion years, months covered and balances in whole units are stored as decimals; every fan drawn from their quantiles
# lies too near to zero, and its median too.
# Cast to DOUBLE before a quantile.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q duckdb==2.0.1

"$folder/venv/bin/python" - <<'PY'
import sys
from decimal import Decimal

import duckdb


def quantiles(kind, values):
    rows = ", ".join(f"({value})" for value in values)
    held = f"(select value::{kind} as held from (values {rows}) given(value))"
    asked = "quantile_cont(held, 0.9), percentile_cont(0.9) within group (order by held), avg(held)"
    return duckdb.sql(f"select {asked} from {held}").fetchall()[0]


decimals, doubles, integers = (quantiles(kind, [0, 1]) for kind in ("decimal(9,0)", "double", "integer"))
below = quantiles("decimal(9,0)", [-1, 0])
cents = quantiles("decimal(9,2)", ["0.01", "0.02"])

print(f"version:   duckdb {duckdb.__version__}")
print("belief:    the 90 % quantile of 0 and 1 is 0.9, in each type that can hold it or as a double")
print(f"behaviour: as decimals {decimals[0]} (percentile_cont {decimals[1]}, avg {decimals[2]}), as integers {integers[0]}")
print(f"behaviour: of -1 and 0 as decimals {below[0]}; of 0.01 and 0.02 as decimals {cents[0]}; as doubles {doubles[0]}")
print("matters:   quantiles of amounts and years in decimals lie too near to zero")

expected = decimals[:2] == (0, 0) and below[0] == 0 and cents[0] == Decimal("0.01") and doubles[0] == integers[0] == 0.9
sys.exit(0 if expected else "the behaviour has changed")
PY
