"""Names that mean something to a shell, SQL, a terminal, a page, a spreadsheet or a template, and files that are full of them."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import click
import duckdb
from click.testing import CliRunner

from benchdb.cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

NAMES = (
    "quotes '\"`''",
    "Robert'); DROP TABLE score;--",
    "line\nfeed\ttab\rback\\slash",
    "<script>alert(1)</script>",
    "=cmd()",
    "+1",
    "@x",
    "{{ 7*7 }} {% raw %} \\input{x}",
    "%s %(a)s %n",
    "$1 ${HOME} $(id) :x ?",
    "\x1b[31mred\x1b[0m\x07\x1b]8;;http://outside.example\x07\x9b2J",
    "\u202egnp.exe\u202c\u2028\ufeff!",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301 模型",
    "n" * 300,
)
"""A model, organization, benchmark, metric, source, subset, item and variant is called each of them."""
COMMON = "common; '--\" <b>"
"""A benchmark of all models."""
ITEMS = "items '\" \x1b[2J"
"""A benchmark of all models, item by item."""
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What moves a cursor, colours, rings or reorders; a line feed does not."""
FILE = "o'hara\"; DROP TABLE score;-- $(id) %s {x} :x \x1b[31m\u202e"
"""The beginning of a file's name."""
FAULTS = ("Traceback (most recent call last)", "This is a fault of benchdb", "[SQL: ")
"""What no command may say."""
ENVIRONMENT = {"BENCHDB_URL": None, "BENCHDB_DEBUG": None, "COLUMNS": None, "NO_COLOR": None}
_FORMULA = re.compile(r"'+[=+\-@\t\r\n]")


def score_rows() -> list[dict[str, Any]]:
    """Return two scores of each model: on a benchmark of its own name, and on the common one; two sources differ on that one."""
    rows = []
    for number, name in enumerate(NAMES):
        about = {
            "model": name,
            "model_organization": name,
            "source_title": name,
            "source_organization": name,
            "place": name,
            "label": name,
        }
        settings = {"harness": name, "scaffold": name, "extraction": name}
        plain = {"value": 50 + number, "unit": "percent", "n_items": 100, "decimals": 0}
        rows += [
            {**about, **settings, **plain, "ran_at": "", "benchmark": name, "subset": name, "metric": f"m {name}"},
            {**about, **plain, "benchmark": COMMON, "subset": "", "metric": "accuracy"},
            {
                **about,
                **plain,
                "benchmark": COMMON,
                "subset": "",
                "metric": "accuracy",
                "value": 40 + number,
                "source_title": f"2 {name}",
                "ran_at": f"2025-02-{1 + number:02}",
            },
        ]
    return rows


def item_rows() -> list[dict[str, Any]]:
    """Return four attempts of each model at each of as many items as there are names."""
    return [
        {
            "model": name, "model_organization": name, "benchmark": ITEMS, "metric": "accuracy", "sample": item, "n_attempts": 4,
            "n_correct": (number * 7 + place * 3) % 5, "answer": item, "sample_cluster": item,
            "sample_dated_on": f"2025-{1 + place % 12:02}-01",
        }
        for number, name in enumerate(NAMES)
        for place, item in enumerate(NAMES)
    ]  # fmt: skip


def write_csv(rows: list[dict[str, Any]], path: Path) -> Path:
    """Write rows as the csv module does, and return the file.

    Args:
        rows: All with the keys of the first, or fewer.
        path: File to make.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def without_apostrophe(cell: str) -> str:
    """Return the text of a CSV cell without the apostrophe that keeps a spreadsheet from running it.

    Args:
        cell: As the csv module reads it.
    """
    return cell[1:] if _FORMULA.match(cell) else cell


def fill(folder: Path, db: str) -> None:
    """Import both kinds of files into a database of any engine by the command line.

    Args:
        folder: Where the files are made.
        db: File or URL of a database, at the newest revision.
    """
    write_csv(score_rows(), folder / "scores.csv")
    (folder / "items.json").write_text(json.dumps(item_rows()), encoding="utf-8")
    result = run("ingest", folder / "scores.csv", folder / "items.json", "--answers", "--db", db)
    assert result.exit_code == 0, result.output


def state_facts(file: Path) -> None:
    """Give each model of a DuckDB file a size, a day and a hostile family, as a catalogue does.

    Args:
        file: The database; no one else has it open.
    """
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "UPDATE model SET n_parameters = 1000000000 * length(name), family = name, is_open_weights = length(name) % 2 = 0, "
            "released_on = DATE '2025-01-01' + length(name)::INTEGER"
        )
        connection.execute("UPDATE metric SET higher_is_better = TRUE WHERE higher_is_better IS NULL")


def run(*words: object, **environment: str) -> Result:
    """Run a command in this process; what it says on the two streams is kept apart.

    Args:
        *words: As on the command line.
        **environment: Variables that it sees.
    """
    return CliRunner().invoke(
        cli, [str(word) for word in words], env={**ENVIRONMENT, **environment}, prog_name="benchdb"
    )


def leaves(group: click.Group = cli, *path: str) -> Iterator[str]:
    """Yield every command that has none below it: "leaderboard", "items hardest".

    Args:
        group: Where to begin.
        *path: Its name.
    """
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaves(command, *path, name)
        else:
            yield " ".join((*path, name))


def sha256_of(path: Path) -> str:
    """Return the hash of a file's bytes.

    Args:
        path: The file.
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()
