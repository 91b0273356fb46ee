"""`benchdb serve`: the site and a JSON API from the live database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli import exits
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, option
from benchdb.errors import ConfigError

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.site.server.front import Front
    from benchdb.site.server.run import Place

_SERVER = "Server"


@click.command(
    "serve",
    cls=Command,
    examples=(
        "benchdb serve --open",
        "benchdb serve --db results.duckdb --port 8080",
    ),
)
@option(
    "--host",
    section=_SERVER,
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at; 0.0.0.0 is open to the network.",
)
@option(
    "--port",
    section=_SERVER,
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port; 0 takes a free one.",
)
@option(
    "--allow-host",
    "hosts",
    section=_SERVER,
    multiple=True,
    metavar="NAME",
    help="Answer requests that call the server by this name; may be repeated.  [default: on loopback its names, else any]",
)
@option("--cors", section=_SERVER, is_flag=True, help="Let pages of other sites read the answers.")
@option("--open", "opens", section=_SERVER, is_flag=True, help="Show it in the browser.")
@option("--log/--quiet", "-q", "log", section=_SERVER, default=True, help="Log each request to stderr.  [default: log]")
@database_options
def command(*, opens: bool, target: Target, **where: Any) -> None:
    """Serve the site and a JSON API from the live database.

    Shows the pages that benchdb site writes, read-only. The API is described at /api/v1/openapi.json and in docs/serve.md. Listens on this machine only unless --host says
    otherwise. Ctrl-C stops it, with exit code 0. An import may run meanwhile: the file is let go while nobody asks. Needs the extra "serve".
    """
    place, app = _prepared(target, where)
    with target.open() as database:
        name = database.place
    from benchdb.site.server.run import listen, run

    listening, address = listen(place)
    exits.say(f"Serving {name} at {address} (API: {address}api/v1/openapi.json); Ctrl-C stops it.")
    if opens:
        click.launch(address)
    run(app, listening)
    exits.say("Stopped.")


def _prepared(target: Target, where: dict[str, Any]) -> tuple[Place, Front]:
    """Return where to serve and the application; raise where the extra is not installed."""
    try:
        from benchdb.site.server.run import Place, application

        place = Place(**where)
        return place, application(target.name, place)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f'benchdb serve needs packages that are not installed ({error.name}). Install them: pip install "benchdb[serve]"'
        ) from error
