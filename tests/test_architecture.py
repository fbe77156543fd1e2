"""Conventions that hold the code together: who may import whom, variables told once, names that say nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import simsurance
from simsurance.language import languages
from simsurance.output.labels import label
from simsurance.output.planned import TABLES
from simsurance.results import simulate
from simsurance.scenario_file.loader import load
from simsurance.variables import KEYS, VARIABLES, variable

PACKAGE = Path(simsurance.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
LAYERS: tuple[tuple[str, ...], ...] = (
    ("axes", "errors", "csv_text", "drafts", "plain_text"),
    ("ledger", "processes"),
    ("variables", "language"),
    ("data", "scenario_file", "model"),
    ("basis",),
    ("measures",),
    ("adjusting", "borrowing", "account_spread", "accrued_bonus"),
    ("identities", "incidence", "tiers"),
    ("results",),
    ("uncertainty",),
    ("analysis", "evidence"),
    ("answers",),
    ("output",),
    ("api", "api_answers", "intake", "member", "reviewer"),
    ("cli",),
)
"""From the ground up: a module imports from its own package or from layers below."""
SCRIPTS = ("data.build", "output.fonts.build_subset")
"""Run by hand; may use anything."""


def name_of(path: Path) -> str:
    """Dotted name inside the package; the package's own file is its name."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__").removesuffix("__init__")


def below(name: str, group: str) -> bool:
    """Whether a module is the group or lies in it."""
    return name == group or name.startswith(group + ".")


@cache
def parsed(path: Path) -> ast.Module:
    """A module's text as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, at_import_time: bool = False) -> Iterator[str]:
    """Full names of what a module imports, those for type checking left out; `at_import_time` leaves out lazy ones."""

    def walk(node: ast.AST) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if at_import_time and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if isinstance(child, ast.Import):
                yield from (alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: imports are absolute"
                module = child.module or ""
                for alias in child.names:
                    whole = f"{module}.{alias.name}"
                    is_module = (PACKAGE.parent / whole.replace(".", "/")).with_suffix(".py").exists()
                    yield whole if is_module else module
            else:
                yield from walk(child)

    return walk(parsed(path))


def own_imports(path: Path) -> set[str]:
    """Modules of the package that a module imports, by their names inside it."""
    named = imports(path)
    return {name.removeprefix("simsurance.") for name in named if name.startswith("simsurance.")}


def layer_of(name: str) -> int | None:
    """The layer that a module stands in."""
    found = [place for place, groups in enumerate(LAYERS) if any(below(name, group) for group in groups)]
    return found[0] if found else None


def group_of(name: str) -> str:
    """The member of a layer that a module belongs to."""
    return next(group for groups in LAYERS for group in groups if below(name, group))


PLACED = [path for path in MODULES if not any(below(name_of(path), script) for script in SCRIPTS)]


@pytest.mark.parametrize("path", [path for path in PLACED if name_of(path)], ids=name_of)
def test_imports_point_downwards(path: Path) -> None:
    name = name_of(path)
    own = layer_of(name)
    assert own is not None, f"{name} has no layer in this test"
    for other in own_imports(path):
        theirs = layer_of(other)
        assert theirs is not None, f"{name} imports {other}, which has no layer in this test"
        assert theirs < own or group_of(other) == group_of(name), f"{name} imports {other}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "model").glob("*.py")), ids=name_of)
def test_the_model_imports_numpy_special_functions_axes_and_ledger_alone(path: Path) -> None:
    allowed = {"numpy", "numpy.typing", "scipy.special", "simsurance.axes", "simsurance.ledger"}
    for name in imports(path):
        known = name in allowed or name.split(".")[0] in sys.stdlib_module_names or name.startswith("simsurance.model")
        assert known, f"{name_of(path)} imports {name}"


@pytest.mark.parametrize(
    ("package", "home"),
    [
        ("matplotlib", "output.charts"),
        ("click", "cli"),
        ("jinja2", "language"),
        ("distributed", "uncertainty.cluster"),
        ("pyarrow", "output.parquet"),
    ],
)
def test_a_library_is_imported_in_its_home_alone(package: str, home: str) -> None:
    users = {name_of(path) for path in PLACED if any(below(name, package) for name in imports(path))}
    assert users, f"nobody imports {package}"
    assert {name for name in users if not below(name, home)} == set()


ON_THE_WAY_TO_A_RESULT = ("basis", "model", "measures", "identities", "incidence", "results")
LINEAR_ALGEBRA = {"dot", "einsum", "inner", "linalg", "lstsq", "matmul", "tensordot", "vdot"}
WHERE_BITS_DO_NOT_PASS_ON = {"smoothest", "_alike"}
"""In `basis.counted_ages`: which steps bind is a choice among steps, and products of differences are whole numbers."""


@pytest.mark.parametrize(
    "path",
    [path for path in PLACED if any(below(name_of(path), group) for group in ON_THE_WAY_TO_A_RESULT)],
    ids=name_of,
)
def test_no_bit_of_a_result_depends_on_threads_of_linear_algebra(path: Path) -> None:
    def walk(node: ast.AST) -> Iterator[ast.AST]:
        if not (isinstance(node, ast.FunctionDef) and node.name in WHERE_BITS_DO_NOT_PASS_ON):
            yield node
            for child in ast.iter_child_nodes(node):
                yield from walk(child)

    for node in walk(parsed(path)):
        named = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        assert named not in LINEAR_ALGEBRA, f"{name_of(path)}: {ast.unparse(node)}"
        assert not isinstance(node, ast.MatMult), name_of(path)


REDUCTIONS = {"all", "any", "argmax", "argmin", "cumprod", "cumsum", "max", "mean", "min", "prod", "squeeze", "sum"}


def is_number(node: ast.AST | None) -> bool:
    """Whether a node is a whole number as it stands, or several of them."""
    if isinstance(node, ast.UnaryOp):
        return is_number(node.operand)
    if isinstance(node, ast.Tuple):
        return bool(node.elts) and all(map(is_number, node.elts))
    return isinstance(node, ast.Constant) and type(node.value) is int


def numbered_axes(tree: ast.Module) -> Iterator[str]:
    """Where an axis is told by its position: in a reduction, among slices, or by new axes; the innermost may be the last."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            told = [keyword.value for keyword in node.keywords if keyword.arg == "axis"]
            if isinstance(node.func, ast.Attribute) and node.func.attr in REDUCTIONS:
                told += node.args[:1]
            if any(is_number(each) and ast.unparse(each) != "-1" for each in told):
                yield ast.unparse(node)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            numbers, whole, new = (
                sum(map(kind, node.slice.elts))
                for kind in (
                    is_number,
                    lambda each: isinstance(each, ast.Slice),
                    lambda each: ast.unparse(each) == "None",
                )
            )
            if (numbers and whole) or numbers > 1 or new > 1:
                yield ast.unparse(node)


@pytest.mark.parametrize("path", PLACED, ids=name_of)
def test_axes_are_named(path: Path) -> None:
    assert list(numbered_axes(parsed(path))) == []


@pytest.mark.parametrize(
    "text",
    [
        "a.sum(axis=1)",
        "a.sum((1, 2))",
        "a.max(axis=(0, -2))",
        "a[:, 0]",
        "a[0, :, b]",
        "a[0, 0, b]",
        "a[:, None, None]",
    ],
)
def test_a_numbered_axis_is_seen(text: str) -> None:
    assert list(numbered_axes(ast.parse(text))) == [text]


@pytest.mark.parametrize(
    "text", ["a.sum(axis=-1)", "a[..., 0]", "a[:, None]", "a[:, :, ROW]", "a.sum(axis=axis('age'))"]
)
def test_a_named_axis_is_let_through(text: str) -> None:
    assert list(numbered_axes(ast.parse(text))) == []


def test_pyplot_is_nobodys() -> None:
    assert [name_of(path) for path in MODULES if "matplotlib.pyplot" in imports(path)] == []


def test_pandas_is_imported_when_a_table_is_made() -> None:
    assert [name_of(path) for path in PLACED if any(below(name, "pandas") for name in imports(path, True))] == []


def test_jinja2_is_imported_when_a_sentence_is_told() -> None:
    assert [name_of(path) for path in PLACED if any(below(name, "jinja2") for name in imports(path, True))] == []


@pytest.mark.parametrize("command", ["validate", "show"])
def test_checking_and_showing_need_neither_pandas_nor_matplotlib_nor_scipy(command: str) -> None:
    code = (
        f"import sys, simsurance.cli.{command} as command\n"
        "command.command.main(['baseline'], standalone_mode=False)\n"
        "print(sorted({'pandas', 'matplotlib', 'scipy'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_named_for_nothing(path: Path) -> None:
    forbidden = {"utils", "util", "helpers", "helper", "common", "base", "core", "manager", "misc"}
    assert forbidden.isdisjoint(part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts)


def test_every_variable_is_told_once_with_its_unit_and_a_label_in_every_language() -> None:
    assert len({(found.table, found.name) for found in VARIABLES}) == len(VARIABLES)
    for found in VARIABLES:
        assert found.table in KEYS, found.name
        assert found.unit, found.name
        assert all(label(found.table, found.name, lang) for lang in languages()), found.name
        assert variable(found.table, found.name) is found


def test_a_variable_means_the_same_in_every_table() -> None:
    for found in VARIABLES:
        alike = [other for other in VARIABLES if other.name == found.name and other.table in ("flows", "ages")]
        if found.table in ("flows", "ages"):
            assert {(other.unit, other.formula) for other in alike} == {(found.unit, found.formula)}, found.name


WITH_ALL_ROWS = ("social_impact_bonds", "arrears_in_a_downturn", "contributions_of_retirees", "voluntary_higher_cover")
"""Options that bring what a scenario may have."""


def test_every_variable_is_produced_and_no_other() -> None:
    (results,) = simulate([load("baseline", WITH_ALL_ROWS).replace({"horizon.last_year": 2030})])
    for table, keys in KEYS.items():
        frame = getattr(results, table)
        assert tuple(frame.index.names) == keys, table
        told = [found.name for found in VARIABLES if found.table == table]
        assert sorted(frame.columns) == sorted(told), table
        assert frame.index.is_unique, table
        assert len(frame) > 0, table


def test_every_table_that_is_written_is_one_of_the_variables_tables() -> None:
    assert set(KEYS) >= {
        table for table in TABLES if table not in ("measures", "checks", "twin", "drag", "tail", "codebook")
    }
