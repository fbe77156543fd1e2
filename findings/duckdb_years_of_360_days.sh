#!/usr/bin/env bash
# duckdb: an age of 60 years has 21,600 days in Python, 21,915 by its seconds, and is no more than 21,900 days in a comparison.
# Belief: age() of two dates is the time between them, in whatever unit it is asked for.
# Seen: it is an interval of years, months and days. Handed to Python or pandas, and compared with days, a year is 12 months of 30 days;
# epoch() takes 365.25 days a year; added to the date of birth it is right. No warning in any of them.
# Matters: a retirement age or a waiting period told apart by days moves by 315 days in 60 years; who is 60 counts as 59.
# Ask for extract(year from age(...)) or date_sub('year', ...), never for the days of an interval.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q duckdb==2.0.1 pandas==3.1.1

"$folder/venv/bin/python" - <<'PY'
import sys

import duckdb
import pandas

BORN, NOW = "date '1966-02-28'", "date '2026-02-28'"
found = duckdb.sql(
    f"""
    select held, {NOW} - {BORN} as days, held > interval 21900 day as longer, epoch(held) / 86400 as by_seconds,
           extract(year from held) as years, ({BORN} + held)::date = {NOW} as comes_back
    from (select age({NOW}, {BORN}) as held)
    """
)
held, days, longer, by_seconds, years, comes_back = found.fetchall()[0]
in_pandas = found.df()["held"].iloc[0]

print(f"version:   duckdb {duckdb.__version__}, pandas {pandas.__version__}")
print(f"belief:    from birth to the 60th birthday there are {days:,} days")
print(f"behaviour: Python gets {held.days:,} days, pandas {in_pandas.days:,}, epoch() says {by_seconds:,.0f}")
print(f"behaviour: longer than 21,900 days: {longer}; years of it: {years}; added to the birth it is right: {comes_back}")
print(f"matters:   {held.days / 365.25:.1f} years instead of {years}")

expected = (held.days, in_pandas.days, by_seconds, longer, years, comes_back) == (21600, 21600, 21915, False, 60, True)
sys.exit(0 if expected else "the behaviour has changed")
PY
