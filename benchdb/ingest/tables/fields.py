"""Fields of a table: the columns of `ScoreTable` and `OutcomeTable`, their types, and the headings they go by."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from benchdb.errors import ConfigError, MalformedFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Kind(Enum):
    """What sort of value a field holds."""

    NAME = auto()
    """Text with few distinct values; kept dictionary-encoded."""
    TEXT = auto()
    """Text of any sort."""
    NUMBER = auto()
    """A double-precision number."""
    COUNT = auto()
    """A whole number of 64 bits, not negative."""
    SMALL_COUNT = auto()
    """A whole number of 32 bits, not negative."""
    INTEGER = auto()
    """A whole number of 64 bits."""
    FLAG = auto()
    """True or false."""
    DAY = auto()
    """A calendar day."""
    INSTANT = auto()
    """A moment in UTC."""
    VALUE = auto()
    """A printed number, with whatever stands around it."""
    UNIT = auto()
    """A `ScoreUnit`."""
    STDERR_METHOD = auto()
    """A `StderrMethod`."""
    SOURCE_KIND = auto()
    """A `SourceKind`."""


_FIELDS: dict[str, tuple[Kind, str]] = {
    "model": (Kind.NAME, "model_name model_id llm"),
    "model_organization": (Kind.NAME, "organization organisation org maker developer creator vendor"),
    "benchmark": (Kind.NAME, "benchmark_name task task_name dataset dataset_name eval evaluation"),
    "subset": (Kind.NAME, "subtask subject"),
    "metric": (Kind.NAME, "metric_name measure"),
    "value": (Kind.VALUE, "score result"),
    "unit": (Kind.UNIT, "score_unit scale"),
    "decimals": (Kind.SMALL_COUNT, ""),
    "is_approximate": (Kind.FLAG, "approximate"),
    "is_aggregate": (Kind.FLAG, "aggregate"),
    "is_first_party": (Kind.FLAG, "first_party self_reported is_self_reported"),
    "stderr": (Kind.NUMBER, "standard_error std_err std_error se score_stderr"),
    "stderr_method": (Kind.STDERR_METHOD, ""),
    "interval_lower": (Kind.NUMBER, "ci_lower ci_low lower"),
    "interval_upper": (Kind.NUMBER, "ci_upper ci_high upper"),
    "interval_level": (Kind.NUMBER, "ci_level confidence_level"),
    "n_items": (Kind.COUNT, "num_items items n_problems n_questions"),
    "samples_per_item": (Kind.COUNT, "n_samples num_samples epochs n_repeats"),
    "ran_at": (Kind.INSTANT, "ran_on run_date evaluated_at evaluated_on"),
    "label": (Kind.TEXT, "run run_id run_label"),
    "place": (Kind.TEXT, ""),
    "source_kind": (Kind.SOURCE_KIND, ""),
    "source_title": (Kind.NAME, "source"),
    "source_url": (Kind.NAME, "url source_link"),
    "source_organization": (Kind.NAME, "reported_by reporter"),
    "source_published_on": (Kind.DAY, "published_on published publication_date"),
    "sample": (
        Kind.TEXT,
        "sample_id example example_id item item_id question_id problem_id instance_id doc_id task_instance",
    ),
    "n_correct": (Kind.SMALL_COUNT, "num_correct correct is_correct passed resolved"),
    "n_attempts": (Kind.SMALL_COUNT, "attempts num_attempts n_samples num_samples"),
    "sample_dated_on": (Kind.DAY, "dated_on sample_date item_date"),
    "sample_cluster": (Kind.NAME, "cluster cluster_id"),
    "answer": (Kind.TEXT, "extracted_answer model_answer"),
    "split": (Kind.NAME, ""),
    "n_shot": (Kind.COUNT, "shots num_fewshot num_shots n_shots fewshot"),
    "temperature": (Kind.NUMBER, "temp"),
    "top_p": (Kind.NUMBER, ""),
    "max_tokens": (Kind.COUNT, "max_new_tokens max_output_tokens"),
    "seed": (Kind.INTEGER, ""),
    "prompt_hash": (Kind.NAME, ""),
    "harness": (Kind.NAME, "tool framework"),
    "harness_version": (Kind.NAME, "tool_version"),
    "harness_task": (Kind.NAME, "task task_name"),
    "task_version": (Kind.NAME, ""),
    "dataset_revision": (Kind.NAME, ""),
    "window_start_on": (Kind.DAY, "window_start"),
    "window_end_on": (Kind.DAY, "window_end"),
    "extraction": (Kind.NAME, "filter scorer"),
    "item_limit": (Kind.NUMBER, "limit"),
    "model_revision": (Kind.NAME, "revision"),
    "quantisation": (Kind.NAME, "quantization precision"),
    "reasoning_effort": (Kind.NAME, "effort"),
    "scaffold": (Kind.NAME, "agent"),
    "engine": (Kind.NAME, "provider backend inference_engine"),
}
KINDS: dict[str, Kind] = {name: kind for name, (kind, _) in _FIELDS.items()}
"""Field → what it holds."""
SAMPLE_FIELDS = frozenset({"sample", "n_correct", "n_attempts", "sample_dated_on", "sample_cluster", "answer"})
"""Fields that only a table of outcomes has."""
SCORE_FIELDS = frozenset({
    "unit", "decimals", "is_approximate", "is_aggregate", "stderr", "stderr_method", "interval_lower", "interval_upper",
    "interval_level", "n_items", "place",
})  # fmt: skip
"""Fields that only a table of scores has."""
PASSED_OVER = frozenset({
    "", "id", "index", "rank", "no", "nr", "notes", "note", "comment", "comments", "remarks", "link", "details", "parameters", "params",
    "n_parameters", "num_parameters", "total_params", "activated_params", "active_params", "model_size", "licence", "license", "released_on",
    "release_date", "released", "family", "base_model", "context_length", "download", "open_weights", "is_open_weights", "architecture",
    "model_link", "model_url", "knowledge_cutoff", "training_cutoff", "epoch", "attempt", "trial", "repeat",
})  # fmt: skip
"""Columns without a place among the fields, which are no benchmarks either: facts about models, remarks, numbering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which column of a file holds which field."""

    columns: Mapping[str, str]
    """Field → column."""
    constants: Mapping[str, str]
    """Field → text that holds for every row, from `--map field==text`."""
    others: tuple[str, ...] = field(default=())
    """Columns that no field claims and that are not passed over."""

    def has(self, name: str) -> bool:
        """Return whether the file or the user says anything for a field.

        Args:
            name: The field.
        """
        return name in self.columns or name in self.constants


def heading_key(text: str) -> str:
    """Return a heading in lower case with everything but letters and digits as single underscores.

    Args:
        text: A heading: "# Total Params" gives "total_params".
    """
    return re.sub(r"[^0-9a-z]+", "_", text.casefold()).strip("_")


def assign(names: Sequence[str], mapped: Mapping[str, str], where: str) -> Assignment:
    """Return which of a file's columns hold which fields.

    What the user says comes first, then columns that carry a field's own name, then synonyms. A constant takes the place of a
    column that means the same field.

    Args:
        names: Columns of the file, in order.
        mapped: `ReadOptions.columns`; `ignore` names columns to pass over, separated by commas, or "*" for all unknown ones.
        where: The file, for messages.

    Raises:
        ConfigError: If the user names a field that does not exist.
        MalformedFileError: If the user names a column that the file does not have.
    """
    check_fields(mapped)
    constants = {name: text[1:] for name, text in mapped.items() if name in KINDS and text.startswith("=")}
    columns = {name: text for name, text in mapped.items() if name in KINDS and not text.startswith("=")}
    for name, column in columns.items():
        if column not in names:
            raise MalformedFileError.at(
                where, "", f"the columns {', '.join(names)}", f'a column "{column}" (--map {name}={column})'
            )
    ignored = {part.strip() for part in mapped.get("ignore", "").split(",")}
    free = [name for name in names if name not in set(columns.values()) and name not in ignored]
    for is_own_name in (True, False):
        for column in tuple(free):
            claimed = _field_of(column, {**columns, **constants}, is_own_name=is_own_name)
            if claimed is not None:
                columns[claimed] = column
                free.remove(column)
    free = [name for name in free if heading_key(name) not in PASSED_OVER and field_named(name) not in constants]
    others = () if "*" in ignored else tuple(free)
    return Assignment(columns=columns, constants=constants, others=others)


def check_fields(mapped: Mapping[str, str], also: Iterable[str] = ("ignore", "orientation", "table")) -> None:
    """Do nothing if every name before the equals sign of a `--map` is known.

    Args:
        mapped: `ReadOptions.columns`; "metric.COLUMN" and "unit.COLUMN" speak of one column.
        also: Names that are allowed beside the fields.

    Raises:
        ConfigError: If one is not.
    """
    allowed = {*KINDS, *also}
    for name in mapped:
        if name not in allowed and not name.startswith(("metric.", "unit.")):
            raise ConfigError(f'--map {name}={mapped[name]}: there is no field "{name}".{did_you_mean(name, allowed)}')


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known words, or nothing.

    Args:
        name: The unknown word.
        known: Words that would have been understood.
    """
    near = difflib.get_close_matches(heading_key(name), sorted(known), n=2, cutoff=0.6)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def field_named(column: str) -> str | None:
    """Return the field that a column's heading means when it stands alone, or None.

    Args:
        column: The heading.
    """
    return _field_of(column, {}, is_own_name=True) or _field_of(column, {}, is_own_name=False)


def _field_of(column: str, taken: Mapping[str, str], *, is_own_name: bool) -> str | None:
    key = heading_key(column)
    if is_own_name:
        return key if key in KINDS and key not in taken else None
    return next((name for name in _SYNONYMS.get(key, ()) if name not in taken), None)


_SYNONYMS: dict[str, tuple[str, ...]] = {}
for _name, (_, _synonyms) in _FIELDS.items():
    for _synonym in _synonyms.split():
        _SYNONYMS[_synonym] = (*_SYNONYMS.get(_synonym, ()), _name)
