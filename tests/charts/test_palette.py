"""Categories can be told apart by every kind of colour vision, measured with a published model of it."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from benchdb.charts.theme import DARK, LIGHT, Theme

VISION = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Machado, Oliveira and Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1.0, on linear light."""
TO_CONES = np.array(
    ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566), (0.0883024619, 0.2817188376, 0.6299787005))
)  # fmt: skip
TO_LAB = np.array(
    ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099), (0.0259040371, 0.7827717662, -0.8086757660))
)  # fmt: skip
JUST_NOTICEABLE = 0.02
"""Two colours side by side that most people can just tell apart, in OKLab."""


def linear(colour: str) -> np.ndarray:
    """A colour as linear light."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    light: np.ndarray = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return light


def seen(colour: str, vision: str) -> np.ndarray:
    """Where a colour lies in OKLab for that kind of vision."""
    place: np.ndarray = TO_LAB @ np.cbrt(TO_CONES @ np.clip(np.array(VISION[vision]) @ linear(colour), 0, 1))
    return place


def distance(one: str, other: str, vision: str) -> float:
    """How far two colours look apart."""
    return float(np.linalg.norm(seen(one, vision) - seen(other, vision)))


def test_the_measure_is_oklab() -> None:
    """White, red and blue lie where the definition of OKLab puts them."""
    assert seen("#ffffff", "normal") == pytest.approx((1, 0, 0), abs=1e-4)
    assert seen("#ff0000", "normal") == pytest.approx((0.62796, 0.22486, 0.12585), abs=1e-4)
    assert seen("#0000ff", "normal") == pytest.approx((0.45201, -0.03246, -0.31153), abs=1e-4)


def test_the_measure_sees_confusion() -> None:
    """A red and a green that differ in hue alone, far apart for most people, are near for those without red or green cones."""
    red, green = "#b85c5c", "#5c8a3c"
    assert distance(red, green, "normal") > 3 * distance(red, green, "deuteranopia")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("vision", VISION)
def test_any_two_categories_stay_apart(theme: Theme, vision: str) -> None:
    """Neighbours differ by more than seven just noticeable steps, any two by five."""
    near = min(distance(one, other, vision) for one, other in pairwise(theme.categorical))
    assert near > 7 * JUST_NOTICEABLE
    assert min(distance(one, other, vision) for one, other in combinations(theme.categorical, 2)) > 5 * JUST_NOTICEABLE


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_categories_stand_out_from_the_background(theme: Theme) -> None:
    """Each category differs from the background by a contrast of two at least; marks that need three bear an outline or value."""
    weights = np.array((0.2126, 0.7152, 0.0722))
    ground = float(linear(theme.background) @ weights)
    for colour in theme.categorical:
        light, dark = sorted((float(linear(colour) @ weights), ground), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 2


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_tones_survive_a_grey_printer(theme: Theme) -> None:
    """The two first tones of each hue, light and medium, differ in lightness alone by more than five steps."""
    for ramp in (*theme.ramps, theme.neutral_ramp):
        assert seen(ramp[0], "normal")[0] - seen(ramp[1], "normal")[0] > 5 * JUST_NOTICEABLE


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("vision", VISION)
def test_better_and_worse_stay_apart(theme: Theme, vision: str) -> None:
    """Advantage, disadvantage and what is not established look different to everybody."""
    for one, other in combinations((theme.better, theme.worse, theme.muted), 2):
        assert distance(one, other, vision) > 4 * JUST_NOTICEABLE
