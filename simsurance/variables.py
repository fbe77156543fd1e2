"""Every variable of the output tables, once: unit, labels in English and Chinese, formula.

Table headers, the codebook, chart axes and the docs read this table. Money is nominal yuan.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Variable:
    """One column of one output table."""

    table: str
    name: str
    unit: str
    label: str
    label_zh: str
    formula: str = ""


KEYS: Final = {
    "fund": ("year", "fund"),
    "population": ("date", "sex", "area", "age"),
    "membership": ("date", "status", "health", "area", "income"),
    "flows": ("year", "area", "income"),
    "ages": ("year", "sex", "age"),
}
"""Key columns of each table; `date` is a 1 January, written as its year, `age` the age on 1 January."""

_PERSON_FLOWS = (
    ("births", "births", "出生人数", ""),
    ("deaths", "deaths", "死亡人数", ""),
    ("net_migration", "net migration", "净迁移", ""),
    ("leaves", "insured who do not renew", "断保人数", "insured × leave rate"),
    ("returns", "lapsed who enrol again", "重新参保人数", "lapsed × return rate"),
    ("joins", "never insured who enrol", "首次参保人数", "never insured × join rate"),
    ("newborn_enrolled", "newborns enrolled in their birth year", "新生儿参保人数", "births × newborn enrolment"),
    ("insured_deaths", "deaths of insured", "参保人死亡", ""),
    ("insured_migration", "net migration of insured", "参保人净迁移", ""),
    ("transfers_in", "moves from the employee scheme", "职工转入居民", ""),
    ("transfers_out", "moves to the employee scheme", "居民转入职工", ""),
    (
        "resident_enrolled",
        "insured who pay for the year",
        "当年参保缴费人数",
        "members after enrolment + newborns enrolled",
    ),
    (
        "resident_insured_years",
        "insured years of exposure",
        "参保人年",
        "(members − waiting months / 12) × (1 − ½ q) + ½ newborns enrolled",
    ),
)
_GROUP_MONEY = (
    ("inpatient_claims", "in-scope inpatient cost", "住院政策范围内费用", "insured years × use × cost of a user"),
    ("outpatient_claims", "in-scope outpatient cost", "门诊政策范围内费用", "insured years × use × cost of a user"),
    ("inpatient_benefits", "inpatient benefits", "住院待遇支出", "insured years × use × E[layer]"),
    ("outpatient_benefits", "outpatient benefits", "门诊待遇支出", "insured years × use × E[layer]"),
    (
        "critical_illness",
        "critical-illness benefits or premium",
        "大病保险支出",
        "insured years × use × E[K] × level, or premium",
    ),
    ("bonus_cost", "cost of the raised cap", "激励额度成本", "insured years × use × (E[K; M + bonus] − E[K; M])"),
    ("personal_contributions", "personal contributions", "个人缴费", "members × standard × grade − assistance"),
    (
        "assistance",
        "contributions paid by medical assistance",
        "医疗救助资助参保",
        "assisted members × standard × share",
    ),
    ("subsidies", "fiscal subsidies", "财政补助", "members × subsidy standard"),
    ("repair_payments", "payments for lapsed years", "断保缴费修复收入", "repaired years × standard"),
    ("local_supplement", "local supplement", "地方增补", "(contributions + subsidies) × (factor − 1)"),
)


def _variables() -> list[Variable]:
    found = [
        Variable("fund", "opening", "yuan", "fund on 1 January", "年初结余"),
        *(Variable("fund", name, "yuan", label, zh, formula) for name, label, zh, formula in _GROUP_MONEY[6:]),
        Variable("fund", "prepaid_change", "yuan", "change of contributions received in advance", "预收保费变动"),
        Variable(
            "fund", "income", "yuan", "income without interest", "收入（不含利息）", "sum of the components above"
        ),
        *(Variable("fund", name, "yuan", label, zh, formula) for name, label, zh, formula in _GROUP_MONEY[2:6]),
        Variable("fund", "administration", "yuan", "administration charged to the fund", "列支管理费"),
        Variable("fund", "outgo", "yuan", "outgo", "支出", "benefits + administration"),
        Variable("fund", "interest", "yuan", "interest", "利息", "closing − opening − (income − outgo)"),
        Variable("fund", "current_balance", "yuan", "current balance", "当期结余", "income + interest − outgo"),
        Variable(
            "fund", "closing", "yuan", "fund on 31 December", "累计结余", "opening·(1+i) + (income − outgo)·(1+i)^½"
        ),
        Variable(
            "fund", "prepaid", "yuan", "of which next year's contributions received in advance", "其中预收下年保费"
        ),
        Variable(
            "fund", "reserve_months", "months", "reserve months", "可支付月数", "closing ÷ (outgo of the year ÷ 12)"
        ),
        Variable(
            "fund",
            "reserve_months_without_prepaid",
            "months",
            "reserve months without advance contributions",
            "可支付月数（不含预收）",
            "(closing − prepaid) ÷ (outgo of the year ÷ 12)",
        ),
        Variable(
            "fund",
            "reserve_months_forward",
            "months",
            "reserve months, forward",
            "可支付月数（按下年支出）",
            "closing ÷ (outgo of the next year ÷ 12)",
        ),
        Variable("fund", "resident_enrolled", "persons", "insured who pay for the year", "当年参保缴费人数"),
        Variable("fund", "resident_insured", "persons", "insured on 31 December", "年末参保人数"),
        Variable("fund", "personal_contribution_pp", "yuan", "personal contribution due a head", "人均应缴个人保费"),
        Variable("fund", "subsidy_pp", "yuan", "subsidy a head, standard", "财政补助标准"),
        Variable("fund", "outgo_pp", "yuan", "outgo a head", "人均支出", "outgo ÷ insured who pay"),
        Variable("fund", "income_pp", "yuan", "income a head", "人均筹资", "income ÷ insured who pay"),
        Variable("fund", "members_income", "yuan", "disposable income of members", "参保人可支配收入"),
        Variable("fund", "income_rate", "share", "income rate", "收入率", "income ÷ disposable income of members"),
        Variable("fund", "cost_rate", "share", "cost rate", "成本率", "outgo ÷ disposable income of members"),
        Variable(
            "fund",
            "coverage",
            "share",
            "coverage outside the employee scheme",
            "参保率（职工以外）",
            "insured ÷ population outside the employee scheme, 31 December",
        ),
        Variable("fund", "leave_rate", "share", "leave rate", "断保率", "leaves ÷ insured on 1 January"),
        Variable(
            "fund",
            "return_rate",
            "share",
            "return and join rate",
            "重新参保率",
            "(returns + joins) ÷ uninsured on 1 January",
        ),
        Variable("fund", "public_money", "yuan", "public money", "财政与救助支出", "subsidies + assistance"),
        Variable("fund", "population", "persons", "population on 31 December", "年末人口"),
        Variable("fund", "real_cost_growth", "a year", "real growth of cost at given age", "同龄实际费用增长"),
        Variable(
            "fund",
            "residual_cost_growth",
            "a year",
            "of which not explained by income",
            "其中收入以外的增长",
            "(1 + real growth) ÷ (1 + real income growth)^elasticity − 1",
        ),
        Variable("fund", "population_adjustment", "persons", "adjustment to a pinned population", "人口钉住调整"),
        Variable("fund", "prevalence_error", "share", "largest prevalence missed", "患病率最大误差"),
        Variable("population", "persons", "persons", "population", "人口"),
        Variable("population", "resident_insured", "persons", "resident insured", "居民医保参保人数"),
        Variable("population", "employee_insured", "persons", "members of the employee scheme", "职工医保参保人数"),
        Variable("membership", "persons", "persons", "persons", "人数"),
        *(Variable("flows", name, "persons", label, zh, formula) for name, label, zh, formula in _PERSON_FLOWS),
        Variable("flows", "repaired_years", "years", "lapsed years paid for", "缴费修复年数"),
        Variable(
            "flows",
            "critical_beneficiaries",
            "persons",
            "persons paid by critical-illness insurance",
            "大病保险受益人数",
        ),
        Variable("flows", "no_claim", "persons", "insured without reimbursement in the year", "零报销人数"),
        Variable("flows", "bonus_cap", "yuan", "rise of the cap, summed over the insured", "激励额度合计"),
        Variable("flows", "waiting_months", "months", "months of cover lost to waiting", "等待期损失月数"),
        *(Variable("flows", name, "yuan", label, zh, formula) for name, label, zh, formula in _GROUP_MONEY),
        Variable("flows", "disposable_income_pp", "yuan", "disposable income a head", "人均可支配收入"),
        Variable(
            "flows",
            "burden",
            "share",
            "contribution burden",
            "缴费负担",
            "own payment ÷ disposable income of the year before",
        ),
        *(Variable("ages", name, "persons", label, zh, formula) for name, label, zh, formula in _PERSON_FLOWS),
        *(Variable("ages", name, "yuan", label, zh, formula) for name, label, zh, formula in _GROUP_MONEY[:6]),
    ]
    return found


VARIABLES: Final = tuple(_variables())


def variable(table: str, name: str) -> Variable:
    """The variable of that name in that table."""
    return next(found for found in VARIABLES if (found.table, found.name) == (table, name))
