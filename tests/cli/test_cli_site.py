"""`benchdb site` and `benchdb claims` on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchdb.cli import exits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


def test_a_site_is_written_and_told(run: Callable[..., Result], seeded: Path, tmp_path: Path) -> None:
    """Pages, files, size and time stand on stderr, and nothing on stdout; the title is in the pages."""
    asked = ("--suite", "am-distill", "--source", "1.4 Million")
    result = run("site", "build", tmp_path / "public", "--db", seeded, "--title", "Our evaluations", *asked)
    assert result.exit_code == exits.OK, result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("Wrote ")
    page = (tmp_path / "public" / "index.html").read_text(encoding="utf-8")
    assert "Our evaluations" in page
    assert "76.5" in page


def test_a_folder_with_something_else_is_a_usage_error(
    run: Callable[..., Result], seeded: Path, tmp_path: Path
) -> None:
    """What stands there is named, with the way to write there all the same."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "letter.txt").write_text("mine", encoding="utf-8")
    result = run("site", "build", tmp_path / "public", "--db", seeded)
    assert result.exit_code == exits.USAGE
    assert "--force" in result.stderr


def test_claims_are_listed_with_their_places(run: Callable[..., Result], seeded: Path) -> None:
    """A model's claims on a benchmark are those of its history, with value, source and place."""
    asked = ("--model", "AM-Distill-Qwen-72B", "--benchmark", "AIME 2024", "--db", seeded, "--format", "json")
    claims = json.loads(run("claims", *asked).stdout)
    history = json.loads(run("history", "AM-Distill-Qwen-72B", "AIME 2024", "--db", seeded, "--format", "json").stdout)
    assert {row["score_id"] for row in claims} == {row["score_id"] for row in history}
    assert 76.5 in {row["value"] for row in claims}
    assert all(row["place"] for row in claims if row["source_kind"] == "paper")
