"""The other tiers of a run in facts for sentences."""

from typing import TYPE_CHECKING, Any, Final

from simsurance.output.labels import member_label, words_of

if TYPE_CHECKING:
    from simsurance.results import RunResult

Facts = dict[str, Any]
PAID_IN: Final = (
    "care_from_employers",
    "care_from_members",
    "care_from_budget",
    "care_from_residents",
    "care_from_funds",
)


def tier_facts(results: "RunResult", lang: str) -> Facts:
    """What the other tiers pay in the first and the last year, and what is left to patients; nothing where not told."""
    table = results.tiers
    if table is None:
        return {}
    said, groups = words_of(results.scenario, lang), results.of_scheme.income_groups
    found: Facts = {"own_by_income": [], "with_choices": bool(results.scenario.values.choices)}
    for end, place in (("first_year", 0), ("last_year", -1)):
        row = {str(name): float(value) for name, value in table.iloc[place].items()}
        found[end] = row | {
            "care_paid_in": sum(row[name] for name in PAID_IN),
            "care_passed": row["care_from_funds"],
        }
    for group in groups if len(groups) > 1 else ():
        shares = {end: found[end][f"own_share_{group}"] for end in ("first_year", "last_year")}
        found["own_by_income"].append(
            said.say("summary.tiers_group", group=member_label(results.scenario, lang, group), **shares)
        )
    return found | {"first": results.years[0], "last": results.years[-1]}
