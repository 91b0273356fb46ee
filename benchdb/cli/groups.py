"""Click with four habits of ours.

A command is imported when it is named; help comes in sections and ends in examples; a mistyped command is met with what was
probably meant; and every way out passes `benchdb.cli.exits`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import click

from benchdb.cli import exits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem
    from typing_extensions import override
else:

    def override(method):  # noqa: ANN001, ANN201 - the real one is for type checkers, and costs a start 3 ms
        """Return the method: on Python 3.11 `typing` has no such marker yet."""
        return method


OPTIONS = "Options"
"""Heading of the options that no section claims; it comes first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the help of the program."""

    name: str
    """Name of the command."""
    module: str
    """Module whose attribute `command` it is."""
    help: str
    """What it does, in a phrase; the first line of its own help."""


class Option(click.Option):
    """An option that stands under a heading of its own in the help."""

    def __init__(self, *args: Any, section: str = OPTIONS, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.section = section


class Command(click.Command):
    """A command whose help lists its options by section and ends in examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.examples = tuple(examples)

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their sections, in the order the sections first appear."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(getattr(parameter, "section", OPTIONS), []).append(record)
        for title in sorted(sections, key=lambda title: title != OPTIONS):
            with formatter.section(title):
                formatter.write_dl(sections[title], col_max=26)

    @override
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are typed."""
        del ctx
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{' ' * formatter.current_indent}{example}\n")


class Group(click.Group):
    """A group that says which command was probably meant."""

    command_class = Command

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named; an unknown one is a usage error that says what was probably meant."""
        known = self.list_commands(ctx)
        if not ctx.resilient_parsing and not args[0].startswith("-") and args[0] not in known:
            ctx.fail(unknown_command(args[0], known))
        return super().resolve_command(ctx, args)


class LazyGroup(Group):
    """The program: knows its commands by name and phrase, and imports the one that is asked for."""

    def __init__(self, *args: Any, sections: dict[str, tuple[Entry, ...]], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.sections = sections
        self.entries = {entry.name: entry for entries in sections.values() for entry in entries}

    @override
    def main(  # type: ignore[override]  # click promises not to return; without standalone_mode it does
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - the signature is click's
        **extra: Any,
    ) -> int:
        """Run the program; unless it is called with standalone_mode=False, end the process with its exit code."""
        run = super().main
        code = exits.run(lambda: run(args, prog_name, complete_var, standalone_mode=False, **extra))
        if standalone_mode:
            sys.exit(code)
        return code

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the help."""
        del ctx
        return list(self.entries)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now, or None when there is none of that name."""
        del ctx
        entry = self.entries.get(cmd_name)
        return None if entry is None else cast("click.Command", import_module(entry.module).command)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections, without importing any."""
        del ctx
        widest = max(map(len, self.entries))
        for title, entries in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(entry.name.ljust(widest), entry.help) for entry in entries])

    @override
    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return commands and options that start with what was typed, without importing any command."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=entry.help) for name, entry in self.entries.items() if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]


def unknown_command(name: str, known: Sequence[str]) -> str:
    """Return the message for a command that does not exist.

    Args:
        name: What was typed.
        known: The commands there are.
    """
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=2, cutoff=0.55)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f'There is no command "{name}".{hint}'
