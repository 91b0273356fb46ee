"""Python's search for circles of objects, which parsing sets off every 700 objects and which finds next to nothing here."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OBJECTS = 50_000
"""New objects after which circles are looked for: some ten megabytes of parsed JSON."""


@contextmanager
def few_collections() -> Iterator[None]:
    """Let Python look for circles of objects less often inside the block; where it is told to do so even more rarely, or never, it stays so."""
    before = gc.get_threshold()
    if 0 < before[0] < _OBJECTS:
        gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
