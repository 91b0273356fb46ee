"""`benchdb formats`: what can be imported."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import output_options
from benchdb.cli.sheet import Sheet

if TYPE_CHECKING:
    from benchdb.cli.output import Output


@click.command("formats", cls=Command, examples=("benchdb formats", "benchdb formats --format json"))
@output_options
def command(output: Output) -> None:
    """List the formats that can be imported."""
    from benchdb.api import formats

    sheet = Sheet(
        title="Formats that benchdb ingest reads",
        rows=[asdict(item) for item in formats()],
        headings={"name": "format", "summary": "reads"},
        notes=(
            "A format is recognised from a file's content; --from FORMAT overrides.",
            "A bundle of benchdb export bundle, a whole database in files, is read too: name its folder or its manifest.json.",
        ),
    )
    output.show(sheet)
