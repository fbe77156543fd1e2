"""Keys of the control of care: care by level of provider, and rules as regulations state them."""

from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.schedule import Schedule
from simsurance.scenario_file.sections import Number, amount, quantity


class ByLevel(Section):
    """One number a level of provider."""

    tertiary: Number
    secondary: Number
    primary: Number


class PathByLevel(Section):
    """One number or path a level of provider."""

    tertiary: Schedule
    secondary: Schedule
    primary: Schedule


class SchemeCare(Section):
    """Admissions of a scheme by level of provider."""

    admission_share: ByLevel = quantity("share of admissions by level", "share", 0, 1)
    cost: ByLevel = amount("cost of an admission by level; ratios between levels matter alone", "yuan", 0)
    payment_ratio: ByLevel = quantity("reimbursement rate by level; ratios between levels matter alone", "share", 0, 1)


class CareByLevel(Section):
    """Where admissions are treated, and what their cost consists of; nothing acts before a rule does."""

    resident: SchemeCare
    employee: SchemeCare
    days: ByLevel = quantity("mean days of an admission", "days", 1, 60)
    drugs: ByLevel = quantity("drugs as a share of the cost of an admission", "share", 0, 1)
    consumables: ByLevel = quantity("consumables and devices as a share of the cost of an admission", "share", 0, 1)
    tests: ByLevel = quantity("tests and images as a share of the cost of an admission", "share", 0, 1)
    outpatient_drugs: Number = quantity("drugs as a share of outpatient cost", "share", 0, 1)
    outpatient_tests: Number = quantity("tests and images as a share of outpatient cost", "share", 0, 1)
    case_mix_share: Number = quantity(
        "part of the cost gap between levels that a patient takes along to the lower level", "share", 0, 1
    )


class Referral(Section):
    """Admissions of the third level that the second could treat."""

    unreasonable_share: Number = quantity("such admissions as a share of those of the third level", "share", 0, 1)
    prevented: Schedule = quantity("share of them that are treated at the second level instead", "share", 0, 1)


class RepeatedTests(Section):
    """The first test is paid, the same test again within the window is not."""

    repeated_share: Number = quantity("repeats as a share of the cost of tests", "share", 0, 1)
    unpaid: Schedule = quantity("share of repeats that the fund does not pay", "share", 0, 1)
    given_up: Number = quantity("share of unpaid repeats that are not made; patients pay the others", "share", 0, 1)


class Stay(Section):
    """A norm of days by level; days beyond it are cut, or paid at a lower ratio."""

    norm_days: PathByLevel = quantity("norm of days by level; 0 for none", "days", 0, 365)
    log_spread: Number = quantity("standard deviation of the logarithm of the days of a stay", "log", 0.05, 3)
    cut: Schedule = quantity("share of the days beyond the norm that are no longer stayed", "share", 0, 1)
    marginal_cost: Number = quantity("cost of a last day of a stay over that of a mean day", "ratio", 0, 1)
    points_a_day: Schedule = quantity("cut of the reimbursement rate for each day beyond the norm", "share a day", 0, 1)


class Devices(Section):
    """The basic model is paid in full, others at a share."""

    implant_share: Number = quantity("implants as a share of the cost of consumables", "share", 0, 1)
    premium_share: Number = quantity("models other than basic as a share of the cost of implants", "share", 0, 1)
    premium_unpaid: Schedule = quantity(
        "part of the payment that other models lose: 0.6 where they are paid at 40 %", "share", 0, 1
    )
    switched: Number = quantity(
        "share of patients who would take the basic model if nothing else were paid", "share", 0, 1
    )
    basic_price: Number = quantity("price of a basic model over that of another", "ratio", 0, 1)


class Drugs(Section):
    """Tiers of the drug list."""

    excluded: Schedule = quantity("share of drug cost that is taken off the list", "share", 0, 1)
    given_up: Number = quantity("share of it that is not used any more; patients pay the rest", "share", 0, 1)
    class_b_share: Number = quantity("class B drugs as a share of listed drug cost", "share", 0, 1)
    class_b_first: Schedule = quantity(
        "share of class B drugs that patients pay first, beyond what they pay today", "share", 0, 1
    )


class Audit(Section):
    """Audits recover money and deter; deterrence builds up and fades."""

    added: Schedule = quantity(
        "audits beyond those of the fitted past, relative to them: 1 for twice as many", "ratio", -1, 20
    )
    recovered_share: Number = quantity("money recovered in the past as a share of benefits", "share", 0, 1)
    waste_share: Number = quantity("fraud, abuse and irregular claims as a share of benefits", "share", 0, 1)
    deterrence: Number = quantity("yuan of claims not made for a yuan recovered, in the long run", "ratio", 0, 50)
    decay: Number = quantity("part of deterrence that comes, or is lost, each year", "a year", 0.01, 1)
    fines_imposed: Number = quantity("fines imposed over money recovered; the budget's, not the fund's", "ratio", 0, 5)


class Knowledge(Section):
    """What insured persons know of the rules: a state that campaigns move and that fades."""

    campaign: Schedule = quantity("share of the insured who come to know the rules in a year", "share a year", 0, 1)
    fading: Number = quantity("share of them who have forgotten a year later", "a year", 0, 1)
    unreasonable_share: Number = quantity("share of cost that is without need", "share", 0, 1)
    response: Number = quantity("relative change of it where everybody knows the rules", "share", -1, 0)


class CasePayment(Section):
    """Payment by case in place of payment for services: price, volume and coding apart."""

    added_share: Schedule = quantity("share of inpatient cost that changes to payment by case", "share", 0, 1)
    price: Number = quantity("relative change of the cost of a case", "share", -0.9, 1)
    volume: Number = quantity("relative change of the number of cases", "share", -0.9, 1)
    upcoding: Number = quantity("relative change of payment by coding cases higher", "share", 0, 1)


class VillageClinics(Section):
    """Village clinics that the resident fund pays directly: what was not paid there is, and more is treated near home."""

    cost_share: Number = quantity("care in village clinics as a share of residents' outpatient cost", "share", 0, 1)
    unpaid_share: Number = quantity("part of it that is not paid where a clinic does not settle", "share", 0, 1)
    settled: Schedule = quantity("share of that care in clinics that come to settle directly", "share", 0, 1)
    visits_added: Number = quantity("relative rise of visits to a clinic that settles", "share", 0, 5)
    replaced: Number = quantity("visits elsewhere that an added visit replaces", "share", 0, 1)
    cost_elsewhere: Number = quantity("cost of such a visit over one to a clinic", "ratio", 0, 20)


class Telemedicine(Section):
    """Outpatient care by telephone and internet in the place of visits; some of it comes on top."""

    moved: Schedule = quantity("share of outpatient cost whose visits move", "share", 0, 1)
    relative_cost: Number = quantity("cost of a consultation over the visit that it replaces", "ratio", 0, 2)
    added: Number = quantity("consultations that replace none, for each that does", "ratio", 0, 5)


class CareAway(Section):
    """Admissions in another province, where care costs more and is paid at a lower rate."""

    added_share: Schedule = quantity("admissions of the third level that move there, share of them", "share", 0, 1)
    cost_ratio: Number = quantity("cost of an admission there over one at home, for the same patient", "ratio", 0.1, 5)
    ratio_cut: Number = quantity("cut of the reimbursement rate there", "share", 0, 1)


class DigitalAdministration(Section):
    """Enrolment, claims and settlement online: more is claimed where it is easy, settlement checks prices, offices do less."""

    reached: Schedule = quantity("share of care that comes to be claimed and settled online", "share", 0, 1)
    visits_added: Number = quantity("relative rise of outpatient care that is settled online: access", "share", 0, 1)
    price: Number = quantity("relative change of the cost of care that checks at settlement make", "share", -0.5, 0.5)
    administration: Number = quantity(
        "relative change of administration of what is settled online, where a fund is charged for it", "share", -1, 5
    )


class Control(Section):
    """Rules on care, each neutral in the baseline: what they save is taken from what the ones before have left."""

    levels: CareByLevel
    referral: Referral
    case_payment: CasePayment
    tests: RepeatedTests
    devices: Devices
    drugs: Drugs
    stay: Stay
    audit: Audit
    knowledge: Knowledge
    village: VillageClinics
    telemedicine: Telemedicine
    away: CareAway
    digital: DigitalAdministration
