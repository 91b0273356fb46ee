"""Ways to read a Vega-Lite specification in tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from benchdb.charts.labels import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

SVG = "{http://www.w3.org/2000/svg}"


def layer(specification: dict[str, Any], name: str) -> dict[str, Any]:
    """The layer of that name, with its rows under "rows"."""
    found: dict[str, Any] = next(part for part in specification["layer"] if part.get("name") == name)
    return found | {"rows": rows(specification, found)}


def layer_names(specification: dict[str, Any]) -> list[str]:
    """Names of all layers that have one."""
    return [part["name"] for part in specification["layer"] if "name" in part]


def rows(specification: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of a layer, wherever they stand."""
    data = part["data"]
    found: list[dict[str, Any]] = data["values"] if "values" in data else specification["datasets"][data["name"]]
    return found


def notes(specification: dict[str, Any]) -> str:
    """The footnotes in one string; empty without any."""
    if "footnotes" not in layer_names(specification):
        return ""
    lines: Sequence[str] = layer(specification, "footnotes")["mark"]["text"]
    return " ".join(lines)


def boxes(svg: bytes) -> list[tuple[str, float, float, float, float]]:
    """Each level line of text in a drawing with its left, upper, right and lower edge."""
    found = []

    def walk(element: ElementTree.Element, x: float, y: float) -> None:
        place = element.get("transform", "")
        if moved := re.match(r"translate\(([-\d.e]+)(?:,([-\d.e]+))?\)", place):
            x, y = x + float(moved[1]), y + float(moved[2] or 0)
        if element.tag == f"{SVG}text" and "rotate" not in place:
            size = float((element.get("font-size") or "11px").removesuffix("px"))
            spans = list(element.iter(f"{SVG}tspan"))
            for number, text in enumerate([span.text or "" for span in spans] or [element.text or ""]):
                width = text_width(text, size)
                left = x - {"middle": width / 2, "end": width}.get(element.get("text-anchor", ""), 0.0)
                base = y + number * size * 1.2
                found.append((text, left, base - size * 0.7, left + width, base))
        for child in element:
            walk(child, x, y)

    walk(ElementTree.fromstring(svg), 0.0, 0.0)  # noqa: S314 - our own output
    return [box for box in found if box[0].strip()]


def overlaps(svg: bytes) -> list[tuple[str, str]]:
    """Pairs of texts that cover each other; by a twentieth of their width they may, which is how well it is measured."""
    found = sorted(boxes(svg), key=lambda box: box[2])
    pairs = []
    for index, (text, left, top, right, bottom) in enumerate(found):
        for other, x0, y0, x1, y1 in found[index + 1 :]:
            if y0 >= bottom:
                break
            slack = 0.05 * min(right - left, x1 - x0) + 1
            if min(right, x1) - max(left, x0) > slack and min(bottom, y1) - max(top, y0) > 1:
                pairs.append((text, other))
    return pairs
