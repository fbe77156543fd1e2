"""The words of the charts, English and Chinese beside each other."""

from typing import Final

from simsurance.output.labels import LANGUAGES, Lang

WORDS: Final[dict[str, tuple[str, str]]] = {
    # titles
    "reserve_months": ("Reserve months", "基金可支付月数"),
    "fund_balance": ("Fund balance", "基金累计结余"),
    "income_outgo": ("Income and outgo", "基金收入与支出"),
    "insured": ("Insured", "参保人数"),
    "contribution_burden": ("Contribution burden", "个人缴费负担"),
    "pyramids": ("Population by insurance, age and sex", "分年龄、性别和参保状态的人口"),
    "cost_by_age": ("Benefits by age", "分年龄人均待遇支出"),
    # what stands on the vertical axis, behind the unit
    "reserve_months_axis": ("fund on 31 December ÷ (outgo of the year ÷ 12)", "年末累计结余 ÷（当年支出 ÷ 12）"),
    "fund_balance_axis": ("fund on 31 December, nominal", "年末，名义值"),
    "income_outgo_axis": ("a year, nominal", "每年，名义值"),
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
    # lines and areas
    "without_prepaid": ("without advance\ncontributions", "不含预收"),
    "fund": ("fund", "累计结余"),
    "deficit_area": ("accumulated deficit", "累计赤字"),
    "deepest_deficit": ("accumulated deficit,\n{months} months in {year}", "累计赤字，{year}年为\n{months}个月"),
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
    "male": ("male", "男"),
    "female": ("female", "女"),
    # marks
    "depleted": ("depleted {year}", "{year}年穿底"),
    "not_depleted": ("not depleted by {year}", "至{year}年未穿底"),
    "first_deficit": ("first deficit {year}", "{year}年当期首现赤字"),
    "projection": ("projection", "预测"),
    "on_date": ("1 January {year}", "{year}年1月1日"),
    # footers
    "history_note": ("dots: published", "圆点：公布数"),
    "estimate_note": ("hollow: estimate", "空心：估计数"),
    "interest_note": ("published income contains interest", "公布的收入含利息"),
    "age_note": (
        "Age profile built from survey shape and few anchors: judgement",
        "年龄分布由调查形态和少量锚定值推得：属判断",
    ),
    "un_note": (
        "Demographic inputs: United Nations WPP 2024, CC BY 3.0 IGO, adapted",
        "人口数据：联合国《世界人口展望2024》，CC BY 3.0 IGO，经调整",
    ),
}


def word(key: str, lang: Lang, **numbers: object) -> str:
    """The words of that key in one language, with numbers put in."""
    return WORDS[key][LANGUAGES.index(lang)].format(**numbers)
