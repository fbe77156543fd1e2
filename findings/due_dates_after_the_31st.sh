#!/usr/bin/env bash
# pandas, DuckDB: monthly dates that begin on the 31st drift to the 28th and stay there.
# Belief: "monthly from 31 January" is the last day of February, then 31 March, and so on: each date is the first one moved on.
# Seen: pandas date_range with DateOffset(months=1) and DuckDB generate_series move the date before on, so that from February all
# fall on the 28th; polars, and pandas when months are added to the first date, return to the 31st.
# Matters: pension and contribution days of one table move by three days against those of another that starts a month later;
# joined on the date they do not meet, and interest is counted for days too few. Compute each date from the first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile \
    pandas==3.1.1 numpy==2.4.6 polars==2.1.0 duckdb==2.0.1

"$folder/venv/bin/python" -W ignore - <<'PY'
import sys

import duckdb
import pandas as pd
import polars

first = pd.Timestamp("2025-01-31")
series = duckdb.sql("select * from generate_series(date '2025-01-31', date '2025-05-31', interval 1 month)").fetchall()
dates = {
    "pandas date_range": pd.date_range(first, periods=5, freq=pd.DateOffset(months=1)),
    "DuckDB generate_series": [row[0] for row in series],
    "polars date_range": polars.date_range(first.date(), polars.date(2025, 5, 31), "1mo", eager=True),
    "pandas, from the first": [first + pd.DateOffset(months=month) for month in range(5)],
}
seen = {name: " ".join(day.strftime("%d.%m") for day in days) for name, days in dates.items()}
print("version:   pandas", pd.__version__, "DuckDB", duckdb.__version__, "polars", polars.__version__)
print("belief:    31.01 28.02 31.03 30.04 31.05")
for name, days in seen.items():
    print(f"behaviour: {name:23} {days}")
print("matters:   due dates drift to the 28th without a word")
drifted, right = "31.01 28.02 28.03 28.04 28.05", "31.01 28.02 31.03 30.04 31.05"
sys.exit(0 if list(seen.values()) == [drifted, drifted, right, right] else "the behaviour has changed")
PY
