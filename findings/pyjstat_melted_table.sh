#!/usr/bin/env bash
# pyjstat: a melted table written as JSON-stat has the right labels and the wrong numbers beside them.
# Belief: each row of a long table says which cell it is; the writer puts its value there, in whatever order the rows come.
# Seen: the values are written in the order of the rows and the categories in that of first sight, while JSON-stat counts cells with the
# last dimension running fastest. pandas melt lets the first run fastest, so three years of two schemes come back mixed up; sorted
# by its columns the same table comes back right. No error, no warning, and the total is right.
# Matters: a wide table of years by scheme, melted, is how counts are published; the residents of 2024 are the employees of 2025.
# Sort by all the dimensions, in the order of the columns, before writing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile pyjstat==2.4.0 pandas==3.1.1 numpy==2.4.6

"$folder/venv/bin/python" - <<'PY'
import sys
import warnings
from importlib.metadata import version

import pandas as pd
from pyjstat import pyjstat

KEYS = ["year", "scheme"]
wide = pd.DataFrame({"year": ["2024", "2025", "2026"], "employees": [371, 379, 386], "residents": [954, 947, 940]})
table = wide.melt("year", var_name="scheme", value_name="value")


def written_and_read(rows):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("default")
        text = pyjstat.Dataset.read(rows).write()
        back = pyjstat.Dataset.read(text).write("dataframe")
    ours = [str(one.message) for one in said if one.category is not DeprecationWarning]
    return back.set_index(KEYS)["value"], ours


right = table.set_index(KEYS)["value"]
melted, said = written_and_read(table)
in_order, _ = written_and_read(table.sort_values(KEYS))
print("version:   pyjstat", version("pyjstat"), "with pandas", version("pandas"))
print("belief:    written and read again, a table is the same table, however its rows are sorted")
for scheme in ("employees", "residents"):
    print(f"behaviour: {scheme}: {list(right[:, scheme])} come back as {list(melted[:, scheme])}; "
          f"from sorted rows as {list(in_order[:, scheme])}")
print(f"behaviour: the total is {melted.sum()} and was {right.sum()}; warnings: {len(said)}")
print("matters:   numbers of one scheme and year are projected as those of another, under labels that look right")

wrong = int((melted.reindex(right.index) != right).sum())
kept = set(melted.index) == set(right.index) and melted.sum() == right.sum() and not said
sys.exit(0 if kept and wrong == 4 and in_order.reindex(right.index).equals(right) else "the behaviour has changed")
PY
