#!/usr/bin/env bash
# PolicyEngine: a yearly rate read in a month is silently divided by twelve; OpenFisca, its parent, refuses.
# Belief: a rate of 6 % defined for a year is 6 % in each month, or the question is an error.
# Seen: policyengine-core divides every yearly float (rates and shares with the amounts), but no integer: a
# monthly cost of 1,000 at 6 % becomes 5, while an age of 60 stays 60. openfisca-core raises.
# Matters: a rule moved from one engine to the other gives a twelfth of a contribution or a benefit, in no message.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/engine.py" <<'PY'
import importlib
import sys
from importlib.metadata import version

name = sys.argv[1]
engine = {part: importlib.import_module(f"{name}_core.{part}")
          for part in ("entities", "variables", "periods", "taxbenefitsystems", "simulations")}
month, year = engine["periods"].MONTH, engine["periods"].YEAR
person = engine["entities"].build_entity("person", "persons", "a person", is_person=True)
system = engine["taxbenefitsystems"].TaxBenefitSystem([person])


def variable(label, kind, period, formula=None):
    parts = {"value_type": kind, "entity": person, "definition_period": period, "label": label}
    if formula:
        parts["formula"] = formula
    system.add_variable(type(label, (engine["variables"].Variable,), parts))


variable("rate", float, year)
variable("age", int, year)
variable("contribution", float, month, lambda people, period, parameters: 1000 * people("rate", period))
simulation = engine["simulations"].SimulationBuilder().build_from_entities(
    system, {"persons": {"someone": {"rate": {"2026": 0.06}, "age": {"2026": 60}}}})
try:
    answer = float(simulation.calculate("contribution", "2026-03")[0])
except ValueError as refused:
    print(f"behaviour: {name}-core {version(name + '-core')}: refused: {str(refused).split(': ')[-1].split('.')[0]}")
    expected = name == "openfisca" and "must be computed for a whole year" in str(refused)
    sys.exit(0 if expected else "the behaviour has changed")
age = int(simulation.calculate("age", "2026-03")[0])
print(f"behaviour: {name}-core {version(name + '-core')}: 6 % of 1,000 in March is {answer:.2f}; the age is {age}")
sys.exit(0 if name == "policyengine" and abs(answer - 5) < 1e-4 and age == 60 else "the behaviour has changed")
PY

echo "version:   policyengine-core 3.33.12, openfisca-core 46.0.1"
echo "belief:    a yearly rate of 6 % on 1,000 of monthly wage is 60 in both, or an error in both"
for package in policyengine-core==3.33.12 openfisca-core==46.0.1; do
    python3 -m venv --without-pip "$folder/$package"
    python3 -m pip --python "$folder/$package/bin/python" install -q --no-compile "$package" numpy==2.4.6
    "$folder/$package/bin/python" -W ignore "$folder/engine.py" "${package%%-*}"
done
echo "matters:   yearly rates must not be read by monthly rules; the same rule is a twelfth in the sister engine"
