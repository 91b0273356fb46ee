"""Questions as of a past moment: what people decided about the catalogue since then is taken back, for one connection.

Claims and retractions carry their time, and questions compare it. Merges and replaced facts change rows in place, with what
stood there before in `correction`; here temporary views with the tables' own names put the rows back as they were, so every
question sees them without knowing. They live in the question's transaction and nobody else sees them. Names that a question
uses (aliases, suites) mean what they mean today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, cast, column, insert, literal, null, select, table, text, update

from benchdb.database.merges import MERGED_INTO, follow, read_merges
from benchdb.query.tables import BENCHMARK, CORRECTION, INGEST, METRIC, MODEL, ORGANIZATION, RUN, SCORE, SOURCE, SUITE
from benchdb.schema.vocab import CorrectionAction, EntityKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, TableClause

_SHADOWED = "benchdb_shadowed"
_AMENDED = (MODEL, BENCHMARK, METRIC, ORGANIZATION, SOURCE, SUITE, INGEST)
_MOVED = {EntityKind.MODEL: (RUN, "model_id"), EntityKind.BENCHMARK: (RUN, "benchmark_id"), EntityKind.METRIC: (SCORE, "metric_id")}  # fmt: skip
_Amendments = dict[str, dict[tuple[int, str], str | None]]


def rewind(connection: Connection, as_of: datetime | None, *, entries: bool = False) -> None:
    """Let a connection see the catalogue, its merges and the states of imports as they were; None is now.

    Args:
        connection: An open connection; what it sees lasts until its transaction ends or this is called again.
        as_of: The moment; aware.
        entries: Hide catalogue entries, sources and claims that imports brought later, too; questions that go by claims
            compare the time of each themselves.
    """
    _forward(connection)
    if as_of is None:
        return
    later = connection.execute(
        select(CORRECTION.c.target_table, CORRECTION.c.target_id, CORRECTION.c.field, CORRECTION.c.old_value)
        .where(CORRECTION.c.action == CorrectionAction.AMEND.value, CORRECTION.c.decided_at > as_of)
        .order_by(CORRECTION.c.decided_at, CORRECTION.c.correction_id)
    ).all()
    if not later and not entries:
        return
    now, then = read_merges(connection), read_merges(connection, as_of)
    moved = {kind: _moved(connection, kind, now, then) for kind in _MOVED} if now != then else {}
    amended: _Amendments = {}
    for name, key, field, old in later:
        if field is not None and field != MERGED_INTO:
            amended.setdefault(name, {}).setdefault((key, field), old)
    _let_write(connection)
    shadow = _Shadow(connection)
    if later:
        shadow.corrections(as_of)
    if entries:
        shadow.learned(as_of)
    shadow.facts(amended, {key: follow(then, key) for key in then if follow(now, key) != follow(then, key)})
    if entries or any(name == INGEST.name for name, *_ in later):
        shadow.holders(as_of)
    shadow.rows(moved)
    connection.info[_SHADOWED] = (connection.get_transaction(), tuple(shadow.made))


def _forward(connection: Connection) -> None:
    """Drop the views of an earlier question of the same transaction."""
    transaction, made = connection.info.pop(_SHADOWED, (None, ()))
    if transaction is not None and transaction is connection.get_transaction():
        for kind, name in reversed(made):
            connection.execute(text(f"DROP {kind} IF EXISTS {_temporary(connection)}.{name}"))


def _temporary(connection: Connection) -> str:
    return "temp.main" if connection.dialect.name == "duckdb" else "pg_temp"


def _let_write(connection: Connection) -> None:
    """PostgreSQL makes no temporary view in a transaction that may only read; ask for another one."""
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql and connection.execute(text("SHOW transaction_read_only")).scalar() == "on":
        connection.rollback()
        connection.execute(text("SET TRANSACTION READ WRITE"))


def _moved(connection: Connection, kind: EntityKind, now: Mapping[int, int], then: Mapping[int, int]) -> dict[int, int]:
    """Return the rows that counted for another entry then, each with that entry: a row's key says what it was made under."""
    from benchdb.database.own_rows import own_runs, own_scores

    moved: dict[int, int] = {}
    for entry in {*now, *then, *now.values(), *then.values()}:
        at_present, before = follow(now, entry), follow(then, entry)
        if at_present == before:
            continue
        if kind == EntityKind.METRIC:
            own = own_scores(connection, kept=at_present, family=[entry])
        else:
            own = own_runs(connection, _MOVED[kind][1], kept=at_present, family=[entry])
        moved.update(dict.fromkeys(own.tolist(), before))
    return moved


class _Shadow:
    """Temporary views with the names of tables."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.made: list[tuple[str, str]] = []
        self.known = ""
        self.held: set[str] = set()
        place = connection.execute(text("SELECT current_database(), current_schema()")).one()
        self.place = ".".join('"' + part.replace('"', '""') + '"' for part in place)

    def _make(self, kind: str, name: str, selected: str, **values: Any) -> None:
        self.connection.execute(text(f"CREATE TEMPORARY {kind} {name} AS {selected}"), values)
        self.made.append((kind, name))

    def corrections(self, as_of: datetime) -> None:
        """Hide the corrections decided since then."""
        self._make(
            "TABLE",
            "then_correction",
            f"SELECT * FROM {self.place}.correction WHERE decided_at <= :moment",  # noqa: S608 — names of our own tables
            moment=as_of,
        )
        self._make("VIEW", "correction", "SELECT * FROM then_correction")

    def learned(self, as_of: datetime) -> None:
        """Hide what imports brought since then."""
        selected = f"SELECT ingest_id FROM {self.place}.ingest WHERE ingested_at <= :moment"  # noqa: S608 — names of our own tables
        self._make("TABLE", "then_learned", selected, moment=as_of)
        self.known = " WHERE {0}ingest_id IS NULL OR {0}ingest_id IN (SELECT ingest_id FROM then_learned)"

    def holders(self, as_of: datetime) -> None:
        """Let each run and score be held by the first import of those that state it which was complete then."""
        for original in (RUN, SCORE):
            key = _key(original).name
            self._make(
                "TABLE",
                f"then_{original.name}_ingest_id",
                "SELECT stated.id, stated.ingest_id AS entry, "  # noqa: S608 — names of our own tables
                "row_number() OVER (PARTITION BY stated.id ORDER BY i.ingested_at, i.ingest_id) AS number FROM ("
                "SELECT target_id AS id, ingest_id FROM restatement WHERE target_table = :table UNION ALL "
                f"SELECT {key}, ingest_id FROM {self.place}.{original.name} "
                f"WHERE {key} IN (SELECT target_id FROM restatement WHERE target_table = :table)"
                ") AS stated JOIN ingest AS i ON i.ingest_id = stated.ingest_id "
                "WHERE i.state = 'complete' AND i.ingested_at <= :moment",
                table=original.name,
                moment=as_of,
            )
            self.connection.execute(text(f"DELETE FROM then_{original.name}_ingest_id WHERE number > 1"))  # noqa: S608 — as above
            self.held.add(original.name)

    def facts(self, amended: _Amendments, makers: Mapping[int, int]) -> None:
        """Put replaced facts back, and rows of makers that counted for another one."""
        for original in _AMENDED:
            facts = amended.get(original.name, {})
            joined = makers if original in {MODEL, SOURCE} else {}
            known = self.known.format("") if "ingest_id" in original.c and original is not INGEST else ""
            if not facts and not joined:
                if known:
                    self._make("VIEW", original.name, f"SELECT * FROM {self.place}.{original.name}{known}")  # noqa: S608 — names of our own tables
                continue
            name = f"then_{original.name}"
            self._make("TABLE", name, f"SELECT * FROM {self.place}.{original.name}{known}")  # noqa: S608 — names of our own tables
            copy = table(name, *[column(each.name, each.type) for each in original.columns])
            for maker, before in joined.items():
                self.connection.execute(
                    update(copy).where(copy.c.organization_id == maker).values(organization_id=before)
                )
            for (key, field), old in facts.items():
                if field in copy.c:
                    value = null() if old is None else cast(literal(old), copy.c[field].type)
                    self.connection.execute(update(copy).where(_key(copy) == key).values({field: value}))
            self._make("VIEW", original.name, f"SELECT * FROM {name}")  # noqa: S608 — names of our own tables

    def rows(self, moved: Mapping[EntityKind, Mapping[int, int]]) -> None:
        """Attribute runs and scores to the entries that they counted for."""
        for original in (RUN, SCORE):
            wanted = {field: moved.get(kind, {}) for kind, (owner, field) in _MOVED.items() if owner is original}
            wanted = {field: rows for field, rows in wanted.items() if rows}
            is_held = original.name in self.held
            if not wanted and not self.known and not is_held:
                continue
            key = _key(original).name
            known = self.known.format("original.")
            joins = ""
            if is_held:
                holder = f"then_{original.name}_ingest_id"
                joins = f" LEFT JOIN {holder} ON {holder}.id = original.{key}"
                known = known.replace("original.ingest_id", f"COALESCE({holder}.entry, original.ingest_id)")
            for field, rows in wanted.items():
                name = f"then_{original.name}_{field}"
                self._make("TABLE", name, "SELECT CAST(0 AS BIGINT) AS id, CAST(0 AS BIGINT) AS entry WHERE 1 = 0")
                stage = table(name, column("id", BigInteger()), column("entry", BigInteger()))
                self.connection.execute(insert(stage), [{"id": row, "entry": entry} for row, entry in rows.items()])
                joins += f" LEFT JOIN {name} ON {name}.id = original.{key}"
            columns = [
                f"COALESCE(then_{original.name}_{each.name}.entry, original.{each.name}) AS {each.name}"
                if each.name in wanted or (is_held and each.name == "ingest_id")
                else f"original.{each.name}"
                for each in original.columns
            ]
            self._make(
                "VIEW",
                original.name,
                f"SELECT {', '.join(columns)} FROM {self.place}.{original.name} AS original{joins}{known}",  # noqa: S608 — as above
            )


def _key(of: TableClause) -> Any:
    return next(iter(of.c))
