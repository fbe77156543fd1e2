"""Every variable of the output tables, once: table, name, unit, axes, formula. Money is nominal yuan.

Labels stand in the language files under `column`, or under `column_of` where a name means something else in one table.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from simsurance.ledger import FUNDS, LEDGER, OF_BONDS, PAID_AND_RECEIVED, Booking, row_of


@dataclass(frozen=True)
class Variable:
    """One column of one output table."""

    table: str
    name: str
    unit: str
    formula: str = ""
    if_used: bool = False
    """Whether it stands in tables of flows alone that have it."""

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of its values: the keys of its table."""
        return KEYS[self.table]


KEYS: Final = {
    "fund": ("year", "fund"),
    "frames": ("frame", "year", "fund"),
    "population": ("date", "sex", "area", "age"),
    "membership": ("date", "status", "health", "area", "income"),
    "flows": ("year", "area", "income"),
    "ages": ("year", "sex", "age"),
    "bonds": ("year", "bond"),
    "choices": ("year", "choice"),
    "accrued_bonus": ("year",),
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
_USE = (
    ("inpatient_users", "persons", "person-years × use"),
    ("admissions", "admissions", "person-years × admissions per person"),
)
_CLAIMS = (
    ("inpatient_claims", "person-years × use × annual cost per user"),
    ("outpatient_claims", "person-years × use × annual cost per user"),
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
    ("employee_inpatient_claims", "person-years × use × annual cost per user"),
    ("employee_outpatient_claims", "person-years × use × annual cost per user"),
    ("benefits_of_retired", "retired_years × use × E[layer]"),
)
YUAN: Final = "yuan"
CONSTANT_PRICES: Final = "constant_prices"
FRAMES: Final = {
    CONSTANT_PRICES: "yuan of the year before the first",
    "of_income": "share of disposable income",
    "of_gdp": "share of GDP",
}
"""What an amount may be stated in beside current prices, and its unit there; one a head is a share of what there is a head."""
A_HEAD: Final = (
    "personal_contribution_pp",
    "subsidy_pp",
    "outgo_pp",
    "income_pp",
    "cost_per_admission",
    "disposable_income_pp",
)
"""Amounts of the funds' accounts that are a head, or an admission."""
NAMES: Final = {fund.name for fund in FUNDS}
_Entries = Iterable[tuple[str, str]]


def _of(table: str, unit: str, entries: _Entries) -> list[Variable]:
    """Entries as columns of a table."""
    return [Variable(table, name, unit, formula) for name, formula in entries]


def _booked(bookings: Iterable[Booking]) -> list[Variable]:
    """Columns of the funds' accounts that book the ledger, each once."""
    named = {each.column: each.row.formula for each in bookings}
    return _of("fund", "yuan", named.items())


def _money(table: str, scheme: str) -> list[Variable]:
    """The money flows of a scheme by person group."""
    funds = {fund.name for fund in FUNDS if fund.scheme == scheme}
    rows = [row for row in LEDGER if not row.of_run and (row.receiver if row.receiver in NAMES else row.payer) in funds]
    return [Variable(table, row.name, "yuan", row.formula, row.if_used) for row in rows]


def _flows(table: str) -> list[Variable]:
    """Person and money flows by person group."""
    return [
        *_of(table, "persons", _PERSON_FLOWS),
        *(Variable(table, *entry) for entry in _USE),
        *_of(table, "yuan", _CLAIMS),
        *_money(table, "resident"),
        *_of(table, "persons", _EMPLOYEE_PERSONS),
        *(Variable(table, f"employee_{name}", unit, formula) for name, unit, formula in _USE),
        *_of(table, "yuan", _EMPLOYEE_MONEY),
        *_money(table, "employee"),
    ]


def _variables() -> list[Variable]:
    found = [
        Variable("fund", "opening", "yuan"),
        *_booked(each for fund in FUNDS for each in (*fund.income, *fund.of_which)),
        Variable("fund", "income", "yuan", "Σ components above, parts of another left out"),
        *_booked(each for fund in FUNDS for each in fund.outgo),
        *_booked(each for fund in FUNDS for each in fund.debt),
        Variable("fund", "benefits_of_retired", "yuan", "part of the benefits"),
        Variable("fund", "outgo", "yuan", "Σ components above, parts of another left out"),
        Variable("fund", "interest", "yuan", "closing − opening − (income − outgo)"),
        Variable("fund", "cash_balance", "yuan", "income − outgo"),
        Variable("fund", "current_balance", "yuan", "income + interest − outgo"),
        Variable("fund", "closing", "yuan", "opening·(1+i) + (income − outgo)·(1+i)^½"),
        Variable("fund", "debt_outstanding", "yuan", "Σ bond_proceeds − Σ bond_redemptions"),
        Variable("fund", "closing_gross", "yuan", "closing + debt_outstanding"),
        Variable("fund", "prepaid", "yuan"),
        Variable("fund", "arrears_outstanding", "yuan", "outstanding before + unpaid − recovered − written off"),
        Variable(
            "fund", "arrears_written_off", "yuan", "contributions unpaid some years before × (1 − share recovered)"
        ),
        Variable("fund", "reserve_months_gross", "months", "closing_gross ÷ (outgo ÷ 12)"),
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
            "fund",
            "contribution_rate",
            "share",
            "(employer_contributions + employer_to_accounts + retiree_contributions + arrears_recovered) ÷ contribution_base",
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
        Variable("fund", "public_money", "yuan", "subsidies + assistance + bond_grants"),
        Variable("fund", "population", "persons"),
        Variable("fund", "real_cost_growth", "a year"),
        Variable(
            "fund", "residual_cost_growth", "a year", "(1 + real_cost_growth) ÷ (1 + real income growth)^elasticity − 1"
        ),
        Variable("fund", "inpatients_per_100", "persons", "inpatient_users ÷ insured, 31 December × 100"),
        Variable("fund", "admissions_per_100", "admissions", "admissions ÷ insured, 31 December × 100"),
        Variable("fund", "cost_per_admission", "yuan", "inpatient_claims ÷ admissions"),
        Variable("fund", "price_level", "ratio", "Π (1 + inflation), the year before the first 1"),
        Variable("fund", "disposable_income_pp", "yuan"),
        Variable("fund", "disposable_income", "yuan", "disposable_income_pp × mean population"),
        Variable("fund", "gdp", "yuan", "of the root × disposable_income ÷ disposable_income of the root"),
        Variable("fund", "interest_less_income_growth", "a year", "interest rate − growth of disposable_income_pp"),
        Variable("fund", "population_adjustment", "persons"),
        Variable("fund", "prevalence_error", "share"),
        Variable("population", "persons", "persons"),
        Variable("population", "resident_insured", "persons"),
        Variable("population", "employee_insured", "persons"),
        Variable("membership", "persons", "persons"),
        *_flows("flows"),
        Variable("flows", "repaired_years", "years"),
        Variable("flows", "critical_beneficiaries", "persons"),
        Variable("flows", "no_claim", "persons"),
        Variable("flows", "bonus_cap", "yuan"),
        Variable("flows", "waiting_months", "months"),
        Variable("flows", "disposable_income_pp", "yuan"),
        Variable("flows", "burden", "share", "personal contribution ÷ disposable_income_pp, year before"),
        *_flows("ages"),
        *_of("bonds", "yuan", [(name, row_of(f"bond_{name}").formula) for name in OF_BONDS]),
        Variable("bonds", "outstanding", "yuan", "amount issued less what was redeemed, 31 December"),
        Variable("bonds", "result", "see outcome_result"),
        Variable("bonds", "reference", "see outcome_result"),
        Variable("bonds", "met", "0 or 1", "result at most, or at least, the reference"),
        *_of(
            "choices",
            "persons",
            [("persons", "payers × take_up × need × income"), ("persons_high_need", ""), ("persons_60", "")],
        ),
        Variable("choices", "contributions", "yuan", "persons × standard × part"),
        Variable("choices", "subsidies", "yuan", "persons × subsidy × part"),
        Variable("choices", "benefits", "yuan", "benefits of the cover − basic benefits"),
        Variable("choices", "at_mean_need", "yuan", "the same if as many had it of every need"),
        Variable("accrued_bonus", "credits", "yuan", "Σ rises of the cap held, 1 January"),
        Variable("accrued_bonus", "opening", "yuan", "credits × chances of use × survival, present value"),
        Variable("accrued_bonus", "earned", "yuan", "new rises at their value"),
        Variable("accrued_bonus", "interest", "yuan", "opening × i − used × ((1+i)^½ − 1)"),
        Variable("accrued_bonus", "used", "yuan", "bonus_cost"),
        Variable("accrued_bonus", "lapsed", "yuan", "rises of those who leave at their value"),
        Variable("accrued_bonus", "closing", "yuan", "opening + earned + interest − used − lapsed"),
        Variable("accrued_bonus", "expected", "yuan", "part of the closing that is used if as many leave as projected"),
        Variable("cohorts", "persons", "persons"),
        Variable("groups", "person_years", "person-years"),
        *(
            Variable(table, name, "yuan", "present value at the valuation date, to the last year")
            for table in ("cohorts", "groups")
            for name in (*PAID_AND_RECEIVED, "net_benefit")
        ),
    ]
    amounts = [each.name for each in found if (each.table, each.unit) == ("fund", YUAN)]
    return found + _of("frames", "see the key frame", [(name, "") for name in amounts])


VARIABLES: Final = tuple(_variables())
SOMETIMES: Final = (
    *dict.fromkeys(
        each.column for fund in FUNDS for each in (*fund.income, *fund.outgo, *fund.debt) if not each.row.always
    ),
    *("debt_outstanding", "closing_gross", "reserve_months_gross", "arrears_outstanding", "arrears_written_off"),
)
"""Columns of the funds' accounts that stand in the tables of scenarios alone that have what makes them, such as bonds."""


def fund_columns(table: str, held: Collection[str]) -> list[str]:
    """The columns of a table of the funds' accounts; `held`: those that an account has."""
    names = (each.name for each in VARIABLES if each.table == table)
    return [name for name in names if name not in SOMETIMES or name in held]


def variable(table: str, name: str) -> Variable:
    """The variable of that name in that table."""
    return next(found for found in VARIABLES if (found.table, found.name) == (table, name))
