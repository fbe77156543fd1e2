#!/usr/bin/env bash
# OpenFisca: on a scale of average rates who earns the last threshold or more pays nothing; PolicyEngine, its offspring, goes on.
# Belief: a rate that rises from 2 % at the bottom to 8 % at 8,000 is 8 % from there on, as a last band has no end in any other scale.
# Seen: openfisca-core has no band above the last threshold, and the contribution there is 0.00; one yuan below, it is 8 %. The
# marginal scale that it makes of the same scale, and policyengine-core, keep the last rate. A further threshold of infinity mends it.
# Matters: contributions that grow with income lose those who pay most, from the very threshold, with no message, and a test with
# incomes inside the bands sees nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/engine.py" <<'PY'
import importlib
import sys
import warnings
from importlib.metadata import version

import numpy as np

name = sys.argv[1]
scale_class = importlib.import_module(f"{name}_core.parameters").ParameterScale
incomes = np.array([2_000.0, 7_999.0, 8_000.0, 20_000.0])


def contributions(bands, marginal=False):
    brackets = [{"threshold": {"2026-01-01": {"value": threshold}}, "average_rate": {"2026-01-01": {"value": rate}}}
                for threshold, rate in bands]
    scale = scale_class("contribution", {"brackets": brackets}, None).get_at_instant("2026-06-01")
    return [round(float(paid), 2) for paid in (scale.to_marginal() if marginal else scale).calc(incomes)]


bands = [(0.0, 0.02), (8_000.0, 0.08)]
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    paid = contributions(bands)
as_marginal = contributions(bands, marginal=True)
mended = contributions([*bands, (float("inf"), 0.08)])
print(f"behaviour: {name}-core {version(name + '-core')}: {paid} on {incomes.tolist()}, {len(said)} warnings; made marginal "
      f"{as_marginal}; ended by infinity {mended}")
right = [70.0, 639.86, 640.0, 1600.0]
expected = [70.0, 639.86, 0.0, 0.0] if name == "openfisca" else right
sys.exit(0 if paid == expected and mended == right and as_marginal[2:] == right[2:] and not said else "the behaviour has changed")
PY

echo "version:   openfisca-core 46.0.1, policyengine-core 3.33.12"
echo "belief:    whoever earns 8,000 pays 640, and 20,000 pays 1,600"
for package in openfisca-core==46.0.1 policyengine-core==3.33.12; do
    python3 -m venv --without-pip "$folder/$package"
    python3 -m pip --python "$folder/$package/bin/python" install -q --no-compile "$package" numpy==2.4.6
    "$folder/$package/bin/python" "$folder/engine.py" "${package%%-*}"
done
echo "matters:   the highest incomes pay nothing in one engine, and the same file is right in the other"
