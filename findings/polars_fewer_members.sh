#!/usr/bin/env bash
# polars: a year with fewer members than the year before gains four thousand million.
# Belief: counts are numbers; two of them subtracted are negative where the second is larger, and totals do not overflow.
# Seen: len() is an unsigned 32-bit column, so 2 - 3 is 4,294,967,295, which a mean or a product takes on as it is; diff() of the
# same column is -1. sum() widens 8 and 16 bits but not 32: three amounts of 2,000 million add to 1,705 million.
# Matters: net joiners, surviving members and deaths are differences of counts; tables from other tools have 32-bit columns
# to save memory. Cast counts and amounts to Int64 or Float64 before arithmetic.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q polars==2.1.0

"$folder/venv/bin/python" - <<'PY'
import sys

import polars
from polars import col

records = polars.DataFrame({"year": [2025, 2025, 2025, 2026, 2026]})
members = records.group_by("year").len().sort("year")
change = members.select(subtracted=col("len") - col("len").shift(1), by_diff=col("len").diff()).row(1)
projected = members.select((col("len") - col("len").shift(1)) * 0.5 + col("len")).item(1, 0)

amounts = polars.DataFrame({"paid": [2_000_000_000] * 3}, schema={"paid": polars.Int32})
narrow = amounts.select(sum=col("paid").sum(), mean=col("paid").mean()).row(0)
wide = amounts.select(col("paid").cast(polars.Int64).sum()).item()

print("version:   polars", polars.__version__)
print("belief:    three members, then two: the change is -1; three payments of 2,000 million are 6,000 million")
print(f"behaviour: change by subtraction {change[0]:,}, by diff() {change[1]}; members after half of it again {projected:,.1f}")
print(f"behaviour: 32-bit payments: sum {narrow[0]:,}, mean {narrow[1]:,.0f}; sum of them as 64-bit {wide:,}")
print("matters:   a shrinking region becomes the largest of all; a national total loses 4,295 million at a time")
expected = change == (2**32 - 1, -1) and projected > 2e9 and narrow == (6_000_000_000 - 2**32, 2e9)
sys.exit(0 if expected and wide == 6_000_000_000 else "the behaviour has changed")
PY
