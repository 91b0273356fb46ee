"""Tests of help, completion and the list of commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest

from benchdb.api import chart_types
from benchdb.cli import SECTIONS, cli
from benchdb.cli.chart import KINDS
from benchdb.cli.charts.drawing import FILE_TYPES
from benchdb.cli.groups import Command
from benchdb.cli.ingest import SCORE_UNITS
from benchdb.cli.options import FILTERS, POLICIES, SOURCE_KINDS
from benchdb.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Yield each command and subcommand with the words that call it."""
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                found = command.get_command(context, below)
                assert found is not None
                yield f"{name} {below}", found


COMMANDS = dict(every_command())


def test_the_help_lists_every_command_in_its_section(run: Callable[..., Result]) -> None:
    """Sections stand in their order and each command in its own."""
    text = run("--help").stdout
    assert [line[:-1] for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")] == [
        "Options",
        *SECTIONS,
    ]
    for entries in SECTIONS.values():
        for entry in entries:
            assert f"  {entry.name}" in text
            assert entry.help in text


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_explains_itself_with_an_example(words: str, run: Callable[..., Result]) -> None:
    """-h fits 80 columns but for options' names and examples, explains every option, and ends in examples that name the command."""
    result = run(*words.split(), "-h", COLUMNS="80")
    assert result.exit_code == 0
    command = COMMANDS[words]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
    if isinstance(command, Command):
        assert command.examples
        assert result.stdout.endswith(f"{command.examples[-1]}\n")
        for example in command.examples:
            assert f"benchdb {words.split(maxsplit=1)[0]}" in example or "benchdb history" in example
    else:
        assert isinstance(command, click.Group)


@pytest.mark.parametrize("words", [words for words, command in COMMANDS.items() if isinstance(command, Command)])
def test_every_example_is_a_command_line_that_parses(words: str) -> None:
    """What the help shows can be typed: names and options exist."""
    import shlex

    command = COMMANDS[words]
    assert isinstance(command, Command)
    for example in command.examples:
        typed = shlex.split(re.split("[|<>#]", example, maxsplit=1)[0].replace('eval "$(', "").replace(')"', ""))
        n_words = len(words.split()) if typed[1 : 1 + len(words.split())] == words.split() else 1
        found = COMMANDS[" ".join(typed[1 : 1 + n_words])]
        found.make_context(
            " ".join(typed[: 1 + n_words]),
            typed[1 + n_words :],
            parent=click.Context(cli, help_option_names=["-h", "--help"]),
        )


def test_the_phrase_in_the_list_is_the_first_line_of_the_help() -> None:
    """The list of commands, which imports none of them, says what each says of itself."""
    for entries in SECTIONS.values():
        for entry in entries:
            assert (COMMANDS[entry.name].help or "").splitlines()[0] == entry.help


def test_the_version_is_the_packages(run: Callable[..., Result]) -> None:
    """--version prints name and version."""
    assert run("--version").stdout == f"benchdb {__version__}\n"


@pytest.mark.parametrize(
    ("typed", "meant"), [("leaderbord", "leaderboard"), ("improt", None), ("comapre", "compare"), ("lst", "list")]
)
def test_a_mistyped_command_is_met_with_what_was_meant(
    typed: str, meant: str | None, run: Callable[..., Result]
) -> None:
    """An unknown command exits with 2 and names the nearest ones, if any is near."""
    result = run(typed)
    assert result.exit_code == 2
    assert f'There is no command "{typed}".' in result.stderr
    assert ("Did you mean" in result.stderr) == (meant is not None)
    assert meant is None or meant in result.stderr


def test_without_a_command_the_help_is_shown(run: Callable[..., Result]) -> None:
    """`benchdb` alone is a usage error that shows the help."""
    result = run()
    assert result.exit_code == 2
    assert "Questions:" in result.stdout + result.stderr


def test_vocabularies_are_the_schemas() -> None:
    """The words that options accept, written down so that help imports nothing, are those of the parts they go to."""
    from benchdb.api.filters import Asked
    from benchdb.charts.save import FORMATS
    from benchdb.query.policies import Policy
    from benchdb.schema.vocab import ScoreUnit, SourceKind

    assert set(SCORE_UNITS) == {unit.value for unit in ScoreUnit}
    assert set(SOURCE_KINDS) == {kind.value for kind in SourceKind}
    assert set(POLICIES) == {policy.value for policy in Policy}
    assert set(FILTERS) == {"models", *Asked.__annotations__}
    assert FILE_TYPES == FORMATS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_a_shell(shell: str, run: Callable[..., Result]) -> None:
    """The script calls benchdb with the variable that makes it complete."""
    result = run("completion", shell)
    assert result.exit_code == 0
    assert f"_BENCHDB_COMPLETE={shell}_complete" in result.stdout


def complete(run: Callable[..., Result], *words: str, **environment: str) -> list[str]:
    """Return what bash would offer after the words."""
    line = " ".join(["benchdb", *words])
    result = run(_BENCHDB_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words)), **environment)
    return [offer.partition(",")[2] for offer in result.stdout.splitlines() if offer]


def test_commands_options_and_names_are_completed(run: Callable[..., Result], seeded: Path) -> None:
    """A shell is offered commands, options, and models of the database; without a database it stays silent."""
    assert complete(run, "lead") == ["leaderboard"]
    assert complete(run, "leaderboard", "--min") == ["--min-parameters"]
    assert complete(run, "compare", "AM-Distill-Qwen-7", BENCHDB_URL=str(seeded)) == ["a-m-team/am-distill-qwen-72b"]
    assert complete(run, "compare", "AM-Distill-Qwen-7") == []


def test_the_kinds_of_charts_say_the_same_in_the_list_and_of_themselves() -> None:
    """The list of kinds, which imports none of them, holds every kind with the first line of its help."""
    for entries in KINDS.values():
        assert [entry.name for entry in entries] == list(chart_types())
        for entry in entries:
            assert (COMMANDS[f"chart {entry.name}"].help or "").splitlines()[0] == entry.help
