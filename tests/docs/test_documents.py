"""The documents tell the truth: complete, current, linked, and free of what belongs to one machine."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs import generate, replay

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).resolve().parents[2]
PAGES = replay.pages()
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
OPTIONS_OF_TOOLS = {"--postgres", "--engines"}
"""Options of the tests, which CONTRIBUTING.md names."""
MOST_LINES = {"README.md": 150, "CONTRIBUTING.md": 200}
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HOSTS = tuple("".join(parts) for parts in (("py", "pi"), ("python", "hosted"), ("npm", "js"), ("deb.", "debian")))
_PLACES = tuple(f"/{folder}/" for folder in ("wo" + "rk", "tm" + "p/w", "ro" + "ot", "ho" + "me"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database that the examples ask."""
    return replay.seeded(tmp_path_factory.mktemp("seeded"))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tracked() -> tuple[str, ...]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("this is no git checkout")
    return tuple(name for name in done.stdout.split("\0") if name and (ROOT / name).is_file())


@pytest.mark.parametrize("name", NAMES)
def test_examples_print_what_the_page_shows(name: str, prepared: Path) -> None:
    """Every example of a page runs, and prints what the page says it prints (`just cog` rewrites the pages)."""
    assert replay.refreshed(ROOT / name, prepared) == text_of(name)


def test_generated_parts_are_current() -> None:
    """What cog wrote into the pages is what it would write now (`just cog` rewrites the pages)."""
    pages = [name for name in NAMES if "[[[cog" in text_of(name)]
    command = [sys.executable, "-m", "cogapp", "--check", "--diff", "-I", ".", *pages]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "most"), MOST_LINES.items())
def test_page_is_short_enough_to_be_read(name: str, most: int) -> None:
    """The pages that everybody reads stay within their number of lines."""
    assert len(text_of(name).splitlines()) <= most


@pytest.mark.parametrize("name", [*NAMES, "CHANGELOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    """A link to a file leads to a file of the project, and one to a heading to a heading of that file."""
    broken = []
    for found in _LINK.finditer(_FENCE.sub("", text_of(name))):
        path, _, anchor = found["target"].partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = (ROOT / name).parent / path if path else ROOT / name
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(found["target"])
    assert broken == []


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_every_page_is_linked_from_the_readme() -> None:
    """A reader who starts at the README reaches every page of docs/."""
    targets = {found["target"].partition("#")[0] for found in _LINK.finditer(text_of("README.md"))}
    assert {name for name in NAMES if name != "README.md"} <= targets


def test_every_command_is_documented_with_help_and_example() -> None:
    """Each command has a heading in docs/cli.md and a help text; those that do something end it in an example."""
    page = text_of("docs/cli.md")
    commands = generate.commands()
    assert [path for path in commands if f"\n## {path}\n" not in page] == []
    assert [path for path, command in commands.items() if not command.help] == []
    assert [path for path, command in commands.items() if is_leaf(command) and not examples(command)] == []


def is_leaf(command: click.Command) -> bool:
    return not hasattr(command, "list_commands")


def examples(command: click.Command) -> tuple[str, ...]:
    return tuple(getattr(command, "examples", ()))


def test_every_option_has_a_help_text() -> None:
    """No option of any command is left unexplained."""
    bare = [
        f"{path} {parameter.name}"
        for path, command in generate.commands().items()
        for parameter in command.params
        if parameter.param_type_name == "option" and not getattr(parameter, "help", None)
    ]
    assert bare == []


@pytest.mark.parametrize("name", NAMES)
def test_options_that_pages_name_exist(name: str) -> None:
    """An option in backticks is one of a command or a script of ours, or of a tool that the sentence or the command names."""
    ours = {
        option
        for command in generate.commands().values()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    scripts = {
        option
        for folder in ("benchmarks", "reliability")
        for script in (ROOT / "tests" / folder).rglob("*.py")
        for option in re.findall(r'add_argument\(\s*"(--[a-z][a-z-]+)"', script.read_text(encoding="utf-8"))
    }
    named = set(re.findall(r"`(--[a-z][a-z-]+)[ `=]", text_of(name)))
    assert sorted(named - ours - scripts - {"--help", *OPTIONS_OF_TOOLS}) == []


def test_every_importer_is_documented() -> None:
    """Each importer has a row and a section in docs/importers.md, with a first line that says what it reads."""
    from benchdb.ingest.importer import importers

    page = text_of("docs/importers.md")
    for importer in importers():
        assert importer.summary
        assert f"| `{importer.name}` |" in page
        assert f"\n### {importer.name}\n" in page


def test_every_exception_is_in_the_tree_and_the_page() -> None:
    """The tree in `benchdb.errors` names every exception with its exit code, and docs/python-api.md shows the tree."""
    from benchdb import errors

    tree, page = errors.__doc__ or "", text_of("docs/python-api.md")
    for name, found in vars(errors).items():
        if inspect.isclass(found) and issubclass(found, errors.BenchdbError):
            (code,) = re.findall(rf"\b{name} +(\d+)", tree)
            assert int(code) == found.exit_code
            assert re.search(rf"\b{name} +{code}", page)


def test_every_public_name_is_documented() -> None:
    """Each name in `benchdb.__all__` and `benchdb.api.__all__` stands in docs/python-api.md."""
    import benchdb
    from benchdb import api

    page = text_of("docs/python-api.md")
    public = {*benchdb.__all__, *api.__all__} - {"__version__"}
    assert sorted(name for name in public if not re.search(rf"\b{name}\b", page)) == []


def test_every_exit_code_of_an_exception_is_documented() -> None:
    """docs/cli.md lists each exit code that an exception or the command line uses."""
    from benchdb import errors
    from benchdb.cli import exits

    used = {found.exit_code for found in vars(errors).values() if hasattr(found, "exit_code")}
    used |= {exits.OK, exits.INTERRUPTED}
    page = text_of("docs/cli.md")
    assert [code for code in sorted(used) if f"| `{code}` |" not in page] == []


def test_every_table_is_documented() -> None:
    """Each table of the schema has a section in docs/schema.md."""
    from benchdb.schema import catalog, curation, results
    from benchdb.schema.base import Base

    assert all(hasattr(module, "Base") for module in (catalog, curation, results))
    page = text_of("docs/schema.md")
    assert [name for name in Base.metadata.tables if f"\n### {name}\n" not in page] == []


def test_nothing_names_a_registry_or_a_folder_of_one_machine() -> None:
    """No tracked text names the host of a package registry or a folder that exists on one machine only."""
    found = []
    for name in tracked():
        content = (ROOT / name).read_bytes()
        if b"\0" in content[:8192]:
            continue
        text = content.decode("utf-8", "replace").lower()
        found += [f"{name}: {word}" for word in (*_HOSTS, *_PLACES) if word in text]
    assert found == []


def test_set_up_commands_are_one_line_each_and_used_by_ci() -> None:
    """The README opens with one command for the main job and one for the tests, and .ci/run takes them from there."""
    main_job, tests = re.findall(r"^```sh\n(.*)\n```$", text_of("README.md"), re.MULTILINE)
    assert main_job.endswith("benchdb demo")
    assert tests.endswith("pytest")
    assert "README.md" in text_of(".ci/run")


def test_changelog_fragments_are_well_formed() -> None:
    """Each fragment has a kind that the changelog knows, is a sentence or more, and ends in the number of its issue."""
    import tomllib

    settings = tomllib.loads(text_of("pyproject.toml"))["tool"]["towncrier"]
    kinds = {kind["directory"] for kind in settings["type"]}
    fragments = [path for path in (ROOT / "changelog.d").iterdir() if path.suffix != ".jinja"]
    for path in fragments:
        _slug, kind, ending = path.name.rsplit(".", 2)
        text = path.read_text(encoding="utf-8").strip()
        assert kind in kinds, path.name
        assert ending == "md", path.name
        assert re.fullmatch(r"[A-Z`].*[.)] #\d+", text, re.DOTALL), path.name
