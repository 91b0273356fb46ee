"""Names with quotes, semicolons, line feeds, escapes and markup go through every command unharmed, and harm nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import html5lib
import pytest

from benchdb.cli.output import FORMATS
from tests.reliability.hostile import (
    COMMON,
    CONTROLS,
    FAULTS,
    FILE,
    ITEMS,
    NAMES,
    leaves,
    run,
    score_rows,
    sha256_of,
    without_apostrophe,
    write_csv,
)  # fmt: skip
from tests.reliability.places import content_of
from tests.reliability.test_hostile_exports import CHARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.testing import Result

pytestmark = pytest.mark.usefixtures("workplace")
LEFT_OUT = {
    "completion": "prints a script of click's own and asks no database; what it completes is tested below",
    "demo": "is told no names; tests/cli/test_cli_demo.py",
    "export": "tests/reliability/test_hostile_exports.py",
    "serve": "does not end; tests/site/browser/test_browser_served.py serves such names",
}
"""Commands that are not called here, and why."""
ALL = (
    "-m",
    "{n}",
    "-b",
    "{n}",
    "--subset",
    "{n}",
    "--organization",
    "{n}",
    "--source",
    "{n}",
    "--harness",
    "{n}",
    "--variant",
    "{n}",
)
BOTH = ("-m", "{n}", "-m", "{m}")
QUESTIONS: dict[str, tuple[str, ...]] = {
    "leaderboard": (*ALL, "--metric", "m {n}"),
    "compare": ("{n}", "{m}", "-b", ITEMS),
    "gate": ("--baseline", "{n}", "--candidate", "{m}", "-b", ITEMS, "--max-regression", "5"),
    "power": (COMMON, ITEMS, "--models", "{n}", "{m}"),
    "trend": ("-b", COMMON),
    "window": ("-b", ITEMS, *BOTH, "--since", "2025-03", "--pairs"),
    "items agreement": ("-b", ITEMS, *BOTH),
    "items compare": ("{n}", "{m}", "-b", ITEMS),
    "items hardest": ("-b", ITEMS, "-m", "{n}"),
    "items values": ("-b", ITEMS, "-m", "{n}"),
    "pass-at-k": ("-m", "{n}", "-b", ITEMS),
    "frontier": ("-b", COMMON, "--by", "maker"),
    "pareto": ("-b", COMMON),
    "series": ("{n}", COMMON),
    "noise": ("-m", "{n}", "-b", ITEMS),
    "coverage": ALL,
    "claims": ALL,
    "history": ("{n}", COMMON),
    "insights": ("-b", COMMON, "-b", ITEMS),
    "conflicts": ("-m", "{n}"),
    "doctor": ("--source", "{n}"),
    "sql": ("SELECT name, slug FROM model WHERE name = '{quoted n}'",),
    "trace": ("{score}",),
    "list": ("sources",),
    "formats": (),
    "preview": ("scores.csv",),
    "verify": ("chart.vl.json",),
    "alias list": ("--kind", "model"),
    "alias review": ("--kind", "model"),
    "db check": (),
    "db status": (),
}
"""Commands that only read, with what is said to them: "{n}" and "{m}" are two names, "{score}" is a score's key."""
WORST = (NAMES[0], NAMES[1], NAMES[2], NAMES[8], NAMES[10], NAMES[11])
"""Names that do most where something else is expected."""
CODES = {"gate": {0, 10, 11}}
"""Commands that end with something else than 0."""
NAMELESS = {
    "gate",
    "power",
    "formats",
    "alias list",
    "alias review",
    "db check",
    "db status",
    "doctor",
    "window",
    "items agreement",
    "verify",
}
"""Commands whose rows need not hold the name that was asked about."""
WRITES: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "alias add": (("2 {n}", "{n}", "--by", "{m}", "--reason", "{n}"), {"alias"}),
    "alias remove": (("alias of {n}", "--by", "{m}", "--reason", "{n}"), {"alias", "correction"}),
    "alias merge": (("{n}", "{m}", "--kind", "benchmark", "--by", "{m}", "--reason", "{n}"), {"run", "correction"}),
    "model merge": (("{n}", "{m}", "--by", "{m}", "--reason", "{n}"), {"run", "correction"}),
    "undo": (("{file}", "--by", "{m}", "--reason", "{n}"), {"ingest", "correction"}),
    "ingest": ((f"{FILE}.csv",), {"ingest", "source", "run", "score"}),
    "db merge": ((f"{FILE}.duckdb",), set()),
    "db backup": ((f"{FILE} copy.duckdb",), set()),
    "db compact": ((), set()),
    "db upgrade": ((), set()),
}
"""Commands that write to a database that is there, with what is said to them and the tables that may change."""
PLACES = {
    "db init": (),
    "db restore": ("whole.duckdb",),
}
"""Commands that make a database in a new place."""


def test_every_command_is_called() -> None:
    """The program has the commands that this file and its neighbour call or name with a reason, and no others."""
    charts = [f"chart {kind}" for kind in CHARTS]
    called = [*QUESTIONS, *WRITES, *PLACES, *LEFT_OUT, *charts, "site build"]
    assert sorted(leaves()) == sorted(called)


@pytest.mark.parametrize("command", QUESTIONS)
def test_questions(command: str, hostile: Path) -> None:
    """Each format says the same rows with the names in full, no terminal is steered, and the database is the same byte for byte."""
    before = sha256_of(hostile)
    first = list(QUESTIONS).index(command)
    names = [NAMES[(first + step) % len(NAMES)] for step in (0, 1)]
    words = [spoken(word, names, hostile) for word in QUESTIONS[command]]
    place = [] if command == "formats" else ["--db", hostile]
    shown = {form: run(*command.split(), *words, "-f", form, *place) for form in FORMATS if form != "csv"}
    for result in (*shown.values(), run(*command.split(), *words, "-o", f"{FILE}.csv", *place)):
        is_clean(result, CODES.get(command, {0}))
    rows = json.loads(steady(shown["json"].stdout))
    assert [json.loads(line) for line in steady(shown["jsonl"].stdout).removesuffix("\n").split("\n") if line] == rows
    assert read_csv(steady(Path(f"{FILE}.csv").read_bytes().decode())) == [
        {name: cell(value) for name, value in row.items()} for row in rows
    ]
    if command not in NAMELESS:
        assert any(names[0] in text for text in texts(rows))
    assert sha256_of(hostile) == before


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_model_is_found_by_each_name(name: str, hostile: Path) -> None:
    """Whatever a model and a benchmark are called, they are found by that name and nothing else is."""
    result = run("history", name, name, "-f", "json", "--db", hostile)
    is_clean(result, {0})
    assert [(row["model_label"], row["benchmark_label"], row["subset"]) for row in json.loads(result.stdout)] == [
        (name, name, name)
    ]
    for option in ("--organization", "--family", "-m"):
        found = json.loads(run("claims", option, name, "-b", name, "-f", "json", "--db", hostile).stdout)
        assert {row["model_label"] for row in found} == {name}


@pytest.mark.parametrize("word", WORST, ids=range(len(WORST)))
def test_names_in_the_wrong_place(word: str, hostile: Path) -> None:
    """Where a number, a format, a command or another name is expected, one is refused without a control character or a traceback."""
    before = sha256_of(hostile)
    for words in (
        (word,), ("list", word), ("leaderboard", f"--{word}"), ("leaderboard", "--shots", word), ("leaderboard", "-f", word),
        ("leaderboard", "--as-of", word), ("leaderboard", "--weight", word), ("leaderboard", "--min-parameters", word),
        ("export", word, "-o", "x"), ("sql", word), ("trace", word), ("history", f"x{word}", word), ("claims", "--suite", word),
        ("verify", word), ("db", "merge", word), ("ingest", word), ("preview", word, "--from", word), ("undo", word),
        ("ingest", "scores.csv", "--map", f"{word}={word}"), ("alias", "remove", f"x{word}"), ("doctor", "--check", word),
        ("alias", "review", "--accept", word), ("items", word),
    ):  # fmt: skip
        is_clean(run(*words, "--db", hostile), {1, 2, 3})
    is_clean(run("leaderboard", "--db", f"{word[:99]}.duckdb"), {2, 3})
    assert sha256_of(hostile) == before


@pytest.mark.parametrize("command", WRITES)
def test_writing_commands(command: str, own: Path) -> None:
    """A command that writes does so to the tables that it is about alone, and the database is sound afterwards."""
    words, tables = WRITES[command]
    name = NAMES[list(WRITES).index(command)]
    if command == "alias remove":
        assert run("alias", "add", f"alias of {name}", name, "--db", own).exit_code == 0
    if command == "db merge":
        shutil.copyfile(own, words[0])
    if command == "ingest":
        write_csv([{**row, "source_title": f"3 {row['source_title']}"} for row in score_rows()], Path(words[0]))
    before = content_of(f"duckdb:///{own}")
    is_clean(run(*command.split(), *[spoken(word, [name, NAMES[0]], own) for word in words], "--db", own), {0})
    after = content_of(f"duckdb:///{own}")
    assert {table for table in after if after[table] != before[table]} == tables
    if command == "db backup":
        assert content_of(f"duckdb:///{words[0]}") == before
    is_clean(run("db", "check", "--db", own), {0})


def test_decisions_are_kept_word_for_word(own: Path) -> None:
    """Aliases, merges and undone imports hold names, people and reasons as they were said, and are taken back by them."""
    said: list[tuple[str, str]] = []
    for number, name in enumerate(NAMES):
        assert run("alias", "add", f"2 {name}", name, "--by", name, "--reason", name, "--db", own).exit_code == 0
        said.append((f"2 {name}", name))
        found = json.loads(run("history", f"2 {name}", COMMON, "-f", "json", "--db", own).stdout)
        assert {row["model_label"] for row in found} == {name}
        if number % 4 == 0:
            for words in ((), ("--undo",)):
                merged = run(
                    "model", "merge", name, NAMES[number - 1], *words, "--by", name, "--reason", name, "--db", own
                )
                assert merged.exit_code == 0, merged.output
    with duckdb.connect(str(own), read_only=True) as connection:
        assert sorted(connection.execute("SELECT name, decided_by FROM alias").fetchall()) == sorted(said)
        people = connection.execute("SELECT decided_by, reason, count(*) FROM correction GROUP BY ALL").fetchall()
    assert {(by, reason) for by, reason, _n in people} == {(name, name) for name in NAMES[::4]}


def test_a_file_may_be_called_anything(own: Path) -> None:
    """A file of results, undone and redone by its name, is that file."""
    write_csv([{**row, "source_title": f"3 {row['source_title']}"} for row in score_rows()], Path(f"{FILE}.csv"))
    for words in (("ingest", f"{FILE}.csv"), ("undo", f"{FILE}.csv"), ("undo", "--redo", f"{FILE}.csv")):
        is_clean(run(*words, "--db", own), {0})
    with duckdb.connect(str(own), read_only=True) as connection:
        found = connection.execute("SELECT name FROM ingest WHERE state = 'complete'").fetchall()
    assert f"{FILE}.csv" in {Path(name).name for (name,) in found}


@pytest.mark.parametrize("command", PLACES)
def test_databases_in_odd_places(command: str, own: Path) -> None:
    """A database is made and restored in a file of any name, and nowhere else."""
    assert run("db", "backup", "whole.duckdb", "--db", own).exit_code == 0
    is_clean(run(*command.split(), *PLACES[command], "--db", f"{FILE}.duckdb"), {0})
    is_clean(run("db", "check", "--db", f"{FILE}.duckdb"), {0})
    if command == "db restore":
        assert content_of(f"duckdb:///{FILE}.duckdb") == content_of(f"duckdb:///{own}")
    made = {path.name for path in Path().iterdir()} - {own.name, "whole.duckdb", "scores.csv", "chart.vl.json"}
    assert made == {f"{FILE}.duckdb", *(word for word in PLACES[command] if word.startswith(FILE))}


def test_a_site(hostile: Path) -> None:
    """A site in a folder of any name holds the names as text: no element, attribute or address of its pages comes from one."""
    before = sha256_of(hostile)
    is_clean(
        run("site", "build", FILE, "--title", NAMES[3], "-m", NAMES[3], "-m", NAMES[0], "-b", COMMON, "--db", hostile),
        {0},
    )
    pages = list(Path(FILE).rglob("*.html"))
    assert len(pages) > 3
    shown = set()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not CONTROLS.search(text)
        document = html5lib.parse(text, namespaceHTMLElements=False)
        assert not [
            script
            for script in document.iter("script")
            if "alert" in (script.text or "") and script.get("type") is None
        ]
        shown |= {element.text for element in document.iter() if element.text}
    assert NAMES[3] in shown
    assert sha256_of(hostile) == before


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str, hostile: Path) -> None:
    """What a shell is told of names to complete is one line a word, and none of them steers the terminal."""
    words = f"benchdb history --db {hostile} "
    environment = {
        "_BENCHDB_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": "4" if shell != "fish" else "",
    }
    result = run("history", **environment)
    assert not CONTROLS.search(result.stdout.replace("\t", " ") if shell == "fish" else result.stdout)
    assert result.stdout.count("\n") >= len(NAMES)


def steady(text: str) -> str:
    """Return text with numbers to twelve digits: in which order an engine adds decides the last ones."""
    return re.sub(r"\d+\.\d{9,}(e-?\d+)?", lambda found: f"{float(found[0]):.12g}", text)


def spoken(word: str, names: Sequence[str], db: Path) -> str:
    """Return a word with the name, the name as SQL has it, or the key that it stands for."""
    if "{score}" in word:
        with duckdb.connect(str(db), read_only=True) as connection:
            found = connection.execute(
                "SELECT min(score_id) FROM score JOIN run USING (run_id) WHERE label = ?", [names[0]]
            )
            return str(found.fetchall()[0][0])
    if word == "{file}":
        with duckdb.connect(str(db), read_only=True) as connection:
            return str(connection.execute("SELECT name FROM ingest WHERE name LIKE '%scores.csv'").fetchall()[0][0])
    for mark, name in (("{quoted n}", names[0].replace("'", "''")), ("{n}", names[0]), ("{m}", names[1])):
        if mark in word:
            return word.replace(mark, name, 1)
    return word


def is_clean(result: Result, codes: set[int]) -> None:
    """Assert that a command ended as documented and said nothing that steers a terminal."""
    assert result.exit_code in codes, result.output
    assert not [fault for fault in FAULTS if fault in result.output], result.output
    assert not CONTROLS.search(result.stderr), result.stderr
    assert not CONTROLS.search(result.stdout), result.stdout


def read_csv(text: str) -> list[dict[str, str]]:
    """Return rows as the csv module reads them, with the texts that the apostrophes stand before."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: without_apostrophe(value) for name, value in row.items()} for row in rows]


def cell(value: Any) -> str:
    """Return what docs/cli.md says a value of JSON is in CSV."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def texts(value: Any) -> list[str]:
    """Return every text of a JSON document."""
    if isinstance(value, dict):
        value = list(value.values())
    return [text for each in value for text in texts(each)] if isinstance(value, list) else [str(value)]
