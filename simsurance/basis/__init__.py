"""From a scenario to numbers: the opening state and every assumption of every year as arrays on the axes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simsurance.axes import TENURES, axes_except
from simsurance.basis import opening
from simsurance.basis.adjustment import known_at_opening, rule_of
from simsurance.basis.bonds import bonds_of
from simsurance.basis.built import Built, read_only, side_by_side, year_basis
from simsurance.basis.cause import OPENING, told_at_its_key
from simsurance.basis.choices import choices_of
from simsurance.basis.employee import employee_basis
from simsurance.basis.inputs import Inputs
from simsurance.basis.money import money_basis
from simsurance.basis.people import counted_years, intercepts
from simsurance.basis.persons import Persons, persons_of
from simsurance.basis.pins import pin_basis
from simsurance.errors import SimsuranceError
from simsurance.model.arrears import LONGEST
from simsurance.model.care import basic_care_pp
from simsurance.model.state import State, YearBasis, combined
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.notes import ALIKE, INSURED
from simsurance.scenario_file.plausible import over_root
from simsurance.scenario_file.schedule import values_by_year
from simsurance.scenario_file.schema import FUND, ScenarioValues


def build(scenario: Scenario) -> tuple[State, tuple[YearBasis, ...]]:
    """The opening state and the basis of every year of one scenario, as one run.

    Raises SimsuranceError where no opening state fits the counts or the turnover that the scenario gives.
    """
    built = build_arrays(scenario)
    return built.state, built.years


def build_arrays(scenario: Scenario) -> Built:
    """The same as arrays by name."""
    try:
        return build_plain(scenario)
    except SimsuranceError as error:
        raise told_at_its_key(scenario, error.lines, build_plain) from error
    except ArithmeticError as error:
        first = scenario.values.horizon.valuation_year
        raise told_at_its_key(
            scenario,
            (
                f"{scenario.name}:{OPENING}no opening state of {first} fits: {error}; "
                "counts of the insured below the population, and turnover (behaviour.targets) between none and all"
                + (
                    ", or a fund of its own with all its totals (simsurance init --fund NAME)"
                    if _of_another(scenario)
                    else ""
                ),
            ),
            build_plain,
        ) from error


def _of_another(scenario: Scenario) -> bool:
    """Whether a scenario that is no fund of its own has far more, or far fewer, insured than its root."""
    ratio = over_root(INSURED, scenario.leaves, scenario.root.data)
    return scenario.values.scope != FUND and ratio is not None and not ALIKE[0] <= ratio <= ALIKE[1]


def build_plain(scenario: Scenario, persons: Persons | None = None) -> Built:
    """As `build_arrays`; faults stand where they are found, and an opening that does not fit is an ArithmeticError.

    `persons`: as they were found for a scenario that differs in nothing they hang on.
    """
    inputs, root = Inputs(scenario, scenario.values), Inputs(scenario, scenario.reference)
    persons, scheme = persons or persons_of(scenario), scenario.values.employee
    cells, shares = persons.cells, persons.shares
    arrays = {**persons.arrays, **money_basis(inputs, shares)}
    arrays["employee"] = employee_basis(inputs, cells, shares) if scheme.projected else None
    arrays |= {"pins": pin_basis(scenario, build), "entries": None, "enrolment": None, "adjustment": rule_of(inputs)}
    arrays["bonds"], arrays["choices"] = bonds_of(inputs), choices_of(inputs)

    root_arrays = read_only({**arrays, **persons.at_root})
    opening_year = year_basis(inputs.first, 0, single(root.values), root_arrays)
    no_claim = basic_care_pp(opening_year.care).no_claim
    counted = [counted_years(each) for each in (inputs, root)]
    by_years = {
        years: opening.count_years_without_claim(opening.count_rule_years(cells, *years), no_claim, years[0])
        for years in dict.fromkeys(counted)
    }
    cells, root_cells = (by_years[years] for years in counted)
    arrays["reference_burden"] = root_arrays["reference_burden"]
    if scenario.form.has("behaviour"):
        leave, enter = intercepts(root_cells, opening_year, scenario.values)
        arrays["leave_odds"] = arrays["leave_odds"] * leave
        arrays["enter_odds"] = arrays["enter_odds"] * enter

    prepaid = arrays["prepaid_share"][0] * (
        cells[:, :, TENURES] * (arrays["personal_pp"][0] * arrays["relative_earnings"][0])
    ).sum(axis=axes_except())
    balances = [scenario.values.fund.opening]
    balances += [scheme.fund.opening_pool, scheme.fund.opening_accounts] if scheme.projected else []
    fund = np.array([[float(values_by_year(each, [inputs.first])[0]) for each in balances]])
    state = State(cells, fund, prepaid, known_at_opening(inputs) if arrays["adjustment"] else None)
    if arrays["bonds"] is not None:
        state = replace(state, principal=np.zeros((1, arrays["bonds"]["fund"].shape[-1])), debt=np.zeros_like(fund))
    if arrays["employee"] is not None and arrays["employee"]["arrears"] is not None:
        state = replace(state, owed=np.zeros((1, LONGEST)))
    return Built(state, inputs, single(scenario.values), read_only(arrays))


def single(values: ScenarioValues) -> dict[str, int]:
    """What of a basis is one number for all years."""
    rules = values.participation
    return {
        "rules_start": rules.start_year,
        "bonus_credited_years": rules.continuous_bonus.credited_years,
        "tiers": int(values.tiers.in_force),
    }


def stack(built: Sequence[tuple[State, tuple[YearBasis, ...]]]) -> tuple[State, tuple[YearBasis, ...]]:
    """Runs over the same years side by side, each with a basis year by year; as `simsurance.basis.built.stack`."""

    def beside(arrays: list[np.ndarray]) -> np.ndarray:
        return np.asarray(side_by_side([array[None] for array in arrays])[0])

    state = combined([state for state, _ in built], np.concatenate)
    return state, tuple(combined(group, beside) for group in zip(*(years for _, years in built), strict=True))
