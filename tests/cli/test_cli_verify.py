"""`benchdb verify`: exit code 0 for a chart that is derived again, 1 and the differences for one that is not."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import pytest

from benchdb.charts.carried import join_png, png_chunks
from benchdb.charts.save import render_specification

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


DRAW = ("chart", "grouped-bars", "--suite", "am-distill", "--source", "1.4 Million")


@pytest.mark.parametrize("form", ["csv", "arrow"])
def test_verify_reads_the_data_beside_a_chart(form: str, run: Run, seeded: Path, tmp_path: Path) -> None:
    """A chart whose data stand in a file of their own verifies; with another value in that file it is tampered."""
    assert run(*DRAW, "--data", form, "-o", "b.vl.json", "--db", seeded).exit_code == 0
    assert run("verify", "b.vl.json", "--db", seeded).exit_code == 0
    file = tmp_path / f"b.bars.{form}"
    content = file.read_bytes()
    if form == "csv":
        file.write_bytes(content.replace(b",97,", b",99,"))
        bad = run("verify", "b.vl.json", "--db", seeded, "-f", "json")
        assert bad.exit_code == 1
        found = [row for row in json.loads(bad.stdout) if row["where"].endswith(".value")]
        assert [(row["kind"], row["found"], row["expected"]) for row in found] == [("tampered", "99.0", "97.0")]
    file.unlink()
    gone = run("verify", "b.vl.json", "--db", seeded)
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert f"b.bars.{form}: the chart's data cannot be read" in gone.stderr


@pytest.mark.parametrize("options", [(), ("--size", "single-column"), ("--scale", "1.5")])
def test_verify_reads_pictures(options: tuple[str, ...], run: Run, seeded: Path, tmp_path: Path) -> None:
    """A PNG and an SVG verify by the question inside them; a picture that shows something else does not."""
    for suffix in ("png", "svg"):
        assert run(*DRAW, *options, "-o", f"p.{suffix}", "--db", seeded).exit_code == 0
        good = run("verify", f"p.{suffix}", "--db", seeded)
        assert (good.exit_code, good.stdout) == (0, "")
    text = (tmp_path / "p.svg").read_text(encoding="utf-8")
    head, end, drawing = text.partition("</metadata>")
    assert ">97.0<" in drawing
    (tmp_path / "p.svg").write_text(head + end + drawing.replace(">97.0<", ">99.0<"), encoding="utf-8")
    chunks = png_chunks((tmp_path / "p.png").read_bytes())
    pixels = bytearray(zlib.decompress(next(body for name, body in chunks if name == b"IDAT")))
    pixels[len(pixels) // 2] ^= 0xFF
    changed = [(name, zlib.compress(bytes(pixels)) if name == b"IDAT" else body) for name, body in chunks]
    (tmp_path / "p.png").write_bytes(join_png(changed))
    for suffix in ("png", "svg"):
        bad = run("verify", f"p.{suffix}", "--db", seeded, "-f", "json")
        assert bad.exit_code == 1
        assert [row["kind"] for row in json.loads(bad.stdout)] == ["picture"]


def test_verify_of_a_tampered_picture_that_was_drawn_again(run: Run, seeded: Path, tmp_path: Path) -> None:
    """A value changed in the specification and drawn from it is found by the database, though the picture fits it."""
    assert run(*DRAW, "-o", "p.vl.json", "--db", seeded).exit_code == 0
    forged = json.loads((tmp_path / "p.vl.json").read_text(encoding="utf-8").replace("72.6", "79.6"))
    (tmp_path / "p.png").write_bytes(render_specification(forged, "png"))
    bad = run("verify", "p.png", "--db", seeded, "-f", "json")
    assert bad.exit_code == 1
    assert {row["kind"] for row in json.loads(bad.stdout)} == {"tampered"}


def test_verify_of_a_picture_without_a_question(run: Run, seeded: Path, tmp_path: Path) -> None:
    """A picture that carries nothing, or something broken, is one message that names the file."""
    nothing = render_specification({"mark": "bar", "data": {"values": []}}, "png")
    chunks = png_chunks(nothing)
    (tmp_path / "plain.png").write_bytes(nothing)
    (tmp_path / "broken.png").write_bytes(join_png([chunks[0], (b"iTXt", b"Vega-Lite\0\1\0\0\0broken"), *chunks[1:]]))
    (tmp_path / "plain.svg").write_text("<svg/>", encoding="utf-8")
    for name, message in (
        ("plain.png", "carries no specification"),
        ("broken.png", "cannot be read"),
        ("plain.svg", "carries no"),
    ):
        result = run("verify", name, "--db", seeded)
        assert (result.exit_code, result.stdout) == (1, "")
        assert name in result.stderr
        assert message in result.stderr


def test_verify_of_something_else_is_one_message(run: Run, seeded: Path, tmp_path: Path) -> None:
    """A file without our question is named and nothing is printed to standard output."""
    (tmp_path / "theirs.json").write_text('{"mark": "bar"}', encoding="utf-8")
    result = run("verify", "theirs.json", "--db", seeded)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no question of benchdb" in result.stderr
