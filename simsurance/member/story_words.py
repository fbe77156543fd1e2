"""The words of a member's story, English and Chinese beside each other."""

from typing import Final

from simsurance.output.labels import Lang, Text, in_language, number

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
    "elsewhere_low": (
        " Where the deductible is low, as for {2} % of the insured, critical-illness insurance pays {0}, the member {1}.",
        "在起付线较低的地区（占参保人{2}%），大病保险支付{0}，个人负担{1}。",
    ),
    "elsewhere_national": (
        " Under the national deductible, as for {2} % of the insured, critical-illness insurance pays {0}, the member {1}.",
        "在执行全国起付线的地区（占参保人{2}%），大病保险支付{0}，个人负担{1}。",
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
    "base_told": ("; base of contributions: {}.", "；缴费基数{}。"),
    "base_floor": ("; base of contributions, raised to the floor: {}.", "；低于下限，缴费基数按下限计为{}。"),
    "base_ceiling": ("; base of contributions, cut to the ceiling: {}.", "；高于上限，缴费基数按上限计为{}。"),
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
