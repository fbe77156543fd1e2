"""A member's story in words: the rule applied, the year in a few sentences, the table; English and Chinese."""

from typing import TYPE_CHECKING, Final

from simsurance.output.labels import LANGUAGES, Lang, number, yuan_pp

if TYPE_CHECKING:
    from simsurance.analysis.story import StoryYear

WORDS: Final[dict[str, tuple[str, str]]] = {
    # how the member stands
    "enrolled": ("insured, goes on", "续保"),
    "returned": ("insured again", "重新参保"),
    "joined": ("insured for the first time", "首次参保"),
    "transferred": ("comes from the employee scheme", "由职工医保转入"),
    "newborn": ("enrolled in the birth year", "出生当年参保"),
    "lapsed": ("not insured", "断保"),
    "employee": ("in the employee scheme", "参加职工医保"),
    "late": ("{} months into the year", "当年已过{}个月时参保"),
    # the table
    "year": ("year", "年份"),
    "age": ("age", "年龄"),
    "membership": ("membership", "参保状态"),
    "member_pays": ("member pays", "个人缴费"),
    "of_which_repair": ("of it repair", "其中补缴"),
    "assistance": ("assistance pays", "医疗救助资助"),
    "waiting": ("waiting", "等待期"),
    "cover": ("months of cover", "享受待遇月数"),
    "cap": ("cap", "封顶线"),
    "bonus": ("of it bonus", "其中奖励"),
    "credits": ("no-claim years", "零报销年数"),
    "claim": ("inpatient cost", "住院费用"),
    "basic": ("basic pays", "基本医保支付"),
    "critical": ("critical illness pays", "大病保险支付"),
    "own": ("own payment", "个人负担"),
    "no_cap": ("none", "不设"),
    # the rule applied
    "no_rules": ("none: the rules do not apply in {}", "无（{}年不适用该规定）"),
    "no_waiting": ("none: enrolled in the central period without a break", "无（集中参保期内连续参保）"),
    "from_employee": ("none: goes on at once from the employee scheme", "无（职工医保中断后及时参保）"),
    "born": ("none: newborn", "无（新生儿）"),
    "exempt": ("none: the member's group is exempt", "无（所属人群免除）"),
    "leaver": ("none: has just left the employee scheme", "无（职工医保中断人员免除）"),
    "out": ("no cover", "无待遇"),
    "elsewhere": ("covered by the employee scheme", "享受职工医保待遇"),
    "fixed": ("{} fixed", "固定{}个月"),
    "lapsed_years": ("{} lapsed year|{} lapsed years", "断保{}年"),
    "repaired": (" − {} repaired", " − 修复{}年"),
    "times": (" × {} months", " × {}个月"),
    "equals": (" = {} of waiting", " = 等待期{}"),
    "floor": (" = {0}, raised to the least of {1} of waiting", " = {0}，按下限提高至等待期{1}"),
    "longest": (" = {0}, cut to the longest of {1} of waiting", " = {0}，按上限减至等待期{1}"),
    "share": (", of which {} % hold for the member's group", "，所属人群按{}%执行"),
    "first_free": ("the first lapsed year does not count", "首个断保年不计"),
    "carried": ("{} of waiting left from the year before", "上年结转等待期{}"),
    "months": ("{} month|{} months", "{}个月"),
    # the sentences
    "head": ("{year}, age {age}: {how}.", "{year}年，{age}岁：{how}。"),
    "late_head": ("{how}, {late}", "{how}，{late}"),
    "due": (" Pays {}.", "个人缴费{}。"),
    "assisted": (
        " Of a contribution of {0}, assistance pays {1} and the member {2}.",
        "应缴{0}，其中医疗救助资助{1}、个人缴纳{2}。",
    ),
    "repair_paid": (" Pays {0} more for {1}.", "另为{1}补缴{0}。"),
    "repair_years": ("{} lapsed year|{} lapsed years", "{}个断保年度"),
    "useless": (" Repair beyond {} gains nothing.", "补缴超过{}年不再缩短等待期。"),
    "rule": (" Waiting: {}.", "等待期：{}。"),
    "covered": (" Covered for {}.", "当年享受待遇{}。"),
    "next": (" {} of waiting go over to the next year.", "等待期尚余{}，转入下年。"),
    "cap_told": (" Cap of critical-illness insurance: {}.", "大病保险封顶线：{}。"),
    "uncapped": (" Critical-illness insurance has no cap for this member.", "大病保险对该参保人不设封顶线。"),
    "bonus_told": (" That includes {0}: {1}.", "其中奖励{0}（{1}）。"),
    "cut_told": (" That is {0} less than the cap of others: {1}.", "较他人降低{0}（{1}）。"),
    "limited": (" The limit of {} holds.", "已达上限{}。"),
    "part_continuous": ("{0} for {1} continuous years", "连续参保{1}年{0}"),
    "part_no_claim": ("{0} for {1} without reimbursement", "零报销{1}{0}"),
    "part_carried": ("{0} carried through a lapse", "断保前后结转{0}"),
    "years": ("{} year|{} years", "{}年"),
    "claim_told": (
        " Inpatient cost of {0}: basic insurance pays {1}, critical-illness insurance {2}, the member {3}.",
        "住院费用{0}：基本医保支付{1}，大病保险支付{2}，个人负担{3}。",
    ),
    "claim_unpaid": (
        " Inpatient cost of {} falls where there is no cover: all of it is the member's.",
        "住院费用{}发生在无待遇期间，全部由个人负担。",
    ),
    "used": (
        " The claim uses the raised cap; credited years without reimbursement go from {0} to {1}.",
        "该次报销动用奖励额度，零报销年数由{0}变为{1}。",
    ),
    "no_claim_told": (
        " A year without reimbursement: credited years go from {0} to {1}.",
        "当年零报销，零报销年数由{0}变为{1}。",
    ),
    "restart": (" Continuous years start anew.", "连续参保年限重新计算。"),
    "lost_continuous": (" The count of {} continuous years ends.", "连续参保{}年的计数中断。"),
    "lost_no_claim": (" Credit for {} without reimbursement is lost.", "零报销{}的奖励额度清零。"),
    "kept": (" Carries {} of the cap's rise to a later return.", "保留奖励额度{}，待重新参保后使用。"),
}
"""Every word of a story, English and Chinese; `one|many` where English has two forms."""


def words(name: str, lang: Lang, *values: object, **named: object) -> str:
    """A text with its values; of two English forms the one for the first value."""
    text = WORDS[name][LANGUAGES.index(lang)]
    if "|" in text:
        one, many = text.split("|")
        text = one if values and str(values[0]) == "1" else many
    return text.format(*values, **named)


def plain(value: float) -> str:
    """A number of months or years, without needless decimals."""
    return number(value, 0 if value == round(value) else 1)


def months(value: float, lang: Lang) -> str:
    """So many months."""
    return words("months", lang, plain(value))


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
        return text + _cap(one, lang) + _claim(one, lang)
    if one.membership == "lapsed" and one.continuous_years:
        text += words("lost_continuous", lang, one.continuous_years)
    if one.no_claim_years_before:
        text += words("lost_no_claim", lang, words("years", lang, one.no_claim_years_before))
    if one.carried_credit > 0:
        text += words("kept", lang, yuan_pp(one.carried_credit, lang))
    return text + _claim(one, lang)


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
        "member_pays",
        "of_which_repair",
        "assistance",
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
        number(one.member_pays),
        amount(one.repair_payment),
        amount(one.assistance),
        plain(one.waiting + one.carried_over),
        plain(one.months_of_cover),
        cap,
    )
    outside = ("", "", "", "", plain(0) if one.membership == "lapsed" else "", "")
    paid = (
        (number(one.claim), number(one.basic), number(one.critical), number(one.own_payment))
        if one.claim
        else ("",) * 4
    )
    return (
        str(one.year),
        str(one.age),
        membership(one, lang),
        *(insured if one.insured else outside),
        amount(one.bonus),
        credits,
        *paid,
    )
