"""Published series of the years before those of `published.csv`: `published_before.csv`.

What growth of cost, income and wages is fitted on, in the same units and with the same marks. The resident scheme has no
such years: it took in the last of the rural scheme in 2019.

Weakness: incomes, prices and wages of these years are recalled, members of the employee scheme recalled and checked. Its
outgo holds no maternity benefits before 2019.
"""

from simsurance.data.build.evidence import Built, Cell
from simsurance.data.build.published import Row, context, funds, in_span, insured, use

FIRST = 2013
MEASURES = (
    "employee_inpatient_cost",
    "employee_general_outpatient_cost",
    "employee_chronic_outpatient_cost",
    "employee_discharges",
    "employee_total_outgo",
    "employee_active",
    "employee_retired",
    "disposable_income_national",
    "consumer_price_change",
    "average_wage_urban_nonprivate",
)


def build() -> Built:
    """The series, sorted by measure and year."""
    parts = (funds(), insured(), use(), context())
    chosen = [row for part in parts for row in part if row.measure in MEASURES and row.year >= FIRST]
    before = [row for row in chosen if not in_span(row)]
    rows: list[tuple[Cell, ...]] = [tuple(row) for row in sorted(before, key=lambda row: (row.measure, row.year))]
    return Built(
        "published_before.csv",
        Row._fields,
        rows,
        "published series in persons and yuan, 2013 to 2017, on which growth is fitted",
        tuple(sorted({row.source_id for row in before})),
        "each row has its own",
    )
