"""Kernels of persons: who is there, need classes, births, deaths, migration, and who is to change areas and assistance."""

from typing import Any

from simsurance.axes import ASSISTED, EMPLOYEES, NEXT_TO_ASSISTED, NO_CLAIM, STATUSES, TENURES, UNINSURED, row
from simsurance.model.compiled.machine import compiled
from simsurance.model.population import FEMALE

FIRST_TENURE, LAST_TENURE, TENURES_END = TENURES.start, TENURES.stop - 1, TENURES.stop
LAST_GAP, UNINSURED_END, ALL_STATUSES = UNINSURED.stop - 1, UNINSURED.stop, STATUSES.stop
ACTIVE, EMPLOYEES_END = EMPLOYEES.start, EMPLOYEES.stop
FIRST, FIRST_NO_CLAIM, NEVER = 0, NO_CLAIM.start, row("never")
RULE_YEARS, LAPSED_YEARS = row("rule_years"), row("lapsed_years")
CARRIED_LAPSED, CARRIED_INSURED = row("carried_lapsed"), row("carried_insured")


@compiled
def look(cells: Any, room: Any) -> None:
    """Persons by need class of a 1 January, and what the enrolment needs to know of all needs and sexes of a cell together."""
    rows, people = cells.rows, room.people
    needs, _, sexes, areas, incomes, ages = rows.shape
    room.people[:] = 0.0
    room.lapsed_years[:] = 0.0
    room.longest_gap[:] = 0.0
    room.rule_years[:] = 0.0
    room.tenures[:] = 0.0
    room.no_claims[:] = 0.0
    carried = 0
    for h in range(needs):
        for r in range(ALL_STATUSES):
            for s in range(sexes):
                for a in range(areas):
                    for i in range(incomes):
                        for x in range(ages):
                            people[h, s, a, i, x] += rows[h, r, s, a, i, x]
        for s in range(sexes):
            for a in range(areas):
                for i in range(incomes):
                    for x in range(ages):
                        room.lapsed_years[a, i, x] += rows[h, LAPSED_YEARS, s, a, i, x]
                        room.longest_gap[a, i, x] += rows[h, LAST_GAP, s, a, i, x]
                        room.rule_years[a, i, x] += rows[h, RULE_YEARS, s, a, i, x]
                    for j in range(TENURES_END - FIRST_TENURE):
                        for x in range(ages):
                            room.tenures[j, a, i, x] += rows[h, FIRST_TENURE + j, s, a, i, x]
                            room.no_claims[j, a, i, x] += rows[h, FIRST_NO_CLAIM + j, s, a, i, x]
                    for x in range(ages):
                        if rows[h, CARRIED_LAPSED, s, a, i, x] != 0 or rows[h, CARRIED_INSURED, s, a, i, x] != 0:
                            carried = 1
    room.carried = carried


@compiled
def observe(cells: Any, room: Any, found: Any) -> None:
    """The reported stocks of a 1 January."""
    rows, least = cells.rows, room.line[0]
    needs, _, sexes, areas, incomes, ages = rows.shape
    found.persons[:] = 0.0
    found.resident_insured[:] = 0.0
    found.employee_insured[:] = 0.0
    found.membership[:] = 0.0
    least[:] = 0.0
    for x in range(ages):
        least[x] = rows[0, NEVER, FEMALE, FIRST, FIRST, x]
    for h in range(needs):
        for r in range(ALL_STATUSES):
            for s in range(sexes):
                for a in range(areas):
                    for i in range(incomes):
                        one, two, three, four = 0.0, 0.0, 0.0, 0.0
                        for x in range(0, ages - 3, 4):
                            one += rows[h, r, s, a, i, x]
                            two += rows[h, r, s, a, i, x + 1]
                            three += rows[h, r, s, a, i, x + 2]
                            four += rows[h, r, s, a, i, x + 3]
                        for x in range(ages - ages % 4, ages):
                            one += rows[h, r, s, a, i, x]
                        found.membership[h, r, a, i] += (one + two) + (three + four)
                        for x in range(ages):
                            here = rows[h, r, s, a, i, x]
                            least[x] = min(least[x], here)
                            found.persons[s, a, x] += here
                        if FIRST_TENURE <= r < TENURES_END:
                            for x in range(ages):
                                found.resident_insured[s, a, x] += rows[h, r, s, a, i, x]
                        elif r >= ACTIVE:
                            for x in range(ages):
                                found.employee_insured[s, a, x] += rows[h, r, s, a, i, x]
    lowest = least[0]
    for x in range(ages):
        lowest = min(lowest, least[x])
    found.least_cell = lowest


@compiled
def transition(basis: Any, room: Any) -> float:
    """Health transition of the persons of `room.people`, in place; the largest absolute error of the prevalence.

    `room.redrawn`: shares of all classes together that are drawn into each, those who keep their class left out.
    """
    people, redrawn, prevalence, line = room.people, room.redrawn, basis.prevalence, room.line
    needs, sexes, areas, incomes, ages = people.shape
    keeps, worst = basis.persistence, 0.0
    for s in range(sexes):
        for h in range(needs):
            line[h, :] = 0.0
            for a in range(areas):
                for i in range(incomes):
                    for x in range(ages):
                        line[h, x] += people[h, s, a, i, x]
        for x in range(ages):
            everyone, least, limited = 0.0, 0.0, 0.0
            for h in range(needs):
                everyone += line[h, x]
            for h in range(needs):
                present = line[h, x] / everyone if everyone > 0 else prevalence[h, s, x]
                line[h, x] = present
                share = (prevalence[h, s, x] - keeps * present) / (1 - keeps) if keeps < 1 else prevalence[h, s, x]
                redrawn[h, s, x] = share
                least, limited = min(least, share), limited + max(share, 0.0)
            for h in range(needs):
                share = max(redrawn[h, s, x], 0.0) / limited if least < 0 else redrawn[h, s, x]
                worst = max(worst, abs(keeps * line[h, x] + (1 - keeps) * share - prevalence[h, s, x]))
                redrawn[h, s, x] = (1 - keeps) * share
        for a in range(areas):
            for i in range(incomes):
                line[0][:] = 0.0
                for h in range(needs):
                    for x in range(ages):
                        line[0, x] += people[h, s, a, i, x]
                for h in range(needs):
                    for x in range(ages):
                        people[h, s, a, i, x] = keeps * people[h, s, a, i, x] + redrawn[h, s, x] * line[0, x]
    return worst


@compiled
def deaths(basis: Any, room: Any) -> None:
    """Probability of dying by need class; of a person there on 1 January: dying, moving in, and what is there at the end."""
    people, line, mort_rate, ratio = room.people, room.line, room.mort_rate, basis.mortality_ratio
    needs, sexes, areas, incomes, ages = people.shape
    for s in range(sexes):
        for h in range(needs):
            line[h, :] = 0.0
            for a in range(areas):
                for i in range(incomes):
                    for x in range(ages):
                        line[h, x] += people[h, s, a, i, x]
        for x in range(ages):
            everyone, weighted, highest = 0.0, 0.0, 0.0
            for h in range(needs):
                everyone += line[h, x]
                weighted += line[h, x] * ratio[h]
            mean = weighted / everyone if everyone > 0 else 1.0
            survival = basis.survival[s, x]
            for h in range(needs):
                mort_rate[h, s, x] = (1 - survival) * (1 + survival * (ratio[h] / mean - 1))
                highest = max(highest, mort_rate[h, s, x])
            if highest > 1:
                within_all(mort_rate, line, s, x)
            start, end = 0.0, 0.0
            if everyone > 0:
                start = basis.migrants[s, x] / 2 / everyone
                end = basis.migrants[s, x + 1] / 2 / everyone if x + 1 < ages else 0.0
            room.moving[s, x] = start + end
            for h in range(needs):
                room.dying[h, s, x] = (1 + start) * mort_rate[h, s, x]
                room.growth[h, s, x] = (1 + start) * (1 - mort_rate[h, s, x]) + end


@compiled
def within_all(chance: Any, persons: Any, s: int, x: int) -> None:
    """Chances above 1 become 1 and the others grow in one proportion, so that as many die; `persons` [need, age]."""
    needs = len(chance)
    for _ in range(needs):
        lost, open_to = 0.0, 0.0
        for h in range(needs):
            limited = min(chance[h, s, x], 1.0)
            lost += persons[h, x] * (chance[h, s, x] - limited)
            if limited < 1:
                open_to += persons[h, x] * limited
        more = lost / open_to if open_to > 0 else 0.0
        for h in range(needs):
            limited = min(chance[h, s, x], 1.0)
            chance[h, s, x] = limited * (1 + more) if limited < 1 else limited
    for h in range(needs):
        chance[h, s, x] = min(chance[h, s, x], 1.0)


@compiled
def births(basis: Any, room: Any) -> None:
    """Births by area and income group of the mother, the newborn by sex, and what becomes of them until the year's end."""
    people, growth, line, women = room.people, room.growth, room.line, room.women
    needs, sexes, areas, incomes, ages = people.shape
    for x in range(ages):
        room.in_year[x] = (basis.asfr[x] + (basis.asfr[x + 1] if x + 1 < ages else 0.0)) / 2
    women[:] = 0.0
    national, of_all = 0.0, 0.0
    for a in range(areas):
        for i in range(incomes):
            end = line[0]
            end[:] = 0.0
            for h in range(needs):
                for x in range(ages):
                    women[a, i, x] += people[h, FEMALE, a, i, x]
                    end[x] += people[h, FEMALE, a, i, x] * growth[h, FEMALE, x]
            expected, in_year = 0.0, 0.0
            for x in range(ages):
                older = end[x - 1] if x > 0 else 0.0
                if x == ages - 1:
                    older += end[x]
                expected += (women[a, i, x] + older) / 2 * basis.asfr[x]
                in_year += women[a, i, x] * room.in_year[x]
            room.births[a, i] = expected * basis.area_fertility[a]
            room.born_per_expected[a, i] = in_year
            national += expected
            of_all += room.births[a, i]
    factor = national / of_all if of_all > 0 else 0.0
    born = 0.0
    for a in range(areas):
        for i in range(incomes):
            found, in_year = room.births[a, i] * factor, room.born_per_expected[a, i]
            room.births[a, i] = found
            room.born_per_expected[a, i] = found / in_year if in_year > 0 else 0.0
            born += found
    for s in range(sexes):
        share = 1 - basis.male_share if s == FEMALE else basis.male_share
        migrants = basis.migrants[s, 0] / 2
        for a in range(areas):
            for i in range(incomes):
                found = room.births[a, i] * share
                room.newborn[s, a, i] = found
                of_sex = found / (born * share) if born * share > 0 else 0.0
                room.newborn_end[s, a, i] = found * basis.newborn_survival[s] + of_sex * migrants
                room.newborn_dying[s, a, i] = found * (1 - basis.newborn_survival[s])


@compiled
def changes_of_place(basis: Any, room: Any) -> None:
    """Shares of the last area and the others, and of the assisted and the next group, that change places at the year's end."""
    people, growth, line, propensity = room.people, room.growth, room.line, basis.area_propensity
    needs, sexes, areas, incomes, ages = people.shape
    everybody, assisted, low = 0.0, 0.0, 0.0
    at_age, living, ready_in = room.of_area, room.living, room.ready
    for a in range(areas):
        living[a], ready_in[a] = 0.0, 0.0
        at_age[a, :] = 0.0
        for i in range(incomes):
            end, older = line[0], line[1]
            end[:] = 0.0
            for h in range(needs):
                for s in range(sexes):
                    for x in range(ages):
                        end[x] += people[h, s, a, i, x] * growth[h, s, x]
            newborn = 0.0
            for s in range(sexes):
                newborn += room.newborn_end[s, a, i]
            for x in range(ages):
                older[x] = end[x - 1] if x > 0 else newborn
            older[ages - 1] += end[ages - 1]
            persons, ready = 0.0, 0.0
            for x in range(ages):
                persons += older[x]
                ready += older[x] * propensity[x]
            everybody += persons
            living[a], ready_in[a] = living[a] + persons, ready_in[a] + ready
            if areas > 2:
                for x in range(ages):
                    at_age[a, x] += older[x]
            if i == ASSISTED:
                assisted += persons
            elif i == NEXT_TO_ASSISTED:
                low += persons
    rest = areas - 1
    for a in range(rest):
        out, into = exchanged(living[a], basis.area_share_end[a] * everybody, ready_in[a], ready_in[rest])
        for x in range(ages):
            room.out_of_area[a, x], room.into_area[a, x] = out * propensity[x], into * propensity[x]
        if a + 1 < rest:
            ready_in[rest] = 0.0
            for x in range(ages):
                at_age[rest, x] += at_age[a, x] * room.out_of_area[a, x] - at_age[rest, x] * room.into_area[a, x]
                ready_in[rest] += at_age[rest, x] * propensity[x]
    out, into = exchanged(assisted, basis.assisted_share_end * everybody, assisted, low)
    room.out_of_assistance, room.into_assistance = out, into
    room.persons_end = everybody


@compiled
def exchanged(have: float, want: float, from_first: float, from_second: float) -> tuple[float, float]:
    """Shares of those ready in two groups who leave the first and the second, so that the first ends with `want` persons."""
    missing = want - have
    ready = from_second if missing > 0 else from_first
    share = missing / ready if ready > 0 else 0.0
    return max(-share, 0.0), max(share, 0.0)
