"""Pooling scenarios of a few years, as text."""

import json
from typing import Any

TITLES = 'title = "Three"\ntitle_zh = "三地"\ndescription = "Fictitious."\ndescription_zh = "虚构。"\n'
SHORT = '"horizon.last_year" = 2032'
LEVY = {"levy": 0.05, "first_year": 2027, "rule": "deficit", "covered": 0.8, "cap": 0.2, "opening": 0, "interest": 0.02}
POOL = {"scenario": "baseline", "title": "A", "title_zh": "甲", "mark": "judgement", "source": "a test"}
UNLIKE = (
    ("a", 0.4, ""),
    ("b", 0.35, '"claims.inpatient.level" = { multiply = 1.2 }'),
    ("c", 0.25, '"fund.opening" = { multiply = 0.3 }'),
)
PURE = (("a", 0.4, ""), ("b", 0.35, ""), ("c", 0.25, ""))


def pooling_text(pools: Any = UNLIKE, levy: dict[str, Any] | None = None, more: str = "", years: str = SHORT) -> str:
    """A pooling scenario of some pools with keys of their own."""
    text = TITLES + more
    for name, share, own in pools:
        told = {**POOL, "title": f"Pool {name}"}
        text += f"\n[pools.{name}]\nshare = {share}\n" + "".join(f'{key} = "{value}"\n' for key, value in told.items())
        text += f"set = {{ {', '.join(part for part in (years, own) if part)} }}\n"
    if levy is not None:
        text += "\n[adjustment]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in levy.items())
    return text
