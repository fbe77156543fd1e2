"""A member's story in words: the rule applied, the year in a few sentences, the table; English and Chinese."""

from typing import TYPE_CHECKING, Final

from simsurance.output.labels import Lang, Text, in_language, number, yuan_pp

if TYPE_CHECKING:
    from simsurance.analysis.story import StoryYear

WORDS: Final[dict[str, Text]] = {
    # how the member stands
    "enrolled": ("insured, goes on", "续保"),
    "returned": ("insured again", "重新参保"),
    "joined": ("insured for the first time", "首次参保"),
    "transferred": ("comes from the employee scheme", "由职工医保转入"),
    "newborn": ("enrolled in the birth year", "出生当年参保"),
    "lapsed": ("not insured", "断保"),
    "employee": ("in the employee scheme", "参加职工医保"),
    "retired": ("retired member of the employee scheme", "职工医保退休人员"),
    "late": ("{} months into the year", "当年已过{}个月时参保"),
    # the table
    "year": ("year", "年份"),
    "age": ("age", "年龄"),
    "membership": ("membership", "参保状态"),
    "member_pays": ("member pays", "个人缴费"),
    "of_which_repair": ("of it repair", "其中补缴"),
    "assistance": ("assistance pays", "医疗救助资助"),
    "base": ("base", "缴费基数"),
    "employer_pays": ("employer pays", "单位缴费"),
    "to_account": ("to the account", "计入个人账户"),
    "to_pool": ("to the pool", "计入统筹基金"),
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
    "count_goes_on": (
        " Years in the employee scheme count: {} continuous year.| Years in the employee scheme count: {} continuous years.",
        "职工医保参保年限连续计算，连续参保{}年。",
    ),
    "count_apart": (
        " Years in the employee scheme do not count as continuous.",
        "职工医保参保年限不计入连续参保年限。",
    ),
    # a year in the employee scheme
    "wage_told": (" Wage of {0}: {1}", "{0}年工资{1}"),
    "mean_wage": (" Mean wage of {0}: {1}", "{0}年平均工资{1}"),
    "counted_floor": (", raised to the floor of {}", "，低于缴费基数下限，按下限{}计"),
    "counted_ceiling": (", cut to the ceiling of {}", "，高于缴费基数上限，按上限{}计"),
    "base_told": ("; base of contributions: {}.", "；缴费基数{}。"),
    "base_reported": ("; base of contributions, {1} % of that: {0}.", "；按{1}%申报，缴费基数{0}。"),
    "contributed": (
        " The employer pays {0}, the member {1}: {2} go to the personal account, {3} to the pool.",
        "单位缴费{0}，个人缴费{1}；计入个人账户{2}，计入统筹基金{3}。",
    ),
    "credited": (" Pays no contribution; {} go to the personal account.", "个人不再缴费，个人账户划入{}。"),
    "pool_told": (
        " Inpatient cost of {0}: above the deductible of {1} the pool pays {2} %, {3}; the member {4}.",
        "住院费用{0}：起付线{1}以上由统筹基金支付{2}%，计{3}，个人负担{4}。",
    ),
    "pool_limited": (
        " Inpatient cost of {0}: above the deductible of {1} the pool pays {2} % up to its limit, {3}; the member {4}.",
        "住院费用{0}：起付线{1}以上由统筹基金支付{2}%，已达最高支付限额{3}，个人负担{4}。",
    ),
    "pool_below": (
        " Inpatient cost of {0}, within the deductible of {1}: all of it is the member's.",
        "住院费用{0}未超过起付线{1}，全部由个人负担。",
    ),
    "retires": (
        " Retires at the year's end with the years it takes and stays in the employee scheme.",
        "年末退休，已达规定缴费年限，继续享受职工医保。",
    ),
    "short": (
        " Retires at the year's end without the years it takes: the employee scheme covers the member no longer.",
        "年末退休，未达规定缴费年限，不再享受职工医保。",
    ),
    "buys": (
        " Retires at the year's end, buys {0} missing years for {1}, which go to the pool, and stays in the employee"
        " scheme.",
        "年末退休，一次性补足缴费年限{0}年，补缴{1}计入统筹基金，继续享受职工医保。",
    ),
    "leaves": (" Leaves the employee scheme at the year's end.", "年末退出职工医保。"),
    "kept": (" Carries {} of the cap's rise to a later return.", "保留奖励额度{}，待重新参保后使用。"),
}
"""Every word of a story, English and Chinese; `one|many` where English has two forms."""
LEAST_SHARE: Final = 1e-6
"""Difference between shares that is not told."""


def words(name: str, lang: Lang, *values: object, **named: object) -> str:
    """A text with its values; of two English forms the one for the first value."""
    text = in_language(WORDS[name], lang)
    if "|" in text:
        one, many = text.split("|")
        text = one if values and str(values[0]) == "1" else many
    return text.format(*values, **named)


def plain(value: float) -> str:
    """A number of months or years, without needless decimals."""
    return number(value, 0 if value == round(value) else 1)


def percent(share: float) -> str:
    """A share in per cent, with one decimal where it takes one."""
    value = 100 * share
    return number(value, 0 if abs(value - round(value)) < 100 * LEAST_SHARE else 1)


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
    if one.counted_wage != one.wage:
        limit = "counted_floor" if one.counted_wage > one.wage else "counted_ceiling"
        text += words(limit, lang, yuan_pp(one.counted_wage, lang))
    reported = one.contribution_base / one.counted_wage if one.counted_wage else 1.0
    base = "base_told" if abs(reported - 1) < LEAST_SHARE else "base_reported"
    text += words(base, lang, yuan_pp(one.contribution_base, lang), percent(reported))
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
