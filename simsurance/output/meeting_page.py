"""The meeting page: one HTML file that needs no network, with sliders, charts and a table, in one language.

What the page computes from stands in it as numbers, words in the language files, places in `templates/meeting_page.html.j2`.
"""

import base64
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance import __version__
from simsurance.errors import SimsuranceError
from simsurance.evidence.published import fund_past
from simsurance.ledger import RESIDENT
from simsurance.output.labels import fund_label, in_its_words, words_of
from simsurance.output.planned import run_id
from simsurance.scenario_file.keys import key_at
from simsurance.scenario_file.toml_text import toml_value
from simsurance.uncertainty.futures import as_leaf
from simsurance.uncertainty.sampling import SCRAMBLINGS

if TYPE_CHECKING:
    from simsurance.answers.page import Page
    from simsurance.answers.sliders import Slider
    from simsurance.language import Words

TEMPLATES: Final = Path(__file__).parent / "templates"
TEMPLATE: Final = TEMPLATES / "meeting_page.html.j2"
PAGE: Final = "page.html"
"""The name of its file."""
MOST_BYTES: Final = 3_000_000
MARK: Final = 987_654_321.0
"""A number that stands in a key's text where the size goes."""
PLACES: Final = 100
"""Steps of a slider at least."""
ON_THE_PAGE: Final = (
    "heading",
    "colon",
    "funds",
    "settings",
    "setting_a",
    "setting_b",
    "moves",
    "same",
    "reset",
    "copy",
    "copied",
    "own",
    "chart_title",
    "chance_title",
    "depletion",
    "not_depleted",
    "first_deficit",
    "not_deficit",
    "draws_range",
    "chance_by",
    "months_in",
    "difference",
    "deficit_months",
    "fan",
    "deep",
    "projection",
    "deficit",
    "published",
    "sentence_depleted",
    "sentence_never",
    "sentence_draws",
    "after",
    "file_lead",
    "years_later",
    "years_earlier",
    "same_year",
    "measure",
    "share_of_draws",
    "points",
)
"""Sentences that the page fills by itself: their facts stand in braces."""
FACTS: Final = ("fund", "year", "low", "high", "last", "months", "years", "error", "draws")


def html(page: "Page", lang: str = "en") -> str:
    """The page; raises SimsuranceError where it would be larger than MOST_BYTES."""
    said = words_of(page.central.scenario, lang)
    facts = {
        "lang": said.label("page.html_lang"),
        "title": in_its_words(page.central.scenario, "title", lang),
        "held": json.dumps(_held(page, said, lang), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        "style": (TEMPLATES / "meeting_page.css").read_text(encoding="utf-8"),
        "script": (TEMPLATES / "meeting_page.js").read_text(encoding="utf-8"),
        "errors": error_lines(page, lang),
        "made": {
            "version": __version__,
            "name": page.central.scenario.name,
            "run": run_id(page.central.scenario)[:8],
            "first": page.central.years[0],
            "last": page.central.years[-1],
        },
    }
    found = said.page(TEMPLATE, **facts)
    if len(found.encode()) > MOST_BYTES:
        raise SimsuranceError(
            f"{page.central.scenario.name}: a page of {len(found.encode()) / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:g}, "
            "fewer --draws or fewer --levers make it smaller"
        )
    return found


def _held(page: "Page", said: "Words", lang: str) -> dict[str, Any]:
    """Everything that the page computes from and the words that it fills."""
    braces = {fact: "{" + fact + "}" for fact in FACTS}
    sentences = {name: said.say(f"page.{name}", **braces) for name in ON_THE_PAGE}
    return {
        "words": sentences | {mark: said.label(f"number.{mark}") for mark in ("minus", "thousands", "decimal")},
        "years": page.central.years,
        "funds": [_fund(page, place, lang) for place in range(len(page.funds))],
        "bank": {
            "rates": _numbers(page.bank.rates),
            "deficit": _numbers(page.bank.deficit_rates),
            "share": page.bank.share,
        },
        "degrees": page.surrogate.degrees,
        "coefficients": _numbers(np.moveaxis(page.surrogate.coefficients, 1, 0)),
        "sliders": [_slider(page, slider, said) for slider in page.sliders.each],
        "draws": _draws(page),
    }


def _fund(page: "Page", place: int, lang: str) -> dict[str, Any]:
    """A fund: its name, what it opens with, what is published of its reserve."""
    fund, scenario = page.funds[place], page.central.scenario
    past = fund_past(scenario, fund, "cumulative_balance").over(fund_past(scenario, fund, "outgo"), 1 / 12)
    first = page.central.years[0]
    return {
        "name": fund,
        "label": fund_label(fund, lang),
        "opening": float(page.bank.opening[place]),
        "past": [[year, value] for year, value in past.values.items() if year < first],
    }


def _slider(page: "Page", slider: "Slider", said: "Words") -> dict[str, Any]:
    """A slider: label, bounds, step, how its size is shown and how it is written in a scenario file."""
    vary = slider.vary
    step = _step(vary.high - vary.low)
    known = key_at(vary.keys[0])
    percent = vary.how == "multiply" or (known is not None and known.unit.startswith(("share", "a year")))
    named = f"page.lever.{slider.name}"
    points = percent and vary.how == "add"
    digits = max(0, -math.floor(math.log10(step * (100 if percent else 1)) + 1e-9))
    return {
        "name": slider.name,
        "label": said.label(named) if named in said.entries else vary.keys[0],
        "how": vary.how,
        "unit": said.label("page.points" if points else "page.percent") if percent else "",
        "size": 100 if percent else 1,
        "low": vary.low,
        "high": vary.high,
        "own": vary.own,
        "step": step,
        "digits": digits,
        "keys": {key: _written(slider, key) for key in vary.keys},
    }


def _step(span: float) -> float:
    """A round step of which a span has PLACES at least: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(span / PLACES))
    return next(times * power for times in (5, 2, 1) if times * power <= span / PLACES * (1 + 1e-9))


def _written(slider: "Slider", key: str) -> str:
    """What a scenario file says of a key, with `{size}` where the size goes."""
    vary = slider.vary
    if vary.how != "set":
        return f"{{ {vary.how} = {{size}}, from = {vary.start} }}"
    return toml_value(as_leaf(vary.changes(MARK)[key])).replace(toml_value(MARK), "{size}")


def _draws(page: "Page") -> dict[str, Any] | None:
    """The draws, fund by fund, so that what is not shown is not computed; distances as whole numbers."""
    draws = page.draws
    if draws is None:
        return None
    count = draws.sample.draws
    return {
        "count": count,
        "parts": SCRAMBLINGS,
        "apart": _numbers(np.moveaxis(draws.apart, 1, 0), np.float32),
        "bends": _numbers(np.moveaxis(draws.bends, 3, 0), np.int16),
        "steps": draws.steps.tolist(),
        "opening": _numbers(draws.bank.opening.T),
        "rates": _numbers(draws.bank.rates.reshape(count, -1)),
        "deficit": _numbers(draws.bank.deficit_rates.reshape(count, -1)),
    }


def _numbers(values: np.ndarray, kind: Any = np.float64) -> str:
    """Numbers as text, little-endian."""
    held = np.ascontiguousarray(values, dtype=np.dtype(kind).newbyteorder("<"))
    return base64.b64encode(held.tobytes()).decode()


def error_facts(page: "Page", fund: str) -> dict[str, Any]:
    """How far the page misses the engine for a fund."""
    place, found = page.funds.index(fund), page.checked
    facts: dict[str, Any] = {
        "points": len(found.settings),
        "corners": 2 ** len(page.sliders.each),
        "largest": float(found.errors[:, place].max()),
        "share": float((found.errors / found.borne)[:, place].max()),
        "apart": int((found.years_missed[:, place] > 0).sum()),
    }
    if page.draws_checked is not None:
        off = page.draws_checked
        facts |= {
            "draws": off.draws,
            "settings": len(off.settings),
            "met": int((np.abs(off.settings) == 1).all(axis=-1).sum()),
            "full": len(off.fan_errors),
            "run": off.run,
            "chance": float(off.chance_errors[:, place].max()),
        }
    return facts


def error_lines(page: "Page", lang: str) -> list[str]:
    """What is told of the page's error, of sliders made narrower, and of what it rests on."""
    said = words_of(page.central.scenario, lang)
    lines = [said.say("page.how", points=len(page.checked.settings), draws=page.draws is not None)]
    for fund in page.funds:
        facts = error_facts(page, fund)
        lines.append(said.say("page.error", fund=fund_label(fund, lang), **facts))
        if page.draws_checked is not None:
            lines.append(said.say("page.error_draws", fund=fund_label(fund, lang), **facts))
    for slider in page.sliders.each:
        if slider.narrowed:
            bounds = {"low": f"{slider.vary.low:g}", "high": f"{slider.vary.high:g}"}
            asked = {"asked_low": f"{slider.asked[0]:g}", "asked_high": f"{slider.asked[1]:g}"}
            lines.append(said.say("page.narrowed", lever=slider.vary.keys[0], **bounds, **asked))
    if page.left_out:
        labels = [said.label(f"page.lever.{name}") for name in page.left_out]
        lines.append(said.say("page.left_out", levers=said.listed(labels)))
    if page.draws is None:
        lines.append(said.label("page.no_draws"))
    else:
        lines.append(said.say("page.sample", draws=page.draws.sample.draws, seed=page.draws.sample.seed))
    if RESIDENT in page.funds and page.central.scenario.form.has("employee"):
        lines.append(said.label("page.entries"))
    lines.append(said.label("page.weak"))
    return lines
