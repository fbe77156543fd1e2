"""What a run will write and what it is made of, known before anything is computed."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance import __version__
from simsurance.errors import SimsuranceError
from simsurance.output.folder import MANIFEST, sha256
from simsurance.output.labels import chart_names
from simsurance.scenario_file.faults import nearest
from simsurance.scenario_file.keys import GDP, JUDGED_ON, REGISTER

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

OF_THE_RUN: Final = ("fund", "frames", "measures", "population", "membership", "flows", "ages", "cohorts", "groups")
BESIDE_TWINS: Final = ("twin", "drag", "tail")
TABLES: Final = (*OF_THE_RUN, *BESIDE_TWINS, "checks")
"""The tables of a run, each a file of that name."""
SINGLE_CHANGES: Final = "single_changes"
"""The table of what ranges rest on, where they are asked for."""
ADJUSTMENT: Final = "adjustment"
"""The table of what a timely adjustment did, where one is in force."""
ACCRUED_BONUS: Final = "accrued_bonus"
"""The table of what rewards that are earned and not used are worth, where there are any."""
CHOICES: Final = "choices"
"""The table of who has each choice of cover and what it costs, where there are any."""
BONDS: Final = "bonds"
"""The table of what each bond brings and costs, where there are any."""
TIERS: Final = "tiers"
"""The table of the other tiers, where they are told."""
OTHER: Final = "other/"
"""Where the scenario stands in a folder that another one is compared with at every point."""
FORMER: Final = "old/"
"""Where the scenario of the earlier valuation stands in a folder of what lies between two."""
BRIDGES: Final = ("bridge", "beside")
"""The tables of steps: of the measure asked for, and of the one that is drawn beside it."""
FORMATS: Final = ("png", "svg")
"""The forms that a chart is written in, beside its numbers as CSV."""
ALWAYS: Final = ("csv", "txt")
"""The numbers and the words of a chart, which stand beside its pictures."""
LARGE: Final = ("ages",)
"""Tables that take more room than all others together: not written for many scenarios."""
KEPT: Final = "tables.npz"
"""The file of tables that are not written as CSV."""


@dataclass(frozen=True)
class Extent:
    """What is written of a run: the formats of its charts, and the tables that are CSV; those left out are kept in one file."""

    formats: tuple[str, ...] = FORMATS
    tables: tuple[str, ...] = (*TABLES, ACCRUED_BONUS, ADJUSTMENT, BONDS, CHOICES, TIERS, SINGLE_CHANGES)

    @property
    def left_out(self) -> dict[str, list[str]]:
        """The formats and the tables that are not written."""
        whole = Extent()
        return {name: [each for each in of if each not in vars(self)[name]] for name, of in vars(whole).items()}


MANY: Final = Extent(("png",), tuple(name for name in Extent().tables if name not in LARGE))
"""What is written of each of many runs."""


def has_accrued_bonus(scenario: "Scenario") -> bool:
    """Whether a run tells what rewards earned and not used are worth."""
    values = scenario.values
    return values.participation.in_force and values.horizon.last_year > values.horizon.valuation_year


def chosen(kind: str, given: str) -> tuple[str, ...]:
    """The formats or tables named in a list with commas, `all` for all; SimsuranceError for a name that there is not."""
    known: tuple[str, ...] = vars(Extent())[kind]
    named = tuple(dict.fromkeys(name.strip() for name in given.split(",")))
    wanted = known if named == ("all",) else named
    for name in wanted:
        if name not in known:
            hint = nearest(name, known)
            raise SimsuranceError(
                f"--{kind}: {name!r} is none of the {kind}; {hint or 'all, or some of ' + ', '.join(known) + ', by commas'}"
            )
    return tuple(name for name in known if name in wanted)


def run_id(scenario: "Scenario", digest: Callable[[Path], str] | None = None) -> str:
    """Hash of the resolved scenario, the contents of its tables and the version: the same anywhere for the same run.

    `digest`: a table's hash, that of its file as it is now if none is given.
    """
    digest = digest or sha256
    tables = {key: digest(path) for key, path in scenario.tables.items()}
    of_root = {key: digest(path) for key, path in scenario.root_tables.items() if path != scenario.tables[key]}
    unsaid = {key for key in (REGISTER, JUDGED_ON) if not scenario.leaves[key]}
    leaves = {key: value for key, value in scenario.leaves.items() if key not in tables and key not in unsaid}
    reference = dict(scenario.of_root)
    if reference[GDP] == leaves[GDP]:  # counts where the scenario has another
        del reference[GDP]
    made_of = {
        "version": __version__,
        "leaves": leaves,
        "tables": tables,
        "reference": reference | of_root,
    }
    if scenario.pin_root is not None:
        made_of["pinned_in"] = run_id(scenario.pin_root, digest)
    text = json.dumps(made_of, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def table_places(scenario: "Scenario") -> dict[Path, str]:
    """Where each own table of a scenario stands in the folder of a run, so that its scenario.toml finds it there."""
    places: dict[Path, str] = {}
    for file in scenario.own_tables:
        number = sum(other.name.casefold() == file.name.casefold() for other in places)
        places[file] = f"tables/{number}/{file.name}" if number else f"tables/{file.name}"
    return places


def places_of(names: Sequence[str]) -> list[str]:
    """Where each of several scenarios stands in a folder of all; one alone stands in the folder itself."""
    return [f"{name}/" for name in names] if len(names) > 1 else [""]


def file_names(
    scenario: "Scenario", charts: bool = True, ranges: bool = True, extent: Extent | None = None
) -> list[str]:
    """The names of the files that `save` writes for results of a scenario, charts and ranges included or not."""
    extent, own = extent or Extent(), [*TABLES, *([SINGLE_CHANGES] if ranges else [])]
    own += [ADJUSTMENT] if scenario.values.timely_adjustment.in_force else []
    own += [BONDS] if scenario.values.bonds else []
    own += [CHOICES] if scenario.values.choices else []
    own += [ACCRUED_BONUS] if has_accrued_bonus(scenario) else []
    own += [TIERS] if scenario.values.tiers.in_force else []
    names = [f"{name}.csv" for name in own if name in extent.tables]
    names += [] if len(names) == len(own) else [KEPT]
    names += ["codebook.csv", "scenario.toml", "summary.md", MANIFEST, *table_places(scenario).values()]
    drawn = [f"charts/{name}.{kind}" for name in chart_names(scenario) for kind in (*extent.formats, *ALWAYS)]
    return [*names, *(drawn if charts else [])]
