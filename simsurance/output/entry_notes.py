"""Whose entries to the employee scheme stand behind the effects that a comparison shows, in words."""

from collections.abc import Mapping

from simsurance.language import Words
from simsurance.ledger import POOL
from simsurance.results import RunAccounts


def entry_notes(
    base: RunAccounts, held: Mapping[str, bool], not_met: Mapping[str, Mapping[int, float]], said: Words
) -> list[str]:
    """What is to be known of the entries of runs compared with a base, a sentence each.

    `held`: whether a run, by its name, has the entries of the base; `not_met`: those for whom there were no persons, by year.
    """
    if not base.scenario.form.has("employee"):
        return []
    name, others = base.scenario.name, [each for each, so in held.items() if not so]
    told = [said.say("note.entries_held", base=name)] if any(held.values()) else []
    if told and others:
        told.append(said.say("note.entries_own", base=name, names=others))
    if others and POOL in base.accounts:
        told.append(said.label("note.entry"))
    for each, by_year in not_met.items():
        if by_year:
            first, persons = min(by_year), sum(by_year.values())
            told.append(said.say("note.entries_not_met", name=each, first=first, persons=persons))
    return told
