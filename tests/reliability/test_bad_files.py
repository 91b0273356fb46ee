"""Files made bad: a short run of the harness, and the ones that are made to exhaust a reader."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchdb.cli import cli
from benchdb.errors import IngestError, MalformedFileError
from benchdb.ingest.archive_files import Budget, Limits, unpack
from benchdb.ingest.importer import ReadOptions, importer_named
from benchdb.ingest.logs.json_text import parse
from benchdb.ingest.logs.yaml_text import load_yaml, parse_yaml
from benchdb.ingest.tables.reading import read_json_lines
from tests.reliability.corpus import Words
from tests.reliability.trial import Laboratory, digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

REPOSITORY = Path(__file__).parents[2]
CASES = 150


def test_a_short_run_of_the_harness_finds_no_fault(tmp_path: Path) -> None:
    """A hundred and fifty bad files through all importers end in records or one clear error; the printed seed does it again."""
    command = [
        sys.executable,
        "-m",
        "tests.reliability.fuzz",
        "--cases",
        str(CASES),
        "--seed",
        "20",
        "--keep",
        str(tmp_path),
    ]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert f"| all | {CASES} |" in result.stdout
    assert result.stdout.startswith("seed 20,")


@pytest.fixture
def run(duckdb_template: Path, tmp_path: Path) -> Callable[[Path], Result]:
    """Import a file into a database that must be as before when it fails."""

    def run_import(path: Path) -> Result:
        database = tmp_path / "own.duckdb"
        database.write_bytes(duckdb_template.read_bytes())
        before = digest(database)
        result = CliRunner().invoke(cli, ["ingest", str(path), "--db", str(database)], env={"BENCHDB_URL": None})
        assert digest(database) == before
        assert "Traceback" not in result.output
        assert "fault of" not in result.output
        return result

    return run_import


DIGITS = "9" * 5_000
"""More than Python turns into a number."""


DEEP = '{"a": ' * 500 + "1" + "}" * 500
"""Deeper than a walk through it can follow, and not too deep for a parser."""


ALPACA = rb'[{"instruction": "\ud800", "generator_1": "gpt4_1106_preview", "generator_2": "m", "annotator": "j", "preference": 2.0}]'
SWEBENCH = b'{"leaderboards": [{"name": "bash-only", "results": []}, {"name": "Verified", "results": [{"name": "s", "folder": [], "resolved": 50.0}]}]}'
LM_EVAL = b'{"results": {"t": {"acc,none": 0.5}}, "configs": {"t": {"metric_list": [{"metric": "acc", "aggregation": {"a": 1}}]}}, "model_name": "m", "n-shot": {"t": 0}, "versions": {}, "lm_eval_version": "0.4.9"}'


LLM_STATS = (
    b'[{"model_benchmark_id": 1, "benchmark_id": "b", "benchmark_name": "B", "model_id": "m", "score": 0.5, "normalized_score": 0.5, "is_self_reported": true, "self_reported_source_link": null, "verified_by_llmstats": false, "analysis_method": "'
    + b"a" * 60_000
    + b'"}]'
)


def _newer_zip() -> bytes:
    """Return a zip file that asks for version 8.4 of the format."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("header.json", "{}")
    data = bytearray(buffer.getvalue())
    data[data.index(b"PK\x01\x02") + 6] = 84
    return bytes(data)


@pytest.mark.parametrize(
    ("importer", "name", "data", "said"),
    [
        ("inspect", "a.eval", _newer_zip(), "a broken zip file"),
        ("opencompass", "a.md", b"dataset, version, metric, mode| m\nb, 1, accuracy, gen| 50\n", "separated in one way"),
        ("opencompass", "b.md", b"|" + b" " * 200_000 + b"\n", "found"),
        ("llm-stats", "benchmarks.json", LLM_STATS, "records"),
        ("markdown", "dashes.md", b"| Model | MMLU |\n|-|-|\n| gpt-5" + b"-" * 9_000 + b"b | 5% |\n", "at most 1,000"),
        ("markdown", "rule.md", b"|a|b|\n|--|--" + b"\t" * 60_000 + b"x\n|c|5%|\n", "none"),
        ("markdown", "wide.md", b"|" * 60_000 + b" Benchmark | GPT-4o |\n|-|-|\n" + b"|" * 60_000 + b" MMLU | 5% |\n", "records"),
        ("epoch", "runs.csv", b"task,model,Best score (across scorers),status,Scores\nb,m,0.5,Success,choice:..\n", "records"),
        ("table", "rows.json", b'[{"model": "m", "benchmark": "b", "metric": "elo", "unit": "elo", "value": 9223372036854775807}]', "records"),
        ("table", "printed.tsv", b"Model\tA\tB\nm\t5\t~9\n", "records"),
        ("table", "number.json", b'{"model": [], "accuracy": 0}', "no list"),
        ("table", "text.json", b'{"model": [], "accuracy": "$1"}', "no list"),
        ("evalplus", "m_temp_0.0/eval_results.json", b'{"eval": {"HumanEval/0": {"base": [["success", []]], "plus": 5}}}', "a list of attempts"),
        ("every-eval-ever", "a.json", b'{"schema_version": "0.2.0", "evaluation_id": "e", "model_info": {"id": "m/n", "additional_details": {"params_billions": 1e300}}, "evaluation_results": []}', "found"),
        ("inspect", "a.json", b'{"version": 2, "status": "success", "eval": {"task": "t", "model": {}}, "stats": {"model_usage": {}}, "results": {"scores": []}}', "found"),
        ("lighteval", "results_2025-01-01T00-00-00.json", f'{{"config_general": {{"model_name": "m", "more": {DEEP}}}, "results": {{"t|0": {{"acc": 0.5}}}}, "versions": {{}}}}'.encode(), "nested too deeply"),
        ("figure", "blanks.md", b"## Bar Chart: T\n### " + b": " * 30_000 + b"x\n" + b"* " + b" " * 200_000 + b"\n", "none"),
        ("alpaca-eval", "annotations.json", ALPACA, "records"),
        ("swebench", "leaderboards.json", SWEBENCH, "records"),
        ("lm-eval", "results.json", LM_EVAL, "records"),
        ("figure", "a.md", f"## Bar Chart: T\n### Detailed Analysis\n**b ({DIGITS}-shot Accuracy):**\n* m: 50%\n".encode(), "records"),
        ("latex-table", "a.tex", f"\\begin{{tabular}}{{ll}}Model & \\multicolumn{{{DIGITS}}}{{c}}{{MMLU}} \\\\ x & 1\\% \\\\ \\end{{tabular}}".encode(), "records"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)  # fmt: skip
def test_files_that_were_faults_end_in_records_or_one_error(
    laboratory: Laboratory, importer: str, name: str, data: bytes, said: str
) -> None:
    """A version of zip files that does not exist, a header with two separators, blanks and columns without end, a name that is not UTF-8, digits, half of a pair of code units, a list or an object for a name."""
    path = laboratory.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    verdict = laboratory.read(path, importer, Words(columns={"metric": "=accuracy"}, is_percent=True))
    assert verdict.state == ("records" if said == "records" else "error"), verdict.detail
    assert verdict.state == said or said in verdict.detail


@pytest.mark.parametrize("depth", [50, 250, 300, 2_000])
def test_latex_of_any_depth_ends_in_records_or_one_error(laboratory: Laboratory, depth: int) -> None:
    """Macros in macros: the library that turns them into text hides at some depths that it went too deep."""
    path = laboratory.folder / "deep.tex"
    cell = "\\foo{" * depth + "1\\%" + "}" * depth
    path.write_text(f"\\begin{{tabular}}{{ll}}Model & MMLU \\\\ x & {cell} \\\\ \\end{{tabular}}")
    verdict = laboratory.read(path, "latex-table", Words(columns={"metric": "=accuracy"}, is_percent=True))
    assert verdict.state == ("records" if depth == 50 else "error"), verdict.detail


@pytest.mark.parametrize("second", [b'{"model\xf2": "m", "value": 1}', b'{"model": "m\xf2", "value": 1}'])
def test_a_line_that_is_not_utf_8_is_the_fault_of_its_row(tmp_path: Path, second: bytes) -> None:
    """Arrow reads such a name of a column, or such a text, and fails only when it is asked for it."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"model": "m", "value": 1}\n' + second + b"\n")
    with pytest.raises(MalformedFileError, match="row 2"):
        list(read_json_lines(path))


def test_yaml_whose_aliases_stand_for_too_much_is_refused() -> None:
    """Nine lists of nine aliases each stand for 10⁹ values; a handful of aliases is read."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(MalformedFileError, match="aliases stand for"):
        parse_yaml("\n".join(levels).encode(), "card.md")
    assert load_yaml("a: &a [1, 2]\nb: *a\n") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize(
    "text",
    [
        "&a [*a]",
        "a: &a {b: *a}",
        "[" * 100_000,
        "x: " + "9" * 100_000,
        "a: 2025-99-99",
        "? [a]\n: 1",
        "!!python/object/apply:os.system [id]",
    ],
)
def test_yaml_that_cannot_be_a_value_is_one_error(text: str) -> None:
    """Aliases of themselves, depth without end, numbers of many digits, days that are none, tags that would run something."""
    with pytest.raises(ValueError, match=r"."):
        load_yaml(text)


@pytest.mark.parametrize(
    "text",
    ["[" * 1_000_000, '{"a":' * 1_000_000, '{"a": ' + "9" * 1_000_000 + "}", '{"a": ' * 2_000 + "1" + "}" * 2_000],
)
def test_json_without_end_is_one_error(text: str) -> None:
    """Depth and numbers without end are no JSON that we read."""
    with pytest.raises(MalformedFileError):
        parse(text, "a.json")


def test_json_lines_nested_deeply_do_not_end_the_process(run: Callable[[Path], Result], tmp_path: Path) -> None:
    """Arrow's parser runs out of stack at some ten thousands of brackets; such a line never reaches it."""
    path = tmp_path / "rows.jsonl"
    row = {"model": "m", "benchmark": "b", "metric": "accuracy", "value": 0.5}
    path.write_text(json.dumps(row) + "\n" + '{"model":' + "[" * 300_000 + "]" * 300_000 + "}\n", encoding="utf-8")
    assert run(path).exit_code == 1


def test_a_name_without_end_is_refused(run: Callable[[Path], Result], tmp_path: Path) -> None:
    """A name of a hundred thousand characters is none, and the message does not repeat it."""
    path = tmp_path / "scores.csv"
    path.write_text(f"model,benchmark,metric,value\n{'a' * 100_000},b,accuracy,0.5\n", encoding="utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert "expected a name of at most 1,000 characters, found 100,000" in result.output
    assert len(result.output) < 3_000


@pytest.mark.parametrize("name", ["../out.csv", "/out.csv", "C:\\out.csv", "a/../../out.csv", "..\\..\\out.csv", ""])
def test_no_member_leads_out_of_an_archive(tmp_path: Path, name: str) -> None:
    """Names that lead elsewhere are left out, in zip and tar; nothing is written outside."""
    folder = tmp_path / "inside" / "folder"
    for kind in ("zip", "tar"):
        folder.mkdir(parents=True, exist_ok=True)
        path = tmp_path / f"bad.{kind}"
        if kind == "zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr(zipfile.ZipInfo(name), "x")
        else:
            with tarfile.open(path, "w") as packed:
                info = tarfile.TarInfo(name)
                info.size = 1
                packed.addfile(info, io.BytesIO(b"x"))
        left_out = unpack(path, folder, Budget(name=str(path), n_packed=path.stat().st_size))
        # A backslash is a letter of a name in a tar, as it is on this system.
        is_name = kind == "tar" and name.startswith("..\\")
        assert [reason for _name, reason in left_out] == (
            [] if is_name else ["its name leads out of the archive"]
        ) or not any(folder.iterdir())
        assert sorted(each.name for each in tmp_path.rglob("out.csv")) == []


@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path, kind: str) -> None:
    """What unpacks to more than its size allows is stopped on the way, whatever sizes it states."""
    path = tmp_path / f"bomb.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", b"0" * 5_000_000)
    else:
        path.write_bytes(gzip.compress(b"0" * 5_000_000))
    folder = tmp_path / "folder"
    folder.mkdir()
    limits = Limits(free_bytes=1_000_000, ratio=10)
    with pytest.raises(IngestError, match="times its size"):
        unpack(path, folder, Budget(name=str(path), n_packed=path.stat().st_size, limits=limits))
    assert sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) <= 1_000_000


def test_pipes_devices_and_loops_are_not_read(run: Callable[[Path], Result], tmp_path: Path) -> None:
    """A pipe that nobody writes to, a device without end and a link to itself are left out with the reason, in a folder and named."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    os.mkfifo(folder / "pipe.json")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "up").symlink_to(folder)
    (folder / "zero.csv").symlink_to("/dev/zero")
    found = run(folder)
    assert "a pipe" in found.output
    assert "a device" in found.output
    assert run(folder / "pipe.json").exit_code == 1
    assert run(Path("/dev/zero")).exit_code == 1


def test_a_row_that_claims_a_billion_items_takes_no_memory(tmp_path: Path) -> None:
    """A count is a number in a file, not a number of things to make."""
    path = tmp_path / "scores.csv"
    path.write_text("model,benchmark,metric,value,n_items\nm,b,accuracy,0.5,1000000000\n", encoding="utf-8")
    records = list(importer_named("table").read(path, ReadOptions()))
    assert len(records) == 1
