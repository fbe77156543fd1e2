#!/usr/bin/env bash
# numba: what a call costs grows with the number of fields of a record that is handed over; one in an array costs nothing.
# Belief: a compiled function takes one record of a structured array as it takes the array, by where it stands in memory.
# Seen: each call with a record looks at every field of its type anew, some tenths of a microsecond a field; the same record
# within an array of length one is taken in the same fraction of a microsecond however many fields there are.
# Matters: the assumptions of a year as one record, with a hundred arrays in it, cost more to hand over than a short stage
# needs; of a kernel that is called for every run and year it is most of the time. Hand over the array, and index inside.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile numba==0.68.1 numpy==2.4.6

"$folder/venv/bin/python" - <<'PY'
import sys
import timeit

import numba
import numpy as np

CALLS = 2000


def microseconds(call):
    return min(timeit.repeat(call, number=CALLS, repeat=7)) / CALLS * 1e6


def costs(fields):
    """A call with one record, and with an array of that record."""
    assumptions = np.zeros(1, [(f"table_{place}", "f8", (3, 101)) for place in range(fields)])
    of_record = numba.njit(lambda record: record["table_0"][0, 0])
    of_array = numba.njit(lambda records: records[0]["table_0"][0, 0])
    record = assumptions[0]
    assert of_record(record) == of_array(assumptions) == 0.0
    return microseconds(lambda: of_record(record)), microseconds(lambda: of_array(assumptions))


found = {fields: costs(fields) for fields in (1, 10, 100)}

print("version:   numba", numba.__version__)
print("belief:    a record costs as much to hand over as the array that it stands in")
for fields, (record, array) in found.items():
    print(f"behaviour: {fields} fields: {record:.2f} microseconds as a record, {array:.2f} in an array")
print("matters:   a year's assumptions as one record cost more to hand over than they cost to use")

grows = found[100][0] > 10 * found[1][0]
level = found[100][1] < 3 * found[1][1]
sys.exit(0 if grows and level and found[100][0] > 20 * found[100][1] else "the behaviour has changed")
PY
