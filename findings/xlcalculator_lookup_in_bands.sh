#!/usr/bin/env bash
# xlcalculator: VLOOKUP without its fourth argument looks for an exact match, so bands of ages or incomes are not found.
# Belief: as in spreadsheets, VLOOKUP(67, bands, 2) gives the row of the last band that begins at or before 67.
# Seen: #N/A wherever the value is not itself the beginning of a band; formulas and pycel give the band's rate. With TRUE
# written out, which is the same formula in a spreadsheet, xlcalculator says that it is not implemented.
# Matters: contribution and payment rates stand in bands in every office's workbook; a recalculation loses all that lie
# inside a band and keeps those at its beginning, and whoever tries one age that begins a band sees it work.
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
for row, (age, rate) in enumerate([(0, 0.5), (60, 0.6), (70, 0.7)], 1):
    sheet.cell(row, 1, age)
    sheet.cell(row, 2, rate)
asked = {"C1": "=VLOOKUP(67,A1:B3,2)", "C2": "=VLOOKUP(60,A1:B3,2)", "C3": "=VLOOKUP(67,A1:B3,2,TRUE)"}
for cell, formula in asked.items():
    sheet[cell] = formula
book.save("book.xlsx")

solved = formulas.ExcelModel().loads("book.xlsx").finish().calculate()
by_formulas = {key.split("!")[1]: str(value.value[0, 0]) for key, value in solved.items() if "!C" in key and ":" not in key}
evaluator = Evaluator(ModelCompiler().read_and_parse_archive("book.xlsx"))
compiled = ExcelCompiler("book.xlsx")

print("version:   formulas", version("formulas"), "xlcalculator", version("xlcalculator"), "pycel", version("pycel"))
print("belief:    0.6 for age 67 and for age 60")
seen = {}


def by_xlcalculator(cell):
    try:
        return str(evaluator.evaluate(f"S!{cell}"))
    except Exception as refused:
        return "refused" if "NotImplementedError" in repr(refused) else repr(refused)


for cell, formula in asked.items():
    seen[cell] = (by_formulas[cell], by_xlcalculator(cell), str(compiled.evaluate(f"S!{cell}")))
    print(f"behaviour: {formula}: formulas {seen[cell][0]}, xlcalculator {seen[cell][1]}, pycel {seen[cell][2]}")
print("matters:   rates inside a band vanish from a recalculated workbook")

expected = seen == {
    "C1": ("0.6", "#N/A", "0.6"),
    "C2": ("0.6", "0.6", "0.6"),
    "C3": ("0.6", "refused", "0.6"),
}
sys.exit(0 if expected else "the behaviour has changed")
PY
