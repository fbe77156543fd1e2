"""Every variable of the output tables, once: unit, labels in English and Chinese, formula.

Table headers, the codebook, chart axes and the docs read this table. Money is nominal yuan.
"""

from collections.abc import Iterable
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
    "cohorts": ("birth_year",),
    "groups": ("area", "income"),
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
_CARE = (
    ("inpatient_users", "insured with an admission", "住院人数", "insured years × use"),
    ("admissions", "admissions", "住院人次", "insured years × admissions a head"),
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
    (
        "contributions_from_accounts",
        "of which from relatives' personal accounts",
        "其中亲属个人账户代缴",
        "personal contributions × share paid by relatives",
    ),
    ("repair_payments", "payments for lapsed years", "断保缴费修复收入", "repaired years × standard"),
    ("local_supplement", "local supplement", "地方增补", "(contributions + subsidies) × (factor − 1)"),
)
_EMPLOYEE_PERSONS = (
    ("employee_entries", "persons who enter the employee scheme", "新增职工参保人数", ""),
    ("retirements", "active members who retire", "职工退休人数", "active × retirement rate"),
    ("employee_exits", "members who leave the employee scheme", "退出职工医保人数", "leavers + retired without cover"),
    ("employee_deaths", "deaths of members of the employee scheme", "职工参保人死亡", ""),
    ("employee_migration", "net migration of members of the employee scheme", "职工参保人净迁移", ""),
    ("active_years", "insured years of active members", "在职参保人年", "members × (1 − ½ q)"),
    ("retired_years", "insured years of retired members", "退休参保人年", "members × (1 − ½ q)"),
    ("employee_inpatient_users", "members with an admission", "职工住院人数", "insured years × use"),
    ("employee_admissions", "admissions of members", "职工住院人次", "insured years × admissions a head"),
)
_EMPLOYEE_MONEY = (
    ("contribution_base", "base of contributions", "缴费基数合计", "active years × E[wage within floor and ceiling]"),
    ("employer_contributions", "employers' contributions", "单位缴费", "base × employer's rate"),
    ("employee_contributions", "members' contributions", "职工个人缴费", "base × member's rate × share with account"),
    ("retiree_credits", "credits of retired members", "退休人员账户划入", "retired years × credit"),
    ("purchases", "payments for missing years", "补缴年限收入", "persons × years × flexible base × employer's rate"),
    (
        "employee_inpatient_claims",
        "inpatient cost, employee scheme",
        "职工住院政策范围内费用",
        "insured years × use × cost",
    ),
    ("employee_outpatient_claims", "outpatient cost, employee scheme", "职工门诊费用", "insured years × use × cost"),
    (
        "employee_inpatient_benefits",
        "inpatient benefits, employee scheme",
        "职工住院待遇",
        "insured years × use × E[layer]",
    ),
    (
        "employee_outpatient_benefits",
        "outpatient benefits, employee scheme",
        "职工门诊待遇",
        "insured years × use × E[layer]",
    ),
    (
        "benefits_of_retired",
        "of which benefits of retired members",
        "其中退休人员待遇",
        "retired years × use × E[layer]",
    ),
    ("maternity_benefits", "maternity benefits", "生育待遇", "births to active members × benefit"),
    ("long_term_care", "transfer to long-term care insurance", "划转长期护理保险", "insured years × amount"),
    ("account_spending", "spent from members' own accounts", "个人账户本人支出", "(balance + credits) × rate"),
)
_PAID_AND_RECEIVED = (
    ("resident_contributions", "own contributions to the resident fund", "居民个人缴费"),
    ("public_money", "subsidies and assistance paid for them", "财政与救助投入"),
    ("resident_benefits", "benefits of the resident fund", "居民医保待遇"),
    ("employee_contributions", "members' and employers' contributions", "职工与单位缴费"),
    (
        "employee_benefits",
        "benefits of the employee pool and credits to personal accounts",
        "职工医保待遇与个人账户划入",
    ),
    ("net_benefit", "benefits less own, members' and employers' contributions", "净受益"),
)
_Entries = Iterable[tuple[str, str, str, str]]


def _of(table: str, unit: str, entries: _Entries) -> list[Variable]:
    """Entries as columns of a table."""
    return [Variable(table, name, unit, label, zh, formula) for name, label, zh, formula in entries]


def _named(entries: _Entries, *names: str) -> _Entries:
    """The entries of these names."""
    return [entry for entry in entries if entry[0] in names]


def _variables() -> list[Variable]:
    found = [
        Variable("fund", "opening", "yuan", "fund on 1 January", "年初结余"),
        *_of("fund", "yuan", _GROUP_MONEY[6:]),
        Variable("fund", "prepaid_change", "yuan", "change of contributions received in advance", "预收保费变动"),
        *_of("fund", "yuan", _named(_EMPLOYEE_MONEY, "employer_contributions", "employee_contributions")),
        Variable(
            "fund",
            "employer_to_accounts",
            "yuan",
            "employers' contributions credited to accounts",
            "单位缴费划入个人账户",
        ),
        *_of("fund", "yuan", _named(_EMPLOYEE_MONEY, "retiree_credits", "purchases")),
        Variable(
            "fund",
            "income",
            "yuan",
            "income without interest",
            "收入（不含利息）",
            "sum of the components above, without those that are part of another",
        ),
        *_of("fund", "yuan", _GROUP_MONEY[2:6]),
        *_of("fund", "yuan", _named(_EMPLOYEE_MONEY, "benefits_of_retired", "maternity_benefits", "long_term_care")),
        *_of("fund", "yuan", _named(_EMPLOYEE_MONEY, "account_spending")),
        Variable(
            "fund",
            "relatives_care",
            "yuan",
            "spent on relatives' care",
            "家庭共济就医支出",
            "(balance + credits) × rate",
        ),
        Variable(
            "fund",
            "relatives_contributions",
            "yuan",
            "relatives' contributions to the resident fund",
            "家庭共济代缴居民保费",
            "the resident fund's contributions from accounts",
        ),
        Variable("fund", "administration", "yuan", "administration charged to the fund", "列支管理费"),
        Variable(
            "fund",
            "outgo",
            "yuan",
            "outgo",
            "支出",
            "sum of the components above, without those that are part of another",
        ),
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
        Variable("fund", "resident_insured", "persons", "residents insured on 31 December", "年末居民参保人数"),
        Variable("fund", "employee_active", "persons", "active members on 31 December", "年末在职参保人数"),
        Variable("fund", "employee_retired", "persons", "retired members on 31 December", "年末退休参保人数"),
        Variable(
            "fund",
            "dependency_ratio",
            "ratio",
            "retired over active members",
            "退休在职比",
            "retired ÷ active, 31 December",
        ),
        Variable("fund", "contribution_base", "yuan", "base of contributions", "缴费基数合计"),
        Variable(
            "fund",
            "contribution_rate",
            "share",
            "employers' contributions to the pool",
            "单位缴费入统筹基金",
            "(employers' contributions − credited to accounts) ÷ base",
        ),
        Variable(
            "fund",
            "pay_as_you_go_rate",
            "share",
            "pay-as-you-go rate",
            "现收现付费率",
            "(outgo + credits of the retired − payments for missing years) ÷ base",
        ),
        Variable("fund", "personal_contribution_pp", "yuan", "personal contribution due a head", "人均应缴个人保费"),
        Variable("fund", "subsidy_pp", "yuan", "subsidy a head, standard", "财政补助标准"),
        Variable("fund", "outgo_pp", "yuan", "outgo a head", "人均支出", "outgo ÷ insured who pay, or insured years"),
        Variable(
            "fund", "income_pp", "yuan", "income a head", "人均筹资", "income ÷ insured who pay, or insured years"
        ),
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
        Variable(
            "fund",
            "coverage_of_population",
            "share",
            "coverage of the population by both schemes",
            "两项制度覆盖率",
            "(insured + members of the employee scheme) ÷ population, 31 December",
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
        Variable(
            "fund",
            "inpatients_per_100",
            "persons",
            "insured with an admission, of a hundred",
            "每百参保人住院人数",
            "inpatients ÷ insured on 31 December × 100",
        ),
        Variable(
            "fund",
            "admissions_per_100",
            "admissions",
            "admissions of a hundred insured",
            "每百参保人住院人次",
            "admissions ÷ insured on 31 December × 100",
        ),
        Variable(
            "fund",
            "cost_per_admission",
            "yuan",
            "in-scope cost of an admission",
            "次均住院政策范围内费用",
            "in-scope inpatient cost ÷ admissions",
        ),
        Variable("fund", "population_adjustment", "persons", "adjustment to a pinned population", "人口钉住调整"),
        Variable("fund", "prevalence_error", "share", "largest prevalence missed", "患病率最大误差"),
        Variable("population", "persons", "persons", "population", "人口"),
        Variable("population", "resident_insured", "persons", "resident insured", "居民医保参保人数"),
        Variable("population", "employee_insured", "persons", "members of the employee scheme", "职工医保参保人数"),
        Variable("membership", "persons", "persons", "persons", "人数"),
        *_of("flows", "persons", _PERSON_FLOWS),
        *_of("flows", "persons", _CARE[:1]),
        *_of("flows", "admissions", _CARE[1:]),
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
        *_of("flows", "yuan", _GROUP_MONEY),
        *_of("flows", "persons", _EMPLOYEE_PERSONS[:-1]),
        *_of("flows", "admissions", _EMPLOYEE_PERSONS[-1:]),
        *_of("flows", "yuan", _EMPLOYEE_MONEY),
        Variable("flows", "disposable_income_pp", "yuan", "disposable income a head", "人均可支配收入"),
        Variable(
            "flows",
            "burden",
            "share",
            "contribution burden",
            "缴费负担",
            "own payment ÷ disposable income of the year before",
        ),
        *_of("ages", "persons", _PERSON_FLOWS),
        *_of("ages", "persons", _CARE[:1]),
        *_of("ages", "admissions", _CARE[1:]),
        *_of("ages", "yuan", _GROUP_MONEY),
        *_of("ages", "persons", _EMPLOYEE_PERSONS[:-1]),
        *_of("ages", "admissions", _EMPLOYEE_PERSONS[-1:]),
        *_of("ages", "yuan", _EMPLOYEE_MONEY),
        Variable(
            "cohorts", "persons", "persons", "alive on the opening 1 January, or born since", "期初在世或其后出生人数"
        ),
        Variable(
            "groups",
            "person_years",
            "person-years",
            "years lived in the group, counted on each 1 January",
            "预测期内人年数",
        ),
        *(
            Variable(table, name, "yuan", label, zh, "present value on the opening 1 January, over the horizon")
            for table in ("cohorts", "groups")
            for name, label, zh in _PAID_AND_RECEIVED
        ),
    ]
    return found


VARIABLES: Final = tuple(_variables())


def variable(table: str, name: str) -> Variable:
    """The variable of that name in that table."""
    return next(found for found in VARIABLES if (found.table, found.name) == (table, name))
