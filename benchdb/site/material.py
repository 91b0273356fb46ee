"""What the pages of a site are made from: the answers of one database, each asked for once and kept."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from benchdb.errors import AmbiguousQueryError, EmptyResultError, StatisticsInputError
from benchdb.site.names import column_stem, file_stem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from benchdb.api import Claims, Comparison, Conflicts, CoverageTable, Database, Leaderboard, Status, Trend
    from benchdb.rows.catalogue import BenchmarkEntry, ModelEntry, SourceEntry
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell
    from benchdb.rows.records import Claim

MOST_DRAWN = 30
"""Models that a chart of a leaderboard draws at most."""
_COVERAGE = (40, 24)
"""Models and benchmarks that the picture of the coverage shows at most."""
_MOST_ON_ONE = 60
"""Models that a picture of one benchmark shows at most."""
_TRENDS = 4
MOST_JUDGED = 30
"""Models whose pairs are judged when a site is made, at most."""
MOST_JUDGED_ON = 20
"""Benchmarks that they are judged on, at most."""
_MOST_CLAIMS = 20_000
_DRAWN_COLUMNS = 12


def label_of(model: str, variant: str | None) -> str:
    """Return what a model is called where variants are told apart: its slug, with the variant in brackets.

    Args:
        model: Slug of the model.
        variant: Variant, or None.
    """
    return f"{model}[{variant}]" if variant else model


def can_be_named(model: str, variant: str | None) -> bool:
    """Return whether `label_of` means this model and variant where a question reads it: brackets in names make it mean others.

    Args:
        model: Slug of the model.
        variant: Variant, or None.
    """
    return "[" not in model and model == model.strip() and (variant is None or variant == variant.strip("[] "))


@lru_cache(maxsize=10_000)
def public_name(file: str) -> str:
    """Return what a site says of a file: a relative path as it is, of a whole one its last part alone.

    Args:
        file: The file as it was imported; where people keep their files is for nobody else to know.
    """
    is_whole = file.startswith(("/", "\\", "~")) or file[1:3] in {":\\", ":/"}
    return re.split(r"[/\\]", file)[-1] if is_whole else file


class Material:
    """The answers behind a site. Nothing is asked before a page needs it."""

    def __init__(
        self,
        database: Database,
        asked: Mapping[str, Any] | None = None,
        *,
        title: str = "Benchmark results",
        ranking: Mapping[str, Any] | None = None,
        with_database: bool = False,
        api: str | None = None,
    ) -> None:
        self.database = database
        self.asked = {
            name: value for name, value in (asked or {}).items() if value is not None and value not in ((), [], "")
        }
        self.title = title
        self.ranking = {name: value for name, value in (ranking or {}).items() if value is not None}
        self.with_database = with_database
        self.api = api
        """Where a live server answers questions, from its root; None for a site that is written once."""
        self._boards: dict[str, Leaderboard | None] = {}
        self._drawn: dict[str, bool] = {}
        self._trends: dict[str, Trend | None] = {}

    @property
    def restrictions(self) -> dict[str, Any]:
        """The filters, without what merely says the default."""
        apart = {"policy", "level"}
        return {
            name: value
            for name, value in self.asked.items()
            if name not in apart and (name, value) != ("include_aggregates", True)
        }

    @cached_property
    def status(self) -> Status:
        """What the database holds."""
        return self.database.status()

    @cached_property
    def answer(self) -> Claims:
        """Every claim that fits the filters; of a file by its whole path on some disk the name alone."""
        found = self.database.claims(**self._without("level"))
        found.rows = tuple(
            replace(claim, file=public_name(claim.file)) if public_name(claim.file) != claim.file else claim
            for claim in found.rows
        )
        return found

    @property
    def known_until(self) -> datetime | None:
        """The last import or correction that the database knew of."""
        return self.answer.question.known_until if self.answer.question else None

    @cached_property
    def board(self) -> Leaderboard | None:
        """The leaderboard of everything; None where no score fits.

        Models are ranked as asked for. Where nothing is said and no benchmark is common to all models, so that there is no
        mean, they are ranked by ability; where that cannot be estimated either, nobody is ranked.
        """
        try:
            board = self.database.leaderboard(**self.ranking, **self.asked)
        except EmptyResultError:
            return None
        if self.ranking or board.answer.common:
            return board
        try:
            return self.database.leaderboard(aggregate="ability", **self.asked)
        except StatisticsInputError:
            return board

    @cached_property
    def columns(self) -> tuple[BenchmarkColumn, ...]:
        """The columns of the leaderboard, those with the most models first."""
        columns = self.board.answer.benchmarks if self.board else ()
        return tuple(sorted(columns, key=lambda column: (-column.n_models, column.label)))

    @cached_property
    def claims_of_models(self) -> dict[str, list[Claim]]:
        """The claims by the slug of their model."""
        return self._grouped("model")

    @cached_property
    def claims_of_benchmarks(self) -> dict[str, list[Claim]]:
        """The claims by the slug of their benchmark."""
        return self._grouped("benchmark")

    @cached_property
    def claims_of_sources(self) -> dict[int, list[Claim]]:
        """The claims by the key of their source."""
        return self._grouped("source_id")

    @cached_property
    def models(self) -> dict[str, ModelEntry]:
        """The models with a claim, by the name of their page."""
        return {file_stem(each.slug): each for each in self._listed("models") if each.slug in self.claims_of_models}

    @cached_property
    def benchmarks(self) -> dict[str, BenchmarkEntry]:
        """The benchmarks with a claim, by the name of their page."""
        return {
            file_stem(each.slug): each for each in self._listed("benchmarks") if each.slug in self.claims_of_benchmarks
        }

    @cached_property
    def sources(self) -> dict[str, SourceEntry]:
        """The sources with a claim, by the name of their page."""
        return {
            str(each.source_id): each for each in self._listed("sources") if each.source_id in self.claims_of_sources
        }

    @cached_property
    def model_names(self) -> dict[str, str]:
        """Display names of the models by slug."""
        return {each.slug: each.name for each in self.models.values()}

    @cached_property
    def benchmark_names(self) -> dict[str, str]:
        """Names of the benchmarks by slug."""
        return {each.slug: each.name for each in self.benchmarks.values()}

    @cached_property
    def cells_of_models(self) -> dict[str, list[Cell]]:
        """The leaderboard's scores by the slug of their model."""
        cells: dict[str, list[Cell]] = defaultdict(list)
        for cell in self.board.cells if self.board else ():
            cells[cell.model].append(cell)
        return cells

    @cached_property
    def cells_of_columns(self) -> dict[str, list[Cell]]:
        """The leaderboard's scores by the name of their column."""
        cells: dict[str, list[Cell]] = defaultdict(list)
        for cell in self.board.cells if self.board else ():
            cells[column_stem(cell.benchmark, cell.subset)].append(cell)
        return cells

    def board_of(self, slug: str) -> Leaderboard | None:
        """Return the leaderboard of one benchmark alone; None where no score fits.

        Args:
            slug: Slug of the benchmark.
        """
        if slug not in self._boards:
            if (
                self.api is None
            ):  # A build asks once: kept are those to be drawn, few rows each, or every score is held twice.
                self._boards = {name: board for name, board in self._boards.items() if self._drawn.get(name, False)}
            has_whole = any(column.slug == slug and not column.subset for column in self.columns)
            parts = {"subsets": [""]} if has_whole else {}
            try:
                self._boards[slug] = self.database.leaderboard(
                    **{**self._without("benchmarks", "suite"), "benchmarks": [slug], **parts}
                )
            except EmptyResultError:
                self._boards[slug] = None
        return self._boards[slug]

    def is_drawn(self, slug: str) -> bool:
        """Return whether a benchmark has a picture of its own: its models are ranked, more than one and few enough.

        Args:
            slug: Slug of the benchmark.
        """
        if slug not in self._drawn:
            board = self.board_of(slug)
            self._drawn[slug] = board is not None and bool(board.answer.common) and 1 < len(board) <= _MOST_ON_ONE
        return self._drawn[slug]

    @cached_property
    def drawn_board(self) -> Leaderboard | None:
        """The leaderboard that the first page draws; None where there is no score.

        It is the leaderboard itself where models are ranked and the picture can carry all claims behind the ranks; else
        its first models on the benchmarks that most models have.
        """
        board = self.board
        if board is None or (board.answer.common and len(board.cells) <= _MOST_CLAIMS):
            return board
        first = board.rows[:MOST_DRAWN]
        columns = self._alike(_DRAWN_COLUMNS) if board.answer.common else self.columns[:_DRAWN_COLUMNS]
        named = self._named([column.slug for column in columns if not column.subset])
        models = list(dict.fromkeys(standing.model for standing in first))
        try:
            return self.database.leaderboard(**{**self.asked, "models": models, **named})
        except EmptyResultError:
            return None

    @cached_property
    def coverage(self) -> CoverageTable | None:
        """What is known of the models and benchmarks with the most scores; None where no score fits."""
        if self.board is None:
            return None
        most_models, most_benchmarks = _COVERAGE
        models = [standing.model for standing in sorted(self.board.rows, key=lambda row: -row.n_benchmarks)]
        named = self._named([column.slug for column in self.columns[:most_benchmarks]])
        asked = {**self._without("policy", "level"), "models": list(dict.fromkeys(models))[:most_models], **named}
        return self.database.coverage(**asked)

    @cached_property
    def conflicts(self) -> Conflicts:
        """The scores whose claims differ by more than their rounding."""
        return self.database.conflicts(**self._without("policy", "level"))

    @cached_property
    def verdicts(self) -> Comparison | None:
        """The differences of all pairs of some models, judged together; None where there is nothing to compare.

        Judged are the benchmarks with the most models, and on them the models with a score there: those ranked first, or
        where nobody is ranked those with the most scores there. The correction is for all comparisons at once.
        """
        columns = [column for column in self.columns if not column.subset and column.n_models > 1][:MOST_JUDGED_ON]
        judged_on = {column.slug for column in columns}
        counts = {
            (row.model, row.variant): sum(cell.benchmark in judged_on and not cell.subset for cell in row.cells)
            for row in (self.board.rows if self.board else ())
        }
        known = [row for row in (self.board.rows if self.board else ()) if counts[row.model, row.variant]]
        if known and known[0].rank is None:
            known.sort(key=lambda row: (-counts[row.model, row.variant], row.model, row.variant or ""))
        named = [label_of(row.model, row.variant) for row in known if can_be_named(row.model, row.variant)]
        labels = list({label.casefold(): label for label in reversed(named)}.values())[::-1]
        if len(labels) < 2:
            return None
        asked = {**self._without("models"), **self._named([column.slug for column in columns]), "subsets": [""]}
        try:
            return self.database.compare(*labels[:MOST_JUDGED], all_pairs=True, **asked)
        except (EmptyResultError, AmbiguousQueryError):
            return None  # no two of them share a benchmark, or the name of one means another

    def trend(self, by: Literal["date", "parameters"]) -> Trend | None:
        """Return scores along release date or size on the benchmarks with the most models; None where there is no point.

        Args:
            by: "date" or "parameters".
        """
        if by not in self._trends:
            named = self._named([column.slug for column in self._alike(_TRENDS)])
            try:
                self._trends[by] = self.database.trend(by=by, **{**self.asked, **named}) if named else None
            except EmptyResultError:
                self._trends[by] = None
        return self._trends[by]

    def _alike(self, most: int) -> list[BenchmarkColumn]:
        """Return the columns with the most models, all in one unit: what one picture can hold."""
        whole = [column for column in self.columns if not column.subset and column.higher_is_better is not None]
        return [column for column in whole if column.unit == whole[0].unit][:most]

    def _named(self, benchmarks: list[str]) -> dict[str, Any]:
        return {"benchmarks": benchmarks, "suite": None} if benchmarks else {}

    def _without(self, *names: str) -> dict[str, Any]:
        return {name: value for name, value in self.asked.items() if name not in names}

    def _listed(self, kind: str) -> Any:
        return self.database.list(kind, as_of=self.asked.get("as_of"))

    def _grouped(self, name: str) -> dict[Any, list[Claim]]:
        groups: dict[Any, list[Claim]] = defaultdict(list)
        for claim in self.answer:
            groups[getattr(claim, name)].append(claim)
        return dict(groups)
