"""What draws say of a date and of a chance, in words."""

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from simsurance.language import Words, words
from simsurance.output.certainty import JUDGEMENT, baseline_marks
from simsurance.output.stored_draws import labelled, range_text
from simsurance.scenario_file.choice_complaints import RANGED
from simsurance.scenario_file.keys import CHOICES
from simsurance.uncertainty.parameters import parameters_of

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario
    from simsurance.uncertainty.information import Drawn
    from simsurance.uncertainty.stochastic import Stochastic

ODDS: Final = tuple(
    sorted(
        {Fraction(part, of) for of in (3, 4, 20) for part in range(1, of)}
        | {Fraction(part, of) for of in (6, 7, 8, 30, 50, 100) for part in (1, of - 1)},
        key=lambda odds: (odds.denominator, odds),
    )
)
"""Odds that a reader pictures, the simplest first: of two that are as near a chance, the simpler one is told."""
SEEN: Final = 0.01
"""A chance nearer to 0 or to 1 is told as that."""


def range_words(stochastic: "Stochastic", fund: str, lang: str, event: str = "depletion") -> str:
    """The range of a date and its label: `80 % of draws: 2032 to after 2060 (median 2037)`."""
    return labelled(stochastic.range_of(fund, event), stochastic.years[-1], lang, event)


def short_range(stochastic: "Stochastic", fund: str, lang: str, event: str = "depletion") -> str:
    """The ends alone, `2032 to after 2060`, under a heading that holds the label, or the words that it does not come."""
    return range_text(stochastic.range_of(fund, event), stochastic.years[-1], words(lang), event, median=False)


def chance(share: float, said: Words) -> str:
    """A share of draws in per cent; what is seldom or nearly always seen is told as that."""
    if 0 < share < SEEN:
        return said.say("draws.under", share=SEEN)
    if 1 - SEEN < share < 1:
        return said.say("draws.over", share=1 - SEEN)
    return said.quantity("percent_whole", share)


def odds(share: float, said: Words) -> str:
    """A share of draws as the simplest odds near it, `about 1 in 4`; of none and of all there are none."""
    if share in (0, 1):
        return said.label("draws.none" if share == 0 else "draws.all")
    near = min(ODDS, key=lambda each: abs(float(each) - share))
    return said.say("draws.odds", part=near.numerator, of=near.denominator)


def chance_words(share: float, said: Words) -> str:
    """Both: `23 %, about 1 in 4`."""
    return said.say("draws.chance", chance=chance(share, said), odds=odds(share, said))


def sampler_words(stochastic: "Stochastic | Drawn", lang: str) -> str:
    """How many draws, of which sampler and seed."""
    sample, said = stochastic.sample, words(lang)
    sampler = said.label(f"draws.sampler.{sample.sampler}")
    return said.say("draws.sample", draws=sample.draws, seed=sample.seed, sampler=sampler)


def spread_facts(scenario: "Scenario") -> dict[str, int]:
    """How many inputs are drawn, paths apart, and of how many the range is a judgement."""
    drawn = parameters_of(scenario).drawn
    marks = baseline_marks(scenario) | {
        f"{CHOICES}.{name}.{key}": each.mark for name, each in scenario.values.choices.items() for key in RANGED
    }
    judged = sum(marks.get(each.path) == JUDGEMENT for each in drawn)
    return {"inputs": len(drawn), "judged": judged}
