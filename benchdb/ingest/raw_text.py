"""What a run keeps in `raw`, as canonical JSON; parts that runs and files share are spelled once.

Runs of one file share most of their configuration, and files of one harness whole tasks. A part is known again by its bytes as
`marshal` writes them, which differ wherever values or their types do; nothing is ever read back from them.
"""

from __future__ import annotations

import json
import marshal
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode
_WITHOUT_REFERENCES = 2
"""Version of marshal's format in which equal values have equal bytes, whether or not they share objects."""
_MOST_CHARACTERS = 1 << 24
_PARTS = (dict, list)
_PLAIN = frozenset({int, float})


class RawTexts:
    """Spells `raw`, and remembers the texts of its parts up to a total length."""

    def __init__(self) -> None:
        self._texts: dict[bytes, str] = {}
        self._n_characters = 0

    def spell(self, raw: Mapping[str, object] | None) -> str | None:
        """Return what a run keeps as JSON with sorted members, None where it keeps nothing.

        Args:
            raw: JSON types; anything else is spelled by `str`, and so are keys that are no text.
        """
        if not raw:
            return None
        if not all(type(name) is str for name in raw):
            return _spelled(dict(raw))
        members = [f"{_name(name)}: {self._part(raw[name])}" for name in sorted(raw)]
        return f"{{{', '.join(members)}}}"

    def _part(self, value: object) -> str:
        if type(value) not in _PARTS:
            return _spelled(value)
        try:
            packed = marshal.dumps(value, _WITHOUT_REFERENCES)  # type: ignore[arg-type]  # what it cannot take, it says
        except ValueError:
            return _spelled(value)
        text = self._texts.get(packed)
        if text is None:
            text = _spelled(value)
            if len(packed) > _MOST_CHARACTERS:
                return text
            if self._n_characters > _MOST_CHARACTERS:
                self._texts.clear()
                self._n_characters = 0
            self._n_characters += len(packed) + len(text)
            self._texts[packed] = text
        return text


@lru_cache(maxsize=1024)
def _name(name: str) -> str:
    return _spelled(name)


def _spelled(value: object) -> str:
    kind = type(value)
    if kind in _PLAIN and (kind is int or math.isfinite(value)):  # type: ignore[arg-type]  # a number
        return repr(value)
    text = _ENCODE(value if _has_text_keys(value) else _with_text_keys(value))
    if text.isascii():
        return text
    # Half of a surrogate pair is no text for a database, but an escape is, and says the same in JSON.
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _has_text_keys(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and _has_text_keys(each) for name, each in value.items())
    return all(map(_has_text_keys, value)) if isinstance(value, list | tuple) else True


def _with_text_keys(value: object) -> object:
    """Return a value whose keys are all text: those of YAML can be numbers and dates, which no order holds for together."""
    if isinstance(value, dict):
        return {name if isinstance(name, str) else str(name): _with_text_keys(each) for name, each in value.items()}
    return [_with_text_keys(each) for each in value] if isinstance(value, list | tuple) else value
