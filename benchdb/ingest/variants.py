"""Settings that stand in a model's name, split off by rule: reasoning effort, quantisation, engine, mode, attempts. Pure.

A split is only a proposal. It holds where the whole name is unknown, what is left of it is a reviewed entry of the catalogue, and
nothing contradicts what the file states (`fit`); otherwise the name stays whole. A date stays a part of the name, since a
dated snapshot is a model of its own; one in brackets is tried behind a hyphen. Of words that also end names of models
("medium", "thinking") only those families are split whose makers offer them as a setting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from benchdb.ingest.cells import whole_number
from benchdb.ingest.names import is_model_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchdb.ingest.records import ModelRecord, ProtocolRecord

SETTINGS = ("reasoning_effort", "quantisation", "engine", "scaffold", "samples_per_item")
"""Settings that names hold."""
LONGEST_NAME = 500
"""Characters of the longest name that settings are split off: no tool writes one as long, and patterns take their time."""
_MOST_SPLITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A name with settings split off."""

    name: str
    """What is left of the name."""
    reasoning_effort: str | None = None
    """Effort or thinking budget: "high", "thinking", "thinking-32k", "no thinking"."""
    quantisation: str | None = None
    """Reduced number format, in lower case; bfloat16 and the like are split off and are none."""
    engine: str | None = None
    """Inference engine."""
    scaffold: str | None = None
    """System around the model, or the mode it was used in: "SWE-agent", "FC", "Prompt"."""
    samples_per_item: int | None = None
    """Attempts per item."""


def split_name(name: str) -> Iterator[Variant]:
    """Yield what a name may mean with settings split off, least first; the name as a whole is not among it.

    A name of more than `LONGEST_NAME` characters means itself alone.

    Args:
        name: Name as written: "o3-mini (high) (N=1)" gives "o3-mini (high)", then "o3-mini", with what was split off.
    """
    if len(name) > LONGEST_NAME:
        return
    whole = Variant(name=name.strip())
    left, plus, right = whole.name.rpartition(" + ")
    starts = [whole]
    if plus and right.strip() and not is_model_name(left):
        starts.append(Variant(name=right.strip(), scaffold=left.strip()))
        yield starts[1]
    for start in starts:
        variant: Variant | None = start
        for _ in range(_MOST_SPLITS):
            if variant is None:
                break
            yield from _dated(variant)
            variant = _split_once(variant)
            if variant is not None:
                yield variant


def fit(
    model: ModelRecord, protocol: ProtocolRecord, *, is_known: Callable[[ModelRecord], bool]
) -> tuple[ModelRecord, ProtocolRecord]:
    """Return a model and its settings with the settings in its name split off, if what is left is known; else both as they are.

    Args:
        model: A model whose name as a whole is unknown.
        protocol: What the file states of the settings; a split that contradicts it does not hold.
        is_known: Whether a name is one of a reviewed entry.
    """
    for variant in _meanings(model.name):
        found = {name: getattr(variant, name) for name in SETTINGS if getattr(variant, name) is not None}
        if any(getattr(protocol, name) not in {None, value} for name, value in found.items()):
            continue
        bare = replace(model, name=variant.name)
        if is_known(bare):
            return bare, replace(protocol, **found)
    return model, protocol


@lru_cache(maxsize=4096)
def _meanings(name: str) -> tuple[Variant, ...]:
    return tuple(split_name(name))


def _word(*choices: str) -> str:
    return f"(?:{'|'.join(choices)})"


_SEPARATOR = r"[-_\s:@]++"
_LEVEL = _word("minimal", "low", "medium", "high", "xhigh", "x-high")
_THINKING = _word("thinking", "reasoning", "think")
_FORMAT = _word(
    r"(?:nv|mx)?fp\d+", r"b?float16", r"float32", r"bf16", r"int\d", r"\d-?bits?", r"w\d+a\d+(?:kv\d+)?", r"i?q\d(?:_\w++)?+",
    "awq", "gptq", "gguf", "ggml", "exl2", "hqq", "nf4", "bnb", r"g?128g?",
)  # fmt: skip
_NATIVE = frozenset({"bf16", "fp16", "fp32", "float16", "bfloat16", "float32"})
_ENGINE = _word(
    "hf",
    "vllm",
    "turbomind",
    "sglang",
    "lmdeploy",
    "tgi",
    r"trt-?llm",
    r"tensorrt-?llm",
    r"llama\.?cpp",
    "ollama",
    "mlx",
)

_BRACKETS = re.compile(r"^(?P<name>.*\S)\s*[(\[](?P<inside>[^()\[\]]+)[)\]]$")
_DATE = re.compile(r"(?P<year>20\d\d)-?(?P<month>[01]\d)-?(?P<day>[0-3]\d)")
_BUDGET_RULE = rf"(?:{_THINKING}[-_\s]+)?\d+k(?:[-_\s]+{_THINKING})?"
_BUDGET = re.compile(_BUDGET_RULE, re.IGNORECASE)

_REMARKS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            "reasoning_effort",
            rf"(?:reasoning\s+)?({_LEVEL}|med|max|none)(?:\s+{_word('reasoning', 'effort', 'thinking')})?",
        ),
        ("reasoning_effort", rf"{_BUDGET_RULE}|(?:(?:no|non)[-\s]?)?{_THINKING}"),
        ("samples_per_item", r"n\s*=\s*(\d+)|(\d+)\s+samples?"),
        ("quantisation", rf"{_FORMAT}(?:[-_\s]{_FORMAT})*"),
        ("engine", _ENGINE),
        ("scaffold", r"(?-i:FC(?:\s+[\w-]+)?|Prompt)"),
    )
)

_EFFORT_FAMILY = re.compile(r"(?:^|[/\s])(?:o[134]\b|gpt-(?:5|oss)|grok-|claude-|gemini-[23])", re.IGNORECASE)
_SWITCH_FAMILY = re.compile(
    r"(?:^|[/\s])(?:claude-|gpt-5|grok-4-1-fast|gemini-2\.5|qwen3-\d|deepseek-v3\.\d|glm-4\.[5-9])", re.IGNORECASE
)
_TAILS: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...] = tuple(
    (kind, re.compile(rf"^(?P<name>.*?[^-_\s:@]){_SEPARATOR}(?P<inside>{pattern})$", re.IGNORECASE), family)
    for kind, pattern, family in (
        ("reasoning_effort", rf"{_THINKING}[-_\s]+\d+k|\d+k[-_\s]+{_THINKING}", None),
        ("reasoning_effort", rf"{_LEVEL}[-_\s]?{_word('effort', 'thinking', 'reasoning')}", None),
        ("reasoning_effort", _LEVEL, _EFFORT_FAMILY),
        ("reasoning_effort", rf"(?:no|non)[-_\s]?{_THINKING}", _SWITCH_FAMILY),
        ("reasoning_effort", _word("thinking", "reasoning"), _SWITCH_FAMILY),
        ("quantisation", rf"{_FORMAT}(?:[-_\s]{_FORMAT})*", None),
        ("engine", _ENGINE, None),
    )
)


def _split_once(variant: Variant) -> Variant | None:
    """Return the variant with its last setting split off, or None where the name ends in none."""
    brackets = _BRACKETS.match(variant.name)
    if brackets is not None:
        split: Variant | None = replace(variant, name=brackets["name"])
        for part in re.split(r"\s*[,;]\s*", brackets["inside"].strip()):
            split = None if split is None else _meaning(split, part)
        return split
    for kind, pattern, family in _TAILS:
        found = pattern.match(variant.name)
        if found is not None and (family is None or family.search(found["name"])):
            return _with(replace(variant, name=found["name"]), kind, found["inside"])
    return None


def _dated(variant: Variant) -> Iterator[Variant]:
    """Yield the name with a date in brackets put behind a hyphen, in both usual spellings."""
    brackets = _BRACKETS.match(variant.name)
    date = None if brackets is None else _DATE.fullmatch(brackets["inside"].strip())
    if brackets is not None and date is not None:
        for written in (f"{date['year']}-{date['month']}-{date['day']}", f"{date['year']}{date['month']}{date['day']}"):
            yield replace(variant, name=f"{brackets['name']}-{written}")


def _meaning(variant: Variant, inside: str) -> Variant | None:
    """Return the variant with what one remark in brackets says, or None where no rule knows it."""
    for kind, pattern in _REMARKS:
        found = pattern.fullmatch(inside)
        if found is not None:
            return _with(variant, kind, next((group for group in found.groups() if group), inside))
    return None


def _with(variant: Variant, kind: str, inside: str) -> Variant | None:
    """Return the variant with one more setting, or None where it has that one already."""
    value = _SPELL[kind](inside)
    stated = getattr(variant, kind)
    if kind == "reasoning_effort" and stated is not None and value is not None:
        is_level, was_level = (re.fullmatch(_LEVEL, each) is not None for each in (value, stated))
        if is_level == was_level:
            return None
        value, stated = (f"{value}, {stated}" if is_level else f"{stated}, {value}"), None
    if stated is not None:
        return None
    if kind == "engine" and value == "hf" and "/" in variant.name:
        return variant
    if kind == "samples_per_item":
        n_samples = whole_number(value or "")
        return replace(variant, samples_per_item=n_samples) if n_samples and n_samples < 10**6 else None
    return replace(variant, **{kind: value})  # type: ignore[arg-type]  # of the other settings every one is text


def _effort(inside: str) -> str:
    text = re.sub(r"[-_\s]+", "-", inside.strip().casefold())
    if _BUDGET.fullmatch(text):
        return "thinking-" + "".join(re.findall(r"\d+k", text))
    if re.fullmatch(rf"(?:no|non)-?{_THINKING}", text):
        return "no thinking"
    if re.fullmatch(_THINKING, text):
        return "thinking"
    level = re.sub(r"-?(?:effort|thinking|reasoning)$", "", text)
    return {"med": "medium", "x-high": "xhigh"}.get(level, level)


def _quantisation(inside: str) -> str | None:
    text = re.sub(r"\s+", "-", inside.strip().casefold())
    return None if text in _NATIVE else text


_SPELL: dict[str, Callable[[str], str | None]] = {
    "reasoning_effort": _effort,
    "quantisation": _quantisation,
    "engine": str.casefold,
    "scaffold": str,
    "samples_per_item": str,
}
