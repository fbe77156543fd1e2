"""A run in words: every number comes from its tables, every weakness that a reader has to know stands beside them."""

from typing import TYPE_CHECKING, Final

from simsurance import __version__
from simsurance.output.labels import LANGUAGES, Lang, in_words, number, unit
from simsurance.scenario_file.register import register
from simsurance.scenario_file.toml_text import toml_value

if TYPE_CHECKING:
    from simsurance.results import Results
    from simsurance.scenario_file.loader import Scenario

BASELINE: Final = "scenarios/baseline.toml"
READ: Final = ("verified", "verified_transcription", "derived", "fitted", "calibration", "abstract")
RECALLED: Final = ("recalled", "recalled_checked", "recalled_low")
NAMES: Final = ("title", "title_zh", "description")

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
        "- At the end of {first} the fund holds {closing_first} {money}, or {months_first} months of the year's outgo; "
        "at the end of {last} {closing_last} {money}, or {months_last} months.",
        "- {first}年末累计结余{closing_first}{money}，可支付{months_first}个月；"
        "{last}年末为{closing_last}{money}，相当于{months_last}个月。",
    ),
    "peak": (
        "- The reserve is highest at the end of {peak_year}, with {peak_months} months, and lowest at the end of "
        "{low_year}, with {low_months} months. A negative number is an accumulated deficit.",
        "- 可支付月数最高为{peak_year}年末的{peak_months}个月，最低为{low_year}年末的{low_months}个月；"
        "负数表示累计赤字。",
    ),
    "prepaid": (
        "- Without contributions received in advance the reserve is {months_without_first} months at the end of "
        "{first} and {months_without_last} months at the end of {last}.",
        "- 不含预收保费，{first}年末可支付{months_without_first}个月，{last}年末{months_without_last}个月。",
    ),
    "members": ("## Insured", "## 参保"),
    "insured": (
        "- Residents insured: {insured_first} {persons} at the end of {first}, {insured_last} {persons} at the end of "
        "{last}. They are {coverage_first} % and {coverage_last} % of the population outside the employee scheme.",
        "- 居民医保参保人数：{first}年末{insured_first}{persons}，{last}年末{insured_last}{persons}；"
        "占职工医保以外人口的{coverage_first}%和{coverage_last}%。",
    ),
    "money": ("## Cost and financing", "## 成本与筹资"),
    "per_head": (
        "- Outgo for each person who pays: {outgo_pp_first} {yuan} in {first}, {outgo_pp_last} {yuan} in {last}; "
        "income {income_pp_first} and {income_pp_last} {yuan}.",
        "- 人均支出：{first}年{outgo_pp_first}{yuan}，{last}年{outgo_pp_last}{yuan}；"
        "人均筹资{income_pp_first}{yuan}和{income_pp_last}{yuan}。",
    ),
    "rates": (
        "- Cost rate: {cost_rate_first} % of members' disposable income in {first}, {cost_rate_last} % in {last}; "
        "income rate {income_rate_first} % and {income_rate_last} %.",
        "- 成本率（占参保人可支配收入）：{first}年{cost_rate_first}%，{last}年{cost_rate_last}%；"
        "收入率{income_rate_first}%和{income_rate_last}%。",
    ),
    "required": (
        "- To hold {target} months of outgo at the end of {last}, contribution and subsidy together have to be "
        "{multiple_now} times those of the scenario from {first} on ({required_now} {yuan} a head in {first}), or "
        "{multiple_delayed} times if this begins in {delayed} ({required_delayed} {yuan} a head in {delayed}). "
        "Nobody is assumed to react.",
        "- 要使{last}年末保有{target}个月支出的储备，个人缴费与财政补助合计自{first}年起须为本情景的{multiple_now}倍"
        "（{first}年人均{required_now}{yuan}）；若推迟到{delayed}年开始，则须为{multiple_delayed}倍"
        "（{delayed}年人均{required_delayed}{yuan}）。未计行为反应。",
    ),
    "balance": (
        "- Actuarial balance to {last}, with that reserve as target: {actuarial_balance} % of members' disposable "
        "income.",
        "- 至{last}年的精算平衡（以该储备为目标）：占参保人可支配收入的{actuarial_balance}%。",
    ),
    "public": (
        "- Public money (subsidies and assistance): {public_first} {money} in {first}, {public_last} {money} in {last}; "
        "present value on 1 January {first} {public_value} {money}.",
        "- 财政与救助支出：{first}年{public_first}{money}，{last}年{public_last}{money}；"
        "{first}年1月1日现值{public_value}{money}。",
    ),
    "trust": ("## What to know before using this", "## 使用前须知"),
    "rules": (
        "- **The effect of the 2024 participation rules rests on judgement**: no evaluation of them was found, and the "
        "evidence allows an effect of zero.",
        "- **2024年参保新规的效果系判断**：未见评估研究，现有证据不排除效果为零。",
    ),
    "marks": (
        "- Of the {estimated} inputs of the baseline that are in use and are estimates, {read} are read, derived or "
        "fitted, {recalled} are recalled and {judged} are judgement: {judgements}. Sources and ranges: "
        "`simsurance show {show}`.",
        "- 沿用基准文件的估计类输入共{estimated}项，其中{read}项查得、推算或拟合，{recalled}项凭记忆，"
        "{judged}项属判断：{judgements}。来源与区间见`simsurance show {show}`。",
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
        "- The published balance at the end of 2025 is an estimate: the balance of 2024 plus the year's flow.",
        "- 2025年末结余的公布数为估计：2024年结余加当年收支差。",
    ),
    "checks": (
        "- All {checks} accounting identities hold; the worst relative residual is {residual}, in {residual_year}.",
        "- {checks}项会计恒等式全部成立；最大相对残差{residual}，出现在{residual_year}年。",
    ),
    "rounding": ("Components may not sum because of rounding.", "分项之和可能因四舍五入不等于合计。"),
}


def summary(results: "Results", lang: Lang) -> str:
    """The summary as Markdown."""
    facts = numbers(results, lang) | provenance(results.scenario, lang)

    def say(key: str) -> str:
        return SENTENCES[key][LANGUAGES.index(lang)].format(**facts)

    values = results.scenario.values
    measures = results.measures["status"]
    lines = [f"# {values.title_zh if lang == 'zh' else values.title}", "", values.description, "", say("run")]
    if changed := changes(results.scenario):
        lines += ["", say("changed"), "", *changed]
    lines += ["", say("fund"), ""]
    lines.append(say("deficit" if measures["first_deficit_year"] == "ok" else "no_deficit"))
    lines.append(say("depleted" if measures["depletion_year"] == "ok" else "not_depleted"))
    lines += [say("reserve"), say("peak")]
    if results.accounts["prepaid"].any():
        lines.append(say("prepaid"))
    lines += ["", say("members"), "", say("insured")]
    lines += ["", say("money"), "", *(say(key) for key in ("per_head", "rates", "required", "balance", "public"))]
    lines += ["", say("trust"), "", *([say("rules")] if rules_act(results.scenario) else []), say("marks")]
    lines += [say(key) for key in ("ages", "incurred", "estimate", "checks")]
    return "\n".join([*lines, "", say("rounding"), ""])


def numbers(results: "Results", lang: Lang) -> dict[str, str]:
    """Every number of the summary as printed, by its name in the sentences."""
    first, last = results.years[0], results.years[-1]
    account, measures = results.accounts, results.measures["value"]
    money, persons = unit("yuan", lang), unit("persons", lang)
    found = {"name": results.scenario.name, "version": __version__, "first": str(first), "last": str(last)}
    found |= {"money": money.name, "persons": persons.name, "yuan": unit("yuan_pp", lang).name}
    shown = {
        "closing": ("closing", money.size, 0),
        "months": ("reserve_months", 1, 1),
        "months_without": ("reserve_months_without_prepaid", 1, 1),
        "insured": ("resident_insured", persons.size, 1 if lang == "en" else 0),
        "coverage": ("coverage", 0.01, 1),
        "outgo_pp": ("outgo_pp", 1, 0),
        "income_pp": ("income_pp", 1, 0),
        "cost_rate": ("cost_rate", 0.01, 2),
        "income_rate": ("income_rate", 0.01, 2),
        "public": ("public_money", money.size, 0),
    }
    for name, (column, size, decimals) in shown.items():
        for end, place in (("first", 0), ("last", -1)):
            found[f"{name}_{end}"] = number(float(account[column][place]) / size, decimals)
    for name, place in (("peak", account["reserve_months"].argmax()), ("low", account["reserve_months"].argmin())):
        found[f"{name}_year"] = str(results.years[int(place)])
        found[f"{name}_months"] = number(float(account["reserve_months"][place]), 1)
    for name in ("first_deficit_year", "depletion_year"):
        found[name] = f"{measures[name]:.0f}"
    values = results.scenario.values.measures
    found["target"] = f"{values.target_reserve_months:g}"
    found["delayed"] = str(results.years[min(values.delay_years, len(results.years) - 1)])
    for start in ("now", "delayed"):
        found[f"multiple_{start}"] = number(measures[f"required_contribution_multiple_{start}"], 3)
        found[f"required_{start}"] = number(measures[f"required_contribution_{start}"])
    found["actuarial_balance"] = number(measures["actuarial_balance"] / 0.01, 2)
    found["payable_depletion"] = number(measures["payable_share_at_depletion"] / 0.01)
    found["payable_last"] = number(measures["payable_share_last_year"] / 0.01)
    found["public_value"] = number(measures["public_money_present_value"] / money.size)
    worst = results.checks.loc[results.checks["residual"].idxmax()]
    found |= {"checks": str(len(results.checks)), "residual": f"{worst['residual']:.1e}".replace("-", "−")}
    return found | {"residual_year": str(worst["year"])}


def provenance(scenario: "Scenario", lang: Lang) -> dict[str, str]:
    """How sure the inputs are that the scenario takes from the baseline: counts, and the names of the judgements."""
    marks = {path: register()[path].mark for path, file in scenario.origins.items() if file == BASELINE and path in register()}
    judged = [path for path, mark in marks.items() if mark == "judgement"]
    sections: dict[str, list[str]] = {}
    for path in judged:
        sections.setdefault(path.split(".")[0], []).append(path.split(".", 1)[1])
    listed = [f"{section} ({in_words([f'`{name}`' for name in names], lang)})" for section, names in sections.items()]
    return {
        "estimated": str(sum(mark != "choice" for mark in marks.values())),
        "read": str(sum(mark in READ for mark in marks.values())),
        "recalled": str(sum(mark in RECALLED for mark in marks.values())),
        "judged": str(len(judged)),
        "judgements": in_words(listed, lang) if listed else "–",
        "show": scenario.name.split("+")[0],
    }


def changes(scenario: "Scenario") -> list[str]:
    """What the scenario says itself: key and value of every leaf that is not the baseline's."""
    own = [path for path, file in scenario.origins.items() if file != BASELINE and path not in NAMES]
    if len(own) > len(scenario.origins) // 2:
        return []
    return [f"- `{path} = {toml_value(scenario.leaves[path])}` ({scenario.origins[path]})" for path in own]


def rules_act(scenario: "Scenario") -> bool:
    """Whether the participation rules of 2024 are in force, here or where behaviour is calibrated."""
    return scenario.values.participation.in_force or scenario.reference.participation.in_force
