"""The ledger: every money flow once, who pays it, which fund receives it and what kind of money it is; and the funds.

Accounts, identities, tables, measures and incidence read these rows. A flow is an array of yuan under the name of its row. A
*transfer* has a fund at both ends; every other row has an outside party at one of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeVar

from simsurance.axes import FUND

RESIDENT, POOL, ACCOUNTS = FUND.members


class Kind(StrEnum):
    """What kind of money a row is."""

    LEVIED = "levied contribution"
    OTHER = "other income"
    BENEFIT = "benefit"
    RECOVERY = "recovered benefit"
    TRANSFER = "transfer"
    PASSED_OUT = "transfer to an outside party"
    ADMINISTRATION = "administration"
    DEBT = "debt"
    COST_OF_DEBT = "cost of debt"


NO_INCOME: Final = (Kind.RECOVERY, Kind.DEBT)
"""Kinds of money that reaches a fund and is not its income."""


class Party(StrEnum):
    """Who is outside the funds."""

    MEMBERS = "members"
    EMPLOYERS = "employers"
    BUDGET = "budget"
    ASSISTANCE = "medical assistance"
    LOCALITIES = "localities"
    PROVIDERS = "providers of care"
    SUPPLEMENTARY = "supplementary cover"
    LONG_TERM_CARE = "long-term care insurance"
    ADJUSTMENT_FUND = "provincial risk-adjustment fund"
    LENDERS = "lenders"
    ADMINISTRATION = "administration"


@dataclass(frozen=True)
class Row:
    """One money flow and how it comes about; `of_run`: it is not told apart by person group.

    `column` and `paid_column` are its names in the account of its fund and, of a transfer, in that of the fund that pays,
    where they are not the row's own. A transfer that is `passed_on` is taken off the payer's income, instead of being outgo.
    Benefits that are recovered are taken off the outgo; debt is neither income nor outgo, it moves the closing fund alone.
    A row `within` another is part of it: a fund that books the whole does not count it again. A row that `follows` others is a
    share of them and moves with them; a `change_of_stock` is what a stock makes it. Rows `of_bonds` are there where a scenario
    has bonds, and are computed when the funds are closed; rows `if_used` are there where a scenario has what makes them. No
    pin scales either.
    """

    name: str
    payer: str
    receiver: str
    kind: Kind
    formula: str
    of_run: bool = False
    column: str = ""
    paid_column: str = ""
    passed_on: bool = False
    within: str = ""
    follows: tuple[str, ...] = ()
    change_of_stock: bool = False
    of_bonds: bool = False
    if_used: bool = False

    @property
    def is_transfer(self) -> bool:
        """Whether a fund stands at both ends."""
        return self.payer in FUND.members and self.receiver in FUND.members

    @property
    def scaled(self) -> bool:
        """Whether it is scaled where a whole income or outgo is pinned: transfers are kept, a share moves with its whole."""
        return self.always and not (self.is_transfer or self.follows or self.change_of_stock)

    @property
    def always(self) -> bool:
        """Whether every scenario that has its fund has it."""
        return not (self.of_bonds or self.if_used)

    @property
    def received_within(self) -> bool:
        """Whether the fund that receives it books it as part of another row."""
        return bool(self.within) and row_of(self.within).receiver == self.receiver

    @property
    def received_as(self) -> str:
        """Its name in the account of the fund that receives it, or of the only fund that it touches."""
        return self.column or self.name

    @property
    def paid_as(self) -> str:
        """Its name in the account of the fund that pays it."""
        return self.paid_column or self.column or self.name


def _of_bonds(fund: str, prefix: str = "") -> Iterator[Row]:
    """What the bonds of a fund bring and cost: what the budget pays of it comes in and goes out."""
    for name, payer, receiver, kind, formula in (
        ("bond_grants", Party.BUDGET, fund, Kind.OTHER, "bond_outcomes that the budget pays"),
        ("bond_coupons", fund, Party.LENDERS, Kind.COST_OF_DEBT, "debt outstanding, 1 January × coupon"),
        (
            "bond_outcomes",
            fund,
            Party.LENDERS,
            Kind.COST_OF_DEBT,
            "amount issued × outcome share, where the result is met",
        ),
        ("bond_proceeds", Party.LENDERS, fund, Kind.DEBT, "amount issued, or outgo × share"),
        ("bond_redemptions", fund, Party.LENDERS, Kind.DEBT, "amount issued × share that falls due"),
    ):
        yield Row(f"{prefix}{name}", payer, receiver, kind, formula, of_run=True, column=name, of_bonds=True)


RESIDENT_LEVIED: Final = (
    "personal_contributions",
    "assistance",
    "subsidies",
    "local_supplement",
    "repair_payments",
)
RESIDENT_BENEFITS: Final = (
    "inpatient_benefits",
    "outpatient_benefits",
    "critical_illness",
    "bonus_cost",
    "resident_maternity_benefits",
)
POOL_BENEFITS: Final = ("employee_inpatient_benefits", "employee_outpatient_benefits", "maternity_benefits")
"""Rows that shares are taken of."""
LEDGER: Final = (
    Row("personal_contributions", Party.MEMBERS, RESIDENT, Kind.LEVIED, "insured × standard × grade − assistance"),
    Row("assistance", Party.ASSISTANCE, RESIDENT, Kind.LEVIED, "assisted × standard × share"),
    Row("subsidies", Party.BUDGET, RESIDENT, Kind.LEVIED, "insured × subsidy standard"),
    Row(
        "local_supplement",
        Party.LOCALITIES,
        RESIDENT,
        Kind.LEVIED,
        "(personal_contributions + assistance + subsidies) × (factor − 1)",
        follows=("personal_contributions", "assistance", "subsidies"),
    ),
    Row("repair_payments", Party.MEMBERS, RESIDENT, Kind.LEVIED, "repaired_years × standard"),
    Row(
        "prepaid_change",
        Party.MEMBERS,
        RESIDENT,
        Kind.OTHER,
        "prepaid − prepaid of the year before",
        of_run=True,
        change_of_stock=True,
    ),
    Row("inpatient_benefits", RESIDENT, Party.PROVIDERS, Kind.BENEFIT, "person-years × use × E[layer]"),
    Row("outpatient_benefits", RESIDENT, Party.PROVIDERS, Kind.BENEFIT, "person-years × use × E[layer]"),
    Row("critical_illness", RESIDENT, Party.PROVIDERS, Kind.BENEFIT, "person-years × use × E[K] × level, or premium"),
    Row("bonus_cost", RESIDENT, Party.PROVIDERS, Kind.BENEFIT, "person-years × use × (E[K; M + bonus] − E[K; M])"),
    Row(
        "resident_maternity_benefits",
        RESIDENT,
        Party.PROVIDERS,
        Kind.BENEFIT,
        "births to insured residents × benefit",
        column="maternity_benefits",
    ),
    Row(
        "recoveries",
        Party.PROVIDERS,
        RESIDENT,
        Kind.RECOVERY,
        "benefits × share recovered",
        of_run=True,
        follows=RESIDENT_BENEFITS,
    ),
    Row(
        "resident_long_term_care",
        RESIDENT,
        Party.LONG_TERM_CARE,
        Kind.PASSED_OUT,
        "persons × amount",
        of_run=True,
        column="long_term_care",
    ),
    Row(
        "adjustment_payments",
        RESIDENT,
        Party.ADJUSTMENT_FUND,
        Kind.PASSED_OUT,
        "contributions × share",
        of_run=True,
        follows=RESIDENT_LEVIED,
    ),
    Row(
        "administration",
        RESIDENT,
        Party.ADMINISTRATION,
        Kind.ADMINISTRATION,
        "benefits × share",
        of_run=True,
        follows=RESIDENT_BENEFITS,
    ),
    Row("employer_contributions", Party.EMPLOYERS, POOL, Kind.LEVIED, "contribution_base × employer rate"),
    Row(
        "employee_contributions",
        Party.MEMBERS,
        ACCOUNTS,
        Kind.LEVIED,
        "contribution_base × employee rate × share with account",
    ),
    Row(
        "employer_to_accounts",
        POOL,
        ACCOUNTS,
        Kind.TRANSFER,
        "employer_contributions × share",
        of_run=True,
        passed_on=True,
        within="employer_contributions",
        follows=("employer_contributions",),
    ),
    Row("retiree_credits", POOL, ACCOUNTS, Kind.TRANSFER, "retired_years × credit", passed_on=True),
    Row("purchases", Party.MEMBERS, POOL, Kind.OTHER, "persons × missing years × flexible base × employer rate"),
    Row(
        "employee_inpatient_benefits",
        POOL,
        Party.PROVIDERS,
        Kind.BENEFIT,
        "person-years × use × E[layer]",
        column="inpatient_benefits",
    ),
    Row(
        "employee_outpatient_benefits",
        POOL,
        Party.PROVIDERS,
        Kind.BENEFIT,
        "person-years × use × E[layer]",
        column="outpatient_benefits",
    ),
    Row("maternity_benefits", POOL, Party.PROVIDERS, Kind.BENEFIT, "births to active members × benefit"),
    Row(
        "employee_recoveries",
        Party.PROVIDERS,
        POOL,
        Kind.RECOVERY,
        "benefits × share recovered",
        of_run=True,
        column="recoveries",
        follows=POOL_BENEFITS,
    ),
    Row("long_term_care", POOL, Party.LONG_TERM_CARE, Kind.PASSED_OUT, "persons × amount"),
    Row(
        "employee_adjustment_payments",
        POOL,
        Party.ADJUSTMENT_FUND,
        Kind.PASSED_OUT,
        "contributions × share",
        of_run=True,
        column="adjustment_payments",
        follows=("employer_contributions",),
    ),
    Row("account_spending", ACCOUNTS, Party.PROVIDERS, Kind.BENEFIT, "(balance + credits) × rate"),
    Row("relatives_care", ACCOUNTS, Party.PROVIDERS, Kind.BENEFIT, "(balance + credits) × rate", of_run=True),
    Row(
        "contributions_from_accounts",
        ACCOUNTS,
        RESIDENT,
        Kind.TRANSFER,
        "personal_contributions × share paid by relatives",
        paid_column="relatives_contributions",
        within="personal_contributions",
        follows=("personal_contributions",),
    ),
    *_of_bonds(RESIDENT),
    *_of_bonds(POOL, "employee_"),
    Row(
        "choice_contributions",
        Party.MEMBERS,
        RESIDENT,
        Kind.LEVIED,
        "payers × share who chose × standard × part",
        if_used=True,
    ),
    Row(
        "choice_subsidies",
        Party.BUDGET,
        RESIDENT,
        Kind.LEVIED,
        "payers × share who chose × subsidy × part",
        if_used=True,
    ),
    Row(
        "choice_benefits",
        RESIDENT,
        Party.PROVIDERS,
        Kind.BENEFIT,
        "person-years × share who chose × (benefits of the cover − basic benefits)",
        if_used=True,
    ),
    Row(
        "retiree_contributions",
        Party.MEMBERS,
        POOL,
        Kind.LEVIED,
        "retired_years × share who pay × pension × rate",
        if_used=True,
    ),
    Row(
        "arrears_recovered",
        Party.EMPLOYERS,
        POOL,
        Kind.LEVIED,
        "contributions unpaid some years before × share recovered",
        of_run=True,
        if_used=True,
    ),
)
"""All money flows, in the order in which the parts of an income and of an outgo are added."""
BESIDE: Final = (
    Row("assistance_from_budget", Party.BUDGET, Party.ASSISTANCE, Kind.OTHER, "assistance + assistance_benefits"),
    Row(
        "assistance_benefits",
        Party.ASSISTANCE,
        Party.PROVIDERS,
        Kind.BENEFIT,
        "person-years × covered × use × E[layer]",
    ),
    Row("supplementary_premiums", Party.MEMBERS, Party.SUPPLEMENTARY, Kind.LEVIED, "person-years × take-up × premium"),
    Row(
        "supplementary_benefits",
        Party.SUPPLEMENTARY,
        Party.PROVIDERS,
        Kind.BENEFIT,
        "person-years × take-up × use × E[layer]",
    ),
    Row("own_payment", Party.MEMBERS, Party.PROVIDERS, Kind.BENEFIT, "claims − benefits of all tiers"),
    Row(
        "care_from_employers",
        Party.EMPLOYERS,
        Party.LONG_TERM_CARE,
        Kind.LEVIED,
        "(contribution_base × rate × covered − long_term_care) × share",
    ),
    Row(
        "care_from_members",
        Party.MEMBERS,
        Party.LONG_TERM_CARE,
        Kind.LEVIED,
        "contribution_base × rate × covered − long_term_care − care_from_employers",
    ),
    Row(
        "care_from_budget",
        Party.BUDGET,
        Party.LONG_TERM_CARE,
        Kind.LEVIED,
        "(insured × amount × covered − long_term_care) × share",
    ),
    Row(
        "care_from_residents",
        Party.MEMBERS,
        Party.LONG_TERM_CARE,
        Kind.LEVIED,
        "insured × amount × covered − long_term_care − care_from_budget",
    ),
    Row("care_benefits", Party.LONG_TERM_CARE, Party.PROVIDERS, Kind.BENEFIT, "persons in benefit × unit cost × ratio"),
    Row("care_own", Party.MEMBERS, Party.PROVIDERS, Kind.BENEFIT, "persons in benefit × unit cost × (1 − ratio)"),
    Row("resident_births_own", Party.MEMBERS, Party.PROVIDERS, Kind.BENEFIT, "births × cost − benefits"),
)
"""Money that reaches none of the funds: the tiers behind basic and critical-illness insurance, where they are told."""
TIERS: Final = (Party.ASSISTANCE, Party.SUPPLEMENTARY, Party.LONG_TERM_CARE)
"""The outside parties whose accounts are told then."""


def account_of(party: Party, flows: Mapping[str, "Amount"]) -> tuple[list["Amount"], list["Amount"]]:
    """What an outside party receives and what it pays, by all rows between it and anybody that there are."""
    rows = [row for row in (*LEDGER, *BESIDE) if row.name in flows]
    return (
        [flows[row.name] for row in rows if row.receiver == party],
        [flows[row.name] for row in rows if row.payer == party],
    )


@dataclass(frozen=True)
class Booking:
    """A row as one fund books it: under which name, and whether it takes away from that side of the account, or from debt."""

    row: Row
    column: str
    taken_off: bool = False


@dataclass(frozen=True)
class Fund:
    """A fund, its scheme, who is insured by it, and what its rates are measured by.

    `insured`: columns of its account with the persons insured; `heads`: flows that amounts a head are divided by; `base`:
    the column that its contributions are a share of; `members_income`: the flow that is its members' disposable income;
    `checked_as`: what the names of its identities begin with. `pooled`: its risk is shared, so that it can be in or out of
    balance; the balances of members are their own. `a_head`: its contribution is an amount a head, not a rate. `optional`:
    a scenario may leave it out. `levels`: columns of its account alone that are reported for the first and the last year.
    """

    name: str
    scheme: str
    insured: tuple[str, ...]
    heads: tuple[str, ...]
    base: str
    members_income: str
    checked_as: str
    pooled: bool = True
    a_head: bool = False
    optional: bool = False
    levels: tuple[str, ...] = ()

    @property
    def place(self) -> int:
        """Its position among the accounts of a state."""
        return FUND.members.index(self.name)

    @property
    def prefix(self) -> str:
        """What the names of its measures begin with: nothing for the first fund."""
        return f"{self.name}_" if self.place else ""

    @property
    def rated(self) -> bool:
        """Whether its contribution is a rate of a base."""
        return self.pooled and not self.a_head

    @property
    def paid_in_advance(self) -> bool:
        """Whether contributions of a year may come in the year before."""
        return any(each.row.change_of_stock for each in self.income)

    @cached_property
    def income(self) -> tuple[Booking, ...]:
        """What its income is made of, in the order of the ledger."""
        return tuple(self._income())

    @cached_property
    def outgo(self) -> tuple[Booking, ...]:
        """What its outgo is made of, in the order of the ledger: what is recovered is taken off it."""
        return tuple(self._outgo())

    @cached_property
    def debt(self) -> tuple[Booking, ...]:
        """What it borrows, and what it pays back, taken off."""
        of_debt = (row for row in LEDGER if row.kind is Kind.DEBT and self.name in (row.payer, row.receiver))
        return tuple(
            Booking(row, row.received_as if row.receiver == self.name else row.paid_as, row.payer == self.name)
            for row in of_debt
        )

    @cached_property
    def of_which(self) -> tuple[Booking, ...]:
        """Rows that it receives as part of another."""
        return tuple(
            Booking(row, row.received_as) for row in LEDGER if row.receiver == self.name and row.received_within
        )

    @cached_property
    def levied(self) -> tuple[Booking, ...]:
        """The part of its income that moves with the level of its contributions."""
        return tuple(
            each for each in self.income if each.row.kind is Kind.LEVIED or (each.taken_off and each.row.within)
        )

    @cached_property
    def not_levied(self) -> tuple[Booking, ...]:
        """The other part."""
        return tuple(each for each in self.income if each not in self.levied)

    @cached_property
    def out_of_levied(self) -> tuple[Booking, ...]:
        """The part of its outgo that is a share of what is levied, and moves with it."""
        levied = {each.row.name for each in self.levied}
        return tuple(each for each in self.outgo if each.row.follows and levied.issuperset(each.row.follows))

    @cached_property
    def public(self) -> tuple[Booking, ...]:
        """Income that the budget pays, or assistance for its members; what it pays of bonds apart."""
        payers = (Party.BUDGET, Party.ASSISTANCE)
        return tuple(each for each in self.income if each.row.payer in payers and not each.row.of_bonds)

    @cached_property
    def of_bonds(self) -> tuple[Booking, ...]:
        """What it books of bonds."""
        return tuple(each for each in (*self.income, *self.outgo, *self.debt) if each.row.of_bonds)

    def _income(self) -> Iterator[Booking]:
        for row in LEDGER:
            if row.receiver == self.name and not row.received_within and row.kind not in NO_INCOME:
                yield Booking(row, row.received_as)
            elif row.payer == self.name and row.passed_on:
                yield Booking(row, row.paid_as, taken_off=True)

    def _outgo(self) -> Iterator[Booking]:
        for row in LEDGER:
            if row.payer == self.name and not row.passed_on and row.kind is not Kind.DEBT:
                yield Booking(row, row.paid_as)
            elif row.receiver == self.name and row.kind is Kind.RECOVERY:
                yield Booking(row, row.received_as, taken_off=True)


FUNDS: Final = (
    Fund(
        RESIDENT,
        "resident",
        ("resident_insured",),
        ("resident_enrolled",),
        "members_income",
        "members_income",
        "money",
        a_head=True,
        levels=(
            "coverage",
            "coverage_of_population",
            "leave_rate",
            "return_rate",
            "resident_insured",
            "public_money",
        ),
    ),
    Fund(
        POOL,
        "employee",
        ("employee_active", "employee_retired"),
        ("active_years", "retired_years"),
        "contribution_base",
        "employee_members_income",
        "pool",
        optional=True,
        levels=("employee_active", "employee_retired", "dependency_ratio", "contribution_rate", "pay_as_you_go_rate"),
    ),
    Fund(
        ACCOUNTS,
        "employee",
        (),
        ("active_years", "retired_years"),
        "members_income",
        "employee_members_income",
        "accounts",
        pooled=False,
        optional=True,
    ),
)
"""The funds, in the order in which a state holds them; a scenario without the employee scheme has the first alone."""

OF_BONDS: Final = ("proceeds", "coupons", "redemptions", "outcomes", "grants")
"""What is told of each bond and year in yuan; the last is what the budget pays of the outcomes."""
SCHEMES: Final = tuple(dict.fromkeys(fund.scheme for fund in FUNDS))
TRANSFERS: Final = tuple(row for row in LEDGER if row.is_transfer)
SPENDING: Final = tuple(each.row.name for fund in FUNDS if not fund.pooled for each in fund.outgo if each.row.scaled)
"""What members spend of their own accounts."""


def _paid_and_received() -> Iterator[tuple[str, tuple[Row, ...]]]:
    """What the persons of each scheme pay and get. What is credited to their own accounts comes back to them."""
    for scheme, benefits in zip(SCHEMES, BENEFITS, strict=True):
        funds = {fund.name: fund for fund in FUNDS if fund.scheme == scheme}
        payers = (Party.MEMBERS, Party.EMPLOYERS)
        yield f"{scheme}_contributions", tuple(row for row in LEDGER if row.receiver in funds and row.payer in payers)
        if public := tuple(each.row for fund in funds.values() for each in fund.public):
            yield "public_money", public
        pooled = [row for row in LEDGER if row.kind is Kind.BENEFIT and row.payer in funds and funds[row.payer].pooled]
        own = [row for row in LEDGER if row.receiver in funds and not funds[row.receiver].pooled]
        yield benefits, (*pooled, *own)


def row_of(name: str) -> Row:
    """The row of that name."""
    return next(row for row in LEDGER if row.name == name)


def fund_of(name: str) -> Fund:
    """The fund of that name."""
    return next(fund for fund in FUNDS if fund.name == name)


def is_optional(total: str) -> bool:
    """Whether a row, an income or an outgo is there only with a fund that a scenario may leave out; stocks never are."""
    if total in INSURED:
        return False
    if total in SIDES:
        return fund_of(total.partition(".")[0]).optional
    return any(fund.optional for fund in FUNDS if fund.name in (row_of(total).payer, row_of(total).receiver))


Amount = TypeVar("Amount")


def from_outside(row: Row, held: Collection[str]) -> int:
    """How a row changes the money of all held funds together: 1 money in, −1 money out, 0 if it stays among them.

    −1 too for a transfer that the fund that receives it books within money from outside.
    """
    inward, outward = row.receiver in held, row.payer in held
    if inward and row.received_within:
        return -1 if outward else 0
    return int(inward) - int(outward)


def there(bookings: Iterable[Booking], flows: Collection[str]) -> Iterator[Booking]:
    """The bookings but those that a scenario may have and has not; `flows`: the names of those that it has."""
    return (each for each in bookings if each.row.always or each.row.name in flows)


def booked(bookings: Iterable[Booking], flows: Mapping[str, Amount]) -> Iterator[Amount]:
    """The flows of bookings, negative where they take away; those that a scenario may have where it has them."""
    for each in there(bookings, flows):
        yield -flows[each.row.name] if each.taken_off else flows[each.row.name]  # type: ignore[operator]


SIDES: Final = {
    f"{fund.name}.{side}": tuple(each for each in bookings if each.row.always)
    for fund in FUNDS
    for side, bookings in (("income", fund.income), ("outgo", fund.outgo))
}
"""Income and outgo of every fund, and what each is made of without bonds."""
INSURED: Final = tuple(stock for fund in FUNDS for stock in fund.insured)
"""Stocks of insured persons."""
TOTALS: Final = (*(row.name for row in LEDGER if row.always), *SIDES, *INSURED)
"""Rows that are always there, whole incomes and outgoes, stocks."""
PINNABLE: Final = tuple(name for name in TOTALS if not any(row.name == name and row.change_of_stock for row in LEDGER))
"""Every total that a scenario may pin to a series: all but changes of a stock."""

BENEFITS: Final = tuple(f"{scheme}_benefits" for scheme in SCHEMES)
"""Names of what the persons of each scheme get."""
PAID_AND_RECEIVED: Final = dict(_paid_and_received())
"""Columns of the tables of who pays and who gains, and the rows that they sum."""
