"""Every variable of the output tables, once: table, name, unit, formula. Money is nominal yuan.

Labels stand in the language files under `column`, or under `column_of` where a name means something else in one table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Variable:
    """One column of one output table."""

    table: str
    name: str
    unit: str
    formula: str = ""


KEYS: Final = {
    "fund": ("year", "fund"),
    "population": ("date", "sex", "area", "age"),
    "membership": ("date", "status", "health", "area", "income"),
    "flows": ("year", "area", "income"),
    "ages": ("year", "sex", "age"),
    "cohorts": ("birth_year",),
    "groups": ("area", "income"),
}
"""Key columns of each table; `date` is a 1 January, written as its year, `age` the age on 1 January."""

_PERSON_FLOWS = (
    ("births", ""),
    ("deaths", ""),
    ("net_migration", ""),
    ("leaves", "insured × lapse rate"),
    ("returns", "lapsed × re-enrolment rate"),
    ("joins", "never insured × first-enrolment rate"),
    ("newborn_enrolled", "births × newborn enrolment"),
    ("insured_deaths", ""),
    ("insured_migration", ""),
    ("transfers_in", ""),
    ("transfers_out", ""),
    ("resident_enrolled", "insured after enrolment + newborns enrolled"),
    ("resident_insured_years", "(insured − waiting_months ÷ 12) × (1 − ½ q) + ½ newborn_enrolled"),
)
_GROUP_MONEY = (
    ("inpatient_claims", "person-years × use × annual cost per user"),
    ("outpatient_claims", "person-years × use × annual cost per user"),
    ("inpatient_benefits", "person-years × use × E[layer]"),
    ("outpatient_benefits", "person-years × use × E[layer]"),
    ("critical_illness", "person-years × use × E[K] × level, or premium"),
    ("bonus_cost", "person-years × use × (E[K; M + bonus] − E[K; M])"),
    ("personal_contributions", "insured × standard × grade − assistance"),
    ("assistance", "assisted × standard × share"),
    ("subsidies", "insured × subsidy standard"),
    ("contributions_from_accounts", "personal_contributions × share paid by relatives"),
    ("repair_payments", "repaired_years × standard"),
    ("local_supplement", "(personal_contributions + assistance + subsidies) × (factor − 1)"),
)
_EMPLOYEE_PERSONS = (
    ("employee_entries", ""),
    ("retirements", "active members × retirement rate"),
    ("employee_exits", "leavers + new retirees without entitlement"),
    ("employee_deaths", ""),
    ("employee_migration", ""),
    ("active_years", "members × (1 − ½ q)"),
    ("retired_years", "members × (1 − ½ q)"),
)
_EMPLOYEE_MONEY = (
    ("contribution_base", "active_years × E[wage within the limits]"),
    ("employer_contributions", "contribution_base × employer rate"),
    ("employee_contributions", "contribution_base × employee rate × share with account"),
    ("retiree_credits", "retired_years × credit"),
    ("purchases", "persons × missing years × flexible base × employer rate"),
    ("employee_inpatient_claims", "person-years × use × annual cost per user"),
    ("employee_outpatient_claims", "person-years × use × annual cost per user"),
    ("employee_inpatient_benefits", "person-years × use × E[layer]"),
    ("employee_outpatient_benefits", "person-years × use × E[layer]"),
    ("benefits_of_retired", "retired_years × use × E[layer]"),
    ("maternity_benefits", "births to active members × benefit"),
    ("long_term_care", "person-years × amount"),
    ("account_spending", "(balance + credits) × rate"),
)
_PAID_AND_RECEIVED = (
    "resident_contributions",
    "public_money",
    "resident_benefits",
    "employee_contributions",
    "employee_benefits",
    "net_benefit",
)
_Entries = Iterable[tuple[str, str]]


def _of(table: str, unit: str, entries: _Entries) -> list[Variable]:
    """Entries as columns of a table."""
    return [Variable(table, name, unit, formula) for name, formula in entries]


def _named(entries: _Entries, *names: str) -> _Entries:
    """The entries of these names."""
    return [entry for entry in entries if entry[0] in names]


def _variables() -> list[Variable]:
    found = [
        Variable("fund", "opening", "yuan"),
        *_of("fund", "yuan", _GROUP_MONEY[6:]),
        Variable("fund", "prepaid_change", "yuan"),
        *_of("fund", "yuan", _named(_EMPLOYEE_MONEY, "employer_contributions", "employee_contributions")),
        Variable("fund", "employer_to_accounts", "yuan"),
        *_of("fund", "yuan", _named(_EMPLOYEE_MONEY, "retiree_credits", "purchases")),
        Variable("fund", "income", "yuan", "Σ components above, parts of another left out"),
        *_of("fund", "yuan", _GROUP_MONEY[2:6]),
        *_of("fund", "yuan", _named(_EMPLOYEE_MONEY, "benefits_of_retired", "maternity_benefits", "long_term_care")),
        *_of("fund", "yuan", _named(_EMPLOYEE_MONEY, "account_spending")),
        Variable("fund", "relatives_care", "yuan", "(balance + credits) × rate"),
        Variable("fund", "relatives_contributions", "yuan", "contributions_from_accounts of the resident fund"),
        Variable("fund", "administration", "yuan"),
        Variable("fund", "outgo", "yuan", "Σ components above, parts of another left out"),
        Variable("fund", "interest", "yuan", "closing − opening − (income − outgo)"),
        Variable("fund", "current_balance", "yuan", "income + interest − outgo"),
        Variable("fund", "closing", "yuan", "opening·(1+i) + (income − outgo)·(1+i)^½"),
        Variable("fund", "prepaid", "yuan"),
        Variable("fund", "reserve_months", "months", "closing ÷ (outgo ÷ 12)"),
        Variable("fund", "reserve_months_without_prepaid", "months", "(closing − prepaid) ÷ (outgo ÷ 12)"),
        Variable("fund", "reserve_months_forward", "months", "closing ÷ (next outgo ÷ 12)"),
        Variable("fund", "resident_enrolled", "persons"),
        Variable("fund", "resident_insured", "persons"),
        Variable("fund", "employee_active", "persons"),
        Variable("fund", "employee_retired", "persons"),
        Variable("fund", "dependency_ratio", "ratio", "employee_retired ÷ employee_active"),
        Variable("fund", "contribution_base", "yuan"),
        Variable(
            "fund", "contribution_rate", "share", "(employer_contributions + employer_to_accounts) ÷ contribution_base"
        ),
        Variable(
            "fund",
            "pay_as_you_go_rate",
            "share",
            "(outgo − retiree_credits − purchases) ÷ contribution_base",
        ),
        Variable("fund", "personal_contribution_pp", "yuan"),
        Variable("fund", "subsidy_pp", "yuan"),
        Variable("fund", "outgo_pp", "yuan", "outgo ÷ resident_enrolled, or ÷ person-years"),
        Variable("fund", "income_pp", "yuan", "income ÷ resident_enrolled, or ÷ person-years"),
        Variable("fund", "members_income", "yuan"),
        Variable("fund", "income_rate", "share", "income ÷ members_income"),
        Variable("fund", "cost_rate", "share", "outgo ÷ members_income"),
        Variable("fund", "coverage", "share", "resident_insured ÷ population outside the employee scheme"),
        Variable(
            "fund",
            "coverage_of_population",
            "share",
            "(population − uninsured) ÷ population",
        ),
        Variable("fund", "leave_rate", "share", "leaves ÷ insured, 1 January"),
        Variable("fund", "return_rate", "share", "(returns + joins) ÷ uninsured, 1 January"),
        Variable("fund", "public_money", "yuan", "subsidies + assistance"),
        Variable("fund", "population", "persons"),
        Variable("fund", "real_cost_growth", "a year"),
        Variable(
            "fund", "residual_cost_growth", "a year", "(1 + real_cost_growth) ÷ (1 + real income growth)^elasticity − 1"
        ),
        Variable("fund", "population_adjustment", "persons"),
        Variable("fund", "prevalence_error", "share"),
        Variable("population", "persons", "persons"),
        Variable("population", "resident_insured", "persons"),
        Variable("population", "employee_insured", "persons"),
        Variable("membership", "persons", "persons"),
        *_of("flows", "persons", _PERSON_FLOWS),
        Variable("flows", "repaired_years", "years"),
        Variable("flows", "critical_beneficiaries", "persons"),
        Variable("flows", "no_claim", "persons"),
        Variable("flows", "bonus_cap", "yuan"),
        Variable("flows", "waiting_months", "months"),
        *_of("flows", "yuan", _GROUP_MONEY),
        *_of("flows", "persons", _EMPLOYEE_PERSONS),
        *_of("flows", "yuan", _EMPLOYEE_MONEY),
        Variable("flows", "disposable_income_pp", "yuan"),
        Variable("flows", "burden", "share", "personal contribution ÷ disposable_income_pp, year before"),
        *_of("ages", "persons", _PERSON_FLOWS),
        *_of("ages", "yuan", _GROUP_MONEY),
        *_of("ages", "persons", _EMPLOYEE_PERSONS),
        *_of("ages", "yuan", _EMPLOYEE_MONEY),
        Variable("cohorts", "persons", "persons"),
        Variable("groups", "person_years", "person-years"),
        *(
            Variable(table, name, "yuan", "present value at the valuation date, to the last year")
            for table in ("cohorts", "groups")
            for name in _PAID_AND_RECEIVED
        ),
    ]
    return found


VARIABLES: Final = tuple(_variables())


def variable(table: str, name: str) -> Variable:
    """The variable of that name in that table."""
    return next(found for found in VARIABLES if (found.table, found.name) == (table, name))
