"""YAML as model cards and leaderboards write it, alone or as the front matter of a Markdown file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.plain_text import whole_file

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 1 << 23
"""Bytes of a document, at most: its values take up to seventy-five times as much memory while it is read."""
_LONGEST_INTEGER = 25
_MOST_VALUES = 1_000_000
_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


def read_yaml(path: Path) -> object:
    """Return the value that a YAML file holds.

    Args:
        path: The file.

    Raises:
        MalformedFileError: If it is not YAML in UTF-8, or longer than `LONGEST`.
    """
    return parse_yaml(whole_file(path, LONGEST), str(path))


def parse_yaml(data: bytes, where: str) -> object:
    """Return the value that a YAML text holds.

    Args:
        data: The text, with or without a byte-order mark.
        where: The file, for messages.

    Raises:
        MalformedFileError: If it is not YAML in UTF-8.
    """
    try:
        return load_yaml(data.decode("utf-8-sig"))
    except ValueError as error:
        found = f"text that is not ({' '.join(str(error).split())})"
        raise MalformedFileError.at(where, "", found, "YAML in UTF-8") from error


def load_yaml(text: str | bytes, *, is_typed: bool = True) -> object:
    """Return the value that a YAML text holds, made by a loader that makes nothing but plain values.

    Args:
        text: The text.
        is_typed: Whether plain words become numbers, dates and the like; otherwise every value is text, a list or an object.

    Raises:
        ValueError: If it is not YAML, or if its aliases lead back to themselves or stand for more than it could spell out.
    """
    import yaml

    names = ("CSafeLoader", "SafeLoader") if is_typed else ("CBaseLoader", "BaseLoader")
    make: Any = getattr(yaml, names[0], getattr(yaml, names[1]))
    try:
        loader = make(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            _weigh(node, {})
            value: object = loader.construct_document(node)
        finally:
            loader.dispose()
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except (yaml.YAMLError, TypeError, LookupError, AttributeError, OverflowError) as error:
        # The loader looks at no value before it makes a date or a merged object of it.
        raise ValueError(" ".join(str(error).split())) from error
    return value


def _weigh(node: Any, known: dict[int, int]) -> int:
    """Return how many values a node stands for when every alias is spelled out.

    Raises:
        ValueError: If there are too many of them, or no end.
    """
    weight = known.get(id(node))
    if weight == 0:
        raise ValueError("an alias stands inside of what it stands for")
    if weight:
        return weight
    known[id(node)] = 0
    weight = 1
    if isinstance(node.value, str):
        if node.tag == "tag:yaml.org,2002:int" and len(node.value) > _LONGEST_INTEGER:
            raise ValueError(f"a whole number of {len(node.value):,} digits")
    else:
        for each in node.value:
            weight += sum(_weigh(part, known) for part in (each if isinstance(each, tuple) else (each,)))
    if weight > max(_MOST_VALUES, 10 * len(known)):
        raise ValueError(f"its aliases stand for {weight:,} values and more, out of {len(known):,} that are written")
    known[id(node)] = weight
    return weight


def front_matter(data: bytes) -> bytes | None:
    """Return the YAML between the first two lines "---" of a text, or None where it does not begin with one.

    Without the second line everything after the first belongs to it.

    Args:
        data: The beginning of a file, or all of it.
    """
    text = data.decode("utf-8-sig", "replace").lstrip()
    first = _FENCE.match(text)
    if first is None:
        return None
    last = _FENCE.search(text, first.end())
    return text[first.end() : None if last is None else last.start()].encode()


def is_placeholder(value: object) -> bool:
    """Return whether a value is the blank of a template: "{metric_value}" is a mapping with one key and no value in YAML.

    Args:
        value: A YAML value.
    """
    if isinstance(value, str):
        return re.fullmatch(r"\s*\{\w+\}\s*", value) is not None
    return isinstance(value, dict) and len(value) == 1 and next(iter(value.values())) is None
