"""Submission folders of SWE-bench: what a submission says of itself, which board it stands on, which instances there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import day, object_at, text
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.swebench_items import BOARDS, tags_of
from benchdb.ingest.logs.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

METADATA = ("metadata.yaml", "metadata.yml")
"""What a submission says of itself."""
INDEX = "index.json"
"""List of the instances, beside the submissions."""
DETAILS = "per_instance_details.json"
"""Instance → result."""


def board_of(path: Path) -> str | None:
    """Return the benchmark that a submission's folder stands in, or None.

    Args:
        path: Its results.
    """
    if path.parent.name != "results" or len(path.parents) < 5:
        return None
    name, above = path.parents[2].name, path.parents[3].name
    if above == "evaluation":
        return BOARDS.get(name.casefold(), f"SWE-bench {name}")
    return f"SWE-bench-{above}-{name}" if path.parents[4].name == "evaluation" else None


def metadata(path: Path) -> dict[str, Any]:
    """Return what a submission says of itself, empty where it says nothing.

    Args:
        path: Its results.

    Raises:
        MalformedFileError: If it names no system.
    """
    for other in beside(path):
        if other.name in METADATA:
            found = read_yaml(other)
            if not isinstance(found, dict) or name_of(found) == "":
                raise MalformedFileError.at(str(other), "info.name", "nothing", "the name of a system")
            return found
    return {}


def name_of(row: Mapping[str, Any]) -> str:
    """Return a system's name, empty where it has none.

    Args:
        row: What the submission says.
    """
    return text(object_at(row, "info").get("name")) or text(row.get("name")) or ""


def stated_tags(row: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the models and attempts of a submission, as the site's tags have them.

    Args:
        row: What the submission says.
    """
    tags = object_at(row, "tags")
    models = tags.get("model") or tags.get("models") or []
    attempts = text(object_at(tags, "system").get("attempts"))
    listed = models if isinstance(models, list) else [models]
    return tags_of(
        [*(f"Model: {each}" for each in listed), *([f"System: Attempts - {attempts}"] if attempts is not None else [])]
    )


def index(path: Path) -> dict[str, date | None]:
    """Return instance → day out of the list of instances, empty where there is none.

    Args:
        path: The submission's results.
    """
    for other in beside(path):
        if other.name == INDEX:
            listed = read_object(other)
            return {key: day(each.get("time")) if isinstance(each, dict) else None for key, each in listed.items()}
    return {}


def beside(path: Path) -> list[Path]:
    """Return the files that are read along with a submission's results.

    Args:
        path: The results.
    """
    folder = path.parent.parent if path.parent.name == "results" else path.parent if path.name == DETAILS else None
    if folder is None:
        return []
    others = [*(folder / name for name in METADATA), *([folder.parent / INDEX] if folder != path.parent else [])]
    return [each for each in others if each.is_file()]
