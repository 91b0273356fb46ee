"""pyproject.toml says what the code needs, and no more."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BY_NAME = {
    "psycopg": "SQLAlchemy imports the driver that a URL names",
    "pytz": "DuckDB needs it to hand over times with their zone",
    "vl-convert-python": "Altair needs it to write pictures",
}
"""Dependencies that no module of ours imports, each with why it is needed."""
EXTRAS = {"benchdb/site/server": "serve", "benchdb/api/watching.py": "watch"}
"""Folders and modules that need an extra, with its name."""
BELOW = {"markupsafe": "jinja2", "pydantic": "fastapi", "starlette": "fastapi"}
"""Packages that another one is made of, and comes with."""
NOT_REQUIRED = {"pandas", "polars"}
"""Packages that are imported only when a result is handed over to them."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]) for requirement in requirements}


def imported(folder: str, without: Iterable[str] = ()) -> set[str]:
    """Top-level packages that the modules of a folder import at run time, but for some folders below it."""
    found: set[str] = set()
    apart = [ROOT / each for each in without]
    place = ROOT / folder
    for path in [place] if place.is_file() else place.rglob("*.py"):
        if any(path.is_relative_to(each) for each in apart):
            continue
        for node in without_type_checking(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"benchdb"}


def without_type_checking(tree: ast.AST) -> list[ast.AST]:
    """Every node but those below `if TYPE_CHECKING:`."""
    nodes: list[ast.AST] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        is_guard = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        waiting += node.orelse if is_guard and isinstance(node, ast.If) else ast.iter_child_nodes(node)
    return nodes


def distributions(packages: set[str]) -> set[str]:
    known = packages_distributions()
    return {normal(known[package][0]) for package in packages if package in known}


def test_every_import_of_the_package_is_declared() -> None:
    """What benchdb imports is among its dependencies, but for libraries a result is handed over to on request."""
    needed = distributions(imported("benchdb", EXTRAS) | imported("migrations")) - NOT_REQUIRED
    assert {BELOW.get(each, each) for each in needed} <= declared(PROJECT["project"]["dependencies"])


def test_what_an_extra_is_for_needs_no_more_than_it_declares() -> None:
    """A folder with an extra imports packages of the extra and of the program; each package of the extra is imported by it."""
    for folder, name in EXTRAS.items():
        extra = declared(PROJECT["project"]["optional-dependencies"][name])
        used = {BELOW.get(each, each) for each in distributions(imported(folder))}
        assert used - declared(PROJECT["project"]["dependencies"]) == extra


def test_every_dependency_is_used() -> None:
    """Each dependency is imported somewhere, or stands above with the reason why it is not."""
    used = distributions(imported("benchdb") | imported("migrations"))
    assert declared(PROJECT["project"]["dependencies"]) - used <= set(BY_NAME)


def test_shipped_folders_are_in_the_wheel() -> None:
    """Migrations and seeds are shipped where `benchdb.database.revision.shipped_folder` looks for them."""
    shipped = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert shipped == {"migrations": "benchdb/_migrations", "seeds": "benchdb/_seeds"}


def test_every_ignored_rule_of_style_has_its_reason() -> None:
    """Each rule that ruff is told to ignore has a comment beside it that says why."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert ignored is not None
    lines = ignored[1].splitlines()
    assert lines
    assert [line for line in lines if not re.fullmatch(r'  "[A-Z]+\d+", +# \S.*', line)] == []
