"""Hugging Face model-index: the results of models as the YAML of model cards.

Upstream: huggingface/huggingface_hub, src/huggingface_hub/repocard_data.py. A card holds one model: name it with `--model`.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from benchdb.export.claims import claims_of_models, filled
from benchdb.export.contract import Exporter, Needs

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.export.claims import Claim
    from benchdb.export.contract import Rows

_RUN = ("benchmark", "subset", "split", "dataset_revision", "n_shot", "source_title", "source_url")


def write(rows: Rows, place: Path) -> None:
    """Write claims as one model index; each model is an entry of it.

    Args:
        rows: Claims with facts.
        place: File to make.
    """
    import yaml

    with place.open("x", encoding="utf-8", newline="\n") as file:
        file.write("model-index:\n")
        for model, claims in claims_of_models(rows):
            claims.sort(key=_run_key)
            results = [_result(list(group)) for _key, group in groupby(claims, key=_run_key)]
            file.write(yaml.safe_dump([{"name": model, "results": results}], sort_keys=False, allow_unicode=True))


def _run_key(claim: Claim) -> str:
    return repr([claim[name] for name in _RUN])


def _result(claims: list[Claim]) -> dict[str, Any]:
    first = claims[0]
    shots = first["n_shot"]
    source = {"url": first["source_url"], "name": first["source_title"]} if first["source_url"] else {}
    return filled(
        {
            "task": {"type": "text-generation"},
            "dataset": filled(
                {
                    "name": first["benchmark"],
                    "type": first["benchmark"],
                    "config": first["subset"],
                    "split": first["split"],
                    "revision": first["dataset_revision"],
                    "args": None if shots is None else {"num_few_shot": shots},
                }
            ),
            "metrics": [
                filled({"type": claim["metric"], "value": claim["value"], "name": claim["fact_metric_name"]})
                for claim in claims
            ],
            "source": filled(source),
        }
    )


EXPORTER = Exporter(
    name="hf-model-index",
    suffix=".yaml",
    needs=Needs.CLAIMS,
    keeps="value and metric, benchmark with subset, split, revision and shots, and title and link of the source",
    loses="units, decimals, errors, intervals, items, every other setting, who evaluated, when, places, and a source without a link",
    write=write,
    importer="hf-model-index",
)
