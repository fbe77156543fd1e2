"""A member's story in words: the rule applied, the year in a few sentences, the table."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance import output
from simsurance.language import Words

if TYPE_CHECKING:
    from simsurance.member.story_year import StoryYear

TEMPLATES: Final = Path(output.__file__).parent / "templates"


def rule_applied(one: "StoryYear", said: Words) -> str:
    """The waiting rule that the year met: `Waiting period: 4 months (3 fixed, plus 2 for years lapsed, less 1 ...)`."""
    return said.page(TEMPLATES / "waiting_rule.j2", one=one).strip()


def year_told(one: "StoryYear", said: Words) -> str:
    """The year in a few sentences."""
    facts = {"one": one, "how": said.label(f"story.membership.{one.membership}"), "rule": rule_applied(one, said)}
    sentences = said.page(TEMPLATES / "story_year.j2", **facts).splitlines()
    return said.label("story.between").join(sentence for sentence in sentences if sentence)


def table(years: list["StoryYear"], said: Words) -> list[tuple[str, ...]]:
    """The story as the rows of a table, headings first; columns without any entry are left out."""
    rows = [_cells(one, said) for one in years]
    shown = [name for name in rows[0] if any(row[name] for row in rows)]
    head = tuple(said.label(f"story.table.{name}") for name in shown)
    return [head, *(tuple(row[name] for name in shown) for row in rows)]


def _cells(one: "StoryYear", said: Words) -> dict[str, str]:
    """One year's cells by column; empty where there is nothing to say."""

    def amount(value: float, told: bool) -> str:
        return said.number(value) if told else ""

    def months(value: float, told: bool) -> str:
        return said.number(round(value, 1), None) if told else ""

    credited = one.no_claim_years_before or one.no_claim_years_after
    cap = said.number(one.cap) if one.capped else said.label("story.table.no_cap")
    return {
        "year": str(one.year),
        "age": str(one.age),
        "membership": said.label(f"story.membership.{one.membership}"),
        "elapsed": months(one.late_month, one.late),
        "base": amount(one.contribution_base, one.contribution_base > 0),
        "employer_pays": amount(one.employer_contribution, one.employer_contribution > 0),
        "member_pays": amount(one.member_pays, one.insured or one.at_work),
        "of_which_repair": amount(one.repair_payment, one.repair_payment > 0),
        "assistance": amount(one.assistance, one.assistance > 0),
        "to_account": amount(one.to_account, one.to_account > 0),
        "to_pool": amount(one.to_pool, one.to_pool > 0),
        "waiting": months(one.waiting + one.carried_over, one.insured),
        "cover": months(one.months_of_cover, not one.at_work),
        "cap": cap if one.insured else "",
        "bonus": amount(one.bonus, one.bonus != 0),
        "credits": f"{one.no_claim_years_before} → {one.no_claim_years_after}" if credited else "",
        "claim": amount(one.claim, one.claim > 0),
        "basic": amount(one.basic, one.claim > 0),
        "critical": amount(one.critical, one.claim > 0 and not one.at_work),
        "own": amount(one.own_payment, one.claim > 0),
    }
