"""What a heading of a results table states: benchmark, metric, unit, shots. Pure functions on text.

"AIME 2024 (Pass@1)" and "AIME 2024 pass@1" name a metric, "DROP (3-shot F1)" shots as well, "MMLU (%)" a unit. Brackets with
something else in them, as in "Chinese (Simplified)", stay part of the name: a metric is never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchdb.ingest.cells import strip_markup, whole_number
from benchdb.schema.vocab import ScoreUnit

_AT_K = r"(?:g-?pass|pass|cons|maj|avg|mean|best|acc|recall|precision|ndcg|map|hit|hits)@\d+(?:[-_ ]?cot)?(?:_\d(?:\.\d+)?)?"
_WORDS = (
    r"accuracy|acc\.?|acc[_ ]norm|em|exact[_ -]match|f1|f1[_ -]score|macro[_ -]f1|micro[_ -]f1|bleu|sacrebleu|chrf(?:\+\+)?|"
    r"rouge(?:-?[12l])?|mc[12]|elo|rating|percentile|(?:lc[_ -])?win[_ -]?rate|perplexity|ppl|mcc|resolved|resolve rate|correct|wer|cer|"
    r"pass rate|success rate|solve rate|prompt strict|inst\.? strict|strict match|flexible match|spearman|pearson"
)
_METRIC = re.compile(rf"{_AT_K}|{_WORDS}", re.IGNORECASE)
_TRAILING = re.compile(
    rf"(?P<name>.*?)\s*[\s,:–-]\s*(?P<metric>{_AT_K}|accuracy|rating|elo|f1|em|bleu|mc[12]|acc(?:_norm)?)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"(?P<name>.*?)\s*[(\[](?P<inside>[^()\[\]]*)[)\]]\s*(?P<rest>%?)\s*:?")
_SHOTS = re.compile(r"(?<!\d)(?P<n>\d+)\s*(?:-\s*)?shots?|(?P<zero>zero)[ -]shot", re.IGNORECASE)
_BY_DEFINITION = (
    (re.compile(r"elo|rating", re.IGNORECASE), ScoreUnit.ELO),
    (re.compile(r"ppl|(?:word_|byte_)?perplexity", re.IGNORECASE), ScoreUnit.RATIO),
    (re.compile(r"bits_per_byte|bpb", re.IGNORECASE), ScoreUnit.BITS),
)
_AGGREGATE = re.compile(
    r"(?:macro |micro |overall |global )?(?:avg|average|mean)\.?(?: score)?|overall(?: score)?|∅|ø", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a heading says of the numbers under or beside it; None where it does not say."""

    benchmark: str
    """Name without metric, unit and shots; empty when the heading names nothing but a metric."""
    metric: str | None = None
    """Metric as written."""
    unit: ScoreUnit | None = None
    """Unit, from "%" or from a metric that is a rating by definition."""
    n_shot: int | None = None
    """Worked examples in the prompt."""
    is_aggregate: bool = False
    """Whether it is the average of others."""


def parse_heading(text: str, *, brackets_are_metrics: bool = False) -> Heading:
    """Return what a heading states.

    Args:
        text: The heading, with whatever markup it has.
        brackets_are_metrics: Whether the table says that metrics stand in brackets, as under "Benchmark (Metric)".
    """
    name = strip_markup(text).rstrip(":").strip()
    metric: str | None = None
    unit: ScoreUnit | None = None
    n_shot: int | None = None
    bracket = _BRACKET.fullmatch(name)
    if bracket is not None:
        inside = _parse_bracket(bracket["inside"], any_metric=brackets_are_metrics)
        if inside is not None:
            metric, unit, n_shot = inside
            name = f"{bracket['name']} {bracket['rest']}".strip()
    if name.endswith("%") or name.startswith("%"):
        name, unit = name.strip("% ,"), ScoreUnit.PERCENT
    if metric is None:
        name, metric = _split_trailing(name)
    if unit is None and metric is not None:
        unit = unit_by_definition(metric)
    return Heading(
        benchmark=name, metric=metric, unit=unit, n_shot=n_shot, is_aggregate=_AGGREGATE.fullmatch(name) is not None
    )


def is_metric(text: str) -> bool:
    """Return whether a text is the name of a metric and nothing else.

    Args:
        text: A heading or a part of one.
    """
    return _METRIC.fullmatch(text.strip()) is not None


def unit_by_definition(metric: str) -> ScoreUnit | None:
    """Return the unit of a metric that has only one, such as a rating or a perplexity, or None.

    Args:
        metric: Name of the metric.
    """
    return next((unit for pattern, unit in _BY_DEFINITION if pattern.fullmatch(metric.strip())), None)


def _parse_bracket(inside: str, *, any_metric: bool) -> tuple[str | None, ScoreUnit | None, int | None] | None:
    """Return metric, unit and shots of a bracket, or None if it says something else."""
    metric: str | None = None
    n_shot: int | None = None
    shots = _SHOTS.search(inside)
    if shots is not None:
        n_shot = whole_number(shots["n"]) if shots["n"] else 0
        inside = inside[: shots.start()] + inside[shots.end() :]
    unit = ScoreUnit.PERCENT if "%" in inside or re.search(r"\bpercent\b", inside, re.IGNORECASE) else None
    rest = [
        part.strip(" ,;:-") for part in re.split(r"[,;]", re.sub(r"%|\bpercent\b", "", inside, flags=re.IGNORECASE))
    ]
    for part in filter(None, rest):
        if metric is not None or not (any_metric or is_metric(part)):
            return None
        metric = part
    return None if metric is None and unit is None and n_shot is None else (metric, unit, n_shot)


def _split_trailing(name: str) -> tuple[str, str | None]:
    if is_metric(name):
        return "", name
    trailing = _TRAILING.fullmatch(name)
    return (name, None) if trailing is None else (trailing["name"], trailing["metric"])
