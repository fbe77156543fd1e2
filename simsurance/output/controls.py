"""What rules on care do in a run, in facts for sentences: each alone, all together, and beside the evidence."""

from typing import TYPE_CHECKING, Any, Final

from simsurance.basis.control import SWITCHES, Effects, acting, administration, effects
from simsurance.basis.inputs import Inputs
from simsurance.language import words
from simsurance.scenario_file.register import register

if TYPE_CHECKING:
    from simsurance.basis.trend import Scheme
    from simsurance.scenario_file.loader import Scenario

Facts = dict[str, Any]
SIZES: Final = frozenset(f"control.{rule}.{path}" for rule, paths in SWITCHES.items() for path in paths)
TOGETHER: Final = "together"


def control_facts(scenario: "Scenario", lang: str) -> list[Facts]:
    """The rules that act, each alone and then all together, by scheme in the last year; nothing where none acts."""
    inputs = Inputs(scenario, scenario.values)
    rules = acting(inputs)
    schemes: list[Scheme] = ["resident", "employee"] if scenario.values.employee.projected else ["resident"]
    said = words(lang)
    told = []
    for name, meant in [*((rule, [rule]) for rule in rules), *([(TOGETHER, rules)] if len(rules) > 1 else [])]:
        for scheme in schemes:
            facts = _last(effects(inputs, scheme, meant))
            facts["fines"] = scenario.values.control.audit.fines_imposed * facts["recovered"]
            offices = "digital" in meant and scheme == "resident"
            facts["administration"] = float(administration(inputs)[-1]) - 1 if offices else 0.0
            told.append({"rule": said.label(f"control.{name}"), "scheme": said.label(f"control.{scheme}")} | facts)
    return told


def _last(found: Effects) -> Facts:
    """Relative changes in the last year; what audits recover is told beyond the fitted past, and fines go by that."""
    use, cost, outpatient = (
        float(each[-1]) for each in (found.inpatient_use, found.inpatient_cost, found.outpatient_cost)
    )
    return {
        "use": use - 1,
        "cost": cost - 1,
        "paid": use * cost * float(found.inpatient_benefits[-1]) - 1,
        "days": float(found.days[-1]),
        "outpatient": outpatient - 1,
        "outpatient_paid": outpatient * float(found.outpatient_benefits[-1]) - 1,
        "recovered": float(found.recovered[-1]),
    }


def beyond_evidence(scenario: "Scenario") -> list[Facts]:
    """Inputs of control that lie outside the range of the evidence, of a schedule the farthest value, with that range.

    `low` and `high` are None where the register has no range for what sets a rule to work: there is no evidence at all.
    """
    told = []
    for path, value in scenario.leaves.items():
        entry = register().get(path)
        if not (path.startswith("control.") and entry):
            continue
        if not entry.low and path in SIZES:
            if most := max(_stated(value)):
                told.append({"path": path, "value": most, "low": None, "high": None})
        elif entry.low:
            low, high = float(entry.low), float(entry.high)
            farthest = max(_stated(value), key=lambda number: max(low - number, number - high))
            if not low <= farthest <= high:
                told.append({"path": path, "value": farthest, "low": low, "high": high})
    return told


def _stated(value: object) -> list[float]:
    """The numbers that a key states, those of all its years."""
    if isinstance(value, dict):
        return [number for each in value.values() for number in _stated(each)]
    assert isinstance(value, int | float)
    return [float(value)]
