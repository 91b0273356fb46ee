"""House rules that no tool checks: everything public is documented, `__all__` is true, layers import downward only."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import benchdb

ROOT = Path(benchdb.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.py") if not {"_migrations", "_seeds"} & set(path.parts))
LAYERS = (
    ("errors", "version"),
    ("schema", "config"),
    ("database", "stats", "rows"),
    ("ingest", "query", "charts", "export"),
    ("api",),
    ("site",),
    ("cli", "__main__"),
)
"""Parts from the lowest to the highest; parts of one layer do not know each other, except where said below."""
NEIGHBOURS = {
    ("schema", "config"),
    ("config", "schema"),
    ("database", "rows"),
    ("cli", "__main__"),
    ("__main__", "cli"),
}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _public(tree: ast.AST, prefix: str = "") -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    found: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            found.append((prefix + node.name, node))
            if isinstance(node, ast.ClassDef):
                found += _public(node, f"{node.name}.")
    return found


def _functions() -> list[tuple[str, str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [
        (_name(path), name, node)
        for path in FILES
        for name, node in _public(_tree(path))
        if not isinstance(node, ast.ClassDef)
    ]


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
    return [
        argument.arg for argument in named if argument.arg not in {"self", "cls"} and not argument.arg.startswith("_")
    ]


def _is_overriding(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "override" for each in node.decorator_list)


def _is_registered(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a decorator call makes it a command, whose parameters its own help documents."""
    return any(isinstance(each, ast.Call) for each in node.decorator_list)


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_every_public_thing_has_a_docstring(path: Path) -> None:
    """Modules, classes, functions and methods that are not private say what they are."""
    tree = _tree(path)
    assert ast.get_docstring(tree), f"{path} has no docstring"
    silent = [name for name, node in _public(tree) if not ast.get_docstring(node) and "override" not in ast.dump(node)]
    assert not silent


def test_public_functions_document_their_arguments() -> None:
    """A public function with parameters has an Args section that names each of them and no others."""
    wrong = []
    for module, name, node in _functions():
        text = ast.get_docstring(node) or ""
        section = re.search(r"^Args:\n((?:[ ]{4}.*\n?|\n)+)", text, re.MULTILINE)
        documented = re.findall(r"^    \*{0,2}(\w+)(?: \([^)]*\))?:", section[1], re.MULTILINE) if section else []
        documented = [each for each in documented if not each.startswith("_")]
        if sorted(documented) != sorted(_parameters(node)) and not _is_overriding(node) and not _is_registered(node):
            wrong.append((module, name, documented, _parameters(node)))
    assert not wrong


def test_public_functions_document_what_they_raise() -> None:
    """An exception that a public function raises by name stands in its Raises section."""
    wrong = []
    for module, name, node in _functions():
        raised = {
            found[0].split(".")[0]
            for each in ast.walk(node)
            if isinstance(each, ast.Raise) and each.exc is not None
            and (found := re.findall(r"^\w+Error[\w.]*", ast.unparse(each.exc)))
        }  # fmt: skip
        section = (ast.get_docstring(node) or "").partition("Raises:")[2]
        missing = {error for error in raised if error.endswith("Error") and error not in section} - {
            "TypeError",
            "AttributeError",
        }
        if missing and not _is_overriding(node):
            wrong.append((module, name, missing))
    assert not wrong


@pytest.mark.parametrize("name", [_name(path) for path in FILES if "__all__" in path.read_text(encoding="utf-8")])
def test_all_is_what_is_public(name: str) -> None:
    """`__all__` is sorted, every name in it exists, and no public name of the module's own is missing from it."""
    module = importlib.import_module(name)
    assert list(module.__all__) == sorted(module.__all__)
    assert all(hasattr(module, public) for public in module.__all__)
    own = {
        public
        for public, value in vars(module).items()
        if not public.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ == name
    }
    assert own <= set(module.__all__)


def _imports(path: Path) -> set[str]:
    """Return the parts of benchdb a module imports when it runs, not what it names for type checking only."""
    tree = _tree(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in found if name.startswith("benchdb.")}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_module_imports_upward(path: Path) -> None:
    """A module imports its own part and lower layers; nothing above it and no neighbour."""
    part = _name(path).split(".")[1] if "." in _name(path) else "api"
    level = {name: number for number, names in enumerate(LAYERS) for name in names}
    assert part in level, f"{part} has no layer: give it one here and in the import contracts"
    upward = {
        other
        for other in _imports(path)
        if other in level and other != part and level[other] >= level[part] and (part, other) not in NEIGHBOURS
    }
    assert not upward


def test_no_work_is_left_to_do() -> None:
    """No module says that something is to be done, and none leaves a stub."""
    signs = re.compile("TO" + "DO|FIX" + "ME|XX" + "X")
    assert not [path for path in FILES if signs.search(path.read_text(encoding="utf-8"))]


def test_no_example_is_timed() -> None:
    """Neither running nor making examples has a limit of time: on a busy machine one that waited would fail a test that is right."""
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
    timed = [
        path.name
        for path in Path(__file__).parents[1].rglob("test_*.py")
        for given in re.findall(r"suppress_health_check=\[([^]]*)\]", path.read_text(encoding="utf-8"))
        if "too_slow" not in given
    ]
    assert timed == []
