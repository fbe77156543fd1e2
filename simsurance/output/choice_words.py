"""What a summary tells of choices of cover: who has each, what it does to the fund, and what of that is selection."""

from typing import TYPE_CHECKING, Any

from simsurance.language import words
from simsurance.model.choices import TOLD
from simsurance.output.labels import choice_title, in_language
from simsurance.plain_text import markdown
from simsurance.scenario_file.register import source_title

if TYPE_CHECKING:
    from simsurance.results import RunResult


def choice_facts(results: "RunResult", lang: str) -> list[dict[str, Any]]:
    """Each choice in the last year, and its present value to the fund over the years; nothing where there are none."""
    table, said, told = results.choices, words(lang), []
    if table is None:
        return []
    middle, _ = results.interest.discounts()
    for name, choice in sorted(results.scenario.values.choices.items()):
        own = table.xs(name, level="choice")
        last = own.iloc[-1]
        persons = float(last["persons"])
        net = (own["contributions"] + own["subsidies"] - own["benefits"]).to_numpy()
        fact: dict[str, Any] = {column: float(own[column].iloc[-1]) for column in TOLD}
        fact |= {
            "name": name,
            "title": markdown(choice_title(results.scenario, name, lang)),
            "last": results.years[-1],
            "without": choice.benefit == -1,
        }
        fact |= {"share": persons / float(results.account["resident_enrolled"][-1])}
        fact |= {
            f"{part}_share": float(last[f"persons_{part}"]) / persons if persons else 0.0
            for part in ("high_need", "60")
        } | {"old_share": float(last["persons_60"]) / persons if persons else 0.0}
        fact |= {"selection": fact["benefits"] - fact["at_mean_need"], "value": float((net * middle).sum())}
        fact |= {
            "mark": said.label(f"mark.{choice.mark}"),
            "source": markdown(source_title(choice.source, lang)),
        }
        told.append(fact | {"about": markdown(in_language(choice, "description", lang))})
    return told
