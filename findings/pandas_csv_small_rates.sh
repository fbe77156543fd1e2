#!/usr/bin/env bash
# pandas before 3.1: read_csv loses digits of decimals below 1, the more the smaller they are.
# Belief: a float written by to_csv is read back as it was, or one bit off whatever its size.
# Seen: up to 3.0.3 the zeros after the decimal point use up the digits read: nearly all rates between 0.0001
# and 0.001 come back changed, by thousands of last bits; amounts, by a bit or two; 3.1.1 reads all exactly.
# Matters: death rates are where it is worst; the same table gives other projections under two pandas releases
# that one requirement allows. Compare files within a tolerance, or pin pandas.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/round_trip.py" <<'PY'
import io
import sys

import numpy as np
import pandas as pd

rng = np.random.default_rng(1)
changed = {}
for name, scale in (("0.0001-0.001", 1e-4), ("0.01-0.1", 1e-2), ("1e9-1e10", 1e9)):
    wrote = rng.uniform(1, 10, 20000) * scale
    table = io.StringIO(pd.DataFrame({"rate": wrote}).to_csv(index=False))
    read = pd.read_csv(table)["rate"].to_numpy()
    changed[name] = float(np.mean(read != wrote))
    bits = np.max(np.abs(read - wrote) / np.spacing(wrote))
    print(f"behaviour: pandas {pd.__version__}: {changed[name]:6.1%} of {name} changed, by up to {bits:.0f} last bits")
small, middle, large = changed.values()
expected = small > 0.9 and middle > 0.5 and large < 0.3 if sys.argv[1] == "lossy" else small == middle == large == 0
sys.exit(0 if expected else "the behaviour has changed")
PY

echo "version:   pandas 3.0.3 and 3.1.1"
echo "belief:    to_csv then read_csv gives the same floats, or floats one bit off at any size"
for release in 3.0.3 3.1.1; do
    python3 -m venv --without-pip "$folder/$release"
    python3 -m pip --python "$folder/$release/bin/python" install -q "pandas==$release" numpy==2.4.6
done
"$folder/3.0.3/bin/python" "$folder/round_trip.py" lossy
"$folder/3.1.1/bin/python" "$folder/round_trip.py" exact
echo "matters:   mortality tables lose most, and the pandas release decides the last digits of a projection"
