"""What a summary tells of bonds: each of them, what it was measured by, and what a fund owes."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.language import words
from simsurance.output.labels import fund_label, in_language, label
from simsurance.plain_text import markdown
from simsurance.scenario_file.register import source_title

if TYPE_CHECKING:
    from simsurance.results import RunResult

COSTS: Final = ("bond_coupons", "bond_outcomes")


def debt_facts(results: "RunResult", fund: str) -> dict[str, Any]:
    """What a fund owes at most and what its bonds cost; nothing where it owes nothing."""
    account = results.accounts[fund]
    owed = account.get("debt_outstanding", np.zeros(1))
    if not owed.any():
        return {}
    place = int(owed.argmax())
    cost = sum(float(account[name].sum()) for name in COSTS) - float(account["bond_grants"].sum())
    names = ("debt_outstanding", "closing_gross", "reserve_months_gross", "closing")
    told = {name: float(account[name][place]) for name in names}
    return {**told, "year": results.years[place], "months": float(account["reserve_months"][place]), "cost": cost}


def bond_facts(results: "RunResult", lang: str) -> list[dict[str, Any]]:
    """Each bond that is issued within the years projected: its terms, and the result it was measured by if it was."""
    table, said, told = results.bonds, words(lang), []
    if table is None:
        return []
    for name, bond in sorted(results.scenario.values.bonds.items()):
        own = table.xs(name, level="bond")
        if bond.year not in own.index:
            continue
        fact: dict[str, Any] = {
            **dict(bond),
            "name": name,
            "whose": fund_label(bond.fund, lang),
            "ends": bond.year + bond.term_years,
        }
        fact |= {"issued": float(own["proceeds"][bond.year]), "bullet": bond.redemption == "bullet"}
        fact |= {"mark": said.label(f"mark.{bond.mark}"), "source": markdown(source_title(bond.source, lang))}
        fact["about"] = markdown(in_language(bond, "description", lang))
        fact["what"] = label("fund", bond.outcome_result, lang)
        measured = bool(bond.outcome_share) and bond.outcome_year in own.index
        if measured:
            row: Any = own.loc[bond.outcome_year]
            fact |= {"measured": float(row["result"]), "met": bool(row["met"]), "paid": float(row["outcomes"])}
        told.append(fact | {"is_measured": measured})
    return told
