"""`benchdb chart`: the answer of a question as a picture or as Vega-Lite JSON."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

import click

from benchdb.cli.groups import Group

if TYPE_CHECKING:
    from typing_extensions import override
else:
    from benchdb.cli.groups import override


class Kinds(Group):
    """The kinds of charts; the module of one is imported when it is named."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the kinds in the order of the help."""
        from benchdb.api import chart_types

        del ctx
        return list(chart_types())

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a kind, imported now, or None when there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"benchdb.cli.charts.{cmd_name.replace('-', '_')}")
        return cast("click.Command", module.command)


@click.group("chart", cls=Kinds)
def command() -> None:
    """Draw a question's answer as JSON, HTML, PNG, SVG or PDF."""
