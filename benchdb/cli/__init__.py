"""The command line, a front end on `benchdb.api`: stdout is data, stderr is narration, exit codes are those of `exits`."""

from __future__ import annotations

import click

from benchdb.cli.groups import Entry, LazyGroup
from benchdb.version import __version__

SECTIONS = {
    "Start": (
        Entry("demo", "benchdb.cli.demo", "Create a database, fill it, and show what benchdb is for."),
        Entry("completion", "benchdb.cli.completion", "Print the script that completes commands and names in a shell."),
    ),
    "Questions": (
        Entry("leaderboard", "benchdb.cli.leaderboard", "Rank models on benchmarks, with uncertainty."),
        Entry("compare", "benchdb.cli.compare", "Say what is established about the difference of models."),
        Entry("gate", "benchdb.cli.gate", "Fail where a candidate is worse than a baseline, for CI."),
        Entry("power", "benchdb.cli.power", "Say what a benchmark can show between two models."),
        Entry("trend", "benchdb.cli.trend", "Show scores over parameter size or release date."),
        Entry("window", "benchdb.cli.window", "Rank models on the items of a window of dates."),
        Entry("items", "benchdb.cli.items", "Look at single items: the hardest, those that flip, agreement."),
        Entry("pass-at-k", "benchdb.cli.pass_at_k", "Show how often k attempts hold a right one, or are all right."),
        Entry(
            "frontier",
            "benchdb.cli.frontier",
            "Show which group of models leads, and by how many months.",
        ),
        Entry("pareto", "benchdb.cli.pareto", "Show which models no other beats in score and size."),
        Entry("series", "benchdb.cli.series", "Show a model's runs in order, and where their level changes."),
        Entry("noise", "benchdb.cli.noise", "Show where errors come from: items or answers."),
        Entry("coverage", "benchdb.cli.coverage", "Show which models have scores on which benchmarks."),
        Entry("claims", "benchdb.cli.claims", "List every claim that fits, with its source and place."),
        Entry("history", "benchdb.cli.history", "Show every claim about one model on one benchmark."),
        Entry("insights", "benchdb.cli.insights", "Find statements that hold of the scores."),
        Entry("conflicts", "benchdb.cli.conflicts", "Show where sources disagree."),
        Entry("doctor", "benchdb.cli.doctor", "Look for numbers that cannot be right."),
        Entry("trace", "benchdb.cli.trace", "Follow one score back to its source, file and place."),
        Entry("sql", "benchdb.cli.sql", "Answer one statement of SQL that reads."),
        Entry("chart", "benchdb.cli.chart", "Draw a question's answer as JSON, HTML, PNG, SVG or PDF."),
        Entry("verify", "benchdb.cli.verify", "Derive a chart again and say what differs."),
    ),
    "Data": (
        Entry("ingest", "benchdb.cli.ingest", "Import files of results."),
        Entry("undo", "benchdb.cli.undo", "Take an import back, or take that back."),
        Entry("preview", "benchdb.cli.preview", "Show what files hold and how it would map."),
        Entry("formats", "benchdb.cli.formats", "List the formats that can be imported."),
        Entry("export", "benchdb.cli.export", "Write claims, tables or the whole database as files."),
        Entry("list", "benchdb.cli.list", "List models, benchmarks and the rest of the catalogue."),
        Entry("alias", "benchdb.cli.alias", "Manage spellings of names, and find entries that are the same."),
        Entry("model", "benchdb.cli.model", "Merge models that are the same, or take that back."),
    ),
    "Share": (
        Entry("site", "benchdb.cli.site", "Write the database as a web site."),
        Entry("serve", "benchdb.cli.serve", "Serve the site and a JSON API from the live database."),
    ),
    "Database": (Entry("db", "benchdb.cli.db", "Create, upgrade, describe, check, copy or merge a database."),),
}
"""Every command, in the order of the help."""


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="benchdb", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep benchmark results of language models, and ask whether a difference is real.

    Start with "benchdb demo". Every command takes -h; the database is --db, else the
    variable BENCHDB_URL, else ./benchdb.duckdb.
    """
