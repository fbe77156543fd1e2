"""What contradicts itself in the choices of cover of a scenario."""

from collections.abc import Iterator

from simsurance.axes import HEALTH
from simsurance.scenario_file.faults import plain
from simsurance.scenario_file.schema import ScenarioValues

Complaints = Iterator[tuple[tuple[str, ...], str]]
"""Keys that disagree, and what is wrong with them."""
ROUNDING = 1e-9
RANGED = ("take_up", "use")
"""Keys of a choice that may have a range, by which draws vary them."""


def choice_complaints(values: ScenarioValues, year: int) -> Complaints:
    """A choice begins after the valuation, has a number a class and group, some above 0, and at most all choose, each once."""
    opening, groups = values.horizon.valuation_year, values.axes.income_groups
    most = [0.0] * (len(HEALTH.members) * len(groups))
    keys: list[str] = []
    for name, choice in values.choices.items():
        key = f"choices.{name}"
        if choice.start <= opening:
            text = f"{choice.start} is not after the valuation year {opening}; start in {opening + 1} or later"
            yield (f"{key}.start", "horizon.valuation_year"), text
        sizes = {"need": HEALTH.members, "income": groups}
        wrong = {axis: names for axis, names in sizes.items() if len(getattr(choice, axis)) != len(names)}
        for axis, names in wrong.items():
            text = f"has {len(getattr(choice, axis))} numbers; give {len(names)}, for {', '.join(names)}"
            yield (f"{key}.{axis}",), text
        if wrong:
            return
        for axis in (axis for axis in sizes if not any(getattr(choice, axis))):
            yield (f"{key}.{axis}",), "0 throughout, so that nobody can have it; give one of them a number above 0"
        shares = [choice.take_up * need * income for need in choice.need for income in choice.income]
        if max(shares) > 1 + ROUNDING:
            text = (
                f"{plain(choice.take_up)} is {plain(round(max(shares), 6))} of the class and group that choose most; "
            )
            text += f"at most {choice.take_up / max(shares):.3g}"
            yield (f"{key}.take_up", f"{key}.need", f"{key}.income"), text
            return
        for drawn in RANGED:
            ends, own = getattr(choice, f"{drawn}_range"), getattr(choice, drawn)
            if ends and not (len(ends) == 2 and ends[0] <= own <= ends[1] and ends[0] < ends[1]):
                text = f"is no range around {plain(own)}; give a lower and a higher number, with {drawn} between them"
                yield (f"{key}.{drawn}_range", f"{key}.{drawn}"), text
        if choice.take_up_range and not 0 < choice.take_up_range[0] < choice.take_up_range[-1] < 1:
            yield (f"{key}.take_up_range",), "reaches 0 or 1; give two numbers between them"
        if choice.benefit == choice.contribution == choice.subsidy == choice.use == 0:
            yield (f"{key}.benefit",), "0 as contribution, subsidy and use, so nothing is chosen; give one of them"
        keys.append(f"{key}.take_up")
        most = [before + share for before, share in zip(most, shares, strict=True)]
    if len(keys) > 1 and max(most) > 1 + ROUNDING:
        text = f"with the other choices {plain(round(max(most), 6))} of one class and group; together at most 1"
        yield tuple(reversed(keys)), text
