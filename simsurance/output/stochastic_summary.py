"""What draws say, in words."""

from simsurance.uncertainty.stochastic import Stochastic


def stochastic_summary(run: Stochastic, lang: str = "en") -> str:
    """Stand-in until the words are there."""
    return f"# {run.scenario.values.title}\n"
