"""Every Eval Ever: a folder of aggregate JSON files of schema 0.2.2 or newer, one for each model and source.

Upstream: evaleval/every_eval_ever, every_eval_ever/schemas/eval.schema.json. The format demands to know which direction is better, so
that claims under a metric of unknown direction are left out.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from itertools import groupby
from typing import TYPE_CHECKING, Any

from benchdb.errors import ExportError
from benchdb.export.claims import claims_of_models, filled
from benchdb.export.contract import Exporter, Needs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchdb.export.claims import Claim
    from benchdb.export.contract import Rows

SCHEMA_VERSION = "0.3.0"
_UNKNOWN = "unknown"
_UNITS = {"fraction": "proportion"}
_ARGUMENTS = ("temperature", "top_p", "max_tokens")
_DETAILS = {"n_shot": "num_fewshot", "reasoning_effort": "reasoning_effort", "scaffold": "agent_scaffold"}
_OTHERS = (
    "samples_per_item", "seed", "prompt_hash", "harness_task", "task_version", "split", "dataset_revision", "window_start_on",
    "window_end_on", "extraction", "item_limit", "model_revision",
)  # fmt: skip
_OF_FILE = ("fact_source_id", "is_first_party", "harness", "harness_version", "engine", "quantisation")
_METHODS = {"bootstrap": "bootstrap", "sample": "analytic", "clustered": "analytic", "pooled": "analytic"}
_AVAILABILITY = {True: "open_weights", False: "closed_weights", None: _UNKNOWN}


def write(rows: Rows, place: Path) -> None:
    """Write claims as a folder of aggregate files: data/SOURCE/MAKER/MODEL/ID.json.

    Args:
        rows: Claims with facts.
        place: Folder to make.

    Raises:
        ExportError: If no claim is left whose metric has a known direction.
    """
    place.mkdir()
    for model, claims in claims_of_models(rows):
        known = [claim for claim in claims if claim["fact_higher_is_better"] is not None]
        known.sort(key=_file_key)
        for _key, group in groupby(known, key=_file_key):
            _write_file(place, model, list(group))
    if not any(place.iterdir()):
        raise ExportError(
            "none of these claims has a metric of known direction, which the format demands; choose others"
        )


def _file_key(claim: Claim) -> str:
    return repr([claim[name] for name in _OF_FILE])


def _write_file(place: Path, model: str, claims: Sequence[Claim]) -> None:
    document = _document(model, claims)
    collection = document["evaluation_id"].partition("/")[0]
    maker, _, name = model.rpartition("/")
    folder = place / "data" / collection / _safe(maker or _UNKNOWN) / _safe(name)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    # The format demands version 4 in the name; the bits come from the content, so that equal facts give equal files.
    number = uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4)
    (folder / f"{number}.json").write_text(text, encoding="utf-8", newline="\n")


def _document(model: str, claims: Sequence[Claim]) -> dict[str, Any]:
    first = claims[0]
    moment = first["fact_retrieved_at"] or min(claim["fact_ingested_at"] for claim in claims)
    stamp = str(int(moment.timestamp()))
    title = first["source_title"] or first["source_url"] or _UNKNOWN
    relation = {True: "first_party", False: "third_party", None: "other"}[first["is_first_party"]]
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{_safe(title)}/{model.replace('/', '_')}/{stamp}",
        "retrieved_timestamp": stamp,
        "source_metadata": filled(
            {
                "source_name": first["source_title"],
                "source_type": "evaluation_run" if first["source_kind"] == "harness_log" else "documentation",
                "source_organization_name": first["source_organization"] or _UNKNOWN,
                "source_organization_url": first["source_url"],
                "evaluator_relationship": relation,
            }
        ),
        "eval_library": {
            "name": first["harness"] or first["fact_tool"] or _UNKNOWN,
            "version": first["harness_version"] or first["fact_tool_version"] or _UNKNOWN,
        },
        "model_info": filled(
            {
                "name": first["fact_model_name"],
                "id": model,
                "developer": first["fact_maker"],
                "inference_platform": first["engine"],
                "additional_details": filled(
                    {
                        "deployment_type": _UNKNOWN,
                        "model_availability": _AVAILABILITY[first["fact_is_open_weights"]],
                        "quantization": first["quantisation"],
                    }
                ),
            }
        ),
        "evaluation_results": [_result(claim) for claim in claims],
    }


def _result(claim: Claim) -> dict[str, Any]:
    url, ran_at = claim["source_url"], claim["ran_at"]
    source = {"source_type": "url", "url": [url]} if url else {"source_type": "other"}
    return filled(
        {
            "evaluation_name": claim["subset"] or claim["benchmark"],
            "source_data": {"dataset_name": claim["benchmark"], **source},
            "evaluation_timestamp": ran_at.isoformat() if ran_at else None,
            "metric_config": _metric(claim),
            "score_details": filled({"score": claim["value"], "uncertainty": _uncertainty(claim)}),
            "generation_config": _settings(claim),
        }
    )


def _metric(claim: Claim) -> dict[str, Any]:
    low, high = _bounds(claim)
    is_bounded = low is not None and high is not None
    return filled(
        {
            "metric_id": claim["metric"],
            "metric_name": claim["fact_metric_name"],
            "metric_unit": _UNITS.get(claim["unit"], claim["unit"]),
            "lower_is_better": not claim["fact_higher_is_better"],
            "score_type": "continuous" if is_bounded else None,
            "min_score": low if is_bounded else None,
            "max_score": high if is_bounded else None,
        }
    )


def _bounds(claim: Claim) -> tuple[float | None, float | None]:
    """Return the metric's bounds in the claim's own unit, where that is known."""
    factor = {
        ("percent", "percent"): 1.0,
        ("fraction", "fraction"): 1.0,
        ("percent", "fraction"): 0.01,
        ("fraction", "percent"): 100.0,
    }
    scale = (
        factor.get((claim["fact_metric_unit"], claim["unit"])) if claim["unit"] != claim["fact_metric_unit"] else 1.0
    )
    low, high = claim["fact_lower_bound"], claim["fact_upper_bound"]
    if scale is None or low is None or high is None:
        return None, None
    return low * scale, high * scale


def _uncertainty(claim: Claim) -> dict[str, Any]:
    interval = {"lower": claim["interval_lower"], "upper": claim["interval_upper"]}
    has_interval = None not in interval.values()
    return filled(
        {
            "standard_error": filled({"value": claim["stderr"], "method": _METHODS.get(claim["stderr_method"] or "")})
            if claim["stderr"] is not None
            else None,
            "confidence_interval": filled({**interval, "confidence_level": claim["interval_level"]})
            if has_interval
            else None,
            "num_samples": claim["n_items"],
        }
    )


def _settings(claim: Claim) -> dict[str, Any]:
    details = {ours: claim[name] for name, ours in _DETAILS.items()} | {name: claim[name] for name in _OTHERS}
    return filled(
        {
            "generation_args": filled({name: claim[name] for name in _ARGUMENTS}),
            "additional_details": {name: str(value) for name, value in filled(details).items()},
        }
    )


def _safe(text: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", text.casefold()).strip("-.")[:80] or _UNKNOWN


EXPORTER = Exporter(
    name="every-eval-ever",
    suffix="",
    needs=Needs.CLAIMS,
    keeps="value, unit, direction and bounds of the metric, error, interval, items, source, who evaluated, tool, model and every setting",
    loses=(
        "claims under a metric of unknown direction, decimals, places, labels, marks of approximate and aggregate values, a source's kind beyond log or document and its"
        " day, how an error was computed beyond bootstrap or analytic, and where read again, the settings that the format keeps as details"
    ),
    write=write,
    importer="every-eval-ever",
)
