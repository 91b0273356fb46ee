"""Hugging Face .eval_results: a folder for each model with one YAML file a benchmark, as models' repositories hold them.

Upstream: huggingface/huggingface_hub, src/huggingface_hub/_eval_results.py. The folders are named as in a cache,
"models--ORG--NAME": their `.eval_results` belongs into that repository.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from itertools import groupby
from typing import TYPE_CHECKING, Any

from benchdb.export.claims import claims_of_models, filled
from benchdb.export.contract import Exporter, Needs

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.export.claims import Claim
    from benchdb.export.contract import Rows

_LONGEST_NAME = 100


def write(rows: Rows, place: Path) -> None:
    """Write claims as a folder of models.

    Args:
        rows: Claims with facts, in order of model and benchmark.
        place: Folder to make.
    """
    import yaml

    place.mkdir()
    folders: set[str] = set()
    for model, claims in claims_of_models(rows):
        folder = place / f"models--{_file_name(model.replace('/', '--'), folders)}" / ".eval_results"
        folder.mkdir(parents=True)
        files: set[str] = set()
        for benchmark, group in groupby(claims, key=lambda claim: claim["benchmark"]):
            text = yaml.safe_dump([_entry(claim) for claim in group], sort_keys=False, allow_unicode=True)
            (folder / f"{_file_name(benchmark, files)}.yaml").write_text(text, encoding="utf-8", newline="\n")


def _entry(claim: Claim) -> dict[str, Any]:
    ran_at, url = claim["ran_at"], claim["source_url"]
    source = {"url": url, "name": claim["source_title"], "org": claim["source_organization"]} if url else {}
    dataset = {"id": claim["benchmark"], "task_id": claim["subset"] or "default", "revision": claim["dataset_revision"]}
    return filled(
        {
            "dataset": filled(dataset),
            "value": claim["value"],
            "date": ran_at.isoformat() if ran_at else None,
            "source": filled(source),
            "notes": claim["label"] or " in ".join(filter(None, (claim["metric"], claim["unit"]))),
        }
    )


def _file_name(text: str, taken: set[str]) -> str:
    """Return a name that file systems take; one that is long or that another text has already got ends in a hash of the text."""
    name = re.sub(r"[^\w.-]+", "-", text).strip(".") or "unnamed"
    if len(name) > _LONGEST_NAME or name in taken:
        name = f"{name[:_LONGEST_NAME]}-{blake2b(text.encode(), digest_size=4).hexdigest()}"
    taken.add(name)
    return name


EXPORTER = Exporter(
    name="hf-eval-results",
    suffix="",
    needs=Needs.CLAIMS,
    keeps="value, benchmark with subset and revision, time of the run, and title, link and publisher of the source; the notes name metric and unit where the run has no label",
    loses="the metric and unit to a program, decimals, errors, intervals, items, settings, who evaluated, places, and a source without a link",
    write=write,
    importer="hf-eval-results",
)
