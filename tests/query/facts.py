"""A tiny writer for query tests: catalogue entries, claims and outcomes as plain rows, without any importer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import insert

from benchdb.query.tables import (
    ALIAS,
    BENCHMARK,
    CORRECTION,
    INGEST,
    METRIC,
    MODEL,
    ORGANIZATION,
    OUTCOME,
    PROTOCOL,
    RUN,
    SAMPLE,
    SCORE,
    SOURCE,
    SUITE,
    SUITE_MEMBER,
)
from benchdb.schema.keys import combine, fact_key, float_bits, text_key
from benchdb.schema.vocab import NOT_COMPARED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine, TableClause

KeyT = TypeVar("KeyT")
START = datetime(2025, 4, 1, tzinfo=UTC)
TABLES = (
    INGEST, ORGANIZATION, METRIC, BENCHMARK, SUITE, SUITE_MEMBER, MODEL, ALIAS, SOURCE, PROTOCOL, RUN, SCORE, SAMPLE,
    OUTCOME, CORRECTION,
)  # fmt: skip


@dataclass
class Facts:
    """Rows to be written, by table; each method adds a row once and returns its key."""

    rows: dict[str, dict[Any, dict[str, Any]]] = field(default_factory=dict)

    def _add(self, table: TableClause, key: KeyT, /, **values: Any) -> KeyT:
        full = {column.name: values.get(column.name) for column in table.columns}
        self.rows.setdefault(table.name, {}).setdefault(key, full)
        return key

    def ingest(self, name: str = "file", at: datetime = START, state: str = "complete") -> int:
        """Add an import."""
        key = text_key("ingest", name)
        return self._add(
            INGEST, key, ingest_id=key, name=f"{name}.csv", sha256="00", n_bytes=1, importer="test", state=state,
            importer_version="1", options="{}", ingested_at=at, n_runs=0, n_scores=0, n_outcomes=0, n_repeated=0,
        )  # fmt: skip

    def organization(self, slug: str) -> int:
        """Add an organization."""
        key = text_key("organization", slug)
        return self._add(ORGANIZATION, key, organization_id=key, slug=slug, name=slug.title(), review_state="reviewed")

    def model(self, slug: str, **facts: Any) -> int:
        """Add a model; the part of the slug before a slash is its maker."""
        key = text_key("model", slug)
        maker = self.organization(slug.split("/", maxsplit=1)[0]) if "/" in slug else None
        facts = {"name": slug.rpartition("/")[2].upper(), "organization_id": maker, "review_state": "reviewed", **facts}
        return self._add(MODEL, key, model_id=key, slug=slug, **facts)

    def metric(self, slug: str = "accuracy", **facts: Any) -> int:
        """Add a metric: in percent, higher is better, right or wrong, unless said otherwise."""
        key = text_key("metric", slug)
        facts = {
            "higher_is_better": True,
            "unit": "percent",
            "is_proportion": True,
            "review_state": "reviewed",
            **facts,
        }
        return self._add(METRIC, key, metric_id=key, slug=slug, name=slug.title(), **facts)

    def benchmark(self, slug: str, *, parent: str | None = None, metric: str | None = "accuracy", **facts: Any) -> int:
        """Add a benchmark."""
        key = text_key("benchmark", slug)
        above = None if parent is None else text_key("benchmark", parent)
        main = None if metric is None else text_key("metric", metric)
        facts = {"name": slug.upper(), "review_state": "reviewed", **facts}
        return self._add(BENCHMARK, key, benchmark_id=key, slug=slug, parent_id=above, metric_id=main, **facts)

    def suite(self, slug: str, benchmarks: Sequence[str]) -> int:
        """Add a suite of benchmarks in this order."""
        key = text_key("suite", slug)
        for position, benchmark in enumerate(benchmarks, start=1):
            member = text_key("benchmark", benchmark)
            self._add(SUITE_MEMBER, (key, member), suite_id=key, benchmark_id=member, position=position)
        return self._add(SUITE, key, suite_id=key, slug=slug, name=slug.title(), review_state="reviewed")

    def alias(self, kind: str, name: str, normalized: str, target_id: int, state: str = "reviewed") -> int:
        """Add an alias."""
        key = text_key("alias", kind, normalized)
        return self._add(
            ALIAS, key, alias_id=key, kind=kind, name=name, normalized_name=normalized, target_id=target_id,
            review_state=state, decided_by="test", decided_at=START,
        )  # fmt: skip

    def source(self, title: str = "report", kind: str = "paper", published_on: date | None = None, **facts: Any) -> int:
        """Add a source."""
        key = text_key("source", kind, title)
        ingest = facts.pop("ingest_id", None) or self.ingest()
        return self._add(
            SOURCE, key, source_id=key, kind=kind, title=title, published_on=published_on, ingest_id=ingest, **facts
        )

    def protocol(self, **settings: Any) -> int:
        """Add a protocol; its fingerprint covers the settings that the importers' one covers."""
        key = fact_key("protocol", [repr(sorted(settings.items()))])
        comparable = {name: value for name, value in settings.items() if name not in {*NOT_COMPARED, "variant"}}
        fingerprint = fact_key("fingerprint", [repr(sorted(comparable.items()))])
        return self._add(PROTOCOL, key, protocol_id=key, fingerprint=fingerprint, **settings)

    def run(
        self,
        model: str,
        benchmark: str,
        *,
        source_id: int | None = None,
        protocol: dict[str, Any] | None = None,
        subset: str = "",
        ran_at: datetime | None = None,
        is_first_party: bool | None = None,
    ) -> int:
        """Add a run, and what it refers to."""
        source_id = source_id or self.source()
        protocol_id = self.protocol(**(protocol or {}))
        model_id = (
            text_key("model", model) if text_key("model", model) in self.rows.get("model", {}) else self.model(model)
        )
        benchmark_id = text_key("benchmark", benchmark)
        if benchmark_id not in self.rows.get("benchmark", {}):
            self.benchmark(benchmark)
        key = combine(
            source_id, model_id, benchmark_id, text_key("subset", subset), protocol_id, fact_key("t", [ran_at])
        )
        return self._add(
            RUN, key, run_id=key, source_id=source_id, model_id=model_id, benchmark_id=benchmark_id, subset=subset,
            protocol_id=protocol_id, ran_at=ran_at, is_first_party=is_first_party, model_label=model,
            benchmark_label=benchmark, ingest_id=self.ingest(),
        )  # fmt: skip

    def score(self, run_id: int, value: float, metric: str = "accuracy", **facts: Any) -> int:
        """Add a score, in percent unless said otherwise."""
        metric_id = text_key("metric", metric)
        if metric_id not in self.rows.get("metric", {}):
            self.metric(metric)
        facts = {"unit": "percent", "is_approximate": False, "is_aggregate": False, "metric_label": metric, **facts}
        facts.setdefault("ingest_id", self.ingest())
        key = combine(run_id, metric_id, float_bits(value), fact_key("u", [facts["unit"], facts.get("decimals")]))
        return self._add(SCORE, key, score_id=key, run_id=run_id, metric_id=metric_id, value=value, **facts)

    def claim(self, model: str, benchmark: str, value: float, **facts: Any) -> int:
        """Add a run with one score; facts named like arguments of `run` go to the run."""
        names = ("source_id", "protocol", "subset", "ran_at", "is_first_party")
        about_run = {name: facts.pop(name) for name in names if name in facts}
        return self.score(self.run(model, benchmark, **about_run), value, **facts)

    def outcomes(
        self,
        run_id: int,
        correct: Sequence[int],
        *,
        attempts: int = 1,
        metric: str = "accuracy",
        first: int = 0,
        clusters: Sequence[str] | None = None,
    ) -> None:
        """Add the outcomes of a run, one item each from number `first` on."""
        metric_id = text_key("metric", metric)
        benchmark_id = self.rows["run"][run_id]["benchmark_id"]
        for position, n_correct in enumerate(correct):
            number = first + position
            cluster = clusters[position] if clusters else None
            self._add(
                SAMPLE, (benchmark_id, number), benchmark_id=benchmark_id, sample_number=number, subset="",
                key=f"item-{number}", cluster=cluster,
            )  # fmt: skip
            self._add(
                OUTCOME, (run_id, metric_id, number), run_id=run_id, metric_id=metric_id, sample_number=number,
                n_attempts=attempts, n_correct=n_correct,
            )  # fmt: skip

    def correct(self, score_id: int, action: str = "retract", after_days: int = 10) -> int:
        """Add a correction of a score, some days after the start."""
        key = combine(score_id, text_key("action", action), after_days)
        return self._add(
            CORRECTION, key, correction_id=key, target_table="score", target_id=score_id, action=action,
            decided_by="a person", decided_at=START + timedelta(days=after_days), reason="typing error",
        )  # fmt: skip

    def write(self, engine: Engine, *, backwards: bool = False) -> Engine:
        """Write all rows, parents before children; `backwards` turns the order within each table."""
        with engine.begin() as connection:
            for table in TABLES:
                rows = list(self.rows.get(table.name, {}).values())
                if table is BENCHMARK:
                    rows.sort(key=lambda row: (row["parent_id"] is not None, row["slug"].count("/")))
                elif backwards:
                    rows.reverse()
                if rows:
                    connection.execute(insert(table), rows)
        return engine
