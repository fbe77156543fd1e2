"""The tables of a run as CSV text: tidy, full precision, one column a variable, and the codebook that explains them."""

from typing import TYPE_CHECKING, Final

from simsurance.axes import AXES
from simsurance.csv_text import rows_csv, table_csv
from simsurance.variables import KEYS, VARIABLES

if TYPE_CHECKING:
    from simsurance.analysis.compare import Comparison
    from simsurance.analysis.twins import Twins

OF_THE_RUN: Final = ("fund", "measures", "population", "membership", "flows", "ages", "cohorts", "groups")
BESIDE_TWINS: Final = ("twin", "drag", "tail")
TABLES: Final = (*OF_THE_RUN, *BESIDE_TWINS, "checks")
"""The tables of a run, each a file of that name."""

KEY_LABELS: Final = {
    "year": ("year", "calendar year", "年份"),
    "date": ("year", "1 January of this year", "当年1月1日"),
    "fund": ("", "fund", "基金"),
    "birth_year": ("year", "year of birth; the first is open", "出生年份，首组为该年及以前"),
    "sex": ("", "sex", "性别"),
    "area": ("", "area of residence", "居住地"),
    "income": ("", "income group", "收入组"),
    "status": ("", "insurance status", "参保状态"),
    "health": ("", "need class", "健康需要等级"),
    "age": (
        "years",
        "age on 1 January, 100 means 100 and over; births of the year at age 0",
        "1月1日周岁，100为100岁及以上；当年出生计入0岁",
    ),
}
_MEASURE = ("key", "measure", "", "name of a summary measure", "指标名称")
_STATUS = ("variable", "status", "", "ok, or why there is no value", "ok，或无值的原因")
_UNIT = ("variable", "unit", "", "unit of the values", "数值单位")
OTHERS: Final = (
    ("measures", *_MEASURE),
    (
        "measures",
        "variable",
        "value",
        "see the column unit",
        "its value; empty where the status says why",
        "数值；无值时状态列说明原因",
    ),
    ("measures", "variable", "unit", "", "unit of the value", "数值单位"),
    ("measures", *_STATUS),
    ("twin", *_MEASURE),
    ("twin", "variable", "value", "see the column unit", "its value in the scenario", "本情景数值"),
    (
        "twin",
        "variable",
        "zero_effect",
        "see the column unit",
        "its value where nobody reacts to bonus and waiting: direct cost only",
        "激励与等待期无行为效应（仅直接成本）时的数值",
    ),
    (
        "twin",
        "variable",
        "difference",
        "see the column unit",
        "what rests on assumed behaviour",
        "取决于行为假设的部分",
    ),
    ("twin", *_UNIT),
    ("twin", *_STATUS),
    ("twin", "variable", "zero_effect_status", "", "the same of the twin", "对照情景的状态"),
    ("drag", "key", "part", "", "part of the selection drag", "逆选择拖累的构成"),
    (
        "drag",
        "variable",
        "present_value",
        "yuan",
        "fund without behaviour less fund with it, on the opening 1 January",
        "无行为反应与有行为反应的基金之差（期初现值）",
    ),
    ("drag", "variable", "closing", "yuan", "the same at the horizon", "同上，预测期末"),
    ("drag", *_UNIT),
    ("tail", "key", "year", "year", "calendar year", "年份"),
    ("tail", "variable", "bonus_cost_pp", "yuan", "cost of the raised cap a payer", "激励额度人均成本"),
    ("tail", "variable", "critical_illness_pp", "yuan", "critical-illness benefits a payer", "大病保险人均支出"),
    (
        "tail",
        "variable",
        "pareto_bonus_cost_pp",
        "yuan",
        "cost of the raised cap a payer, Pareto tail of index 2 above the 99th percentile",
        "激励额度人均成本（99分位以上帕累托尾部，指数2）",
    ),
    (
        "tail",
        "variable",
        "pareto_critical_illness_pp",
        "yuan",
        "critical-illness benefits a payer, the same tail",
        "大病保险人均支出（同上）",
    ),
    ("checks", "key", "identity", "", "accounting identity", "恒等式"),
    ("checks", "variable", "residual", "share", "largest difference over the size of the terms", "最大相对残差"),
    ("checks", "variable", "year", "year", "year of the largest difference", "最大残差所在年份"),
    ("checks", "variable", "amount", "persons or yuan", "largest difference", "最大残差"),
    ("checks", "variable", "holds", "", "within the tolerance", "是否成立"),
)
CODEBOOK_HEADER: Final = ("table", "kind", "name", "unit", "label", "label_zh", "formula")


def run_tables(twins: "Twins") -> dict[str, str]:
    """Every table of a run as CSV text by file name."""
    homes = ((twins.full, OF_THE_RUN), (twins, BESIDE_TWINS), (twins.full, ("checks",)))
    texts = {f"{name}.csv": table_csv(getattr(home, name)) for home, names in homes for name in names}
    texts["codebook.csv"] = rows_csv(CODEBOOK_HEADER, codebook())
    return texts


def comparison_tables(comparison: "Comparison") -> dict[str, str]:
    """The tables of a comparison as CSV text by file name."""
    return {
        "compare.csv": table_csv(comparison.measures),
        "compare_fund.csv": table_csv(comparison.fund),
        "compare_fund_difference.csv": table_csv(comparison.fund_difference),
        "compare_twin.csv": table_csv(comparison.twin),
        "differences.csv": table_csv(comparison.differences),
    }


def codebook() -> list[tuple[str, ...]]:
    """One row a column of every table with its unit, labels and formula, then one row a member of every axis."""
    rows: list[tuple[str, ...]] = []
    for table, keys in KEYS.items():
        for key in keys:
            unit, label, label_zh = KEY_LABELS[key]
            rows.append((table, "key", key, unit, label, label_zh, ""))
        for found in VARIABLES:
            if found.table == table:
                rows.append((table, "variable", found.name, found.unit, found.label, found.label_zh, found.formula))
    rows += [(*row, "") for row in OTHERS]
    for axis in AXES.values():
        if axis.name != "age":
            named = zip(axis.members, axis.labels, axis.labels_zh, strict=True)
            rows += [(axis.name, "member", member, "", label, label_zh, "") for member, label, label_zh in named]
    return rows
