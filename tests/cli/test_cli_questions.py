"""Tests of the questions on the data that ship with benchdb: what a user reads, format by format.

Expected numbers are computed by hand from the printed tables: MATH-500 has 500 items, so 97.0 has a binomial error of
√(0.97 · 0.03 / 500) = 0.763 points and 94.5 one of √(0.945 · 0.055 / 500) = 1.020.
"""

from __future__ import annotations

import csv
import io
import json
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

TWO = (
    "-m",
    "AM-Distill-Qwen-72B",
    "-m",
    "DeepSeek-R1-Distill-Llama-70B",
    "-b",
    "MATH-500",
    "--metric",
    "pass@1",
    "--variant",
    "",
)


@pytest.fixture
def ask(run: Run, seeded: Path) -> Run:
    """Ask the seeded database; the answer must be there."""

    def ask_seeded(*arguments: object, **environment: str) -> Result:
        result = run(*arguments, "--db", seeded, **environment)
        assert result.exit_code == 0, result.output
        return result

    return ask_seeded


def rows_of(result: Result) -> list[dict[str, Any]]:
    """Return the rows of a JSON answer."""
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def test_a_leaderboard_as_a_table(ask: Run) -> None:
    """Two models a point and a half of their joint error apart share both ranks, and each value bears its error."""
    result = ask("leaderboard", *TWO)
    assert result.stdout == (
        "   rank  tier  P(best)  model                          size        mean    MATH-500\n"
        "───────  ────  ───────  ─────────────────────────────  ────  ──────────  ──────────\n"
        "1 (1–2)     1      98%  AM-Distill-Qwen-72B             72B  97.0 ± 0.8  97.0 ± 0.8\n"
        "2 (1–2)     1       2%  DeepSeek-R1-Distill-Llama-70B   70B  94.5 ± 1.0  94.5 ± 1.0\n"
    )
    assert result.stderr.startswith("Leaderboard\n\n\n- Policy preferred")


def test_a_leaderboard_on_a_narrow_terminal(ask: Run) -> None:
    """On 40 columns names wrap, the columns are dealt out to several tables, and no line is wider."""
    lines = ask("leaderboard", *TWO, COLUMNS="40").stdout.splitlines()
    assert max(map(len, lines)) <= 40
    (first,) = [line for line in lines if "97.0" in line]
    assert first.split()[-6:] == ["97.0", "±", "0.8", "97.0", "±", "0.8"]
    assert any(line.split() == ["Llama-70B"] for line in lines)


def test_a_leaderboard_as_markdown(ask: Run) -> None:
    """The same columns as the table, numbers to the right."""
    assert ask("leaderboard", *TWO, "--format", "markdown").stdout == (
        "| rank | tier | P(best) | model | size | mean | MATH-500 |\n"
        "| --: | --: | --: | --- | --: | --: | --: |\n"
        "| 1 (1–2) | 1 | 98% | AM-Distill-Qwen-72B | 72B | 97.0 ± 0.8 | 97.0 ± 0.8 |\n"
        "| 2 (1–2) | 1 | 2% | DeepSeek-R1-Distill-Llama-70B | 70B | 94.5 ± 1.0 | 94.5 ± 1.0 |\n"
    )


def test_a_leaderboard_as_csv_json_and_json_lines(ask: Run) -> None:
    """One row a model and benchmark, the same facts in each format, unrounded."""
    rows = rows_of(ask("leaderboard", *TWO, "--format", "json"))
    assert [(row["model"], row["value"], row["unit"], row["n_items"], row["evidence"]) for row in rows] == [
        ("a-m-team/am-distill-qwen-72b", 97.0, "percent", 500, "borrowed"),
        ("deepseek-ai/deepseek-r1-distill-llama-70b", 94.5, "percent", 500, "borrowed"),
    ]
    assert [row["stderr"] for row in rows] == pytest.approx([0.762889, 1.019559], abs=1e-6)
    lines = ask("leaderboard", *TWO, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == rows
    table = list(csv.DictReader(io.StringIO(ask("leaderboard", *TWO, "--format", "csv").stdout)))
    assert [(row["model"], row["value"], row["released_on"], row["variant"]) for row in table] == [
        ("a-m-team/am-distill-qwen-72b", "97.0", rows[0]["released_on"], ""),
        ("deepseek-ai/deepseek-r1-distill-llama-70b", "94.5", rows[1]["released_on"], ""),
    ]
    assert [row["score_id"] for row in table] == [row["score_id"] for row in rows]


def test_flat_rows_carry_where_the_model_stands(ask: Run) -> None:
    """Each row of JSON and CSV has its model's rank, bounds, tier, chance and aggregate."""
    rows = rows_of(ask("leaderboard", *TWO, "--format", "json"))
    names = ("rank", "rank_lower", "rank_upper", "tier", "aggregate", "aggregate_value", "aggregate_unit", "n_imputed")
    assert [[row[name] for name in names] for row in rows] == [
        [1, 1, 2, 1, "mean", 97.0, "percent", 0],
        [2, 1, 2, 1, "mean", 94.5, "percent", 0],
    ]
    # Half a unit of the last decimal is a uniform error: its variance is a third of the square.
    joint = (0.762889**2 + 1.019559**2 + 2 * 0.05**2 / 3) ** 0.5
    assert rows[0]["p_best"] == pytest.approx(NormalDist().cdf(2.5 / joint), abs=1e-6)
    assert rows[0]["p_best"] + rows[1]["p_best"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "title", "first"),
    [
        (("--aggregate", "win-rate"), "Leaderboard by win-rate", "1.000"),
        (("--aggregate", "borda"), "Leaderboard by borda", "1.0"),
        (("--weight", "MATH-500=2"), "Leaderboard by weighted", "97.0"),
        (("--missing", "impute"), "Leaderboard", "97.0"),
    ],
)
def test_ways_to_rank(ask: Run, options: tuple[str, ...], title: str, first: str) -> None:
    """The aggregate names the column and the title; a weight alone asks for the weighted mean."""
    result = ask("leaderboard", *TWO, *options)
    assert result.stderr.splitlines()[0] == title
    (line,) = [line for line in result.stdout.splitlines() if "AM-Distill-Qwen-72B" in line]
    assert first in line.split()


def test_all_rankings_side_by_side(ask: Run) -> None:
    """Ranks, taus and sensitivity are three tables, with a blank line between them; JSON has a row per ranking and model."""
    result = ask("leaderboard", *TWO, "--all-rankings", "--quiet")
    ranks, taus, _sensitivity = result.stdout.split("\n\n")
    assert ranks.split("\n")[0].split()[:3] == ["model", "mean", "category-mean"]
    assert taus.split("\n")[0].split()[0] == "ranking"
    rows = rows_of(ask("leaderboard", *TWO, "--all-rankings", "--format", "json"))
    assert {row["rank"] for row in rows if row["model_name"] == "AM-Distill-Qwen-72B"} == {1}
    assert len(rows) == 2 * len({row["aggregate"] for row in rows})


@pytest.mark.parametrize("weight", ["MATH-500", "=2", "MATH-500=0", "MATH-500=x"])
def test_a_weight_is_a_name_and_a_number(run: Run, seeded: Path, weight: str) -> None:
    """Anything else is a usage error that shows how to write one."""
    result = run("leaderboard", "--db", seeded, "--weight", weight)
    assert result.exit_code == 2
    assert "'AIME 2024=2'" in result.stderr


def test_filters_reach_the_question(ask: Run) -> None:
    """Size, makers and dates restrict the models that are shown."""

    def shown(*filters: str) -> set[str]:
        rows = rows_of(ask("leaderboard", "--suite", "am-distill", "--variant", "", *filters, "--format", "json"))
        return {row["model_name"] for row in rows}

    large = shown("--min-parameters", "70B", "--max-parameters", "72B")
    assert large == {"AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Llama-70B"}
    assert "AM-Distill-Qwen-32B" not in shown("--organization", "DeepSeek")
    assert "AM-Distill-Qwen-32B" not in shown("--released-until", "2025-01")
    assert "AM-Distill-Qwen-32B" in shown("--source", "1.4 Million")


def test_a_comparison_is_honest(ask: Run) -> None:
    """2.5 points with a joint error of 1.27 are not established at 95 %: 2.5 ± (1.96 · 1.273 + 0.1), p of 2.4 / 1.273."""
    result = ask(
        "compare",
        "AM-Distill-Qwen-72B",
        "DeepSeek-R1-Distill-Llama-70B",
        "-b",
        "MATH-500",
        "--variant",
        "",
        "--metric",
        "pass@1",
    )
    assert (
        result.stdout.splitlines()[2]
        == "MATH-500    97.0    94.5        +2.5  -0.1 to +5.1  0.060  +12.5 of 500  borrowed  not distinguishable"
    )
    assert "not distinguishable" in result.stderr
    loose = ask(
        "compare",
        "AM-Distill-Qwen-72B",
        "DeepSeek-R1-Distill-Llama-70B",
        "-b",
        "MATH-500",
        "--variant",
        "",
        "--metric",
        "pass@1",
        "--level",
        "80%",
        "-f",
        "json",
    )
    assert rows_of(loose)[0]["verdict"] == "better"


def test_a_history_shows_every_claim_and_trace_its_place(ask: Run) -> None:
    """The printed table and the figure stand side by side, and a claim's id leads to its table, row and column."""
    rows = rows_of(ask("history", "AM-Distill-Qwen-72B", "MATH-500", "--format", "json"))
    assert {row["source_kind"] for row in rows} >= {"figure", "paper"}
    assert {row["value"] for row in rows} == {97.0}
    (chosen,) = [row for row in rows if row["is_chosen"]]
    trace = ask("trace", chosen["score_id"], COLUMNS="80")
    assert "Table 2, row AM-Distill-Qwen-72B, column MATH-500" in trace.stdout
    assert max(map(len, trace.stdout.splitlines())) <= 80


def test_a_trend_has_a_line_a_benchmark(ask: Run) -> None:
    """A table shows the slope, JSON the points."""
    by_size = ask("trend", "-b", "MATH-500", "--metric", "pass@1")
    assert "gain per tenfold size" in by_size.stdout
    assert (
        ask("trend", "-b", "MATH-500", "--metric", "pass@1", "--by", "date")
        .stdout.splitlines()[0]
        .count("gain per year")
        == 1
    )
    points = rows_of(ask("trend", "-b", "MATH-500", "--metric", "pass@1", "--format", "json"))
    assert {"AM-Distill-Qwen-72B", "AM-Distill-Qwen-32B"} <= {row["model_name"] for row in points}
    assert all(row["n_parameters"] for row in points)


def test_coverage_counts_claims_and_shows_what_is_missing(ask: Run) -> None:
    """A cell without a claim is a dash for people and zero claims for programs."""
    arguments = ("coverage", "-m", "DeepSeek-V3", "--suite", "am-distill")
    assert "–" in ask(*arguments).stdout.splitlines()[2]
    rows = rows_of(ask(*arguments, "--format", "json"))
    assert [row["n_claims"] for row in rows if row["benchmark"] == "livecodebench"] == [0]


def test_the_catalogue_is_listed_by_kind(ask: Run) -> None:
    """Suites list with the number of their benchmarks; a narrow terminal says which columns it leaves out."""
    suites = {row["slug"]: row["n_benchmarks"] for row in rows_of(ask("list", "suites", "--format", "json"))}
    assert suites["am-distill"] == 4
    models = ask("list", "models", COLUMNS="80")
    assert "Left out for lack of width: review state" in models.stderr
    assert max(map(len, models.stdout.splitlines())) <= 80
    for kind in ("benchmarks", "metrics", "organizations", "sources"):
        assert rows_of(ask("list", kind, "--format", "json"))


@pytest.mark.parametrize("suffix", ["vl.json", "json", "html", "png", "svg", "pdf"])
def test_a_chart_is_written_in_every_type(suffix: str, ask: Run, tmp_path: Path) -> None:
    """The suffix chooses the type, and the file begins as that type does."""
    begins = {
        "vl.json": b"{",
        "json": b"{",
        "html": b"<!DOCTYPE html>",
        "png": b"\x89PNG",
        "svg": b"<svg",
        "pdf": b"%PDF",
    }
    result = ask("chart", "grouped-bars", *TWO, "-o", f"bars.{suffix}", "--title", "Bars")
    assert (tmp_path / f"bars.{suffix}").read_bytes().startswith(begins[suffix])
    assert (result.stdout, result.stderr) == ("", f"Wrote bars.{suffix}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        (
            "grouped-bars",
            *TWO,
            "--domain",
            "30",
            "100",
            "--step",
            "10",
            "--no-hatch",
            "--error-bars",
            "--theme",
            "dark",
        ),
        ("leaderboard", *TWO, "--no-scores"),
        ("differences", "AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Llama-70B", "-b", "MATH-500", "--metric", "pass@1"),
        ("heat-map", *TWO, "--shade", "value", "--no-values"),
        ("claims", "DeepSeek-R1-Distill-Qwen-32B", "AIME 2024"),
        ("conflicts", "--suite", "am-distill", "--min-sigma", "0.1"),
        ("claims", "QwQ-32B", "AIME 2024", "--metric", "pass@1", "--variant", "", "--subset", "", "--no-values"),
        ("leaderboard", "--suite", "am-distill", "--aggregate", "borda"),
        ("leaderboard", *TWO, "--weight", "MATH-500=2"),
        ("ranks", "--suite", "am-distill", "--highlight", "QwQ-32B", "--no-intervals"),
        ("dumbbell", "AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Llama-70B", "-b", "MATH-500", "--no-values"),
        ("matrix", "AM-Distill-Qwen-72B", "DeepSeek-R1", "QwQ-32B", "-b", "MATH-500", "--correction", "bh"),
        ("matrix", "--suite", "am-distill", "--across-protocols"),
        ("trend", "-b", "MATH-500", "--metric", "pass@1", "--by", "date", "--no-frontier"),
        ("coverage", "-m", "DeepSeek-V3", "--suite", "am-distill", "--no-values"),
    ],
)
def test_every_chart_goes_to_standard_output_as_vega_lite(arguments: tuple[str, ...], run: Run, seeded: Path) -> None:
    """`-o -` writes a specification and nothing else."""
    result = run("chart", *arguments, "-o", "-", "--db", seeded)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


def test_bars_stand_in_the_order_of_the_command_line(ask: Run) -> None:
    """-m names the models in the order to draw them, whatever their rank."""
    text = ask(
        "chart", "grouped-bars", "-m", "DeepSeek-R1-Distill-Llama-70B", "-m", "AM-Distill-Qwen-72B", *TWO[4:], "-o", "-"
    ).stdout
    assert text.index("DeepSeek-R1-Distill-Llama-70B") < text.index("AM-Distill-Qwen-72B")


def test_a_chart_type_nobody_writes_is_refused(run: Run, seeded: Path) -> None:
    """The message names the types there are."""
    result = run("chart", "grouped-bars", *TWO, "-o", "bars.gif", "--db", seeded)
    assert result.exit_code == 1
    assert "png" in result.stderr


def test_doctor_exits_with_1_only_when_asked(run: Run, seeded: Path) -> None:
    """The impossible value of the seeds is written as data; `--strict` turns a finding into an exit code."""
    question = ("doctor", "--check", "granularity", "--db", seeded, "--format", "json")
    result = run(*question)
    (found,) = rows_of(result)
    assert (result.exit_code, found["check"], found["severity"]) == (0, "granularity", "error")
    assert found["statement"].startswith(
        "deepseek-ai/deepseek-r1-distill-qwen-32b on aime-2024: no count of the 30 items"
    )
    assert found["see"] == f"benchdb trace {found['score_ids'][0]}"
    assert run(*question, "--strict").exit_code == 1
    assert run("doctor", "--check", "unit", "--db", seeded, "--strict").exit_code == 0
    assert run("doctor", "--check", "nonsense", "--db", seeded).exit_code == 2


def test_conflicts_as_a_table(ask: Run) -> None:
    """The two reports of the same authors differ on AIME 2024 of one model by 0.6 points; claims stand side by side."""
    result = ask(
        "conflicts", "-m", "DeepSeek-R1-Distill-Qwen-32B", "-b", "AIME 2024", "--variant", "", "--source", "Think Twice",
        "--source", "1.4 Million", "--format", "markdown",
    )  # fmt: skip
    (line,) = [line for line in result.stdout.splitlines() if "AIME" in line]
    assert "72.0 Think Twice: Enhancing LL…; 72.6 1.4 Million Open-Source D…" in line
    assert "explained by samples_per_item: 32, 16" in line
    assert "1 cells whose claims differ" in result.stderr.replace("\n ", "")


def test_insights_of_the_figure(ask: Run) -> None:
    """Each key observation of the seed's figure is among the statements, with the status that its errors allow."""
    rows = rows_of(ask("insights", "--suite", "am-distill", "--source", "1.4 Million", "--format", "json"))
    said = {row["statement"].partition(":")[0].partition(",")[0]: row["status"] for row in rows}
    assert said["MATH-500 is the highest score of all 4 models"] in {"nominal", "established"}
    assert said["LiveCodeBench is the lowest score of all 4 models"] == "unknown"
    assert said["AM-Distill-Qwen-72B is ahead of AM-Distill-Qwen-32B on all 4 shared benchmarks"] == "nominal"
    assert said["DeepSeek-R1-Distill-Llama-70B and DeepSeek-R1-Distill-Qwen-32B perform alike"] == "nominal"
    assert said["The models lie furthest apart on AIME 2024"] == "nominal"
    assert all(row["command"].startswith("benchdb ") for row in rows)
