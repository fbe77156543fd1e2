"""A fund of its own: what it may not take from the nation, one line each, and what of the nation it rests on."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from simsurance.scenario_file.faults import Fault
from simsurance.scenario_file.files import Layer, scenarios_folder
from simsurance.scenario_file.note import Note
from simsurance.scenario_file.schema import FUND
from simsurance.scenario_file.years import AREA_INCOME, COUNTED_AGES, is_shipped

Leaves = Mapping[str, Any]
STOCK: Final = "population.stock_table"
SERIES: Final = "published.series_table"
BREAKS: Final = "breaks.csv"
CALIBRATED: Final = "calibration.tables"
MIGRATION: Final = "population.migration_table"
IMPORTED: Final = "import {} or give the fund's own"
INSURED, ACCOUNTS = "the table of insured", "the table of accounts"
TOTALS: Final[Mapping[str, str]] = {
    STOCK: IMPORTED.format("the population by age"),
    **dict.fromkeys(COUNTED_AGES, "{} to keep the ages of the fund's table, or its own counts"),
    "population.stock_level": "1.0, or the factor that brings the fund's table to its own count",
    "membership.resident_insured": IMPORTED.format(INSURED),
    "membership.employee_active": IMPORTED.format(INSURED),
    "membership.employee_retired": IMPORTED.format(INSURED),
    "fund.opening": IMPORTED.format(ACCOUNTS),
    "employee.fund.opening_pool": f"{IMPORTED.format(ACCOUNTS)}, or employee.projected = false",
    "employee.fund.opening_accounts": f"{IMPORTED.format(ACCOUNTS)}, or employee.projected = false",
    "economy.gdp": "{} where none is known, or that of the place",
}
"""Totals of the nation, and what would be right for a fund of its own."""
OF_EMPLOYEES: Final = "employee.fund."
INCOME: Final = "economy.disposable_income"
STANDARDS: Final = ("contributions.personal", "contributions.subsidy")
SUPPLEMENT: Final = "contributions.local_supplement"
LEVELS: Final = (
    INCOME,
    *(f"{standard}.schedule" for standard in STANDARDS),
    *(SUPPLEMENT, "employee.wage.mean", "claims.inpatient.level", "claims.outpatient.level"),
    *(f"employee.care.{level}_level" for level in ("use", "inpatient", "outpatient")),
)
"""Levels a head that stay the nation's where a fund gives none."""


def inherited(leaves: Leaves, origins: Mapping[str, Layer], tables: Mapping[str, Path], faults: list[Fault]) -> None:
    """A fault for each total that a fund of its own would take from the nation, told where it says that it is one."""
    if leaves.get("scope") != FUND or _is_shipped(origins["scope"]):
        return
    fund = origins["scope"]

    def of_nation(path: str) -> bool:
        return _is_shipped(origins[path]) or (path in tables and is_shipped(tables[path]))

    for path, right in TOTALS.items():
        unread = path.startswith(OF_EMPLOYEES) and leaves.get("employee.projected") is not True
        if path in leaves and of_nation(path) and leaves[path] not in ({}, 1) and not unread:
            faults.append(fund.fault(path, f"the nation's, which a fund of its own does not inherit; {right}"))
    for standard in STANDARDS:
        schedule, rule, share = (f"{standard}.{name}" for name in ("schedule", "rule", "income_share"))
        if not of_nation(schedule) and of_nation(share) and "indexed" in _rules(leaves[rule]):
            text = "indexed at the nation's share of income, where the fund's own standard would jump to the nation's; "
            teller = fund if of_nation(rule) else origins[rule]
            faults.append(teller.fault(rule, f'{text}"with_income" in its place, or a {share} of its own'))
    if not of_nation(f"{STANDARDS[0]}.schedule") and of_nation(SUPPLEMENT):
        text = "fitted to the nation's income over its minimum standards; 1.0 where own standards are what is paid"
        faults.append(fund.fault(SUPPLEMENT, text))


def _is_shipped(layer: Layer) -> bool:
    """Whether a layer is a shipped scenario or option."""
    return layer.folder is not None and layer.folder.is_relative_to(scenarios_folder())


def _rules(rule: Any) -> list[Any]:
    """The rules that a path of rules names."""
    return list(rule.values()) if isinstance(rule, Mapping) else []


def calibrated_elsewhere(
    leaves: Leaves, origins: Mapping[str, Layer], tables: Mapping[str, Path], faults: list[Fault]
) -> None:
    """A fault where factors were fitted to other tables than those that are there."""
    told = leaves.get(CALIBRATED)
    if told and told != hash_of(tables):
        text = "factors were fitted to other tables than those present; `simsurance calibrate` fits them to these"
        faults.append(origins[CALIBRATED].fault(CALIBRATED, text))


def hash_of(tables: Mapping[str, Path]) -> str:
    """Hash of what factors are fitted to: the published series, the breaks beside them and the stocks."""
    series = tables[SERIES]
    read = (series, series.parent / BREAKS, tables[STOCK])
    content = b"".join(hashlib.sha256(file.read_bytes() if file.is_file() else b"").digest() for file in read)
    return hashlib.sha256(content).hexdigest()[:16]


def resting_on(leaves: Leaves, origins: Mapping[str, Layer], tables: Mapping[str, Path]) -> Iterator[Note]:
    """What a fund of its own takes from the nation, in one line each: migrants by its size, and levels a head."""
    if leaves["calibration.fits"] is False:
        yield Note("misfit", {"error": leaves["calibration.largest_error"]})
    if leaves["scope"] != FUND:
        return
    if is_shipped(tables[MIGRATION]) and not is_shipped(tables[STOCK]):
        yield Note("migrants_scaled", {"table": MIGRATION})
    levels = [path for path in (*LEVELS, *leaves) if path in LEVELS or path.startswith(AREA_INCOME)]
    taken = [path for path in dict.fromkeys(levels) if path in origins and _is_shipped(origins[path])]
    if taken:
        yield Note("of_the_nation", {"paths": taken})
