#!/usr/bin/env bash
# polars: exact decimals divide to the places of the amounts; 1,124.00 / 43,377.00 is a rate of 0.03.
# Belief: decimals are the careful choice for money; their quotient keeps enough digits for a rate.
# Seen: polars rounds 0.0259 to the two places of the amounts, silently. Arrow computes 19 places for columns of
# 18 digits, but polars hands its columns over with 38 digits, and those Arrow cannot divide at all.
# Matters: contribution over income drives the projection; 3 % for 2.59 % is 16 % too much.
# Turn decimals into float64 before any ratio.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q polars==2.1.0 pyarrow==26.0.1

"$folder/venv/bin/python" - <<'PY'
import sys
from decimal import Decimal

import polars
import pyarrow
from pyarrow.compute import divide

amounts = {"contribution": [Decimal("1124.00")], "income": [Decimal("43377.00")]}
frame = polars.DataFrame(amounts)
rate = frame.select(polars.col("contribution") / polars.col("income")).item()
as_float = frame.select(polars.col("contribution").cast(float) / polars.col("income").cast(float)).item()
eighteen = [pyarrow.array(column, pyarrow.decimal128(18, 2)) for column in amounts.values()]
in_arrow = divide(*eighteen)[0].as_py()
handed_over = frame.to_arrow()
try:
    divide(handed_over["contribution"], handed_over["income"])
    refusal = ""
except pyarrow.ArrowInvalid as refused:
    refusal = str(refused)

print(f"version:   polars {polars.__version__}, pyarrow {pyarrow.__version__}")
print("belief:    1124.00 / 43377.00 in exact decimals is 0.0259...")
print(f"behaviour: polars {rate}; the same columns as floats {as_float:.6f}; Arrow with 18 digits {in_arrow:.6f}")
print(f"behaviour: the columns reach Arrow as {handed_over['income'].type}; dividing them: {refusal or 'works'}")
print(f"matters:   {rate} for {as_float:.4f} makes every contribution {float(rate) / as_float - 1:.0%} too high")

expected = rate == Decimal("0.03") and str(in_arrow).startswith("0.0259") and refusal
sys.exit(0 if expected else "the behaviour has changed")
PY
