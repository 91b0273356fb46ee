"""Nothing in the package runs, unpickles or unpacks what a file holds, starts a shell, or puts values into SQL."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[2] / "benchdb"
FORBIDDEN_MODULES = frozenset(
    {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "pty", "code", "ctypes"}
)
FORBIDDEN_CALLS = frozenset({
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "os.spawnv", "yaml.load", "yaml.load_all", "yaml.unsafe_load",
    "yaml.full_load", "np.load", "numpy.load", "pd.read_pickle", "torch.load", "tempfile.mktemp", "xml.etree.ElementTree.parse", "lxml.etree.parse",
})  # fmt: skip
FORBIDDEN_NAMES = frozenset({"UnsafeLoader", "FullLoader", "Loader", "CLoader"})
FORBIDDEN_METHODS = frozenset({"extractall", "extract"})
SQL_METHODS = frozenset({"execute", "executemany", "sql", "text", "executescript", "exec_driver_sql", "query"})
ALLOWED = {
    (
        "ingest/wire.py",
        "pickle",
    ): "messages between one import's own processes, through pipes that nobody else holds; no file is unpickled",
    (
        "ingest/raw_text.py",
        "marshal",
    ): "writes values as bytes by which equal ones are known again in memory; nothing is read back",
}
"""Module and what it uses → why it may."""
SQL_ALLOWED = {
    "database/bulk.py": "names of tables and columns of our own schema",
    "database/connect.py": "names and values of settings, all constants of that module",
    "database/other.py": "names of our own schema, and the path of a database in quotes that are doubled inside it",
    "database/restatements.py": "names of tables of our own schema",
    "database/revision.py": "a constant of that module",
    "ingest/union/sides.py": "names of tables that the module makes itself",
    "query/rewind.py": "names of our own schema, and statements that SQLAlchemy compiled, whose values are bound",
}
"""Module → what its formatted SQL is put together from."""


@cache
def trees() -> list[tuple[str, ast.Module]]:
    """Return every module of the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return [(str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def dotted(node: ast.expr) -> str:
    """Return a name with its dots, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def offences(tree: ast.AST) -> Iterator[str]:
    """Yield what a module does that it must not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_MODULES)
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[0] in FORBIDDEN_MODULES:
                yield node.module or ""
            yield from (alias.name for alias in node.names if node.module == "yaml" and alias.name in FORBIDDEN_NAMES)
        elif isinstance(node, ast.Attribute) and dotted(node) in {f"yaml.{name}" for name in FORBIDDEN_NAMES}:
            yield dotted(node)
        elif isinstance(node, ast.Call):
            yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[str]:
    name = dotted(node.func)
    if name in FORBIDDEN_CALLS:
        yield name
    if (
        isinstance(node.func, ast.Attribute)
        and node.func.attr in FORBIDDEN_METHODS
        and name.split(".")[0] not in {"pc", "re"}
    ):
        yield node.func.attr
    for keyword in node.keywords:
        is_true = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        if keyword.arg in {"shell", "allow_pickle"} and is_true:
            yield f"{keyword.arg}=True"
        if keyword.arg in {"resolve_entities", "huge_tree", "load_dtd"} and is_true:
            yield f"{keyword.arg}=True"


def formatted(node: ast.expr, known: dict[str, ast.expr]) -> bool:
    """Return whether an argument is text put together with values: an f-string, %, +, format or a name bound to one."""
    if isinstance(node, ast.Name):
        return node.id in known and formatted(known[node.id], {})
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return any(isinstance(side, ast.Constant | ast.JoinedStr | ast.BinOp) for side in (node.left, node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return True
    return (
        isinstance(node, ast.Call)
        and dotted(node.func) in {"text", "sa.text"}
        and any(formatted(each, known) for each in node.args)
    )


def formatted_sql(tree: ast.Module) -> Iterator[int]:
    """Yield the lines on which a statement is run that is put together from text and values."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        known = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
            if name in SQL_METHODS and formatted(node.args[0], known):
                yield node.lineno


def test_nothing_runs_or_unpickles_what_a_file_holds() -> None:
    """No module imports or calls what makes code of data, but for those that are listed with a reason."""
    found = {(name, each) for name, tree in trees() for each in offences(tree)}
    assert found - set(ALLOWED) == set()


def test_every_exception_is_still_needed() -> None:
    """An exception that no module uses any more is taken off the list."""
    found = {(name, each) for name, tree in trees() for each in offences(tree)}
    assert set(ALLOWED) <= found
    assert set(SQL_ALLOWED) <= {name for name, tree in trees() if any(formatted_sql(tree))}


def test_no_value_is_put_into_sql_as_text() -> None:
    """Statements with text of ours put into them stand in the listed modules alone; values are bound."""
    found = {f"{name}:{line}" for name, tree in trees() if name not in SQL_ALLOWED for line in formatted_sql(tree)}
    assert found == set()


@pytest.mark.parametrize(
    "code",
    [
        "import pickle", "from pickle import loads", "eval('1')", "exec(x)", "import yaml\nyaml.load(x, Loader=y)", "yaml.UnsafeLoader",
        "from yaml import FullLoader", "np.load(f, allow_pickle=True)", "archive.extractall(folder)", "run(x, shell=True)", "import marshal",
        "import shelve", "os.system('ls')", "XMLParser(resolve_entities=True)",
    ],
)  # fmt: skip
def test_what_is_forbidden_is_found(code: str) -> None:
    """The check fails on each thing that it forbids."""
    assert list(offences(ast.parse(code)))


@pytest.mark.parametrize(
    "statement",
    [
        "c.execute(f'SELECT {x}')", "c.execute('SELECT %s' % x)", "c.execute('SELECT ' + x)", "c.execute('SELECT {}'.format(x))",
        "s = f'SELECT {x}'; c.execute(s)", "c.execute(text(f'SELECT {x}'))",
    ],
)  # fmt: skip
def test_formatted_sql_is_found(statement: str) -> None:
    """The check fails on each way to put a value into a statement."""
    assert list(formatted_sql(ast.parse(f"def f(c, x):\n    {statement}\n")))
