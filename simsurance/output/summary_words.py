"""The sentences of the summary, English and Chinese beside each other."""

from typing import Final

from simsurance.measures import BASE_SHARE, INCOME_SHARE
from simsurance.output.labels import Lang, Text, in_language

WHOLE: Final[dict[str, Text]] = {
    "resident": ("The fund", "基金"),
    "employee_pool": ("The pooled fund", "统筹基金"),
    "personal_accounts": ("The sum of the accounts", "个人账户"),
}
"""How a sentence under the heading of a fund calls it."""
SHARE_OF: Final[dict[str, Text]] = {
    INCOME_SHARE: ("members' disposable income", "参保人可支配收入"),
    BASE_SHARE: ("the base of contributions", "缴费基数"),
}
"""What an actuarial balance is a share of, by its unit."""
SENTENCES: Final[dict[str, Text]] = {
    "run": (
        "Scenario `{name}`, {first} to {last}, simsurance {version}. Money is nominal; the fund is the resident fund.",
        "情景`{name}`，{first}—{last}年，simsurance {version}。金额均为名义值；基金指居民医保基金。",
    ),
    "run_all": (
        "Scenario `{name}`, {first} to {last}, simsurance {version}. Money is nominal. Three funds are projected: the "
        "resident fund, and the pooled fund and the personal accounts of the employee scheme.",
        "情景`{name}`，{first}—{last}年，simsurance {version}。金额均为名义值。"
        "预测居民医保基金、职工医保统筹基金和职工医保个人账户三个基金。",
    ),
    "changed": ("Set by files other than the baseline:", "不取自基准文件的设定："),
    "fund": ("## The fund", "## 基金"),
    "resident_fund": ("## The resident fund", "## 居民医保基金"),
    "deficit": (
        "- Outgo first exceeds income and interest in **{first_deficit_year}**.",
        "- **{first_deficit_year}年**支出首次超过收入与利息之和。",
    ),
    "no_deficit": (
        "- Outgo exceeds income and interest in no year up to {last}.",
        "- 至{last}年没有一年支出超过收入与利息之和。",
    ),
    "depleted": (
        "- {whole} runs out in **{depletion_year}**: it is below zero at the end of that year.",
        "- {whole}于**{depletion_year}年**穿底，即该年末累计结余为负。",
    ),
    "payable": (
        "- Income covers {payable_depletion} of outgo in {depletion_year}, and {payable_last} in {last}.",
        "- {depletion_year}年收入为支出的{payable_depletion}，{last}年为{payable_last}。",
    ),
    "not_depleted": (
        "- {whole} is **not depleted by {last}**, the last year projected.",
        "- 至预测末年{last}年，{whole}**未穿底**。",
    ),
    "reserve": (
        "- At the end of {first} there is {balance_first}; at the end of {last}, {balance_last}.",
        "- {first}年末为{balance_first}；{last}年末为{balance_last}。",
    ),
    "held": (
        "a fund of {amount}, {months} months of the year's outgo",
        "累计结余{amount}，可支付{months}个月",
    ),
    "owed": (
        "an accumulated deficit of {amount}, {months} months of the year's outgo",
        "累计赤字{amount}，相当于当年{months}个月支出",
    ),
    "held_without_outgo": ("a fund of {amount}, in a year without outgo", "累计结余{amount}，当年无支出"),
    "owed_without_outgo": (
        "an accumulated deficit of {amount}, in a year without outgo",
        "累计赤字{amount}，当年无支出",
    ),
    "peak": (
        "- The reserve is highest at the end of {peak_year}, with {peak_months} months, and lowest at the end of "
        "{low_year}, with {low_months} months.",
        "- 可支付月数最高为{peak_year}年末的{peak_months}个月，最低为{low_year}年末的{low_months}个月。",
    ),
    "prepaid": (
        "- Without contributions received in advance the reserve is {months_without_first} months at the end of "
        "{first} and {months_without_last} months at the end of {last}.",
        "- 不含预收保费，{first}年末可支付{months_without_first}个月，{last}年末{months_without_last}个月。",
    ),
    "members": ("## Insured", "## 参保"),
    "resident_members": ("## Residents insured", "## 居民参保"),
    "insured": (
        "- Residents insured: {insured_first} at the end of {first}, {insured_last} at the end of {last}; that is "
        "{coverage_first} and {coverage_last} of the population outside the employee scheme.",
        "- 居民医保参保人数：{first}年末{insured_first}，{last}年末{insured_last}；"
        "占职工医保以外人口的{coverage_first}和{coverage_last}。",
    ),
    "money": ("## Cost and financing", "## 成本与筹资"),
    "resident_money": ("## Cost and financing of the resident scheme", "## 居民医保的成本与筹资"),
    "per_head": (
        "- Outgo for each person who pays: {outgo_pp_first} in {first}, {outgo_pp_last} in {last}; income "
        "{income_pp_first} and {income_pp_last}.",
        "- 人均支出：{first}年{outgo_pp_first}，{last}年{outgo_pp_last}；人均筹资{income_pp_first}和{income_pp_last}。",
    ),
    "rates": (
        "- Cost rate: {cost_rate_first} of members' disposable income in {first}, {cost_rate_last} in {last}; "
        "income rate {income_rate_first} and {income_rate_last}.",
        "- 成本率（占参保人可支配收入）：{first}年{cost_rate_first}，{last}年{cost_rate_last}；"
        "收入率{income_rate_first}和{income_rate_last}。",
    ),
    "required_now": (
        "- To hold {target} months of outgo at the end of {last}, contribution and subsidy together have to be "
        "{multiple} times those of the scenario from {start} on: {level} instead of {standard} a head in {start}. "
        "Nobody is assumed to react.",
        "- 要使{last}年末保有{target}个月支出的储备，个人缴费与财政补助合计自{start}年起须为本情景的{multiple}倍："
        "{start}年人均由{standard}变为{level}。未计行为反应。",
    ),
    "required_delayed": (
        "- If that begins only in {start}: {multiple} times, {level} instead of {standard} a head in {start}.",
        "- 若推迟到{start}年开始：{multiple}倍，{start}年人均由{standard}变为{level}。",
    ),
    "required_nothing": (
        "- From {start} on nothing is levied: no multiple of it holds {target} months of outgo at the end of {last}.",
        "- 自{start}年起无缴费：其任何倍数都不能使{last}年末保有{target}个月支出的储备。",
    ),
    "balance": (
        "- Actuarial balance to {last}, with {target} months of outgo as target: {actuarial_balance} of {balance_of}.",
        "- 至{last}年的精算平衡（以{target}个月支出的储备为目标）：占{balance_of}的{actuarial_balance}。",
    ),
    "public": (
        "- Public money (subsidies and assistance): {public_first} in {first}, {public_last} in {last}; present value "
        "on 1 January {first} {public_value}.",
        "- 财政与救助支出：{first}年{public_first}，{last}年{public_last}；{first}年1月1日现值{public_value}。",
    ),
    "employee": ("## The employee scheme", "## 职工医保"),
    "employee_members": (
        "- Members: {active_first} active and {retired_first} retired at the end of {first}, {active_last} and "
        "{retired_last} at the end of {last}. The retired are {dependency_first} of the active, then "
        "{dependency_last}.",
        "- 参保人数：{first}年末在职{active_first}、退休{retired_first}，{last}年末在职{active_last}、退休{retired_last}；"
        "退休与在职之比由{dependency_first}变为{dependency_last}。",
    ),
    "both_schemes": (
        "- Both schemes together cover {both_first} of the population at the end of {first} and {both_last} at the "
        "end of {last}.",
        "- 两项制度合计覆盖人口的{both_first}（{first}年末）和{both_last}（{last}年末）。",
    ),
    "pool": ("### Pooled fund", "### 统筹基金"),
    "pool_rates": (
        "- Employers' contributions that go to the pool, before credits of the retired: {rate_first} of the base of "
        "contributions in {first}, {rate_last} in {last}. Pay-as-you-go rate, outgo and credits of the retired less payments "
        "for missing years, over the base: {payg_first} and {payg_last}.",
        "- 进入统筹基金的单位缴费（未扣退休人员账户划入）占缴费基数：{first}年{rate_first}，{last}年{rate_last}。"
        "现收现付费率，即（支出＋退休人员账户划入－补缴年限收入）占缴费基数：{payg_first}和{payg_last}。",
    ),
    "wage_spread": (
        "- **The spread of wages is judgement**; with floor and ceiling of the base it decides what the contributions "
        "bring in.",
        "- **工资离散度系判断**，它与缴费基数上下限共同决定缴费收入。",
    ),
    "rate_now": (
        "- To hold {target} months of outgo at the end of {last}, employers' contributions to the pool have to be {multiple} "
        "times those of the scenario from {start} on: from {standard} to {level} of the base in {start}. Nobody is assumed "
        "to react.",
        "- 要使{last}年末保有{target}个月支出的储备，进入统筹基金的单位缴费自{start}年起须为本情景的{multiple}倍："
        "{start}年占缴费基数由{standard}变为{level}。未计行为反应。",
    ),
    "rate_delayed": (
        "- If that begins only in {start}: {multiple} times, from {standard} to {level} of the base in {start}.",
        "- 若推迟到{start}年开始：{multiple}倍，{start}年占缴费基数由{standard}变为{level}。",
    ),
    "accounts": ("### Personal accounts", "### 个人账户"),
    "accounts_balance": (
        "- Members hold {closing_first} at the end of {first} and {closing_last} at the end of {last}: {reserve_first} and "
        "{reserve_last} months of what is paid out of the accounts.",
        "- 账户余额：{first}年末{closing_first}，{last}年末{closing_last}，分别相当于{reserve_first}和{reserve_last}个月支出。",
    ),
    "accounts_flows": (
        "- Credited: {income_first} in {first}, {income_last} in {last}; paid out: {outgo_first} and {outgo_last}.",
        "- 划入：{first}年{income_first}，{last}年{income_last}；支出：{outgo_first}和{outgo_last}。",
    ),
    "relatives": (
        "- Of what is paid out, {care_first} in {first} and {care_last} in {last} is for relatives' care, and {paid_first} "
        "and {paid_last} for relatives' contributions to the resident fund.",
        "- 支出中，用于家庭共济就医{first}年{care_first}、{last}年{care_last}，用于代缴亲属居民保费{paid_first}和{paid_last}。",
    ),
    "trust": ("## What to know before using this", "## 使用前须知"),
    "rules": (
        "- **The effect of the 2024 participation rules rests on judgement**: no evaluation of them was found, and the "
        "evidence allows an effect of zero.",
        "- **2024年参保新规的效果系判断**：未见评估研究，现有证据不排除效果为零。",
    ),
    "twin": (
        "- Were nobody to react to bonus and waiting (direct cost only), the fund at the end of {last} would be {twin_fund} "
        "and {twin_insured} residents insured; the difference, {twin_gain} and {twin_members}, rests on judgement (twin.csv).",
        "- 若无人对激励与等待期作出反应（仅直接成本），{last}年末基金为{twin_fund}，参保{twin_insured}；"
        "差额{twin_gain}与{twin_members}系判断（twin.csv）。",
    ),
    "drag": (
        "- Selection drag, the fund without any reaction less the fund here, present value: {drag_total}; from fewer payers "
        "{drag_fewer}, from sicker payers {drag_sicker} (drag.csv).",
        "- 逆选择拖累（无任何行为反应时的基金减本情景基金，现值）：{drag_total}；"
        "其中缴费人数减少{drag_fewer}，参保人健康较差{drag_sicker}（drag.csv）。",
    ),
    "waiting": (
        "- Waiting takes {months_first} million months of cover in {first} and {months_last} million in {last}; payments for "
        "lapsed years bring in {repair_first} and {repair_last}.",
        "- 等待期使{first}年损失{months_first}百万人月保障，{last}年{months_last}百万人月；"
        "断保补缴收入{repair_first}和{repair_last}。",
    ),
    "bonus": (
        "- The rise of the cap is {cap_first} a payer on average in {first} and {cap_last} in {last}; its expected cost is "
        "{bonus_first} and {bonus_last} a payer and year; with a Pareto tail of cost (index 2) {pareto_first} and "
        "{pareto_last} (tail.csv).",
        "- 激励额度人均{cap_first}（{first}年）和{cap_last}（{last}年）；预期成本人均{bonus_first}和{bonus_last}；"
        "若费用尾部为帕累托分布（指数2），为{pareto_first}和{pareto_last}（tail.csv）。",
    ),
    "critical": (
        "- Critical-illness insurance pays {critical_first} to {ill_first} in {first}, {critical_last} to {ill_last} in "
        "{last}. Its level and effective deductible are fitted to two weak figures of 2023.",
        "- 大病保险{first}年支出{critical_first}，受益{ill_first}；{last}年{critical_last}，{ill_last}。"
        "其水平与有效起付线按2023年两个较弱数据拟合。",
    ),
    "rules_head": ("## The participation rules", "## 参保规则"),
    "marks": (
        "- Of the {estimated} estimates that the scenario takes from the baseline, {read} are read, derived or fitted, "
        "{recalled} recalled, and {judged} judgement, listed below. Sources and ranges: `simsurance show {show}`.",
        "- 沿用基准文件的估计类输入共{estimated}项，其中{read}项查得、推算或拟合，{recalled}项凭记忆，"
        "{judged}项属判断，列于文末。来源与区间见`simsurance show {show}`。",
    ),
    "own": (
        "- The scenario takes no estimate from the baseline; its sources are its author's.",
        "- 本情景未沿用基准文件的估计值，其来源由作者负责。",
    ),
    "judgements": ("## Inputs that are judgement", "## 属判断的输入"),
    "carried": (
        "- Carried from {year}, for want of a later value: {keys}.",
        "- 缺少更新数值，沿用{year}年：{keys}。",
    ),
    "ages": (
        "- The age profile of cost is built from the shape of surveys and a few anchors; no complete table of cost by "
        "age and sex was found.",
        "- 费用的年龄分布由调查形态和少量锚定值推得，未见完整的分年龄性别费用表。",
    ),
    "incurred": (
        "- Benefits are on an incurred basis: cost of the year in which care is given, not cash paid.",
        "- 待遇支出按权责发生制：计入就医当年，而非支付当年。",
    ),
    "estimate": (
        "- {whole} at the opening is an estimate: the balance published a year before plus the flow of the year.",
        "- {whole}期初结余为估计：上年公布的结余加当年收支差。",
    ),
    "checks": (
        "- All {checks} accounting identities hold; the worst relative residual is {residual}, in {residual_year}.",
        "- {checks}项会计恒等式全部成立；最大相对残差{residual}，出现在{residual_year}年。",
    ),
    "rounding": ("Components may not sum because of rounding.", "分项之和可能因四舍五入不等于合计。"),
}


def sentence(key: str, lang: Lang) -> str:
    """The sentence of that key in one language, with the names of its numbers."""
    return in_language(SENTENCES[key], lang)
