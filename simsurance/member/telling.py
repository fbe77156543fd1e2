"""A member's story in words: the rule applied, the year in a few sentences, the table; English and Chinese."""

from typing import TYPE_CHECKING

from simsurance.member.story_words import months, percent, plain, words
from simsurance.output.labels import Lang, number, yuan_pp

if TYPE_CHECKING:
    from simsurance.member.story_year import StoryYear


def rule_applied(one: "StoryYear", lang: Lang) -> str:
    """The waiting rule that the year met: `3 months fixed + 2 lapsed years − 1 repaired = 4 months of waiting`."""
    if not one.insured:
        return words("out" if one.membership == "lapsed" else "elsewhere", lang)
    if one.membership == "newborn":
        return words("born", lang)
    carried = words("carried", lang, months(one.carried_over, lang)) if one.carried_over else ""
    if not one.rules_apply:
        return words("no_rules", lang, one.year)
    if not one.entering:
        return carried or words("from_employee" if one.membership == "transferred" else "no_waiting", lang)
    if not one.waits:
        return words("leaver" if one.membership == "transferred" else "exempt", lang)
    text = words("fixed", lang, months(one.waiting_fixed, lang) if lang == "en" else plain(one.waiting_fixed))
    if one.lapsed_years:
        text += _variable(one, lang)
    if one.waits < 1:
        text += words("share", lang, number(100 * one.waits))
    if one.waiting > one.waiting_plain * one.waits + 1e-9:
        text += words("floor", lang, months(one.waiting_plain * one.waits, lang), months(one.waiting, lang))
    elif one.waiting < one.waiting_plain * one.waits - 1e-9:
        text += words("longest", lang, months(one.waiting_plain * one.waits, lang), months(one.waiting, lang))
    elif one.lapsed_years or one.waits < 1:
        text += words("equals", lang, months(one.waiting, lang))
    if one.counted_years < one.lapsed_years:
        text += f"{'；' if lang == 'zh' else '; '}{words('first_free', lang)}"
    return f"{text}{'；' if lang == 'zh' else '; '}{carried}" if carried else text


def _variable(one: "StoryYear", lang: Lang) -> str:
    """The variable months: ` + 2 lapsed years − 1 repaired`, times the months of a year where they are not one."""
    counted = plain(one.counted_years)
    text = words("lapsed_years", lang, counted)
    if one.repaired_years:
        text += words("repaired", lang, one.repaired_years)
    if one.waiting_per_year != 1:
        text = (f"({text})" if one.repaired_years else text) + words("times", lang, plain(one.waiting_per_year))
    return f" + {text}"


def membership(one: "StoryYear", lang: Lang) -> str:
    """How the member stands in the year."""
    how = words(one.membership, lang)
    return words("late_head", lang, how=how, late=words("late", lang, plain(one.late_month))) if one.late else how


def year_told(one: "StoryYear", lang: Lang) -> str:
    """The year in a few sentences."""
    text = words("head", lang, year=one.year, age=one.age, how=membership(one, lang))
    if one.insured:
        text += (
            _paid(one, lang)
            + words("rule", lang, rule_applied(one, lang))
            + words("covered", lang, months(one.months_of_cover, lang))
        )
        if one.still_waiting:
            text += words("next", lang, months(one.still_waiting, lang))
        if one.membership == "returned" or (one.membership == "transferred" and one.late):
            text += words("restart", lang)
        elif one.membership == "transferred" and one.rules_apply:
            text += words("count_goes_on" if one.years_count else "count_apart", lang, one.continuous_years)
        return text + _cap(one, lang) + _claim(one, lang)
    if one.at_work:
        text += _contributed(one, lang)
    if one.continuous_years and not (one.at_work and one.years_count):
        text += words("lost_continuous", lang, one.continuous_years)
    if one.no_claim_years_before:
        text += words("lost_no_claim", lang, words("years", lang, one.no_claim_years_before))
    if one.carried_credit > 0:
        text += words("kept", lang, yuan_pp(one.carried_credit, lang))
    return text + (_pooled(one, lang) if one.at_work else _claim(one, lang))


def _contributed(one: "StoryYear", lang: Lang) -> str:
    """What is paid to the employee scheme for the member, from what, and where it goes."""
    if one.membership == "retired":
        return words("credited", lang, yuan_pp(one.retiree_credit, lang))
    wage = "mean_wage" if one.wage_is_mean else "wage_told"
    text = words(wage, lang, one.year - 1, yuan_pp(one.wage, lang))
    base = yuan_pp(one.contribution_base, lang)
    if one.contribution_base == one.wage:
        text += words("base_told", lang, base)
    else:
        text += words("base_floor" if one.contribution_base > one.wage else "base_ceiling", lang, base)
    amounts = (one.employer_contribution, one.own_contribution, one.to_account, one.to_pool - one.purchase)
    return text + words("contributed", lang, *(yuan_pp(amount, lang) for amount in amounts))


def _pooled(one: "StoryYear", lang: Lang) -> str:
    """Who bears the claim of a year in the employee scheme, and what the year ends with."""
    text = ""
    if one.claim:
        how = "pool_below" if one.claim <= one.deductible else "pool_limited" if one.basic >= one.limit else "pool_told"
        amounts = [yuan_pp(amount, lang) for amount in (one.claim, one.deductible, one.basic, one.own_payment)]
        text += words(how, lang, *amounts[:2], percent(one.payment_ratio), *amounts[2:])
    if one.move:
        text += words(one.move, lang, plain(one.missing_years), yuan_pp(one.purchase, lang))
    return text


def _paid(one: "StoryYear", lang: Lang) -> str:
    """What the member pays, and what assistance pays."""
    own = one.contribution - one.assistance
    if one.assistance:
        text = words("assisted", lang, *(yuan_pp(amount, lang) for amount in (one.contribution, one.assistance, own)))
    else:
        text = words("due", lang, yuan_pp(own, lang))
    if one.repaired_years:
        text += words(
            "repair_paid", lang, yuan_pp(one.repair_payment, lang), words("repair_years", lang, one.repaired_years)
        )
        if one.repaired_years > one.useful_repair:
            text += words("useless", lang, one.useful_repair)
    return text


def _cap(one: "StoryYear", lang: Lang) -> str:
    """The cap, what raises it, and whether the limit holds."""
    if not one.capped:
        return words("uncapped", lang)
    text = words("cap_told", lang, yuan_pp(one.cap, lang))
    parts = [
        words("part_continuous", lang, yuan_pp(one.continuous_credit, lang), one.continuous_years)
        if one.continuous_credit
        else "",
        words(
            "part_no_claim", lang, yuan_pp(one.no_claim_credit, lang), words("years", lang, one.no_claim_years_before)
        )
        if one.no_claim_credit
        else "",
        words("part_carried", lang, yuan_pp(one.carried_credit, lang)) if one.carried_credit else "",
    ]
    listed = ("，" if lang == "zh" else ", ").join(part for part in parts if part)
    if one.bonus > 0:
        text += words("bonus_told", lang, yuan_pp(one.bonus, lang), listed)
    elif one.bonus < 0:
        text += words("cut_told", lang, yuan_pp(-one.bonus, lang), listed)
    if one.bonus and abs(one.continuous_credit + one.no_claim_credit + one.carried_credit) > one.bonus_limit:
        text += words("limited", lang, yuan_pp(one.bonus_limit, lang))
    return text


def _claim(one: "StoryYear", lang: Lang) -> str:
    """Who bears the year's claim, and what the year does to the credits."""
    text = ""
    if one.claim_covered:
        amounts = (one.claim, one.basic, one.critical, one.own_payment)
        text += words("claim_told", lang, *(yuan_pp(amount, lang) for amount in amounts))
        if one.share_elsewhere and one.critical_elsewhere != one.critical:
            elsewhere = (yuan_pp(amount, lang) for amount in (one.critical_elsewhere, one.own_elsewhere))
            other = "national" if one.low_deductible else "low"
            text += words(f"elsewhere_{other}", lang, *elsewhere, percent(one.share_elsewhere))
    elif one.claim:
        text += words("claim_unpaid", lang, yuan_pp(one.claim, lang))
    if one.cap_passed and (one.bonus > 0 or one.no_claim_years_before):
        text += words("used", lang, one.no_claim_years_before, one.no_claim_years_after)
    elif one.no_claim_years_after > one.no_claim_years_before:
        text += words("no_claim_told", lang, one.no_claim_years_before, one.no_claim_years_after)
    return text


def table(years: list["StoryYear"], lang: Lang) -> list[tuple[str, ...]]:
    """The story as the rows of a table, headings first; columns without any entry are left out."""
    head = (
        "year",
        "age",
        "membership",
        "base",
        "employer_pays",
        "member_pays",
        "of_which_repair",
        "assistance",
        "to_account",
        "to_pool",
        "waiting",
        "cover",
        "cap",
        "bonus",
        "credits",
        "claim",
        "basic",
        "critical",
        "own",
    )
    rows = [tuple(words(name, lang) for name in head), *(_row(one, lang) for one in years)]
    shown = [place for place in range(len(head)) if any(row[place] for row in rows[1:])]
    return [tuple(row[place] for place in shown) for row in rows]


def _row(one: "StoryYear", lang: Lang) -> tuple[str, ...]:
    """One year's cells; empty where there is nothing to say."""

    def amount(value: float) -> str:
        return number(value) if value else ""

    cap = number(one.cap) if one.capped else words("no_cap", lang)
    credits = (
        f"{one.no_claim_years_before} → {one.no_claim_years_after}"
        if one.no_claim_years_before or one.no_claim_years_after
        else ""
    )
    insured = (
        plain(one.waiting + one.carried_over),
        plain(one.months_of_cover),
        cap,
    )
    outside = ("", plain(0) if one.membership == "lapsed" else "", "")
    paid = (
        (number(one.claim), number(one.basic), "" if one.at_work else number(one.critical), number(one.own_payment))
        if one.claim
        else ("",) * 4
    )
    return (
        str(one.year),
        str(one.age),
        membership(one, lang),
        amount(one.contribution_base),
        amount(one.employer_contribution),
        number(one.member_pays) if one.insured or one.at_work else "",
        amount(one.repair_payment),
        amount(one.assistance),
        amount(one.to_account),
        amount(one.to_pool),
        *(insured if one.insured else outside),
        amount(one.bonus),
        credits,
        *paid,
    )
