"""The words of the charts, English and Chinese beside each other."""

from typing import Final

from simsurance.output.labels import Lang, Text, in_language

WORDS: Final[dict[str, Text]] = {
    # titles
    "reserve_months": ("Reserve months", "基金可支付月数"),
    "fund_balance": ("Fund balance", "基金累计结余"),
    "income_outgo": ("Income and outgo", "基金收入与支出"),
    "insured": ("Insured", "参保人数"),
    "contribution_burden": ("Contribution burden", "个人缴费负担"),
    "pyramids": ("Population by insurance, age and sex", "分年龄、性别和参保状态的人口"),
    "cost_by_age": ("Benefits by age", "分年龄人均待遇支出"),
    "employee_rates": ("Rates and dependency ratio", "费率与退休在职比"),
    "members_by_scheme": ("Population by scheme", "分制度参保人口"),
    "cohort_balance": ("Contributions and benefits by year of birth", "分出生年份的缴费与待遇"),
    "whose": ("{what}, {whose}", "{what}（{whose}）"),
    # what stands on the vertical axis, behind the unit
    "reserve_months_axis": ("fund on 31 December ÷ (outgo of the year ÷ 12)", "年末累计结余 ÷（当年支出 ÷ 12）"),
    "fund_balance_axis": ("fund on 31 December, nominal", "年末，名义值"),
    "income_axis": ("a year, nominal, income without interest", "每年，名义值，收入不含利息"),
    "income_with_interest_axis": ("a year, nominal, income with interest", "每年，名义值，收入含利息"),
    "insured_axis": ("31 December", "年末"),
    "contribution_burden_axis": (
        "own payment over disposable income a head of the year before",
        "本人缴费占上年人均可支配收入的比重",
    ),
    "cost_rate_axis": ("outgo over disposable income of members", "支出占参保人可支配收入的比重"),
    "difference": ("{of}: difference from {base}", "{of}：与{base}之差"),
    "pyramids_axis": ("at each single age, 1 January", "各单岁，1月1日"),
    "cost_by_age_axis": ("per insured year, at consumer prices of {year}", "每参保人年，{year}年消费价格"),
    "age_axis": ("age", "年龄"),
    "employee_rates_axis": ("of the contribution base", "占缴费基数比重"),
    "dependency_axis": ("%, retired over active members, 31 December", "%，退休与在职参保人数之比，年末"),
    "note_behind": ("{what} ({note})", "{what}（{note}）"),
    "members_by_scheme_axis": ("31 December", "年末"),
    "cohort_balance_axis": (
        "for each person of the cohort, {first} to {last}, present value on 1 January {first}",
        "同年出生者人均，{first}—{last}年，{first}年1月1日现值",
    ),
    # lines and areas
    "without_prepaid": ("without advance\ncontributions", "不含预收"),
    "fund": ("fund", "累计结余"),
    "deficit_area": ("accumulated deficit", "累计赤字"),
    "deepest_deficit": ("accumulated deficit,\n{months} months\nin {year}", "累计赤字，{year}年为\n{months}个月"),
    "deepest": ("{months} in {year}", "{year}年{months}"),
    "band": ("wanted: {low} to {high}", "目标区间：{low}至{high}"),
    "eligible": ("population outside\nthe employee\nscheme", "职工医保以外\n人口"),
    "national": ("standard over\nnational income", "全国标准"),
    "rural_low": ("rural, low income", "农村低收入"),
    "rural_middle": ("rural, middle", "农村中等收入"),
    "urban_low": ("urban, low income", "城镇低收入"),
    "urban_middle": ("urban, middle", "城镇中等收入"),
    "resident": ("resident scheme", "居民医保"),
    "employee": ("employee scheme", "职工医保"),
    "uninsured": ("uninsured", "未参保"),
    "employee_pool": ("pool", "统筹基金"),
    "personal_accounts": ("personal accounts", "个人账户"),
    "income": ("income", "收入"),
    "outgo": ("outgo", "支出"),
    "of_fund": ("{fund}: {what}", "{fund}：{what}"),
    "in_scheme": ("{scheme},\n{year}", "{scheme}，\n{year}年"),
    "active": ("employee scheme,\nactive", "职工医保在职"),
    "retired": ("employee scheme,\nretired", "职工医保退休"),
    "resident_contributions": ("resident scheme,\nown payment", "居民个人缴费"),
    "public_money": ("resident scheme,\npublic money", "居民财政与救助"),
    "resident_benefits": ("resident scheme,\nbenefits", "居民医保待遇"),
    "employee_contributions": ("employee scheme,\npaid by members\nand employers", "职工与单位缴费"),
    "employee_benefits": ("employee scheme,\nbenefits and\ncredits", "职工医保待遇\n与账户划入"),
    "male": ("male", "男"),
    "female": ("female", "女"),
    # marks
    "depleted": ("depleted {year}", "{year}年穿底"),
    "not_depleted": ("not depleted by {year}", "至{year}年未穿底"),
    "first_deficit": ("first deficit {year}", "{year}年当期首现赤字"),
    "projection": ("projection", "预测"),
    "born_later": ("born in the projection", "预测期内出生"),
    "on_date": ("1 January {year}", "{year}年1月1日"),
    # footers
    "history_note": ("dots: published", "圆点：公布数"),
    "estimate_note": ("hollow: estimate", "空心：估计数"),
    "gap_note": ("not published: {years}", "未公布：{years}年"),
    "marks_note": ("squares: outgo", "方块：支出"),
    "interest_note": ("published income contains interest", "公布的收入含利息"),
    "age_note": (
        "Age profile built from survey shape and few anchors: judgement",
        "年龄分布由调查形态和少量锚定值推得：属判断",
    ),
    "horizon_note": (
        "Years after {last} are not counted: the young pay within them and get most benefits later; "
        "births before {born} are left out",
        "{last}年以后不计入：年轻世代在期内缴费，多数待遇在其后；{born}年以前出生者未列",
    ),
    "scheduled_note": (
        "Benefits are counted as scheduled although a fund may be depleted; public money stands apart from what members pay",
        "待遇按规定计算，不论基金是否穿底；财政与救助投入单列，不计入参保人缴费",
    ),
    "frame_note": (
        "▼ year of depletion; deepest deficit in months if a line leaves the frame at ▽",
        "▼：穿底年份；曲线在▽处移出图框，并注明最深赤字月数",
    ),
    "employee_note": (
        "wage spread, age profile and cost level of the employee scheme: judgement",
        "职工医保的工资离散度、年龄分布和费用水平：属判断",
    ),
    "un_note": (
        "Demographic inputs: United Nations WPP 2024, CC BY 3.0 IGO, adapted",
        "人口数据：联合国《世界人口展望2024》，CC BY 3.0 IGO，经调整",
    ),
}


def word(key: str, lang: Lang, **numbers: object) -> str:
    """The words of that key in one language, with numbers put in."""
    return in_language(WORDS[key], lang).format(**numbers)
