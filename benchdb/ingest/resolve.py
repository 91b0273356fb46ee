"""From names as written to keys of the catalogue: exact, alias, normalised spelling, and nothing beyond.

A name that resolves to nothing becomes a new catalogue entry marked unreviewed; two names are never merged by guess. New
entries stay pending until the file that brought them is complete.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select, union_all

from benchdb.database.merges import follow, read_merges
from benchdb.errors import IngestError, shorten
from benchdb.ingest.cells import whole_number
from benchdb.ingest.names import parse_parameters
from benchdb.schema.catalog import Benchmark, Metric, Model, Organization
from benchdb.schema.curation import Alias
from benchdb.schema.keys import text_key
from benchdb.schema.names import new_slug, normalize_name
from benchdb.schema.vocab import EntityKind, ReviewState

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ScoreRecord

LONGEST_NAME = 1_000
"""Characters of the longest name of a model, benchmark, metric or organization."""
_AT_K = re.compile(r"^(?P<stem>pass|maj|cons)@(?P<k>\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFacts:
    """What the catalogue says of a metric, for checking the values claimed under it."""

    metric_id: int
    """Its key."""
    slug: str
    """Its slug."""
    unit: str | None
    """Its reporting unit."""
    lower_bound: float | None
    """Least possible value in that unit."""
    upper_bound: float | None
    """Greatest possible value in that unit."""
    higher_is_better: bool | None
    """Its direction."""
    is_proportion: bool | None
    """Whether each attempt is right or wrong."""


@dataclass(slots=True)
class Pending:
    """Catalogue entries that the current file brings, as rows of the tables."""

    organization: list[dict[str, Any]] = field(default_factory=list)
    model: list[dict[str, Any]] = field(default_factory=list)
    benchmark: list[dict[str, Any]] = field(default_factory=list)
    metric: list[dict[str, Any]] = field(default_factory=list)


class Resolver:
    """Names → keys, for one import of any number of files.

    Loads every spelling once; the catalogue is small beside the results. The key of a name is that of the entry made for it,
    and stays so when the entry is merged into another one: keys of runs and scores are computed from it, rows are
    attributed to `current` of it. What was asked lately is answered from memory until a name is added or dropped.
    """

    def __init__(self, connection: Connection) -> None:
        self._names: dict[tuple[str, str], int] = {}
        self._tails: dict[str, int | None] = {}
        self._makers: dict[int, int | None] = {}
        self._owners: dict[int, str] = {}
        self._metrics: dict[int, MetricFacts] = {}
        self._undo: list[tuple[str, str]] = []
        self._new: set[int] = set()
        self._reviewed: set[int] = set()
        self._slugs: dict[int, str] = {}
        self._met_models: dict[ModelRecord, int] = {}
        self._met_benchmarks: dict[BenchmarkRecord, int] = {}
        self._met_metrics: dict[str, MetricFacts] = {}
        self.pending = Pending()
        self.merged = read_merges(connection)
        self._load(connection)

    def model(self, record: ModelRecord) -> int:
        """Return the key of a model, making an unreviewed entry if it is new.

        Args:
            record: Name and facts as the file states them.
        """
        met = self._met_models.get(record)
        if met is not None:
            return met
        maker = None if record.organization is None else self.organization(record.organization)
        name = record.name.strip()
        found = self._known_model(name, maker)
        key = self._new_model(record, name, maker) if found is None else found
        self._met_models[record] = key
        return key

    def knows_model(self, record: ModelRecord, *, reviewed: bool = False) -> bool:
        """Return whether a model would not be a new entry.

        Args:
            record: Name and facts as the file states them.
            reviewed: Whether only entries count that a person has checked.
        """
        name = record.name.strip()
        maker = None if record.organization is None else self._find(EntityKind.ORGANIZATION, record.organization)
        if record.organization is not None and maker is None and "/" not in name:
            return False
        found = self._known_model(name, maker)
        return found is not None and (not reviewed or found in self._reviewed)

    def current(self, key: int) -> int:
        """Return the key of the entry that an entry counts as: another one where it was merged, else its own.

        Args:
            key: Key of any catalogue entry.
        """
        return follow(self.merged, key) if self.merged else key

    def benchmark(self, record: BenchmarkRecord) -> int:
        """Return the key of a benchmark, making an unreviewed entry if it is new.

        Args:
            record: Name, parent and version as the file states them.
        """
        met = self._met_benchmarks.get(record)
        if met is not None:
            return met
        name = record.name.strip() if record.version is None else f"{record.name.strip()}@{record.version}"
        found = self._find(EntityKind.BENCHMARK, name)
        if found is not None:
            self._met_benchmarks[record] = found
            return found
        parent = None
        if record.parent is not None:
            from benchdb.ingest.records import BenchmarkRecord

            parent = self.benchmark(BenchmarkRecord(name=record.parent))
        key = text_key("benchmark", slug := new_slug(name))
        self.pending.benchmark.append(
            {
                "benchmark_id": key,
                "slug": slug,
                "name": name,
                "version": record.version,
                "parent_id": parent,
                "n_items": record.n_items,
            }
        )
        return self._remember(EntityKind.BENCHMARK, key, name, slug)

    def metric(self, record: ScoreRecord) -> MetricFacts:
        """Return what is known of a metric, making an unreviewed entry if it is new.

        Args:
            record: A score under that metric; its unit and direction become those of a new entry.
        """
        met = self._met_metrics.get(record.metric)
        if met is not None:
            return met
        found = self._find(EntityKind.METRIC, record.metric)
        if found is not None:
            facts = self._metrics[self.current(found)]
            facts = facts if facts.metric_id == found else replace(facts, metric_id=found)
            self._met_metrics[record.metric] = facts
            return facts
        slug = new_slug(record.metric)
        known = self._like(slug)
        key = text_key("metric", slug)
        facts = MetricFacts(
            metric_id=key,
            slug=slug,
            unit=known.unit if known else record.unit and str(record.unit),
            lower_bound=known.lower_bound if known else None,
            upper_bound=known.upper_bound if known else None,
            higher_is_better=known.higher_is_better if known else record.higher_is_better,
            is_proportion=None,
        )
        of_k = _AT_K.match(slug)
        self.pending.metric.append(
            {
                "metric_id": key,
                "slug": slug,
                "name": record.metric,
                "higher_is_better": facts.higher_is_better,
                "unit": facts.unit,
                "lower_bound": facts.lower_bound,
                "upper_bound": facts.upper_bound,
                "k": whole_number(of_k["k"]) if of_k else record.k,
            }
        )
        self._metrics[key] = facts
        self._remember(EntityKind.METRIC, key, record.metric, slug)
        return facts

    def organization(self, name: str) -> int:
        """Return the key of an organization, making an unreviewed entry if it is new.

        Args:
            name: Name as written.
        """
        found = self._find(EntityKind.ORGANIZATION, name)
        if found is not None:
            return found
        key = text_key("organization", slug := new_slug(name))
        self.pending.organization.append({"organization_id": key, "slug": slug, "name": name.strip()})
        self._owners[key] = slug
        return self._remember(EntityKind.ORGANIZATION, key, name, slug)

    def maker_of(self, model_id: int) -> int | None:
        """Return the key of a model's maker, or None where it is not known; a merged one counts as the one it was merged into.

        Args:
            model_id: Key from `model`.
        """
        maker = self._makers.get(model_id)
        return None if maker is None else self.current(maker)

    def slug_of(self, key: int) -> str:
        """Return the slug of an entry.

        Args:
            key: Key of a catalogue entry, new ones included.
        """
        return self._slugs[key]

    def is_new(self, key: int) -> bool:
        """Return whether an entry came with this import.

        Args:
            key: Key of a catalogue entry.
        """
        return key in self._new

    def take(self) -> dict[str, list[dict[str, Any]]]:
        """Return the pending entries by table and keep them: the file that brought them is complete."""
        taken, self.pending = self.pending, Pending()
        self._undo.clear()
        return {each.name: getattr(taken, each.name) for each in fields(taken)}

    def forget(self) -> None:
        """Drop the pending entries: the file that brought them failed."""
        self._forget_met()
        for name in self._undo:
            self._new.discard(self._names.pop(name))
        self._undo.clear()
        self.pending = Pending()

    def _new_model(self, record: ModelRecord, name: str, maker: int | None) -> int:
        # "ORG/NAME" has one slash and no blank; any other slash is part of a name ("1024D GRU w/ attention").
        is_path = name.count("/") == 1 and not any(letter.isspace() for letter in name)
        path = new_slug(name if is_path else name.replace("/", "-"))
        owner, slash, _ = path.partition("/")
        if slash and maker is None:
            maker = self.organization(owner)
        spellings = [name]
        if maker is not None and not slash:
            owner = self._owners[self.current(maker)]
            path = f"{owner}/{path}"
            spellings = [f"{owner}/{name}"]
        size = parse_parameters(name)
        key = text_key("model", path)
        self.pending.model.append(
            {
                "model_id": key,
                "slug": path,
                "name": name,
                "organization_id": None if maker is None else self.current(maker),
                "n_parameters": record.n_parameters or (size and size.n_parameters),
                "n_active_parameters": record.n_active_parameters or (size and size.n_active_parameters),
                "parameters_label": record.parameters_label or (size and size.label),
                "released_on": record.released_on,
                "licence": record.licence,
                "is_open_weights": record.is_open_weights,
            }
        )
        self._makers[key] = maker
        return self._remember(EntityKind.MODEL, key, *spellings, path)

    def _like(self, slug: str) -> MetricFacts | None:
        """Return the metric of the same family with another k, whose direction, unit and bounds hold for any k."""
        of_k = _AT_K.match(slug)
        found = None if of_k is None else self._names.get((EntityKind.METRIC, f"{of_k['stem']}@1"))
        return None if found is None else self._metrics[found]

    def _find(self, kind: EntityKind, name: str) -> int | None:
        if len(name) > LONGEST_NAME:
            raise IngestError(
                f'{kind} "{shorten(name)}": expected a name of at most {LONGEST_NAME:,} characters, found {len(name):,}'
            )
        return self._names.get((kind, normalize_name(name)))

    def _by_tail(self, name: str, maker: int | None) -> int | None:
        """Return the model whose slug ends in this bare name, if exactly one does and its maker is not another one."""
        found = self._tails.get(normalize_name(name))
        if found is None or (maker is not None and self.maker_of(found) != self.current(maker)):
            return None
        return found

    def _known_model(self, name: str, maker: int | None) -> int | None:
        found = self._find(EntityKind.MODEL, name)
        if "/" in name:
            return found
        if maker is not None:
            # Makers share names: a bare one beside a maker means that maker's model.
            if found is not None and self.maker_of(found) != self.current(maker):
                found = None
            for owner in (maker, self.current(maker)):
                found = self._find(EntityKind.MODEL, f"{self._owners[owner]}/{name}") if found is None else found
        return self._by_tail(name, maker) if found is None else found

    def _forget_met(self) -> None:
        self._met_models.clear()
        self._met_benchmarks.clear()
        self._met_metrics.clear()

    def _remember(self, kind: EntityKind, key: int, *spellings: str) -> int:
        self._forget_met()
        for spelling in spellings:
            name = (str(kind), normalize_name(spelling))
            if name not in self._names:
                self._names[name] = key
                self._undo.append(name)
        self._new.add(key)
        self._slugs[key] = spellings[-1]
        return key

    def _load(self, connection: Connection) -> None:
        models, benchmarks, metrics, makers = (
            Model.__table__,
            Benchmark.__table__,
            Metric.__table__,
            Organization.__table__,
        )
        entries = (
            (EntityKind.MODEL, models.c.model_id, models),
            (EntityKind.BENCHMARK, benchmarks.c.benchmark_id, benchmarks),
            (EntityKind.METRIC, metrics.c.metric_id, metrics),
            (EntityKind.ORGANIZATION, makers.c.organization_id, makers),
        )
        statement = union_all(
            *[
                select(literal(str(kind)), key, table.c.slug, table.c.name, table.c.review_state)
                for kind, key, table in entries
            ]
        )
        named: list[tuple[str, int, str]] = []
        for kind, key, slug, name, review_state in connection.execute(statement):
            self._names[kind, normalize_name(slug)] = key
            self._slugs[key] = slug
            self._note(kind, key, slug, name, named, is_reviewed=review_state == ReviewState.REVIEWED)
        aliases = select(Alias.kind, Alias.normalized_name, Alias.target_id).where(Alias.review_state != "rejected")
        for kind, normalized, key in connection.execute(aliases):
            self._names.setdefault((kind, normalized), key)
        held = Counter((kind, normalize_name(name)) for kind, _key, name in named)
        for kind, key, name in named:
            if held[kind, normalize_name(name)] == 1:
                self._names.setdefault((kind, normalize_name(name)), key)
        makers_of = select(models.c.model_id, models.c.organization_id)
        self._makers = {row.model_id: row.organization_id for row in connection.execute(makers_of)}
        for row in connection.execute(select(metrics)):
            self._metrics[row.metric_id] = MetricFacts(
                metric_id=row.metric_id,
                slug=row.slug,
                unit=row.unit,
                lower_bound=row.lower_bound,
                upper_bound=row.upper_bound,
                higher_is_better=row.higher_is_better,
                is_proportion=row.is_proportion,
            )

    def _note(
        self, kind: str, key: int, slug: str, name: str, named: list[tuple[str, int, str]], *, is_reviewed: bool
    ) -> None:
        """Note by which other spellings an entry may be found.

        Of an entry that nobody has reviewed only what its slug says: what a bare name of it means would be a guess.
        """
        if kind == EntityKind.ORGANIZATION:
            self._owners[key] = slug
        if is_reviewed:
            self._reviewed.add(key)
        if is_reviewed and kind == EntityKind.MODEL:
            tail = normalize_name(slug.rpartition("/")[2])
            self._tails[tail] = None if tail in self._tails else key
        if is_reviewed or new_slug(name) == slug:
            named.append((kind, key, name))
        elif slug.endswith(f"/{new_slug(name)}"):
            named.append((kind, key, f"{slug.rpartition('/')[0]}/{name}"))
