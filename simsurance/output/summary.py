"""A run in words: every number comes from its tables, every weakness that a reader has to know stands beside them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from simsurance import __version__
from simsurance.output.history import history
from simsurance.output.labels import LANGUAGES, Lang, in_words, money, number, persons, yuan_pp
from simsurance.output.measured import measured
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.register import register
from simsurance.scenario_file.schedule import values_by_year
from simsurance.scenario_file.toml_text import toml_value

if TYPE_CHECKING:
    from simsurance.results import Results
    from simsurance.scenario_file.loader import Scenario

BASELINE: Final = "scenarios/baseline.toml"
READ: Final = ("verified", "verified_transcription", "derived", "fitted", "calibration", "abstract")
JUDGEMENT: Final = "judgement"
CHOICE: Final = "choice"
RECALLED: Final = ("recalled", "recalled_checked", "recalled_low")
RULE_FLOWS: Final = ("waiting_months", "bonus_cap", "critical_beneficiaries")
NAMES: Final = ("title", "title_zh", "description")
LEVER_TOLD: Final = ("component", "start", "ramp_years", "size", "low", "high")

Text = tuple[str, str]

SENTENCES: Final[dict[str, Text]] = {
    "run": (
        "Scenario `{name}`, {first} to {last}, simsurance {version}. Money is nominal; the fund is the resident fund.",
        "情景`{name}`，{first}—{last}年，simsurance {version}。金额均为名义值；基金指居民医保基金。",
    ),
    "changed": ("Set by files other than the baseline:", "不取自基准文件的设定："),
    "fund": ("## The fund", "## 基金"),
    "deficit": (
        "- Outgo first exceeds income and interest in **{first_deficit_year}**.",
        "- **{first_deficit_year}年**支出首次超过收入与利息之和。",
    ),
    "no_deficit": (
        "- Outgo exceeds income and interest in no year up to {last}.",
        "- 至{last}年没有一年支出超过收入与利息之和。",
    ),
    "depleted": (
        "- The fund runs out in **{depletion_year}**: it is below zero at the end of that year. "
        "Income then covers {payable_depletion} % of outgo, and {payable_last} % in {last}.",
        "- 基金于**{depletion_year}年**穿底，即该年末累计结余为负。当年收入为支出的{payable_depletion}%，"
        "{last}年为{payable_last}%。",
    ),
    "not_depleted": (
        "- The fund is **not depleted by {last}**, the last year projected.",
        "- 至预测末年{last}年，基金**未穿底**。",
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
    "insured": (
        "- Residents insured: {insured_first} at the end of {first}, {insured_last} at the end of {last}; that is "
        "{coverage_first} % and {coverage_last} % of the population outside the employee scheme.",
        "- 居民医保参保人数：{first}年末{insured_first}，{last}年末{insured_last}；"
        "占职工医保以外人口的{coverage_first}%和{coverage_last}%。",
    ),
    "money": ("## Cost and financing", "## 成本与筹资"),
    "per_head": (
        "- Outgo for each person who pays: {outgo_pp_first} in {first}, {outgo_pp_last} in {last}; income "
        "{income_pp_first} and {income_pp_last}.",
        "- 人均支出：{first}年{outgo_pp_first}，{last}年{outgo_pp_last}；人均筹资{income_pp_first}和{income_pp_last}。",
    ),
    "rates": (
        "- Cost rate: {cost_rate_first} % of members' disposable income in {first}, {cost_rate_last} % in {last}; "
        "income rate {income_rate_first} % and {income_rate_last} %.",
        "- 成本率（占参保人可支配收入）：{first}年{cost_rate_first}%，{last}年{cost_rate_last}%；"
        "收入率{income_rate_first}%和{income_rate_last}%。",
    ),
    "required": (
        "- To hold {target} months of outgo at the end of {last}, contribution and subsidy together have to be "
        "{multiple_now} times those of the scenario from {first} on ({required_now} a head in {first}), or "
        "{multiple_delayed} times if this begins in {delayed} ({required_delayed} a head in {delayed}). "
        "Nobody is assumed to react.",
        "- 要使{last}年末保有{target}个月支出的储备，个人缴费与财政补助合计自{first}年起须为本情景的{multiple_now}倍"
        "（{first}年人均{required_now}）；若推迟到{delayed}年开始，则须为{multiple_delayed}倍"
        "（{delayed}年人均{required_delayed}）。未计行为反应。",
    ),
    "balance": (
        "- Actuarial balance to {last}, with that reserve as target: {actuarial_balance} % of members' disposable "
        "income.",
        "- 至{last}年的精算平衡（以该储备为目标）：占参保人可支配收入的{actuarial_balance}%。",
    ),
    "public": (
        "- Public money (subsidies and assistance): {public_first} in {first}, {public_last} in {last}; present value "
        "on 1 January {first} {public_value}.",
        "- 财政与救助支出：{first}年{public_first}，{last}年{public_last}；{first}年1月1日现值{public_value}。",
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
        "- The fund at the opening is an estimate: the balance published a year before plus the flow of the year.",
        "- 期初结余为估计：上年公布的结余加当年收支差。",
    ),
    "checks": (
        "- All {checks} accounting identities hold; the worst relative residual is {residual}, in {residual_year}.",
        "- {checks}项会计恒等式全部成立；最大相对残差{residual}，出现在{residual_year}年。",
    ),
    "rounding": ("Components may not sum because of rounding.", "分项之和可能因四舍五入不等于合计。"),
}


def summary(results: "Results", lang: Lang) -> str:
    """The summary as Markdown."""
    facts = numbers(results, lang)

    def say(*keys: str) -> list[str]:
        return [_sentence(key, lang).format(**facts) for key in keys]

    values, found = results.scenario.values, measured(results)
    lines = [f"# {values.title_zh if lang == 'zh' else values.title}", "", values.description, "", *say("run")]
    if changed := changes(results.scenario):
        lines += ["", *say("changed"), "", *changed]
    lines += ["", *say("fund"), ""]
    lines += say("deficit" if found["first_deficit_year"].status == "ok" else "no_deficit")
    lines += say("depleted" if found["depletion_year"].status == "ok" else "not_depleted")
    lines += say("reserve", "peak", *(["prepaid"] if results.account["prepaid"].any() else []))
    lines += ["", *say("members"), "", *say("insured")]
    lines += ["", *say("money"), "", *say("per_head", "rates", "required", "balance", "public")]
    lines += ["", *say("rules_head"), "", *say("waiting", "bonus", "critical", "twin", "drag")]
    lines += ["", *say("trust"), ""]
    lines += say(*(["rules"] if rules_act(results.scenario) else []), "marks" if facts["estimated"] != "0" else "own")
    lines += say("ages", "incurred", *(["estimate"] if opening_is_estimate(results.scenario) else []), "checks")
    if judged := judgements(results.scenario, lang):
        lines += ["", *say("judgements"), "", *judged]
    return "\n".join([*lines, "", *say("rounding"), ""])


def _sentence(key: str, lang: Lang) -> str:
    return SENTENCES[key][LANGUAGES.index(lang)]


def numbers(results: "Results", lang: Lang) -> dict[str, str]:
    """Every number of the summary as printed, by its name in the sentences."""
    first, last = results.years[0], results.years[-1]
    scenario = results.scenario
    measures = {name: found.value for name, found in measured(results).items()}
    found = {"name": scenario.name, "show": scenario.name.split("+")[0], "version": __version__}
    found |= {"first": str(first), "last": str(last)} | _ends(results, lang) | _marks(scenario)
    months = results.account["reserve_months"]
    for name, place in (("peak", int(months.argmax())), ("low", int(months.argmin()))):
        found |= {f"{name}_year": str(results.years[place]), f"{name}_months": number(months[place], 1)}
    for name in ("first_deficit_year", "depletion_year"):
        found[name] = f"{measures[name]:.0f}"
    found["target"] = f"{scenario.values.measures.target_reserve_months:g}"
    found["delayed"] = str(results.years[min(scenario.values.measures.delay_years, len(results.years) - 1)])
    for start in ("now", "delayed"):
        found[f"multiple_{start}"] = number(measures[f"required_contribution_multiple_{start}"], 3)
        found[f"required_{start}"] = yuan_pp(measures[f"required_contribution_{start}"], lang)
    found["actuarial_balance"] = number(measures["actuarial_balance"] / 0.01, 2)
    found["payable_depletion"] = number(measures["payable_share_at_depletion"] / 0.01)
    found["payable_last"] = number(measures["payable_share_last_year"] / 0.01)
    found["public_value"] = money(measures["public_money_present_value"], lang)
    found |= _rules(results, lang)
    residuals = results.checks["residual"].to_numpy()
    worst = int(residuals.argmax())
    found |= {"checks": str(len(residuals)), "residual": f"{residuals[worst]:.1e}".replace("-", "−")}
    return found | {"residual_year": str(results.checks["year"].to_numpy()[worst])}


def _ends(results: "Results", lang: Lang) -> dict[str, str]:
    """What stands in the fund's account in the first and in the last year, as printed."""
    shown: dict[str, tuple[str, Callable[[float], str]]] = {
        "months_without": ("reserve_months_without_prepaid", lambda months: number(months, 1)),
        "insured": ("resident_insured", lambda count: persons(count, lang)),
        "coverage": ("coverage", lambda share: number(share / 0.01, 1)),
        "outgo_pp": ("outgo_pp", lambda amount: yuan_pp(amount, lang)),
        "income_pp": ("income_pp", lambda amount: yuan_pp(amount, lang)),
        "cost_rate": ("cost_rate", lambda share: number(share / 0.01, 2)),
        "income_rate": ("income_rate", lambda share: number(share / 0.01, 2)),
        "public": ("public_money", lambda amount: money(amount, lang)),
    }
    account, found = results.account, {}
    for end, place in (("first", 0), ("last", -1)):
        for name, (column, printed) in shown.items():
            found[f"{name}_{end}"] = printed(float(account[column][place]))
        closing, months = float(account["closing"][place]), float(account["reserve_months"][place])
        sentence = _sentence("held" if closing >= 0 else "owed", lang)
        found[f"balance_{end}"] = sentence.format(amount=money(abs(closing), lang), months=number(abs(months), 1))
    return found


def _rules(results: "Results", lang: Lang) -> dict[str, str]:
    """What the participation rules do and cost, with and without reactions, as printed."""
    account, found = results.account, {}
    totals = {name: results.flows[name].groupby(level="year").sum().to_numpy() for name in RULE_FLOWS}
    for end, place in (("first", 0), ("last", -1)):
        payers = float(account["resident_enrolled"][place])
        found[f"months_{end}"] = number(float(totals["waiting_months"][place]) / 1e6, 1)
        found[f"repair_{end}"] = money(float(account["repair_payments"][place]), lang)
        found[f"cap_{end}"] = yuan_pp(float(totals["bonus_cap"][place]) / payers, lang)
        found[f"bonus_{end}"] = yuan_pp(float(account["bonus_cost"][place]) / payers, lang, 4)
        heavy = float(results.tail["pareto_bonus_cost_pp"].to_numpy()[place])
        found[f"pareto_{end}"] = yuan_pp(heavy, lang, 4)
        found[f"critical_{end}"] = money(float(account["critical_illness"][place]), lang)
        found[f"ill_{end}"] = persons(float(totals["critical_beneficiaries"][place]), lang)
    twin = results.twin[["zero_effect", "difference"]].to_dict("index")
    drag = results.drag["present_value"].to_dict()
    for name, measure, printed in (
        ("fund", "closing_last_year", money),
        ("insured", "resident_insured_last_year", persons),
    ):
        found[f"twin_{name}"] = printed(float(twin[measure]["zero_effect"]), lang)
    found["twin_gain"] = money(float(twin["closing_last_year"]["difference"]), lang)
    found["twin_members"] = persons(float(twin["resident_insured_last_year"]["difference"]), lang)
    return found | {
        f"drag_{name}": money(float(drag[part]), lang)
        for name, part in (("total", "total"), ("fewer", "fewer_payers"), ("sicker", "sicker_payers"))
    }


def _marks(scenario: "Scenario") -> dict[str, str]:
    """How many of the estimates taken from the baseline are how sure."""
    marks = list(baseline_marks(scenario).values())
    return {
        "estimated": str(len(marks)),
        "read": str(sum(mark in READ for mark in marks)),
        "recalled": str(sum(mark in RECALLED for mark in marks)),
        "judged": str(marks.count(JUDGEMENT)),
    }


def baseline_marks(scenario: "Scenario") -> dict[str, str]:
    """Mark of certainty of every estimate that the scenario takes from the baseline; switches and names are none."""
    taken = [path for path, file in scenario.origins.items() if file == BASELINE and path in register()]
    return {path: register()[path].mark for path in taken if register()[path].mark != CHOICE}


def judgements(scenario: "Scenario", lang: Lang) -> list[str]:
    """The judgements among the inputs taken from the baseline, one line a section of the scenario."""
    sections: dict[str, list[str]] = {}
    for path, mark in baseline_marks(scenario).items():
        if mark == JUDGEMENT:
            section, _, name = path.partition(".")
            sections.setdefault(section, []).append(f"`{name}`")
    return [f"- {section}: {in_words(names, lang)}" for section, names in sections.items()]


def opening_is_estimate(scenario: "Scenario") -> bool:
    """Whether the fund opens with a published balance that is itself an estimate."""
    first = scenario.values.horizon.valuation_year
    balance = history("resident_cumulative_balance")
    opening = float(values_by_year(scenario.values.fund.opening, [first])[0])
    return first - 1 in balance.estimated and balance.values[first - 1] == opening


def changes(scenario: "Scenario") -> list[str]:
    """What the scenario says itself: key and value of every leaf that is not the baseline's, and every lever."""
    own = [path for path, file in scenario.origins.items() if file != BASELINE and path not in NAMES]
    keys = [path for path in own if path in KEYS]
    if len(keys) > len(KEYS) // 2:
        keys = []
    told = [f"- `{path} = {toml_value(scenario.leaves[path])}` ({scenario.origins[path]})" for path in keys]
    for name, lever in scenario.values.levers.items():
        said = {key: scenario.leaves[f"levers.{name}.{key}"] for key in LEVER_TOLD}
        told.append(f"- `levers.{name} = {toml_value(said)}` ({lever.mark}; {scenario.origins[f'levers.{name}.size']})")
    return told


def rules_act(scenario: "Scenario") -> bool:
    """Whether the participation rules of 2024 are in force, here or where behaviour is calibrated."""
    return scenario.values.participation.in_force or scenario.reference.participation.in_force
