"""Keys of a choice of cover: who takes more or less than basic insurance of the residents, what they pay, what they get."""

from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.sections import Mark, Number, Pair, calendar_year, quantity, text


class Choice(Section):
    """A cover beside the standard one of the resident fund: voluntary, an opting out, a refusal or a loading.

    It is paid into and out of the fund; who has it stays among the insured, and nobody leaves or enters because of it.
    """

    title: str = text("what charts and summaries call it; empty: the name of its table", default="")
    title_zh: str = text("the same in Chinese", default="")
    start: int = calendar_year("first year, after the valuation year")
    ramp_years: int = quantity("years until all have it who will, in equal steps; 1 for all at once", "years", 1, 50)
    take_up: Number = quantity("share of the insured of relative take-up 1 who have it", "share", 0, 1)
    need: list[float] = quantity("relative take-up by health status class: low, moderate, high", "factor", 0, 20)
    income: list[float] = quantity("relative take-up by income group, in the order of the axis", "factor", 0, 20)
    contribution: Number = quantity(
        "what they pay more, share of the personal standard; −1 for who pays none", "share", -1, 50
    )
    subsidy: Number = quantity("what the budget pays more for them, share of the subsidy; −1 for none", "share", -1, 10)
    benefit: Number = quantity(
        "above 0: share of what basic insurance leaves to them that is paid; below 0: share of what basic and "
        "critical-illness insurance pay that is not, −1 for all of it",
        "share",
        -1,
        1,
    )
    use: Number = quantity("by how much more care they use, and cost, for having it", "share", -0.9, 2, default=0.0)
    take_up_range: Pair = quantity(
        "the tenth and the ninetieth percentile of take_up, by which draws vary it; empty for not at all",
        "share",
        0,
        1,
        default=[],
    )
    use_range: Pair = quantity("the same of use", "share", -0.9, 2, default=[])
    mark: Mark = text("how certain take-up and terms are, in the words of the register")
    source: str = text("where they come from: the id of a listed source, or a reference in words")
    description: str = text("what the cover is, and which part of it is judgement")
    description_zh: str = text("the same in Chinese")
