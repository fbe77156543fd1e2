"""Published series in persons and yuan: `published.csv`.

A choice from the packaged evidence files, in base units: one row a year and measure, the best basis of each year
(final before long series, express and estimate; better marks first), with the mark and the source that the figure has
there. Nothing is filled in but two balances of the personal accounts, by the flows of the year. The contribution of
the notice of year t is also given by insured year t + 1. A share or ratio is a decimal.

Weakness: 2018 includes the last rural scheme members; 2022 to 2024 include the removal of double registrations; use
in 2020-2022 is low and expenditure of 2021 contains vaccine money; discharges of 2018 seem to leave the rural
remainder out, and jump in 2023 when the definition changed. The balance of 2025 is last year's plus the flow of the
year, no figure having been published. The employee scheme's income and outgo of 2021 were not found by account, and those
of 2018 to 2020 and 2022 are recalled. Many economic series before 2021 are recalled.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from simsurance.data.build.evidence import Built, Cell, last_published, rows_of
from simsurance.data.tables import DATA

LAST = last_published()
FIRST = min(
    int(row["year"])
    for row in rows_of("fund_flows.csv")
    if row["scheme"] == "employee_account" and row["measure"] == "income"
)
"""The first year whose flows were published account by account."""
FIRST_OF_CONTRIBUTIONS = (
    FIRST - 2
)  # financing over income of the year before is looked at from a year before the flows on
TEN_THOUSAND, HUNDRED_MILLION, PERCENT, ONE = Decimal(10_000), Decimal(100_000_000), Decimal("0.01"), Decimal(1)
BASES = ("final", "long_series", "express", "estimate")
MARKS = ("verified", "verified_transcription", "derived", "recalled_checked", "recalled", "recalled_low")
FUND_MEASURES = {"income": "income", "expenditure": "outgo", "cumulative_balance": "cumulative_balance"}
FUNDS = ("resident", "employee_pool", "employee_account", "employee_total", "maternity")
WITHOUT = ("employee_total_cumulative_balance", "resident_institution_cost")  # nothing asks for them
GROUPS = {
    ("resident", "total"): "resident_insured",
    ("employee", "active"): "employee_active",
    ("employee", "retired"): "employee_retired",
    ("employee", "total"): "employee_insured",
    ("employee", "flexible_and_other"): "employee_flexible",
    ("employee", "pool_only"): "employee_without_account",
}
COMPOSITION = {
    "adult": "adults",
    "school_child_and_preschool": "school_and_preschool_children",
    "college_student": "students",
}
USERS = ("resident", "employee", "employee_active", "employee_retired")
DATED = {  # how a parameter begins whose year follows: (name here, unit, factor)
    "account_mutual_aid_use_": ("employee_account_mutual_aid", "yuan", HUNDRED_MILLION),
    "beneficiaries_": ("critical_illness_beneficiaries", "persons", TEN_THOUSAND),
}
USE = {  # measure in the evidence: (name here, unit, factor)
    "inpatient_cost": ("inpatient_cost", "yuan", HUNDRED_MILLION),
    "general_outpatient_cost": ("general_outpatient_cost", "yuan", HUNDRED_MILLION),
    "chronic_outpatient_cost": ("chronic_outpatient_cost", "yuan", HUNDRED_MILLION),
    "pharmacy_cost": ("pharmacy_cost", "yuan", HUNDRED_MILLION),
    "institution_cost_total": ("institution_cost", "yuan", HUNDRED_MILLION),
    "discharges": ("discharges", "discharges", TEN_THOUSAND),
    "discharges_per_100_insured": ("discharges_per_insured", "discharges per person", PERCENT),
    "cost_per_discharge": ("cost_per_discharge", "yuan per discharge", ONE),
    "inpatient_catalogue_payment_ratio": ("inpatient_payment_ratio", "share", PERCENT),
    "inpatient_in_scope_payment_ratio": ("inpatient_payment_ratio_in_scope", "share", PERCENT),
    "inpatient_actual_fund_payment_ratio": ("inpatient_payment_ratio_of_all_cost", "share", PERCENT),
}
MACRO = {
    "total_population": ("population", "persons", TEN_THOUSAND),
    "population_16_59": ("population_16_59", "persons", TEN_THOUSAND),
    "population_60_plus": ("population_60_plus", "persons", TEN_THOUSAND),
    "population_65_plus": ("population_65_plus", "persons", TEN_THOUSAND),
    "population_female": ("population_female", "persons", TEN_THOUSAND),
    "births": ("births", "persons", TEN_THOUSAND),
    "deaths": ("deaths", "persons", TEN_THOUSAND),
    "disposable_income_national": ("disposable_income_national", "yuan per person", ONE),
    "disposable_income_urban": ("disposable_income_urban", "yuan per person", ONE),
    "disposable_income_rural": ("disposable_income_rural", "yuan per person", ONE),
    "disposable_income_median": ("disposable_income_median", "yuan per person", ONE),
    "disposable_income_quintile_low": ("disposable_income_quintile_1", "yuan per person", ONE),
    "disposable_income_quintile_lower_middle": ("disposable_income_quintile_2", "yuan per person", ONE),
    "disposable_income_quintile_middle": ("disposable_income_quintile_3", "yuan per person", ONE),
    "disposable_income_quintile_upper_middle": ("disposable_income_quintile_4", "yuan per person", ONE),
    "disposable_income_quintile_high": ("disposable_income_quintile_5", "yuan per person", ONE),
    "average_wage_urban_nonprivate": ("average_wage_urban_nonprivate", "yuan per person", ONE),
    "average_wage_urban_private": ("average_wage_urban_private", "yuan per person", ONE),
    "cpi_change": ("consumer_price_change", "share", PERCENT),
    "cpi_health_care_change": ("health_care_price_change", "share", PERCENT),
}
ASSISTANCE = {
    "premium_assisted_persons": ("premium_assisted_persons", "persons", TEN_THOUSAND),
    "assistance_expenditure": ("assistance_expenditure", "yuan", HUNDRED_MILLION),
}


class Row(NamedTuple):
    """One published figure in base units."""

    year: int
    measure: str
    value: str
    unit: str
    mark: str
    source_id: str
    note: str


def base_units(value: str, factor: Decimal) -> str:
    """The figure times the factor, as plain digits."""
    scaled = Decimal(value) * factor
    return f"{scaled.quantize(ONE):f}" if scaled == scaled.to_integral() else f"{scaled.normalize():f}"


def figure(row: dict[str, str], value: str, measure: str, unit: str, factor: Decimal, note: str = "") -> Row:
    """A row of evidence as a published figure."""
    text = row["note"] if not note else f"{note}; {row['note']}" if row["note"] else note
    year = int(row.get("year") or row["notice_year"])
    return Row(year, measure, base_units(row[value], factor), unit, row["confidence"], row["source_id"], text)


def funds() -> Iterator[Row]:
    """Income, outgo and balance of each account, best basis a year."""
    best: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows_of("fund_flows.csv"):
        if row["scheme"] in FUNDS and row["measure"] in FUND_MEASURES:
            key = (row["year"], f"{row['scheme']}_{FUND_MEASURES[row['measure']]}")
            if key not in best or _rank(row) < _rank(best[key]):
                best[key] = row
    for (_, measure), row in best.items():
        note = {"final": "", "estimate": "estimate, not published"}.get(row["basis"], row["basis"])
        yield figure(row, "value_100m_yuan", measure, "yuan", HUNDRED_MILLION, note)


def carried_balances() -> Iterator[Row]:
    """The balance of the personal accounts where none was found: by the flows of the year from the one that was."""
    known = {(row.measure, row.year): row for row in funds()}

    def value(measure: str, year: int) -> Decimal:
        return Decimal(known[f"employee_account_{measure}", year].value)

    def current(year: int) -> Decimal:
        return value("income", year) - value("outgo", year)

    balances = {year for measure, year in known if measure == "employee_account_cumulative_balance"}
    for year in sorted({year for measure, year in known if measure == "employee_account_income"} - balances):
        if year + 1 in balances:
            anchor, found, how = year + 1, -current(year + 1), f"balance of {year + 1} less its current balance"
        else:
            anchor, found, how = year - 1, current(year), f"balance of {year - 1} plus the flow of {year}"
        yield known["employee_account_cumulative_balance", anchor]._replace(
            year=year,
            value=f"{value('cumulative_balance', anchor) + found:f}",
            mark="derived",
            source_id=f"S_COM{max(year, anchor)}",
            note=f"estimate, not published; {how}",
        )


def dated_parameters() -> Iterator[Row]:
    """What personal accounts paid for relatives, contributions included; persons paid by critical-illness insurance."""
    for row in rows_of("scheme_parameters.csv"):
        for begins, measure in DATED.items():
            if row["parameter"].startswith(begins):
                yield figure({**row, "year": row["parameter"].removeprefix(begins)}, "value", *measure)


def _rank(row: dict[str, str]) -> tuple[int, int]:
    return BASES.index(row["basis"]), MARKS.index(row["confidence"])


def insured() -> Iterator[Row]:
    """Persons insured at the end of the year, and the make-up of the resident scheme."""
    for row in rows_of("insured_by_scheme.csv"):
        measure = GROUPS.get((row["scheme"], row["insured_group"]))
        if measure:
            yield figure(row, "insured_10k_persons", measure, "persons", TEN_THOUSAND)
    for row in rows_of("resident_composition.csv"):
        measure = f"resident_insured_{COMPOSITION[row['member_group']]}"
        yield figure(row, "insured_10k_persons", measure, "persons", TEN_THOUSAND)


def use() -> Iterator[Row]:
    """Cost and use of both schemes, all payers."""
    for row in rows_of("utilisation.csv"):
        if row["scheme"] in USERS and row["measure"] in USE:
            name, unit, factor = USE[row["measure"]]
            yield figure(row, "value", f"{row['scheme']}_{name}", unit, factor)


def context() -> Iterator[Row]:
    """Population, income, prices and assistance."""
    for file, column, measures in (
        ("macro.csv", "indicator", MACRO),
        ("medical_assistance.csv", "measure", ASSISTANCE),
    ):
        for row in rows_of(file):
            if row[column] in measures:
                yield figure(row, "value", *measures[row[column]])
    for row in rows_of("urban_share.csv", DATA / "demography"):
        if row["series"] == "NBS":
            known = {**row, "source_id": "S_NBS_URBAN"}
            yield figure(known, "urban_percent", "urban_share", "share", PERCENT)


def contributions() -> Iterator[Row]:
    """National minimum contribution and subsidy of the resident scheme."""
    for row in rows_of("resident_premium_subsidy.csv"):
        if row["scheme"] != "resident":
            continue
        yield figure(row, "fiscal_subsidy_min_yuan", "subsidy", "yuan per person", ONE)
        if int(row["notice_year"]) <= LAST:  # the contribution set by the notice of the year after was not found
            personal = figure(row, "personal_contribution_min_yuan", "personal_contribution", "yuan per person", ONE)
            insured_year = f"notice of {personal.year}"
            yield personal._replace(measure="personal_contribution_by_notice_year")
            yield personal._replace(
                year=personal.year + 1,
                measure="personal_contribution_by_insured_year",
                note=f"{insured_year}; {personal.note}" if personal.note else insured_year,
            )


def in_span(row: Row) -> bool:
    """Whether the table shows the year of this measure."""
    if row.measure.startswith(("personal_contribution", "subsidy")):
        return True
    first = FIRST_OF_CONTRIBUTIONS if row.measure.startswith("disposable_income") else FIRST
    return first <= row.year <= LAST


def build() -> Built:
    """All series, sorted by measure and year."""
    parts = (funds(), carried_balances(), dated_parameters(), insured(), use(), context(), contributions())
    chosen = [row for part in parts for row in part if in_span(row) and row.measure not in WITHOUT]
    rows: list[tuple[Cell, ...]] = [tuple(row) for row in sorted(chosen, key=lambda row: (row.measure, row.year))]
    return Built(
        "published.csv",
        Row._fields,
        rows,
        f"published series in persons and yuan, {FIRST} to {LAST} where known",
        tuple(sorted({row.source_id for row in chosen})),
        "each row has its own",
    )
