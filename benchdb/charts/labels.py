"""Names and numbers as charts print them, and how wide they are."""

from __future__ import annotations

import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from benchdb.charts.theme import DECIMALS, UNIT_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NARROW = dict.fromkeys("ijl'|", 0.23) | dict.fromkeys('fItr .,:;!/\\[]-()"`', 0.31)
_WIDE = dict.fromkeys("mM%", 0.85) | dict.fromkeys("wGOQCDHNU&+=<>~", 0.74) | {"W": 0.94, "@": 1.02}
_EM = _NARROW | _WIDE
_UPPER, _OTHER, _FULL_WIDTH = 0.67, 0.56, 1.0


def text_width(text: str, size: float) -> float:
    """How wide a line of text is in the charts' fonts, to about five per cent.

    Args:
        text: One line.
        size: Font size in pixels.

    Returns:
        The width in pixels.
    """
    return size * sum(_EM.get(char) or _char_em(char) for char in text)


def _char_em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return _FULL_WIDTH
    return _UPPER if char.isupper() else _OTHER


@lru_cache(maxsize=4096)  # a name stands on hundreds of rows
def shorten(text: str, width: float, size: float) -> str:
    """The text, cut with an ellipsis where it is wider than the space there is.

    Args:
        text: One line.
        width: Space in pixels.
        size: Font size in pixels.

    Returns:
        The text itself if it fits.
    """
    if text_width(text, size) <= width:
        return text
    while len(text) > 1 and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


@lru_cache(maxsize=4096)
def shorten_middle(text: str, width: float, size: float) -> str:
    """The text, its middle replaced by an ellipsis where it is wider than the space there is.

    Names of one family begin alike and differ at their ends, which stay.

    Args:
        text: One line.
        width: Space in pixels.
        size: Font size in pixels.

    Returns:
        The text itself if it fits.
    """
    if text_width(text, size) <= width:
        return text
    head, tail = text[: len(text) // 2], text[len(text) // 2 :]
    while len(head) > 1 and text_width(f"{head}…{tail}", size) > width:
        head, tail = (head[:-1], tail) if len(head) >= len(tail) else (head, tail[1:])
    return f"{head.rstrip()}…{tail.lstrip()}"


def wrap_text(text: str, width: float, size: float, max_lines: int = 99, *, at_hyphens: bool = True) -> list[str]:
    """The text broken into lines at spaces, and after hyphens if need be.

    Args:
        text: Any text.
        width: Space in pixels.
        size: Font size in pixels.
        max_lines: Lines allowed; the last is cut with an ellipsis.
        at_hyphens: Whether lines may end in a hyphen.

    Returns:
        At least one line, none wider than the space.
    """
    lines = [""]
    marked = text.replace("-", "-\0") if at_hyphens else text
    for word in marked.replace(" ", " \0").split("\0"):
        if not lines[-1] or text_width((lines[-1] + word).rstrip(), size) <= width:
            lines[-1] += word
        else:
            lines.append(word)
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], "".join(lines[max_lines - 1 :])]
    return [shorten(line.strip(), width, size) for line in lines]


def clean_name(text: str) -> str:
    """A name without line breaks and control characters, which a chart would act on.

    Args:
        text: A name from an imported file.

    Returns:
        The same in one line.
    """
    return " ".join("".join(char if unicodedata.category(char)[0] != "C" else " " for char in text).split())


def model_label(name: str, variant: str | None, parameters_label: str | None) -> str:
    """A model as a legend names it: its name, variant and parameter size.

    Args:
        name: Display name.
        variant: Its variant, if any.
        parameters_label: Its size as printed; left out where the name says it already.

    Returns:
        For instance "DeepSeek-R1-Distill-Qwen-32B", "o3 (high)" or "DeepSeek-R1 (671B)".
    """
    extras = [variant] if variant else []
    if parameters_label and parameters_label.lower() not in name.lower():
        extras.append(parameters_label)
    return clean_name(f"{name} ({', '.join(extras)})" if extras else name)


def benchmark_label(name: str, subset: str = "") -> str:
    """A benchmark as an axis names it.

    Args:
        name: Its name as cited.
        subset: The part of it; empty for the whole.

    Returns:
        For instance "GPQA Diamond" or "MMLU: anatomy".
    """
    return clean_name(f"{name}: {subset}" if subset else name)


def protocol_label(words: str | None) -> str:
    """A protocol as tooltips name it; `benchdb trace` lists every setting.

    Args:
        words: Its settings in words, or None where the source states none.

    Returns:
        For instance "5-shot, temperature 0".
    """
    return clean_name(words) if words else "not stated"


def source_label(title: str | None, kind: str | None = None) -> str:
    """A source as tooltips name it.

    Args:
        title: Its title, if it has one.
        kind: Its kind, which stands in for the title.

    Returns:
        For instance "Qwen2.5 Technical Report" or "model card".
    """
    return clean_name(title or (kind or "unknown").replace("_", " "))


def pair_label(first: str, second: str) -> str:
    """What tooltips say of two claims at once: one text where both agree.

    Args:
        first: Of the first claim.
        second: Of the second claim.

    Returns:
        For instance "5-shot / not stated".
    """
    return first if first == second else f"{first} / {second}"


def format_value(value: float, unit: str | None, decimals: int | None = None, *, signed: bool = False) -> str:
    """A number as charts print it.

    Args:
        value: The number.
        unit: Its unit, which decides the decimals where they are not given.
        decimals: Decimals it was printed with.
        signed: Whether a plus sign is shown.

    Returns:
        For instance "72.7" or "−0.4", with a true minus sign.
    """
    places = DECIMALS.get(unit or "", 2) if decimals is None else decimals
    # The value as people write it, so that 71.55, the mean of four printed scores, becomes 71.6 and not 71.5.
    written = Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    written = written or abs(written)
    return (f"{written:+f}" if signed else f"{written:f}").replace("-", "−")


def format_interval(lower: float | None, upper: float | None, unit: str | None, *, signed: bool = False) -> str:
    """An interval as charts print it.

    Args:
        lower: Its lower end, or None when unknown.
        upper: Its upper end, or None when unknown.
        unit: Their unit.
        signed: Whether plus signs are shown.

    Returns:
        For instance "[56.6, 88.8]", or "unknown".
    """
    if lower is None or upper is None:
        return "unknown"
    return f"[{format_value(lower, unit, signed=signed)}, {format_value(upper, unit, signed=signed)}]"


def with_unit(text: str, unit: str | None) -> str:
    """An axis title with its unit in brackets.

    Args:
        text: What the axis shows.
        unit: Its unit.

    Returns:
        For instance "Pass@1 (%)".
    """
    suffix = UNIT_SUFFIX.get(unit or "")
    return f"{text} ({suffix})" if suffix else text


def list_names(names: Sequence[str], limit: int = 4) -> str:
    """Names in a sentence, the first few of them where there are many.

    Args:
        names: The names.
        limit: How many are spelled out.

    Returns:
        For instance "A, B and 3 more".
    """
    shown, rest = names[:limit], len(names) - limit
    return f"{', '.join(shown)} and {rest} more" if rest > 0 else ", ".join(shown)


def unique_labels(labels: Mapping[tuple[str, ...], str], *, brief: bool = False) -> dict[tuple[str, ...], str]:
    """Labels that differ wherever their keys do.

    Args:
        labels: Label by key; the key's first part is a slug.
        brief: Whether a number alone tells shared labels apart, because labels were cut for want of room.

    Returns:
        The same; a label that two keys share is followed by the slug, and by a number if that is shared too.
    """
    unique: dict[tuple[str, ...], str] = {}
    taken: set[str] = set()
    for key, label in labels.items():
        name, count = label, 1
        while name in taken:
            name = f"{label} [{key[0]}]" if count == 1 else f"{label} [{key[0]} {count}]"
            count += 1
            name = f"{label} ({count})" if brief else name
        taken.add(name)
        unique[key] = name
    return unique
