"""The two schemas that are called model-index: of Hugging Face's model cards, and of Papers with Code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import at, count, object_at, positive, text
from benchdb.ingest.logs.loose_values import loose_number
from benchdb.ingest.logs.yaml_text import is_placeholder
from benchdb.ingest.tables.headings import parse_heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchdb.ingest.cells import ParsedCell

_WHOLE = frozenset({"default", "main", "all"})
_SHOT_KEYS = ("num_few_shot", "num_fewshot", "n_shot", "num_shots")
_CONFIG_IN_NAME = re.compile(r"(?P<name>\S(?:.*?\S)?)\s*+\((?P<config>[^()]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value of a model index."""

    model: str
    """Name of the model in the index."""
    benchmark: str
    """Name of the data set, without configuration and shots."""
    metric: str
    """Metric."""
    cell: ParsedCell
    """Value."""
    place: str
    """Key path of the value."""
    subset: str = ""
    """Configuration of the data set; empty where it is the whole."""
    split: str | None = None
    """Split."""
    revision: str | None = None
    """Revision of the data set."""
    n_shot: int | None = None
    """Worked examples in the prompt."""
    source_name: str | None = None
    """Name of the result's source."""
    source_url: str | None = None
    """Link to the result's source."""
    n_parameters: int | None = None
    """Size of the model, as a count."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    """What no other field holds."""


def card_entries(where: str, index: object) -> Iterator[Entry]:
    """Yield the values of a Hugging Face model index; blanks of a template are none.

    Args:
        where: The file, for messages.
        index: What stands under "model-index".

    Raises:
        MalformedFileError: If a model, data set or metric has no name, or a value is no number.
    """
    for number, model in enumerate(_list(where, "model-index", index)):
        place = f"model-index[{number}]"
        for position, result in enumerate(_list(where, f"{place}.results", model.get("results"))):
            yield from _card_result(where, f"{place}.results[{position}]", model.get("name"), result)


def _card_result(where: str, place: str, model: object, result: dict[str, Any]) -> Iterator[Entry]:
    for position, metric in enumerate(_list(where, f"{place}.metrics", result.get("metrics"))):
        spot = f"{place}.metrics[{position}]"
        if is_placeholder(metric.get("value")) or is_placeholder(model):
            continue
        dataset = object_at(result, "dataset")
        named = _required(
            where, f"{place}.dataset.name", dataset.get("name") or dataset.get("type"), "the data set's name"
        )
        cell = loose_number(where, f"{spot}.value", metric.get("value"))
        if cell is None:
            continue
        benchmark, subset, n_shot = _names(named, text(dataset.get("config")))
        args = dataset.get("args")
        stated = (count(args.get(key)) for key in _SHOT_KEYS) if isinstance(args, dict) else iter(())
        yield Entry(
            model=_required(where, f"{place.partition('.')[0]}.name", model, "the model's name"),
            benchmark=benchmark,
            metric=_required(where, f"{spot}.type", metric.get("type") or metric.get("name"), "the metric's name"),
            cell=cell,
            place=f"{spot}.value",
            subset=subset,
            split=text(dataset.get("split")),
            revision=text(dataset.get("revision")),
            n_shot=next((found for found in stated if found is not None), n_shot),
            source_name=text(at(result, "source.name")),
            source_url=text(at(result, "source.url")),
            raw={"task": result.get("task"), "dataset": dataset, "verified": metric.get("verified") is True or None},
        )


def _names(name: str, config: str | None) -> tuple[str, str, int | None]:
    """Return benchmark, subset and shots of "STS17 (en-en)", "AI2 Reasoning Challenge (25-Shot)" and the like."""
    found = _CONFIG_IN_NAME.fullmatch(name)
    n_shot = None
    if found is not None and config is not None and found["config"].strip() == config:
        name = found["name"]
    else:
        heading = parse_heading(name)
        if heading.n_shot is not None and heading.metric is None and heading.benchmark:
            name, n_shot = heading.benchmark, heading.n_shot
    return name, "" if config is None or config.casefold() in _WHOLE else config, n_shot


def code_entries(where: str, models: object, metadata: Mapping[str, Mapping[str, Any]]) -> Iterator[Entry]:
    """Yield the values of a Papers with Code model index; a model that is only named by a path stands in that file.

    Args:
        where: The file, for messages.
        models: What stands under "Models".
        metadata: What the files named as "Metadata" hold, by their path.

    Raises:
        MalformedFileError: If a model, data set or metric has no name, or a value is no number.
    """
    for number, model in enumerate(models if isinstance(models, list) else [models]):
        place = f"Models[{number}]"
        if not isinstance(model, dict):
            continue
        known = model.get("Metadata")
        facts = metadata.get(known, {}) if isinstance(known, str) else object_at(model, "Metadata")
        results = model.get("Results")
        for position, result in enumerate(
            _list(where, f"{place}.Results", [results] if isinstance(results, dict) else results or [])
        ):
            spot = f"{place}.Results[{position}]"
            metrics = result.get("Metrics")
            if not isinstance(metrics, dict):
                raise MalformedFileError.at(
                    where, f"{spot}.Metrics", type(metrics).__name__, "metrics with their values"
                )
            for metric, value in metrics.items():
                cell = loose_number(where, f'{spot}.Metrics["{metric}"]', value)
                if cell is not None:
                    yield Entry(
                        model=_required(where, f"{place}.Name", model.get("Name"), "the model's name"),
                        benchmark=_required(where, f"{spot}.Dataset", result.get("Dataset"), "the data set's name"),
                        metric=str(metric),
                        cell=cell,
                        place=f'{spot}.Metrics["{metric}"]',
                        n_parameters=positive(facts.get("Parameters")),
                        raw={
                            "Task": result.get("Task"),
                            **{
                                key: model[key] for key in ("Paper", "Code", "Weights", "In Collection") if key in model
                            },
                        },
                    )


def _list(where: str, place: str, value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise MalformedFileError.at(where, place, "nothing" if value is None else type(value).__name__, "a list")
    for position, each in enumerate(value):
        if not isinstance(each, dict):
            raise MalformedFileError.at(where, f"{place}[{position}]", type(each).__name__, "a mapping")
    return value


def _required(where: str, place: str, value: object, expected: str) -> str:
    found = text(value)
    if found is None:
        raise MalformedFileError.at(where, place, "nothing" if value is None else repr(value), expected)
    return found
