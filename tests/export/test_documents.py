"""Every Eval Ever, model-index and .eval_results: valid by their own tools, and what comes back is what they keep."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from huggingface_hub import ModelCard, parse_eval_result_entries
from huggingface_hub.repocard_data import model_index_to_eval_results
from sqlalchemy import select

import benchdb
from benchdb.api.database import Database
from benchdb.database.revision import shipped_folder
from benchdb.errors import ExportError
from benchdb.ingest.catalogue import load_catalogue
from benchdb.query.tables import BENCHMARK, METRIC, MODEL, PROTOCOL, RUN, SCORE, SOURCE
from tests.query.facts import START, Facts
from tests.tools.run_every_eval_ever import PYTHON, needs_converters

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

DAY = datetime(2025, 3, 25, 12, tzinfo=UTC)
KEPT = (
    MODEL.c.slug, BENCHMARK.c.slug, RUN.c.subset, METRIC.c.slug, SCORE.c.value, SCORE.c.unit, SCORE.c.stderr, SCORE.c.interval_lower,
    SCORE.c.interval_upper, SCORE.c.interval_level, SCORE.c.n_items, RUN.c.is_first_party, RUN.c.ran_at, SOURCE.c.title,
    SOURCE.c.url, PROTOCOL.c.n_shot, PROTOCOL.c.temperature, PROTOCOL.c.top_p, PROTOCOL.c.max_tokens, PROTOCOL.c.harness,
    PROTOCOL.c.reasoning_effort,
)  # fmt: skip


def database(db: Engine) -> Database:
    """Return claims of two models from one source, with everything that a format keeps, and a hostile name."""
    facts = Facts()
    facts.metric(lower_bound=0.0, upper_bound=100.0)
    source = facts.source(
        "Report: {x} 'y' \"z\" # - &a *b",
        "leaderboard",
        url="https://example.org/r",
        retrieved_at=DAY,
        organization_id=facts.organization("lab"),
    )
    settings: dict[str, Any] = {
        "n_shot": 5,
        "temperature": 0.6,
        "top_p": 0.95,
        "max_tokens": 1024,
        "harness": "toolbox",
        "harness_version": "1.2",
    }
    run = facts.run("lab/big", "aime", source_id=source, protocol=settings, ran_at=DAY, is_first_party=True)
    facts.score(run, 72.5, stderr=1.5, n_items=30, interval_lower=70.0, interval_upper=75.0, interval_level=0.9)
    high = facts.run(
        "lab/big",
        "aime",
        source_id=source,
        protocol={**settings, "reasoning_effort": "high", "variant": "high"},
        is_first_party=True,
    )
    facts.score(high, 80.25)
    other = facts.run("other/small", "mmlu", source_id=source, subset="law", is_first_party=False)
    facts.score(other, 0.5, unit="fraction")
    return Database(facts.write(db))


def kept(engine: Engine) -> list[tuple[Any, ...]]:
    """Return what a format keeps of every claim."""
    joined = (
        SCORE.join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(MODEL, MODEL.c.model_id == RUN.c.model_id)
        .join(BENCHMARK, BENCHMARK.c.benchmark_id == RUN.c.benchmark_id)
        .join(METRIC, METRIC.c.metric_id == SCORE.c.metric_id)
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*KEPT).select_from(joined).order_by(SCORE.c.value))]


def fresh(tmp_path: Path) -> Database:
    """Return an empty database."""
    return benchdb.connect(tmp_path / "fresh.duckdb", create=True)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder with their bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_eval_ever_keeps_what_it_says(db: Engine, tmp_path: Path) -> None:
    """Value, unit, error, interval, items, source, evaluator, tool and settings of each claim come back as they were."""
    source = database(db)
    done = source.export("every-eval-ever", tmp_path / "eee")
    assert (done.n_rows, len(files_of(tmp_path / "eee"))) == (3, 2)
    with fresh(tmp_path) as again:
        report = again.ingest(tmp_path / "eee")
        assert not report.n_failed, [file.message for file in report.files]
        assert kept(again.engine) == kept(db)


def test_every_eval_ever_loses_what_it_says(db: Engine, tmp_path: Path) -> None:
    """Decimals, places and the kind of the source do not come back, and a metric of unknown direction is not written at all."""
    facts = Facts()
    facts.metric("odd", higher_is_better=None)
    facts.claim("lab/big", "aime", 1.0, metric="odd")
    facts.claim("lab/big", "aime", 72.5, decimals=1, place="Table 1", source_id=facts.source("card", "model_card"))
    source = Database(facts.write(db))
    done = source.export("every-eval-ever", tmp_path / "eee")
    assert all(part in done.loses for part in ("unknown direction", "decimals", "places", "a source's kind"))
    with fresh(tmp_path) as again:
        again.ingest(tmp_path / "eee")
        with again.engine.connect() as connection:
            found = connection.execute(
                select(SCORE.c.value, SCORE.c.decimals, SCORE.c.place, SOURCE.c.kind)
                .join(RUN, RUN.c.run_id == SCORE.c.run_id)
                .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
            ).all()
    assert found == [(72.5, None, "evaluation_results[0].score_details.score", "leaderboard")]
    with pytest.raises(ExportError, match="known direction"):
        source.export("every-eval-ever", tmp_path / "none", metric="odd")
    assert not (tmp_path / "none").exists()


@pytest.mark.tools
@needs_converters
def test_every_eval_ever_is_valid(seeds_file: Database, tmp_path: Path) -> None:
    """The format's own validator passes every file of the claims that ship with benchdb."""
    seeds_file.export("every-eval-ever", tmp_path / "eee")
    paths = sorted(files_of(tmp_path / "eee"))
    done = subprocess.run(
        [str(PYTHON), "-m", "every_eval_ever", "validate", "--format", "json", *paths],
        cwd=tmp_path / "eee", capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    reports = json.loads(done.stdout)
    assert len(paths) == 70
    assert len(reports) == len(paths)


def test_model_index_is_read_by_its_own_parser(db: Engine, tmp_path: Path) -> None:
    """huggingface_hub reads each result with its metric, value, subset, shots and source, and a card holds it."""
    database(db).export("hf-model-index", tmp_path / "index.yaml", models=["lab/big"])
    text = (tmp_path / "index.yaml").read_text()
    name, results = model_index_to_eval_results(yaml.safe_load(text)["model-index"])
    assert name == "lab/big"
    found = sorted(
        (each.metric_type, each.metric_value, each.dataset_type, each.source_name, each.source_url) for each in results
    )
    title = "Report: {x} 'y' \"z\" # - &a *b"
    assert found == [("accuracy", value, "aime", title, "https://example.org/r") for value in (72.5, 80.25)]
    assert {each.dataset_args["num_few_shot"] for each in results if each.dataset_args} == {5}
    card: Any = ModelCard(f"---\n{text}---\n# Big\n")
    assert [each.metric_value for each in card.data.eval_results] == [each.metric_value for each in results]


def test_eval_results_are_read_by_their_own_parser(db: Engine, tmp_path: Path) -> None:
    """huggingface_hub reads each entry with its data set, task, value, date and source; each model has its folder."""
    database(db).export("hf-eval-results", tmp_path / "hub")
    assert sorted(files_of(tmp_path / "hub")) == [
        "models--lab--big/.eval_results/aime.yaml",
        "models--other--small/.eval_results/mmlu.yaml",
    ]
    entries = parse_eval_result_entries(
        yaml.safe_load((tmp_path / "hub/models--lab--big/.eval_results/aime.yaml").read_text())
    )
    assert [(each.dataset_id, each.task_id, each.value, each.source_org) for each in entries] == [
        ("aime", "default", 72.5, "Lab"), ("aime", "default", 80.25, "Lab"),
    ]  # fmt: skip
    assert [each.date for each in entries] == [DAY.isoformat(), None]
    (law,) = parse_eval_result_entries(
        yaml.safe_load((tmp_path / "hub/models--other--small/.eval_results/mmlu.yaml").read_text())
    )
    assert (law.task_id, law.value, law.notes) == ("law", 0.5, "accuracy in fraction")


@pytest.mark.parametrize(
    ("form", "options"), [("hf-model-index", {}), ("hf-eval-results", {"columns": {"metric": "=accuracy"}})]
)
def test_names_values_and_sources_come_back_from_hugging_face(
    db: Engine, tmp_path: Path, form: str, options: dict[str, Any]
) -> None:
    """Model, benchmark, subset, metric and value, and title and link of the source, come back; units and errors are lost, as is said."""
    done = database(db).export(form, tmp_path / "out")
    assert "errors" in done.loses
    assert "unit" in done.loses
    with fresh(tmp_path) as again:
        report = again.ingest(tmp_path / "out", **options)
        assert not report.n_failed, [file.message for file in report.files]
        names = [
            MODEL.c.slug,
            BENCHMARK.c.slug,
            RUN.c.subset,
            METRIC.c.slug,
            SCORE.c.value,
            SOURCE.c.title,
            SOURCE.c.url,
        ]
        places = [
            [column.key == each.key and column.table is each.table for each in KEPT].index(True) for column in names
        ]
        assert [[row[at] for at in places] for row in kept(again.engine)] == [
            [row[at] for at in places] for row in kept(db)
        ]
        assert all(row[6] is None for row in kept(again.engine))


@pytest.mark.parametrize("form", ["every-eval-ever", "hf-model-index", "hf-eval-results"])
def test_what_was_read_again_is_written_the_same(seeds_file: Database, tmp_path: Path, form: str) -> None:
    """Read into a database with the same catalogue, a second export is read and written with the same bytes as the first of them."""
    options: Any = {"columns": {"metric": "=accuracy"}} if form == "hf-eval-results" else {}
    before = tmp_path / "0" / "out"
    before.parent.mkdir()
    seeds_file.export(form, before, source_kinds=["paper"], metric="accuracy")
    for step in ("1", "2"):
        (tmp_path / step).mkdir()
        with benchdb.connect(tmp_path / step / "x.duckdb", create=True) as again:
            load_catalogue(again.engine, shipped_folder("seeds"), clock=lambda: START)
            report = again.ingest(before, **options)
            assert not report.n_failed, [file.message for file in report.files]
            before = tmp_path / step / "out"
            again.export(form, before)
    first, second = ((tmp_path / step / "out") for step in ("1", "2"))
    if first.is_dir():
        assert files_of(second) == files_of(first)
        assert files_of(first)
    else:
        assert second.read_bytes() == first.read_bytes()
