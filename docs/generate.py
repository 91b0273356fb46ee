"""Text for the pages of this folder, taken from the program itself; cog blocks in the pages call these functions.

`just cog` rewrites the pages, `just cog-check` and a test fail when a page and the program disagree.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import tomllib
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import click
    from sqlalchemy import Connection, Table

ROOT = Path(__file__).resolve().parents[1]
"""The checkout."""
HELP_WIDTH = 100
"""Columns of the help pages."""


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table.

    Args:
        headings: Headings of the columns.
        rows: Cells of each row, as Markdown.
    """
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def member_docs(owner: type) -> dict[str, str]:
    """Return the docstring that follows each field or member of a class, by name.

    Args:
        owner: A dataclass, enumeration or typed dictionary.
    """
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    found = {}
    for statement, following in pairwise(body):
        target = _target(statement)
        if target and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            found[target] = " ".join(str(following.value.value).split())
    return found


def _target(statement: ast.stmt) -> str | None:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return None


def words(owner: type) -> str:
    """Return the words of a closed vocabulary with their meanings, as a table.

    Args:
        owner: An enumeration of text.
    """
    docs = member_docs(owner)
    members = getattr(owner, "__members__", {})
    return markdown_table(["word", "means"], [(f"`{members[name].value}`", docs[name]) for name in members])


def exporter_table() -> str:
    """Return the formats of `benchdb export`: what each writes, and which importer reads it again."""
    from benchdb.api import export_formats

    rows = [
        (f"`{each.name}`", each.summary.partition(": ")[2].rstrip("."), f"`{each.importer}`" if each.importer else "–")
        for each in export_formats()
    ]
    return markdown_table(["format", "writes", "read again by"], rows)


def loss_table() -> str:
    """Return what the formats of `benchdb export` keep and lose, those that agree in one row."""
    from benchdb.api import export_formats

    names: dict[tuple[str, str], list[str]] = {}
    for each in export_formats():
        names.setdefault((each.keeps, each.loses), []).append(f"`{each.name}`")
    rows = [(", ".join(found), keeps, loses) for (keeps, loses), found in names.items()]
    return markdown_table(["format", "keeps", "loses"], rows)


# Command line


def commands() -> dict[str, click.Command]:
    """Return every command by its full name, groups before their members, in the order of the help."""
    import click

    from benchdb.cli import cli

    found: dict[str, click.Command] = {"benchdb": cli}

    def collect(group: click.Group, path: str) -> None:
        with click.Context(group, info_name=path) as context:
            for name in group.list_commands(context):
                command = group.get_command(context, name)
                if command is not None:
                    found[f"{path} {name}"] = command
                    if isinstance(command, click.Group):
                        collect(command, f"{path} {name}")

    collect(cli, "benchdb")
    return found


def help_pages() -> str:
    """Return the help of every command, each under a heading of its own."""
    import click

    pages = []
    for path, command in commands().items():
        parent, _, name = path.rpartition(" ")
        outer = click.Context(click.Command(parent), info_name=parent) if parent else None
        with click.Context(command, info_name=name, parent=outer, terminal_width=HELP_WIDTH) as context:
            pages.append(f"## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(pages).rstrip()


def exit_codes() -> str:
    """Return the exit codes with their meanings, as a table."""
    from benchdb.cli import exits

    rows = re.findall(r"^(\d+) {2,}(\S.*)$", exits.__doc__ or "", re.MULTILINE)
    return markdown_table(["code", "means"], [(f"`{code}`", meaning.replace("``", "`")) for code, meaning in rows])


def error_tree() -> str:
    """Return the tree of exceptions as `benchdb.errors` draws it."""
    from benchdb import errors

    drawn = (errors.__doc__ or "").split("::\n", 1)[1].split("\nA message", 1)[0]
    return f"```text\n{textwrap.dedent(drawn).strip()}\n```"


# Importers


def importer_table() -> str:
    """Return the importers with what they read, in the order they are asked."""
    from benchdb.ingest.importer import importers

    rows = [(f"`{item.name}`", item.summary.rstrip("."), item.version) for item in importers()]
    return markdown_table(["`--from`", "reads", "mapping"], rows)


def importer_notes() -> str:
    """Return what each importer's docstring says beyond its first line, under a heading each."""
    import sys

    from benchdb.ingest.importer import importers

    pages = []
    for item in importers():
        doc = inspect.getdoc(sys.modules[item.read.__module__]) or ""
        _first, _, rest = doc.partition("\n")
        pages.append(f"### {item.name}\n\n{_as_markdown(rest) or item.summary}\n")
    return "\n".join(pages).rstrip()


def table_columns() -> str:
    """Return the columns of benchdb's own tables: what each holds, in which tables, and the headings it also goes by."""
    from benchdb.ingest.tables import fields

    rows = []
    for name, (kind, synonyms) in fields._FIELDS.items():  # the registry of columns is private to its module
        only = "outcomes" if name in fields.SAMPLE_FIELDS else "scores" if name in fields.SCORE_FIELDS else "both"
        others = ", ".join(f"`{synonym}`" for synonym in synonyms.split())
        rows.append((f"`{name}`", _KINDS_IN_WORDS[kind.name], only, others))
    return markdown_table(["column", "holds", "tables", "also known as"], rows)


_KINDS_IN_WORDS = {
    "NAME": "text",
    "TEXT": "text",
    "NUMBER": "number",
    "COUNT": "whole number",
    "SMALL_COUNT": "whole number",
    "INTEGER": "whole number",
    "FLAG": "true or false",
    "DAY": "day: 2025-03-25",
    "INSTANT": "moment: 2025-03-25T12:00:00Z",
    "VALUE": "number as printed: 72.6, 72.6%, 72.6 ± 0.4",
    "UNIT": "unit ([words](schema.md#closed-vocabularies))",
    "STDERR_METHOD": "method ([words](schema.md#closed-vocabularies))",
    "SOURCE_KIND": "kind of source ([words](schema.md#closed-vocabularies))",
}


def _as_markdown(text: str) -> str:
    text = re.sub(r"``([^`]+)``", r"`\1`", text.strip())
    text = "".join(part if part.startswith("`") else part.replace("<", "&lt;") for part in re.split(r"(`[^`]*`)", text))
    return re.sub(r"::$", ":", text, flags=re.MULTILINE)


# Python


def methods(owner: type) -> str:
    """Return the public methods and properties of a class: signature, what comes back, arguments.

    Args:
        owner: A public class.
    """
    pages = []
    ours = [base for base in owner.__mro__ if base is owner or base.__module__.startswith("benchdb.api.questions.")]
    for name, member in [found for base in ours for found in vars(base).items()]:
        if name.startswith("_") or not (inspect.isfunction(member) or isinstance(member, property)):
            continue
        function = member.fget if isinstance(member, property) else member
        title = name if isinstance(member, property) else f"{name}{_signature(member)}"
        pages.append(f"**`{owner.__name__}.{title}`**\n\n{_sections(inspect.getdoc(function) or '')}\n")
    return "\n".join(pages).rstrip()


def function(target: object) -> str:
    """Return one public function: signature, what comes back, arguments.

    Args:
        target: A function.
    """
    name, module = getattr(target, "__name__", ""), getattr(target, "__module__", "").split(".")[0]
    return f"**`{module}.{name}{_signature(target)}`**\n\n{_sections(inspect.getdoc(target) or '')}"


def _signature(member: object) -> str:
    shown = inspect.signature(member)  # type: ignore[arg-type]  # callers hand over functions
    kept = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for name, parameter in shown.parameters.items()
        if name != "self"
    ]
    return str(shown.replace(parameters=kept, return_annotation=inspect.Signature.empty))


def _sections(doc: str) -> str:
    """Return a Google docstring as Markdown: arguments and exceptions become lists."""
    lines: list[str] = []
    for line in doc.splitlines():
        heading = re.fullmatch(r"(Args|Returns|Raises|Yields|References):", line)
        entry = re.fullmatch(r" {4}(\*{0,2}\w+): (.*)", line)
        if heading is not None:
            lines += [f"{heading[1]}:", ""]
        elif entry is not None:
            lines.append(f"- `{entry[1]}`: {entry[2]}")
        else:
            lines.append(f"  {line.strip()}" if line.startswith("     ") else line.strip())
    return "\n".join(lines).strip()


def fields_table(owner: type) -> str:
    """Return the fields of a class with their meanings, as a table.

    Args:
        owner: A dataclass or typed dictionary with a docstring under each field.
    """
    return markdown_table(["name", "meaning"], [(f"`{name}`", doc) for name, doc in member_docs(owner).items()])


def result_types() -> str:
    """Return what each question's result adds to `Result`: its docstring and its own methods."""
    from benchdb import api

    pages = []
    for name in sorted(api.__all__):
        owner = getattr(api, name)
        if inspect.isclass(owner) and issubclass(owner, api.Result) and owner is not api.Result:
            pages.append(f"#### {name}\n\n{inspect.getdoc(owner)}\n\n{methods(owner)}\n")
    return "\n".join(pages).rstrip()


def row_types() -> str:
    """Return the classes of rows with their grain and fields."""
    pages = [
        f"#### {owner.__name__}\n\n{inspect.getdoc(owner)}\n\n{fields_table(owner)}\n"
        for owner in row_classes()
        if not owner.__name__.endswith("Rows")
    ]
    return "\n".join(pages).rstrip()


def row_classes() -> list[type]:
    """Return every class of `benchdb.rows`, module by module, in the order they stand there."""
    from importlib import import_module
    from pkgutil import iter_modules

    from benchdb import rows

    modules = [import_module(f"{rows.__name__}.{found.name}") for found in iter_modules(rows.__path__)]
    return [
        owner
        for module in modules
        for owner in vars(module).values()
        if inspect.isclass(owner) and owner.__module__ == module.__name__
    ]


def other_names() -> str:
    """Return the functions and record classes of `benchdb.api` that are neither the database nor a result."""
    from benchdb import api

    pages = []
    for name in api.__all__:
        target = getattr(api, name)
        if inspect.isfunction(target) and name != "connect":
            pages.append(function(target))
        elif inspect.isclass(target) and not issubclass(target, api.Result) and target is not api.Database:
            pages.append(f"**`benchdb.api.{name}`**\n\n{inspect.getdoc(target)}\n\n{fields_table(target)}")
    return "\n\n".join(pages)


# Statistics


def statistics_table() -> str:
    """Return every public function of `benchdb.stats` with what it gives and where the formula is from."""
    from importlib import import_module
    from pkgutil import iter_modules

    from benchdb import stats

    rows = []
    for module_info in iter_modules(stats.__path__):
        if module_info.name == "inputs":
            continue
        module = import_module(f"{stats.__name__}.{module_info.name}")
        for name, target in vars(module).items():
            if inspect.isfunction(target) and target.__module__ == module.__name__ and not name.startswith("_"):
                rows.append((f"`{module_info.name}.{name}`", *_gist(target)))
    return markdown_table(["function", "gives", "source"], rows)


def checks_table() -> str:
    """Return every forensic check with what it finds."""
    from benchdb.query.doctor.contract import checks

    return markdown_table(["check", "finds"], [(f"`{check.name}`", check.summary) for check in checks()])


def _gist(target: object) -> tuple[str, str]:
    doc = inspect.getdoc(target) or ""
    _, _, references = doc.partition("References:\n")
    return doc.partition("\n")[0].rstrip("."), " ".join(references.split())


# Seeds


def seed_counts() -> str:
    """Return how many entries each file of the seeds holds, as a table."""
    rows = []
    for path in sorted((ROOT / "seeds").glob("*.toml")):
        ((_kind, entries),) = tomllib.loads(path.read_text(encoding="utf-8")).items()
        rows.append((f"`{path.relative_to(ROOT)}`", str(len(entries))))
    for folder in ("claims", "figures"):
        files = [path for path in (ROOT / "seeds" / folder).iterdir() if path.is_file()]
        rows.append((f"`seeds/{folder}/`", f"{len(files)} file{'' if len(files) == 1 else 's'}"))
    return markdown_table(["file", "entries"], rows)


def seed_fields(kind: str) -> str:
    """Return the comment at the top of a file of the seeds, which says what each key means.

    Args:
        kind: Name of the file without its ending.
    """
    lines = (ROOT / "seeds" / f"{kind}.toml").read_text(encoding="utf-8").splitlines()
    head = []
    for line in lines:
        if not line.startswith("#"):
            break
        head.append(line)
    return "\n".join(["```toml", *head, "```"])


# Schema


def schema_tables() -> str:
    """Return every table as the migrations make it on DuckDB, with its comments and the keys that PostgreSQL adds."""
    with _fresh() as connection:
        return "\n\n".join(_table_page(connection, table) for table in _tables())


@contextmanager
def _fresh() -> Iterator[Connection]:
    """Yield a connection to an empty database at the newest revision."""
    from benchdb.database.connect import open_engine
    from benchdb.database.revision import upgrade

    engine = open_engine("duckdb:///:memory:")
    upgrade(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _tables() -> list[Table]:
    """Return the tables in the order the modules of `benchdb.schema` define them."""
    from benchdb.schema import catalog, curation, results

    return [
        owner.__table__
        for module in (catalog, results, curation)
        for owner in vars(module).values()
        if getattr(owner, "__module__", "") == module.__name__ and hasattr(owner, "__table__")
    ]


def _table_page(connection: Connection, table: Table) -> str:
    from sqlalchemy import text

    named = {"name": table.name}
    comment = str(
        connection.execute(text("SELECT comment FROM duckdb_tables() WHERE table_name = :name"), named).scalar()
    )
    columns = connection.execute(
        text(
            "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() "
            "WHERE table_name = :name ORDER BY column_index"
        ),
        named,
    ).all()
    spelled = [
        (f"{name} {_SHORT_TYPES.get(kind, kind)}{'' if is_nullable else ' NOT NULL'}", meaning)
        for name, kind, is_nullable, meaning in columns
    ]
    constraints = [(constraint, "") for constraint in _constraints(table, on_duckdb=True)]
    later = [(constraint, "PostgreSQL only") for constraint in _constraints(table, on_duckdb=False)]
    lines = [*spelled, *constraints, *later]
    shown = [
        f"    {code}{',' if number < len(lines) else ''}".ljust(50 if meaning else 0)
        + (f" -- {meaning}" if meaning else "")
        for number, (code, meaning) in enumerate(lines, start=1)
    ]
    ddl = "\n".join([f"CREATE TABLE {table.name} (", *shown, ");"])
    return f"### {table.name}\n\n{comment[:1].upper()}{comment[1:]}.\n\n```sql\n{ddl}\n```"


_SHORT_TYPES = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "VARCHAR": "TEXT"}


def _constraints(table: Table, *, on_duckdb: bool) -> list[str]:
    """Return the constraints of a table in words of SQL, those on every engine or those on PostgreSQL alone."""
    from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

    found: list[tuple[int, str]] = []
    for constraint in table.constraints:
        if not isinstance(constraint, CheckConstraint | ForeignKeyConstraint | PrimaryKeyConstraint | UniqueConstraint):
            continue
        everywhere = constraint._ddl_if is None  # SQLAlchemy offers no public way to ask
        if everywhere is not on_duckdb:
            continue
        columns = ", ".join(column.name for column in constraint.columns)
        match constraint:
            case PrimaryKeyConstraint():
                found.append((0, f"PRIMARY KEY ({columns})"))
            case UniqueConstraint():
                found.append((1, f"UNIQUE ({columns})"))
            case CheckConstraint():
                found.append((2, f"CHECK ({constraint.sqltext})"))
            case ForeignKeyConstraint():
                theirs = ", ".join(element.column.name for element in constraint.elements)
                found.append((3, f"FOREIGN KEY ({columns}) REFERENCES {constraint.referred_table.name} ({theirs})"))
    return [text for _, text in sorted(found)]


def sql_views() -> str:
    """Return every view with what it shows and its columns."""
    from sqlalchemy import text

    statement = text(
        "SELECT v.view_name, v.comment, string_agg(c.column_name, ',' ORDER BY c.column_index) FROM duckdb_views() v "
        "JOIN duckdb_columns() c ON c.table_name = v.view_name WHERE NOT v.internal GROUP BY ALL ORDER BY 1"
    )
    with _fresh() as connection:
        rows = connection.execute(statement).all()
    return markdown_table(
        ["view", "shows", "columns"],
        [
            (f"`{name}`", comment, ", ".join(f"`{column}`" for column in columns.split(",")))
            for name, comment, columns in rows
        ],
    )


def sql_functions() -> str:
    """Return every SQL function of a DuckDB file with its parameters and what it gives."""
    from sqlalchemy import text

    statement = text(
        "SELECT function_name, parameters, function_type, comment FROM duckdb_functions() "
        "WHERE database_name = current_database() AND NOT internal ORDER BY function_type, function_name"
    )
    with _fresh() as connection:
        rows = connection.execute(statement).all()
    return markdown_table(
        ["function", "gives"],
        [
            (f"`{'FROM ' if kind == 'table_macro' else ''}{name}({', '.join(parameters)})`", comment)
            for name, parameters, kind, comment in rows
        ],
    )


# Server


def addresses() -> str:
    """Return every address of the HTTP API with what it answers and takes, as tables by kind."""
    from benchdb.site.server.app import describe, make_api
    from benchdb.site.server.asking import Asker
    from benchdb.site.server.limits import Limits
    from benchdb.site.server.pool import Pool

    found = describe(make_api(Asker(Pool(":memory:"), Limits())))
    rows: dict[str, list[tuple[str, str, str]]] = {}
    common = {each["name"] for each in found["paths"]["/api/v1/coverage"]["get"]["parameters"]}
    for path, methods in found["paths"].items():
        ((method, about),) = methods.items()
        taken = [each["name"] for each in about.get("parameters", [])]
        own = [name for name in taken if name not in common and f"{{{name}}}" not in path]
        filters = ["filters"] if "benchmarks" in taken else []
        words = ", ".join([*(f"`{name}`" for name in own), *filters, *(["a chart"] if "requestBody" in about else [])])
        shown = path if method == "get" else f"{method.upper()} {path}"
        rows.setdefault(about["tags"][0], []).append((f"`{shown}`", about["summary"].rstrip("."), words))
    tables = [f"### {tag}\n\n{markdown_table(['address', 'answers', 'takes'], each)}" for tag, each in rows.items()]
    return "\n\n".join(tables)
