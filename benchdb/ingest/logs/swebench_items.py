"""Boards, systems and instances of SWE-bench: which benchmark a board is, which model a system uses, which instances were resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import whole_number
from benchdb.ingest.logs.code_boards import without_slash
from benchdb.ingest.logs.fields import text
from benchdb.ingest.names import is_model_name
from benchdb.ingest.records import OutcomeBlock, ScoreRecord
from benchdb.schema.names import normalize_name
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

HARNESS = "swe-bench"
"""Name of the tool in sources and protocols."""
METRIC = "resolved_rate"
"""Share of the instances whose tests all pass."""
MINI = "mini-SWE-agent"
"""The one agent of the board with nothing but a shell."""
BOARDS = {
    "verified": "SWE-bench Verified", "lite": "SWE-bench Lite", "test": "SWE-bench", "full": "SWE-bench",
    "multimodal": "SWE-bench Multimodal", "multilingual": "SWE-bench Multilingual", "bash-only": "SWE-bench Verified",
}  # fmt: skip
"""Board or folder, in lower case → benchmark."""
SIZES = {"SWE-bench Verified": 500, "SWE-bench Lite": 300, "SWE-bench": 2294, "SWE-bench Multilingual": 300}
"""Instances of each, where there is one number."""
SIDE: Mapping[str, ScoreUnit | None] = {"cost": ScoreUnit.USD, "api_calls": None}
"""What an instance took → its unit."""
_BY_SIZE = {500: "SWE-bench Verified", 2294: "SWE-bench", 517: "SWE-bench Multimodal"}
_LITE = frozenset({
    "astropy", "django", "matplotlib", "mwaskom", "pallets", "psf", "pydata", "pylint-dev", "pytest-dev", "scikit-learn",
    "sphinx-doc", "sympy",
})  # fmt: skip
_HUB = re.compile(r"https?://huggingface\.co/(?P<id>[\w.-]+/[\w.-]+?)/?")
_EFFORT = re.compile(r"(?<!\s)\s*+\((?P<effort>minimal|low|medium|high|xhigh) reasoning\)", re.IGNORECASE)
_SEVERAL = re.compile(r"[&,+]|\band\b|\bmixed\b", re.IGNORECASE)
_BRACKET = re.compile(r"(?P<system>.+?) \((?P<model>[^()]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """What was evaluated."""

    model: str
    """The model, or the whole system where it uses several or does not say."""
    scaffold: str | None = None
    """The agent around the model."""
    effort: str | None = None
    """Reasoning effort."""
    attempts: int | None = None
    """Attempts at each instance, where that is one number."""


def system_of(name: str, tags: Mapping[str, list[str]], *, is_bash_only: bool = False) -> System:
    """Return a system's model and agent.

    One stated model is the model and the rest of the name the agent. Without one the name is taken apart where it ends in a
    model: "SWE-agent + GPT 4o", "Agent (claude-3-5-sonnet)". With several the whole system stands in the model's place.

    Args:
        name: The system as written.
        tags: Tag → values, with "Model" and "System".
        is_bash_only: Whether the agent is the one of that board.
    """
    said = _EFFORT.search(name)
    bare = _EFFORT.sub("", name).strip()
    models = [found["id"] if (found := _HUB.fullmatch(each)) else each for each in tags.get("Model", ())]
    attempts = next((each.partition(" - ")[2] for each in tags.get("System", ()) if each.startswith("Attempts")), "")
    system = System(
        model=without_slash(bare),
        effort=said["effort"].lower() if said else None,
        attempts=whole_number(attempts) or None,
    )
    scaffold, ending = _take_apart(bare)
    if len(models) == 1:
        is_same = normalize_name(models[0]).endswith(normalize_name(bare))
        return replace(
            system, model=models[0], scaffold=MINI if is_bash_only else None if is_same else scaffold or bare
        )
    if is_bash_only:
        return replace(system, model=without_slash(ending if scaffold == MINI and ending else bare), scaffold=MINI)
    return system if models or ending is None else replace(system, model=without_slash(ending), scaffold=scaffold)


def _take_apart(name: str) -> tuple[str | None, str | None]:
    """Return the agent and the one model that a name ends in, or neither."""
    rest, plus, last = name.rpartition(" + ")
    bracket = _BRACKET.fullmatch(name)
    if plus and rest.count("(") == rest.count(")") and _is_one_model(last):
        found = (rest, last)
    elif bracket is not None and _is_one_model(bracket["model"]):
        found = (bracket["system"], bracket["model"])
    else:
        return None, None
    return (None, None) if is_model_name(found[0]) else found


def _is_one_model(text: str) -> bool:
    return is_model_name(text.strip().partition(" ")[0]) and _SEVERAL.search(text) is None


def parent_of(benchmark: str) -> str | None:
    """Return the benchmark that another one is a part of, or None.

    Args:
        benchmark: Name of a benchmark.
    """
    return BOARDS["test"] if benchmark.startswith(f"{BOARDS['test']} ") else None


def tags_of(values: object) -> dict[str, list[str]]:
    """Return tag → values out of texts such as "Model: gpt-5".

    Args:
        values: A JSON value.
    """
    found: dict[str, list[str]] = {}
    for each in values if isinstance(values, list) else ():
        name, colon, value = str(each).partition(": ")
        if colon:
            found.setdefault(name, []).append(value)
    return found


def benchmark_by_size(n_instances: int, ids: Iterable[str]) -> str | None:
    """Return the benchmark that has so many instances, or None; of the two with 300 the repositories tell.

    Args:
        n_instances: How many there are.
        ids: Some of their ids.
    """
    if n_instances == SIZES["SWE-bench Lite"]:
        is_lite = {each.partition("__")[0] for each in ids} <= _LITE
        return "SWE-bench Lite" if is_lite else "SWE-bench Multilingual"
    return _BY_SIZE.get(n_instances)


def resolved_in(details: Mapping[str, Any], where: str, place: str) -> dict[str, bool]:
    """Return instance → whether it was resolved.

    Args:
        details: Instance → object that says so.
        where: The file.
        place: Place of the objects in it.

    Raises:
        MalformedFileError: If one does not say so.
    """
    return {key: mark_of(each, where, f"{place}.{key}.resolved") for key, each in details.items()}


def mark_of(result: object, where: str, place: str) -> bool:
    """Return whether an instance was resolved.

    Args:
        result: What the file says of it.
        where: The file.
        place: Place in it.

    Raises:
        MalformedFileError: If that does not say so.
    """
    mark = result.get("resolved") if isinstance(result, dict) else None
    if not isinstance(mark, bool):
        raise MalformedFileError.at(where, place.lstrip("."), repr(mark), "true or false")
    return mark


def share(n_resolved: int, n_instances: int, place: str) -> ScoreRecord:
    """Return the share of resolved instances.

    Args:
        n_resolved: How many were.
        n_instances: How many there are, at least one.
        place: Where that stands.
    """
    return ScoreRecord(
        metric=METRIC, value=n_resolved / n_instances, unit=ScoreUnit.FRACTION, n_items=n_instances, place=place
    )


def block_of(marks: Mapping[str, bool], dates: Mapping[str, date | None] | None = None) -> OutcomeBlock:
    """Return the outcomes of all instances of a benchmark.

    Args:
        marks: Instance → whether it was resolved.
        dates: Instance → day it is from.
    """
    known = dates or {}
    days = [known.get(key) for key in marks]
    return OutcomeBlock(
        metric=METRIC,
        keys=list(marks),
        n_attempts=[1] * len(marks),
        n_correct=[int(each) for each in marks.values()],
        dates=days if any(days) else None,
    )


def plain(row: Mapping[str, Any], left_out: Iterable[str]) -> dict[str, Any]:
    """Return what else a row says.

    Args:
        row: The row.
        left_out: Keys that are not wanted.
    """
    unwanted = frozenset(left_out)
    return {key: value for key, value in row.items() if key not in unwanted and value not in (None, "", [])}


def named(row: Mapping[str, Any], where: str, place: str) -> str:
    """Return a row's name.

    Args:
        row: The row.
        where: The file.
        place: Place of the row in it.

    Raises:
        MalformedFileError: If it has none.
    """
    found = text(row.get("name"))
    if found is None:
        raise MalformedFileError.at(where, f"{place}.name", "nothing", "the name of a system")
    return found
