#!/usr/bin/env bash
# pycel: a minus before a power binds more loosely than in a spreadsheet, so that a normal density written in cells changes.
# Belief: a library that evaluates formulas of a workbook gives what the spreadsheet gives: in it a minus before a number goes
# first, and =-A1^2 with 2 in A1 is 4.
# Seen: formulas gives 4; pycel gives −4, as Python reads it, without a warning. With =EXP(-A1^2/2), as it stands in many
# workbooks for a density, they differ by a factor of e^4 at 2; =0-A1^2 is −4 in both.
# Matters: who checks an audit workbook by a second evaluator sees either agreement on a formula that the office's own program
# reads otherwise, or a difference that neither tool tells of. Our workbook writes no minus before a power.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q formulas==1.3.4 pycel==1.0b30 openpyxl==3.1.5

cd "$folder"
"$folder/venv/bin/python" - 2>/dev/null <<'PY'
import sys
import warnings
from importlib.metadata import version

warnings.simplefilter("ignore")
import formulas
from openpyxl import Workbook
from pycel import ExcelCompiler

book = Workbook()
sheet = book.active
sheet.title = "S"
sheet["A1"] = 2
asked = {"B1": "=-A1^2", "B2": "=EXP(-A1^2/2)", "B3": "=0-A1^2"}
for cell, formula in asked.items():
    sheet[cell] = formula
book.save("book.xlsx")

solved = formulas.ExcelModel().loads("book.xlsx").finish().calculate()
by_formulas = {key.split("!")[1]: float(value.value[0, 0]) for key, value in solved.items() if "!B" in key}
compiled = ExcelCompiler("book.xlsx")

print("version:   formulas", version("formulas"), "pycel", version("pycel"))
print("belief:    4 for =-A1^2 with 2 in A1, as in a spreadsheet")
seen = {}
for cell, formula in asked.items():
    seen[cell] = (round(by_formulas[cell], 3), round(float(compiled.evaluate(f"S!{cell}")), 3))
    print(f"behaviour: {formula}: formulas {seen[cell][0]:g}, pycel {seen[cell][1]:g}")
print("matters:   a density written in cells changes with the program that evaluates it")

sys.exit(0 if seen == {"B1": (4, -4), "B2": (7.389, 0.135), "B3": (-4, -4)} else "the behaviour has changed")
PY
