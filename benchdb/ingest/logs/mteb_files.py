"""Where results of MTEB stand, what their folders say, and the metrics of files from before version 1.11."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import collect, day, positive, text
from benchdb.ingest.logs.json_text import parse_object
from benchdb.ingest.plain_text import LONGEST, whole_file
from benchdb.ingest.records import ModelRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchdb.ingest.logs.fields import Table

META = "model_meta.json"
"""Facts about the model, beside its results."""
SETTINGS = "run_settings.jsonl"
"""Versions and arguments of each run, beside the results of 2.26 and later at least."""
EXTERNAL = "external"
"""Folder of results that were copied from model cards."""
NO_REVISION = frozenset({EXTERNAL, "no_revision_available", "no_revision", "no_revision_found", "None", "none"})
"""Folders that stand for no revision at all."""
_REVISION = re.compile(r"[0-9a-f]{7,64}(?:-[0-9a-f]{7,64})?|main|master|\d+(?:_\d+)*")
_NO_SETTING = re.compile(r"\w*\{\s*\}|default|")
_NO_SUBSETS = frozenset(
    {"cos_sim", "dot", "euclidean", "manhattan", "max", "similarity", "ann", "scores_per_experiment"}
)
_NOT_SPLITS = frozenset(
    {"mteb_dataset_name", "dataset_revision", "mteb_version", "evaluation_time", "kg_co2_emissions"}
)


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_FACTS: Table = {
    "n_parameters": (("n_parameters", positive),),
    "released_on": (("release_date", day),),
    "is_open_weights": (("open_weights", _flag),),
    "licence": (("license", text),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the path of a results file says."""

    model: str | None
    """Model, from the folder "org__model"."""
    revision: str | None
    """Folder of the revision, as written."""
    experiment: str | None
    """Setting of an experiment, where it is one."""
    meta: Path | None
    """Facts about the model."""
    settings: Path | None = None
    """Versions and arguments of the runs."""


def place_of(path: Path) -> Place:
    """Return what the path says: "<org>__<model>/<revision>/<Task>.json", or under "experiments/<setting>" there.

    Args:
        path: A results file.
    """
    # Paths as text: every file of a tree asks, and `Path` would take longer than reading it.
    folder = os.path.dirname(os.path.join(os.getcwd(), path))  # noqa: PTH109, PTH118, PTH120 — see above
    above, name = os.path.split(folder)
    is_experiment = os.path.basename(above) == "experiments"  # noqa: PTH119 — see above
    revision_folder = os.path.dirname(above) if is_experiment else folder  # noqa: PTH120 — see above
    revision = os.path.basename(revision_folder)  # noqa: PTH119 — see above
    meta = _first_file(f"{folder}/{META}", f"{revision_folder}/{META}")
    model = os.path.basename(os.path.dirname(revision_folder))  # noqa: PTH119, PTH120 — see above
    is_known = "__" in model and (_REVISION.fullmatch(revision) or revision in NO_REVISION or meta is not None)
    return Place(
        model=model.replace("__", "/", 1) if is_known else None,
        revision=revision if is_known or meta is not None else None,
        experiment=name if is_experiment else None,
        meta=meta,
        settings=_first_file(f"{folder}/{SETTINGS}"),
    )


def model_of(place: Place, stated: str | None) -> tuple[ModelRecord | None, Mapping[str, Any]]:
    """Return the model, or None where nothing names it, and all that its facts say.

    Args:
        place: What the path says.
        stated: Name that the user states.

    Raises:
        MalformedFileError: If the facts are no JSON object.
    """
    facts = {} if place.meta is None else _facts(place.meta, whole_file(place.meta, LONGEST))
    name = stated or text(facts.get("name")) or place.model
    return (None if name is None else ModelRecord(name=name, **collect(facts, _FACTS))), facts


def setting_of(place: Place) -> str | None:
    """Return the setting of an experiment that differs from the model's own, or None.

    Args:
        place: What the path says.
    """
    setting = place.experiment or ""
    return None if _NO_SETTING.fullmatch(setting) else setting


def settings_of(place: Place, task: str) -> dict[str, dict[str, Any]]:
    """Return versions and arguments of the runs of a task by split; none where the file is not there.

    Args:
        place: What the path says.
        task: The task.

    Raises:
        MalformedFileError: If the file holds a line that is no JSON object.
    """
    return (
        {} if place.settings is None else _settings(place.settings, whole_file(place.settings, LONGEST)).get(task, {})
    )


@lru_cache(maxsize=32)
def _settings(path: Path, data: bytes) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what a folder's file says of its runs, by task and split; it is parsed once, not for every task."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for number, line in enumerate(data.split(b"\n"), start=1):
        row = parse_object(line, str(path), f"line {number}") if line.strip() else {}
        task, splits = row.get("task"), row.get("splits")
        if isinstance(task, str) and isinstance(splits, list):
            kept = {name: row[name] for name in ("version", "encode_kwargs") if row.get(name)}
            found.setdefault(task, {}).update({str(split): kept for split in splits})
    return found


@lru_cache(maxsize=32)
def _facts(path: Path, data: bytes) -> dict[str, Any]:
    return parse_object(data, str(path))


def _first_file(*paths: str) -> Path | None:
    return next((Path(path) for path in paths if os.path.isfile(path)), None)  # noqa: PTH113 — as in `place_of`


def rows_of(data: Mapping[str, Any], where: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield split, key path and values of each row of a results file of version 1.11 or later.

    Args:
        data: The file's object.
        where: The file.

    Raises:
        MalformedFileError: If the scores are not lists of objects by split.
    """
    scores = data.get("scores")
    if not isinstance(scores, dict):
        raise MalformedFileError.at(where, "scores", type(scores).__name__, "a JSON object of splits")
    for split, rows in scores.items():
        if not isinstance(rows, list):
            raise MalformedFileError.at(where, f"scores.{split}", type(rows).__name__, "a list of rows")
        for index, row in enumerate(rows):
            place = f"scores.{split}[{index}]"
            if not isinstance(row, dict):
                raise MalformedFileError.at(where, place, type(row).__name__, "a JSON object")
            yield split, place, row


def legacy_rows(data: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield split, key path and values of each row of an older file, nested metrics joined by "_" and the subset among them.

    Args:
        data: The file's object.
    """
    for split, found in data.items():
        if split in _NOT_SPLITS or not isinstance(found, dict):
            continue
        subsets = {name: each for name, each in found.items() if isinstance(each, dict) and name not in _NO_SUBSETS}
        whole = {name: each for name, each in found.items() if name not in subsets}
        for name, values in subsets.items():
            yield split, f"{split}.{name}", {**_flat(values), "hf_subset": name}
        flat = _flat(whole)
        if flat and not (subsets and set(flat) <= {"evaluation_time"}):
            yield split, split, flat


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat.update({f"{name}_{inner}": each for inner, each in value.items()})
        else:
            flat[name] = value
    return flat
