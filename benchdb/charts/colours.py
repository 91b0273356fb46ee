"""Which colour and hatching each model gets, by rule and not by name.

"size-and-maker": hue and direction of the hatching say the size class, lightness says the maker. "model": each model has
a colour of its own from a palette that every kind of colour vision can tell apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from benchdb.charts.hatch import HATCHES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchdb.charts.hatch import Hatch
    from benchdb.charts.theme import Theme

Colouring = Literal["size-and-maker", "model"]
"""How models get their colours."""

SAME_SIZE = 0.2
"""Models are of one size class when the largest is at most this much larger than the smallest."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one model is drawn."""

    colour: str
    """Fill."""
    hatch: Hatch
    """Hatching over it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rule looks at in a model."""

    label: str
    """The model's label in the chart."""
    n_parameters: int | None
    """Its total parameters."""
    maker: str | None
    """Its maker."""


def size_classes(sizes: Iterable[int | None]) -> dict[int | None, int | None]:
    """The size class of each parameter count, 0 for the smallest.

    Args:
        sizes: Parameter counts; None where unknown.

    Returns:
        Class by count. A class starts at the smallest count not yet in one and takes all within `SAME_SIZE` of it, so
        70.6B and 72.7B are one class, 32.8B another. None stays None.
    """
    classes: dict[int | None, int | None] = {None: None}
    start, index = 0.0, -1
    for size in sorted({size for size in sizes if size is not None}):
        if size > start * (1 + SAME_SIZE):
            start, index = float(size), index + 1
        classes[size] = index
    return classes


def assign_looks(subjects: Sequence[Subject], colouring: Colouring, theme: Theme, *, hatched: bool) -> dict[str, Look]:
    """The look of each model.

    Args:
        subjects: The models in the order of the chart.
        colouring: The rule. "size-and-maker" gives way to "model" where it needs more hues or tones than there are.
        theme: Where the colours come from.
        hatched: Whether bars are hatched.

    Returns:
        Look by label.
    """
    looks = _by_size_and_maker(subjects, theme) if colouring == "size-and-maker" else None
    looks = looks or _by_model(subjects, theme)
    return looks if hatched else {label: Look(look.colour, "none") for label, look in looks.items()}


def _by_size_and_maker(subjects: Sequence[Subject], theme: Theme) -> dict[str, Look] | None:
    classes = size_classes(subject.n_parameters for subject in subjects)
    makers = list(dict.fromkeys(subject.maker for subject in subjects))
    # A single maker gets the medium tone: light and medium are there to tell two makers apart.
    first_tone = 1 if len(makers) == 1 else 0
    looks: dict[str, Look] = {}
    taken: set[tuple[int | None, int]] = set()
    for subject in subjects:
        size_class = classes[subject.n_parameters]
        if size_class is not None and size_class >= len(theme.ramps):
            return None
        ramp = theme.neutral_ramp if size_class is None else theme.ramps[size_class]
        tone = first_tone + makers.index(subject.maker)
        while (size_class, tone) in taken:
            tone += 1
        if tone >= len(ramp):
            return None
        taken.add((size_class, tone))
        hatch = "crossed" if size_class is None else HATCHES[size_class % len(HATCHES)]
        looks[subject.label] = Look(ramp[tone], hatch)
    return looks


def _by_model(subjects: Sequence[Subject], theme: Theme) -> dict[str, Look]:
    colours = theme.categorical
    return {
        subject.label: Look(colours[index % len(colours)], HATCHES[index // len(colours) % len(HATCHES)])
        for index, subject in enumerate(subjects)
    }


def ink_on(share: float, theme: Theme) -> str:
    """The colour of text that reads best on a cell of the sequential scale.

    Args:
        share: How far along the scale the cell is, from 0 to 1.
        theme: Where the colours come from.

    Returns:
        The theme's text colour or its background, whichever contrasts more (WCAG 2.2).
    """
    low, high = (_channels(colour) for colour in theme.sequential)
    ground = _luminance([start + (end - start) * share for start, end in zip(low, high, strict=True)])

    def contrast(colour: str) -> float:
        darker, lighter = sorted((_luminance(_channels(colour)), ground))
        return (lighter + 0.05) / (darker + 0.05)

    return max((theme.text, theme.background), key=contrast)


def _channels(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def _luminance(channels: Sequence[float]) -> float:
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
