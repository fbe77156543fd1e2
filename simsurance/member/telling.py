"""A member's story in words: the rule applied, the year in a few sentences, the table."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance import output
from simsurance.language import Words, words

if TYPE_CHECKING:
    from simsurance.member.story_year import StoryYear

TEMPLATES: Final = Path(output.__file__).parent / "templates"


def rule_applied(one: "StoryYear", lang: str) -> str:
    """The waiting rule that the year met: `Waiting period: 4 months (3 fixed, plus 2 for years lapsed, less 1 ...)`."""
    return words(lang).page(TEMPLATES / "waiting_rule.j2", one=one).strip()


def year_told(one: "StoryYear", lang: str) -> str:
    """The year in a few sentences."""
    said = words(lang)
    facts = {"one": one, "how": said.label(f"story.membership.{one.membership}"), "rule": rule_applied(one, lang)}
    sentences = said.page(TEMPLATES / "story_year.j2", **facts).splitlines()
    return said.label("story.between").join(sentence for sentence in sentences if sentence)


def table(years: list["StoryYear"], lang: str) -> list[tuple[str, ...]]:
    """The story as the rows of a table, headings first; columns without any entry are left out."""
    head = (
        "year",
        "age",
        "membership",
        "elapsed",
        "base",
        "employer_pays",
        "member_pays",
        "of_which_repair",
        "assistance",
        "to_account",
        "to_pool",
        "waiting",
        "cover",
        "cap",
        "bonus",
        "credits",
        "claim",
        "basic",
        "critical",
        "own",
    )
    said = words(lang)
    rows = [tuple(said.label(f"story.table.{name}") for name in head), *(_row(one, said) for one in years)]
    shown = [place for place in range(len(head)) if any(row[place] for row in rows[1:])]
    return [tuple(row[place] for place in shown) for row in rows]


def _row(one: "StoryYear", said: Words) -> tuple[str, ...]:
    """One year's cells; empty where there is nothing to say."""

    number = said.number

    def amount(value: float) -> str:
        return number(value) if value else ""

    cap = number(one.cap) if one.capped else said.label("story.table.no_cap")
    credits = (
        f"{one.no_claim_years_before} → {one.no_claim_years_after}"
        if one.no_claim_years_before or one.no_claim_years_after
        else ""
    )
    insured = (number(one.waiting + one.carried_over, None), number(one.months_of_cover, None), cap)
    outside = ("", number(0) if one.membership == "lapsed" else "", "")
    paid = (
        (number(one.claim), number(one.basic), "" if one.at_work else number(one.critical), number(one.own_payment))
        if one.claim
        else ("",) * 4
    )
    return (
        str(one.year),
        str(one.age),
        said.label(f"story.membership.{one.membership}"),
        number(one.late_month, None) if one.late else "",
        amount(one.contribution_base),
        amount(one.employer_contribution),
        number(one.member_pays) if one.insured or one.at_work else "",
        amount(one.repair_payment),
        amount(one.assistance),
        amount(one.to_account),
        amount(one.to_pool),
        *(insured if one.insured else outside),
        amount(one.bonus),
        credits,
        *paid,
    )
