"""`benchdb verify`: exit code 0 for a chart that is derived again, 1 and the differences for one that is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]


def test_verify_tells_a_true_chart_from_a_changed_one(run: Run, seeded: Path, tmp_path: Path) -> None:
    """The seed figure verifies; with one value changed the command fails and says which."""
    drawn = run(
        "chart",
        "grouped-bars",
        "--suite",
        "am-distill",
        "--source",
        "1.4 Million",
        "-o",
        "bars.vl.json",
        "--db",
        seeded,
    )
    assert drawn.exit_code == 0, drawn.stderr
    good = run("verify", "bars.vl.json", "--db", seeded)
    assert (good.exit_code, good.stdout) == (0, "")
    assert "derived again exactly" in good.stderr
    specification = (tmp_path / "bars.vl.json").read_text(encoding="utf-8")
    (tmp_path / "bars.vl.json").write_text(specification.replace("72.6", "79.6"), encoding="utf-8")
    bad = run("verify", "bars.vl.json", "--db", seeded, "-f", "json")
    assert bad.exit_code == 1
    assert {"tampered"} == {row["kind"] for row in json.loads(bad.stdout)}
    assert any(row["found"] == "79.6" and row["expected"] == "72.6" for row in json.loads(bad.stdout))


def test_verify_of_something_else_is_one_message(run: Run, seeded: Path, tmp_path: Path) -> None:
    """A file without our question is named and nothing is printed to standard output."""
    (tmp_path / "theirs.json").write_text('{"mark": "bar"}', encoding="utf-8")
    result = run("verify", "theirs.json", "--db", seeded)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no question of benchdb" in result.stderr
