#!/usr/bin/env bash
# formulas, xlcalculator: a number stored as text in a range is added up, though spreadsheets leave it out.
# Belief: Python libraries that recalculate a workbook give SUM, COUNT and AVERAGE of a range as a spreadsheet does: text in a
# range does not count, even if it reads as a number.
# Seen: SUM of four numbers and the text "7" has the 7 in it in both; COUNT of formulas counts it, that of xlcalculator does not,
# AVERAGE of xlcalculator divides by five, formulas gives an error value. pycel gives what spreadsheets show.
# Matters: tables of offices are full of numbers stored as text; an audit by recalculation confirms a total that nobody sees on
# the sheet, or finds a fault where there is none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q formulas==1.3.4 xlcalculator==0.5.0 pycel==1.0b30 openpyxl==3.1.5

cd "$folder"
"$folder/venv/bin/python" - 2>/dev/null <<'PY'
import sys
import warnings
from importlib.metadata import version

warnings.simplefilter("ignore")
import formulas
from openpyxl import Workbook
from pycel import ExcelCompiler
from xlcalculator import Evaluator, ModelCompiler

book = Workbook()
sheet = book.active
sheet.title = "S"
for row, value in enumerate([10, 20, 30, 40, "7"], 1):
    sheet.cell(row, 1, value)
asked = {"B1": "=SUM(A1:A5)", "B2": "=COUNT(A1:A5)", "B3": "=AVERAGE(A1:A5)"}
for cell, formula in asked.items():
    sheet[cell] = formula
book.save("book.xlsx")

solved = formulas.ExcelModel().loads("book.xlsx").finish().calculate()
by_formulas = {key.split("!")[1]: str(value.value[0, 0]) for key, value in solved.items() if "!B" in key and ":" not in key}
evaluator = Evaluator(ModelCompiler().read_and_parse_archive("book.xlsx"))
compiled = ExcelCompiler("book.xlsx")

print("version:   formulas", version("formulas"), "xlcalculator", version("xlcalculator"), "pycel", version("pycel"))
print("belief:    SUM 100, COUNT 4, AVERAGE 25 of 10, 20, 30, 40 and the text 7")
seen = {}
for cell, formula in asked.items():
    seen[cell] = (by_formulas[cell], float(evaluator.evaluate(f"S!{cell}")), float(compiled.evaluate(f"S!{cell}")))
    print(f"behaviour: {formula}: formulas {seen[cell][0]}, xlcalculator {seen[cell][1]}, pycel {seen[cell][2]}")
print("matters:   a recalculated total has numbers in it that the sheet leaves out")

expected = (
    float(seen["B1"][0]) == seen["B1"][1] == 107
    and seen["B1"][2] == 100
    and (float(seen["B2"][0]), seen["B2"][1]) == (5, 4)
    and seen["B3"] == ("#VALUE!", 107 / 5, 25)
)
sys.exit(0 if expected else "the behaviour has changed")
PY
