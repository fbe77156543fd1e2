#!/usr/bin/env bash
# TOML and pydantic: a schedule may name one year several times; the last one wins without a word.
# Belief: TOML refuses duplicate keys, so a dict[int, float] read from it has one value a year as written.
# Seen: TOML keys are text; "2026", "02026", "+2026", " 2026 ", "2_026" and "2026.0" are different to tomllib,
# and pydantic then turns all of them into 2026 and keeps the last value.
# Matters: a contribution of 400 yuan becomes 420 through a second line that no reader of either tool reports.
# Read year keys by a pattern of four digits, before they become numbers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q pydantic==2.14.4

"$folder/venv/bin/python" - <<'PY'
import sys
import tomllib

import pydantic


class Contribution(pydantic.BaseModel):
    schedule: dict[int, float]


def refuses(text):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return True
    return False


print("version:   pydantic", pydantic.VERSION, "with tomllib of Python", sys.version.split()[0])
print("belief:    a year that stands twice in a schedule is an error")
plain = "schedule = {2026 = 400, 2026 = 420}"
print(f"behaviour: {plain}: {'refused by tomllib' if refuses(plain) else 'accepted'}")
merged = True
for key in ("02026", '"+2026"', '" 2026 "', '"2_026"', '"2026.0"'):
    text = f"schedule = {{2026 = 400, {key} = 420}}"
    schedule = Contribution.model_validate(tomllib.loads(text)).schedule
    merged = merged and schedule == {2026: 420.0}
    print(f"behaviour: {text:44} -> {schedule}")
print("matters:   a second spelling of a year silently replaces the first contribution")

sys.exit(0 if refuses(plain) and merged else "the behaviour has changed")
PY
