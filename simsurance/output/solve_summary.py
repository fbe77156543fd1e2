"""What was solved for, in words: the condition, what is varied, the answer with and without behaviour, what waiting costs.

The sentences stand in the language files, their order in `templates/solve.md.j2`.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.language import Words
from simsurance.measures import measure_of
from simsurance.output.labels import fund_label, in_its_words, words_of
from simsurance.output.sweep_summary import told
from simsurance.plain_text import markdown
from simsurance.variables import variable

if TYPE_CHECKING:
    from simsurance.answers.condition import Condition
    from simsurance.answers.delay import Delay
    from simsurance.answers.on_draws import OnDraws
    from simsurance.answers.solve import Answer, Solved
    from simsurance.answers.vary import Vary
    from simsurance.results import RunResult
    from simsurance.uncertainty.stochastic import CentralRun

TEMPLATE: Final = Path(__file__).parent / "templates" / "solve.md.j2"
SOLUTION: Final = "solution.toml"
DIGITS: Final = 4


def size_words(size: float, said: Words) -> str:
    """A size of a key, or of its change."""
    return said.significant(size, DIGITS) if size else said.number(0)


def vary_facts(vary: "Vary", said: Words) -> dict[str, Any]:
    """What is varied: how, from when, between which bounds, what moves with it."""
    others = zip(vary.keys[1:], vary.proportion[1:], strict=True)
    return {
        "key": vary.keys[0],
        "how": vary.how,
        "start": vary.start,
        "low": size_words(vary.low, said),
        "high": size_words(vary.high, said),
        "own": size_words(vary.own, said),
        "others": [{"other": key, "part": said.significant(part, 3)} for key, part in others],
    }


def value_words(value: float, condition: "Condition", central: "RunResult | CentralRun", said: Words) -> str:
    """The measure of a condition as it is told; a year that does not come is "not by" the last."""
    if math.isnan(value):
        return said.say("solve.never", last=central.years[-1])
    if condition.when:
        unit = variable("fund", condition.measure).unit
    else:
        unit = str(central.measures["unit"][measure_of(condition.fund, condition.measure)])
    return told(value, unit, said)


def answer_facts(solved: "Solved", answer: "Answer", said: Words) -> dict[str, Any]:
    """The answer under one response."""
    vary = solved.vary
    size = answer.solution
    nearest = answer.best if size is None else size
    return {
        "response": said.label(f"solve.response.{answer.response}"),
        "found": size is not None,
        "size": size_words(nearest, said),
        "change": said.signed(size_words(nearest - vary.own, said)),
        "value": value_words(answer.value_at(nearest), solved.condition, solved.central, said),
        "intervals": [
            {"low": size_words(each.low, said), "high": size_words(each.high, said)} for each in answer.intervals
        ],
        "monotone": answer.monotone,
        "plateau": answer.on_a_plateau,
    }


def drawn_facts(found: "OnDraws", said: Words) -> dict[str, Any]:
    """The answer on draws: size, its error, the share of draws there and the share in the scenario itself."""
    size = found.solution
    shares = found.shares if found.chance.sign == ">=" else -found.shares
    place = int(shares.argmax()) if size is None else found.sizes.index(size)
    own = found.sizes.index(found.vary.own) if found.vary.own in found.sizes else None
    return {
        "found": size is not None,
        "size": size_words(found.sizes[place], said),
        "change": said.signed(size_words(found.sizes[place] - found.vary.own, said)),
        "error": None if size is None or not math.isfinite(found.error) else size_words(found.error, said),
        "share": float(found.shares[place]),
        "share_error": float(found.errors[place]),
        "own_share": None if own is None else float(found.shares[own]),
        "own_error": None if own is None else float(found.errors[own]),
        "draws": found.sample.draws,
        "seed": found.sample.seed,
    }


def delay_facts(found: "Delay", said: Words) -> dict[str, Any]:
    """What waiting costs: the change needed by the year in which it begins."""
    errors = found.table.get("standard_error", [None] * len(found.by_start))
    rows = [
        {
            "start": each.vary.start,
            "size": None if each.solution is None else size_words(each.solution, said),
            "change": None if each.solution is None else said.signed(size_words(each.change, said)),
            "error": size_words(error, said) if error is not None and math.isfinite(error) else None,
        }
        for each, error in zip(found.by_start, errors, strict=True)
    ]
    return {
        "rows": rows,
        "last_possible": found.last_possible,
        "last_tried": found.starts[-1],
        "a_year": None if found.a_year is None else said.signed(size_words(found.a_year, said)),
    }


def solve_facts(found: "Solved | OnDraws", delay: "Delay | None", lang: str) -> dict[str, Any]:
    """Everything that is told of an answer."""
    from simsurance.answers.solve import Solved

    scenario = found.vary.scenario
    said = words_of(scenario, lang)
    asked = found.condition if isinstance(found, Solved) else found.chance
    fund = found.condition.fund if isinstance(found, Solved) else found.chance.condition.fund
    return {
        "title": markdown(in_its_words(scenario, "title", lang)),
        "name": scenario.name,
        "version": __version__,
        "first": found.central.years[0],
        "last": found.central.years[-1],
        "whose": fund_label(fund, lang),
        "asked": asked.text,
        "vary": vary_facts(found.vary, said),
        "answers": [answer_facts(found, each, said) for each in found.answers] if isinstance(found, Solved) else [],
        "runs": found.runs if isinstance(found, Solved) else 0,
        "level": isinstance(found, Solved) and not found.answer.moves,
        "already": isinstance(found, Solved) and found.holds_already,
        "drawn": None if isinstance(found, Solved) else drawn_facts(found, said),
        "tolerance": size_words(found.vary.least_change, said),
        "delay": delay_facts(delay, said) if delay else None,
        "file": SOLUTION if found.solution is not None else None,
    }


def solve_lines(found: "Solved | OnDraws", delay: "Delay | None", lang: str) -> list[str]:
    """The answer on the terminal."""
    facts = solve_facts(found, delay, lang)
    said = words_of(found.vary.scenario, lang)
    lines = [said.say("solve.asked", **facts), said.say("solve.varied", **facts["vary"])]
    lines += [said.say("solve.with", **each) for each in facts["vary"]["others"]]
    lines += [said.label("solve.already")] if facts["already"] else []
    lines += [said.say("solve.level", **facts["vary"])] if facts["level"] else []
    bounds = {name: facts["vary"][name] for name in ("low", "high")}
    for each in facts["answers"]:
        lines.append(said.say("solve.answer" if each["found"] else "solve.none", **each, **bounds))
        if each["intervals"] and (len(each["intervals"]) > 1 or not each["monotone"]):
            lines.append(said.say("solve.intervals", intervals=each["intervals"]))
    if drawn := facts["drawn"]:
        lines.append(said.say("solve.drawn" if drawn["found"] else "solve.drawn_none", **drawn, **bounds))
    if facts["delay"]:
        waits = facts["delay"]
        lines += ["", said.label("solve.waiting")]
        lines += [said.say("solve.start", **row) for row in waits["rows"]]
        lines.append(said.say("solve.last_possible", **waits))
    return lines


def solve_summary(found: "Solved | OnDraws", delay: "Delay | None", lang: str = "en") -> str:
    """The summary of an answer as Markdown."""
    return words_of(found.vary.scenario, lang).page(TEMPLATE, **solve_facts(found, delay, lang))
