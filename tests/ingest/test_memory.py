"""Memory stays flat: a file several times as large takes no more of it, in the process that reads and writes it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.memory import MAKERS, import_all

if TYPE_CHECKING:
    from pathlib import Path

SMALL, LARGE = 5_000_000, 60_000_000
ROOM_MB = 50
"""What a larger file may take more, in megabytes: less than the fifty-five that it is larger."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no peak of a process for its parent")
@pytest.mark.parametrize("name", [name for name in MAKERS if "CSV" not in name])
def test_a_larger_file_takes_no_more_memory(tmp_path: Path, name: str) -> None:
    """Twelve times the size is read sample by sample: the peak grows by less than the file does."""
    peaks = []
    for size in (SMALL, LARGE):
        place = tmp_path / str(size)
        place.mkdir()
        MAKERS[name](place / "made", size)
        (path,) = place.glob("made*")
        cost = import_all(place / "x.duckdb", [path], "--jobs", "1")
        assert "outcomes" in cost.output
        peaks.append(cost.peak_mb)
    assert peaks[1] < peaks[0] + ROOM_MB, peaks
