"""The range of a depletion year in words, and what moves the fund most."""

from typing import TYPE_CHECKING, Any

from simsurance.language import Words, words
from simsurance.output.stored_draws import stored_draws, stored_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simsurance.analysis.single_changes import FundRange, Moved, SingleChanges
    from simsurance.results import RunAccounts


def range_words(found: "FundRange", lang: str) -> str:
    """The label of the range and its ends: `single changes: 2034 to 2041`; an end may be a status; empty if nothing changes."""
    if not found.moved:
        return ""
    earliest, latest = found.ends
    return words(lang).say("range.single_changes", earliest=earliest, latest=latest, last=found.last)


def short_range(found: "FundRange", lang: str) -> str:
    """The ends alone, `2034–2041` or, where an end does not come, `2034–2060+`."""
    earliest, latest = found.ends
    return words(lang).say("range.short", earliest=earliest, latest=latest, last=found.last)


def range_of(ranges: "SingleChanges | None", fund: str, lang: str) -> str:
    """The same of one of the funds; an empty text without ranges."""
    return range_words(ranges.funds[fund], lang) if ranges else ""


def told_ranges(results: "RunAccounts", ranges: "SingleChanges | None", fund: str, lang: str) -> list[str]:
    """The ranges that stand beside a depletion year: over single changes, and of the draws accepted for the scenario."""
    stored = stored_draws(results.scenario)
    drawn = stored_words(stored, fund, lang) if stored else ""
    return [told for told in (range_of(ranges, fund, lang), drawn) if told]


def marked_range(results: "RunAccounts", ranges: "SingleChanges | None", fund: str, lang: str) -> str:
    """The one of them that a chart has room for: that of draws, which vary all that is not known, where there are some."""
    told = told_ranges(results, ranges, fund, lang)
    return told[-1] if told else ""


def most_facts(found: "FundRange", price_year: int, said: Words) -> dict[str, Any] | None:
    """The inputs that move a fund most, in words, and the year and the prices that they do it in; None if nothing moves it."""
    moves = [_move(sides, said) for sides in found.most()]
    return {"moves": moves, "year": found.year, "price_year": price_year} if moves else None


def _move(sides: "Sequence[Moved]", said: Words) -> str:
    """An input, its size, and the change of the balance on each of its sides."""
    what = said.say(f"range.input.{sides[0].input}", size=None if sides[0].size is None else abs(sides[0].size))
    told = [said.say(f"range.side.{each.side}", what=what, change=each.change) for each in sides]
    return said.say("range.move", what=what, told=told)


def range_record(found: "FundRange") -> dict[str, Any]:
    """The range of a fund for programs: a year that does not come is None, and the status says so."""
    ends = dict(zip(("earliest", "latest"), found.ends, strict=True))
    most = [
        {"input": each.input, "side": each.side, "size": each.size, "change": each.change}
        for sides in found.most()
        for each in sides
    ]
    return {
        "label": "single changes",
        **ends,
        "status": f"not_depleted_by_{found.last}" if None in ends.values() else "ok",
        "year_of_change": found.year,
        "moves_most": most,
    }
