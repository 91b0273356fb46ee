"""How `benchdb chart` writes and opens files."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

DRAW = ("chart", "coverage", "--suite", "am-distill")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that the system was asked to show."""
    found: list[str] = []

    def launch(url: str) -> int:
        found.append(url)
        return 0 if url.endswith((".html", ".png")) else 1

    monkeypatch.setattr(click, "launch", launch)
    return found


def test_open_shows_the_file(run: Run, seeded: Path, opened: list[str]) -> None:
    """The file that was written is shown."""
    result = run(*DRAW, "-o", "c.png", "--open", "--db", seeded)
    assert (result.exit_code, opened) == (0, ["c.png"])


def test_open_without_a_file_writes_a_page(run: Run, seeded: Path, opened: list[str]) -> None:
    """Without -o a page in the folder of temporary files is written and shown, and its name said."""
    result = run(*DRAW, "--open", "--db", seeded)
    assert result.exit_code == 0, result.stderr
    (page,) = opened
    try:
        assert Path(page).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert f"Wrote {page}" in result.stderr
    finally:
        Path(page).unlink()


def test_open_without_a_viewer_says_so(run: Run, seeded: Path, opened: list[str]) -> None:
    """Where the system knows no program for a file, the file stays and a message says so."""
    result = run(*DRAW, "-o", "c.pdf", "--open", "--db", seeded)
    assert (result.exit_code, opened) == (0, ["c.pdf"])
    assert "No program was found that shows c.pdf" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "Name a file with -o FILE"),
        (("-o", "-", "--open"), "standard output cannot be opened"),
        (("-o", "c.vl.json", "--data", "url"), "--data url and --data-url PREFIX belong together"),
        (("-o", "c.vl.json", "--data-url", "x/"), "--data url and --data-url PREFIX belong together"),
    ],
)
def test_options_that_contradict(options: tuple[str, ...], message: str, run: Run, seeded: Path) -> None:
    """Options without a meaning together are an error of usage."""
    result = run(*DRAW, *options, "--db", seeded)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_scale(run: Run, seeded: Path, tmp_path: Path) -> None:
    """A PNG has that many pixels to one of the chart."""
    widths = []
    for scale in ("1", "3"):
        assert run(*DRAW, "--scale", scale, "-o", "c.png", "--db", seeded).exit_code == 0
        widths.append(struct.unpack(">I", (tmp_path / "c.png").read_bytes()[16:20])[0])
    assert abs(widths[1] - 3 * widths[0]) <= 3
