#!/usr/bin/env bash
# modelx: the exported model forgets the values that were put in by hand, and computes them instead.
# Belief: the package that export() writes gives what the model gives; its description has no word on values put into cells.
# Seen: recorded claims assigned to single years, which read_model() of a saved model keeps, are gone in the export: the formula
# is used for those years as well, 315.25 in place of 380.25. No error, no warning.
# Matters: past years overridden by what was paid are how a model is brought up to date, and the export is what is handed on and
# compiled for speed. Compare one total with the model's own after each export; keep recorded years in a table that formulas read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile modelx==0.33.0

cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PY'
import importlib
import sys

import modelx

model = modelx.new_model("Plan")
space = model.new_space("Fund")
space.new_cells("claims", formula="lambda t: 100 * 1.05**t")
space.new_cells("total", formula="lambda years: sum(claims(t) for t in range(years))")
by_formula = space.total(3)
space.claims[0] = 130
space.claims[1] = 140

sys.path.insert(0, "")
model.write("saved")
model.export("exported")
totals = {
    "by formula alone": by_formula,
    "with two recorded years": space.total(3),
    "written and read again": modelx.read_model("saved").Fund.total(3),
    "exported and imported": importlib.import_module("exported").mx_model.Fund.total(3),
}
print("version:   modelx", modelx.__version__)
print("belief:    the export gives the total of the model, with the recorded years")
for name, total in totals.items():
    print(f"behaviour: claims of three years, {name}: {total:.2f}")
print("matters:   the package that is handed on does not have the recorded years")
seen = [round(total, 2) for total in totals.values()]
sys.exit(0 if seen == [315.25, 380.25, 380.25, 315.25] else "the behaviour has changed")
PY
