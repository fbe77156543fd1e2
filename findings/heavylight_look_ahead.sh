#!/usr/bin/env bash
# heavylight: a value that looks ahead stands in the wrong rows of the result frame.
# Belief: row t of model.df holds what model.name(t) returns.
# Seen: a column is filled in the order of calculation; a reserve that calls reserve(t + 1) is calculated from
# the last year back, so its column is upside down and the value of period 0 is dropped. No error, no warning.
# Matters: a prospective reserve read from the frame is that of another year; the calls themselves are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q heavylight==1.0.11 pandas==3.1.1 numpy==2.4.6

"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import heavylight


class Fund(heavylight.Model):
    def t(self, t):
        return t

    def claims(self, t):
        return 9.0 * 1.05**t

    def reserve(self, t):
        return 0.0 if t >= 6 else (self.claims(t) + self.reserve(t + 1)) / 1.02


fund = Fund(proj_len=6)
shown = [float(value) for value in fund.df["reserve"]]
called = [float(fund.reserve(t)) for t in range(len(shown))]
print("version:   heavylight", version("heavylight"))
print("belief:    the frame shows reserve(t) in row t")
print("behaviour: reserve(t) called:   ", [round(value, 2) for value in called])
print("behaviour: frame, row by row:   ", [round(value, 2) for value in shown])
print("matters:   the opening reserve is missing and every other year shows another year's reserve")

upside_down = shown != called and shown == [0.0, *reversed(called[1:])]
sys.exit(0 if upside_down and called[0] not in shown else "the behaviour has changed")
PY
