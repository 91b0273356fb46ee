"""Charts as files: Vega-Lite JSON, HTML that opens offline, PNG, SVG and PDF."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from difflib import get_close_matches
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.errors import ChartError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS: tuple[str, ...] = ("vl.json", "json", "html", "png", "svg", "pdf")
"""Formats by the suffix of their files; vl.json and json are the same."""

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

_SNIPPET = "window.vegaEmbed = vegaEmbed;"

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ margin: 0; background: {background}; }} #chart {{ padding: 8px; overflow-x: auto; }}</style>
<script>{library}</script>
</head>
<body>
<div id="chart"></div>
<script type="application/json" id="specification">{specification}</script>
<script>
const specification = JSON.parse(document.getElementById("specification").textContent);
const actions = {{ export: true, source: true, compiled: false, editor: false }};
vegaEmbed("#chart", specification, {{ renderer: "svg", actions }});
</script>
</body>
</html>
"""


def to_vega_lite(chart: alt.TopLevelMixin, usermeta: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The chart as a Vega-Lite specification with its data inside.

    Args:
        chart: A chart.
        usermeta: What is noted in the specification for whoever reads it: query, policy, claims.

    Returns:
        Plain values, valid against the Vega-Lite schema named in it.
    """
    specification: dict[str, Any] = chart.to_dict()
    if usermeta:
        specification["usermeta"] = {**specification.get("usermeta", {}), **usermeta}
    return specification


def render_chart(
    chart: alt.TopLevelMixin, output_format: str, *, scale: float = 2, usermeta: Mapping[str, Any] | None = None
) -> bytes:
    """The chart as the bytes of a file.

    Args:
        chart: A chart.
        output_format: One of `FORMATS`.
        scale: Pixels of a PNG per pixel of the chart.
        usermeta: See `to_vega_lite`.

    Returns:
        The bytes; the same chart gives the same ones. A format that nobody writes raises `ChartError`.
    """
    output_format = _known_format(output_format, f'"{output_format}"')
    specification = to_vega_lite(chart, usermeta)
    if output_format in {"vl.json", "json"}:
        return (json.dumps(specification, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
    if output_format == "html":
        return _page(specification).encode()
    import vl_convert

    version = _version()
    if output_format == "png":
        return _smaller_png(vl_convert.vegalite_to_png(specification, vl_version=version, scale=scale))
    if output_format == "svg":
        return vl_convert.vegalite_to_svg(specification, vl_version=version).encode()
    return vl_convert.vegalite_to_pdf(specification, vl_version=version)


def write_chart(
    chart: alt.TopLevelMixin,
    target: str | Path,
    *,
    output_format: str | None = None,
    scale: float = 2,
    usermeta: Mapping[str, Any] | None = None,
) -> None:
    """Write the chart to a file, or to standard output.

    Args:
        chart: A chart.
        target: A path whose suffix names the format, or "-" for standard output.
        output_format: The format, where the suffix does not say; standard output needs it.
        scale: Pixels of a PNG per pixel of the chart.
        usermeta: See `to_vega_lite`.

    Raises:
        ChartError: If nobody writes the format, none is named, or the file cannot be written.
    """
    content = render_chart(chart, output_format or format_of(target), scale=scale, usermeta=usermeta)
    if str(target) == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        Path(target).write_bytes(content)
    except OSError as error:
        raise ChartError(
            f"{target}: cannot write the chart: {error.strerror}. Name a file that can be written."
        ) from error


def format_of(target: str | Path) -> str:
    """The format that a file's name asks for.

    Args:
        target: A path, or "-" for standard output.

    Returns:
        One of `FORMATS`. An unknown suffix, or none, raises `ChartError`.
    """
    name = Path(target).name.lower()
    for suffix in FORMATS:
        if name.endswith(f".{suffix}"):
            return suffix
    _, dot, suffix = name.rpartition(".")
    return _known_format(suffix if dot else "", str(target))


def _known_format(output_format: str, where: str) -> str:
    known = output_format.lower().removeprefix(".")
    if known in FORMATS:
        return known
    near = get_close_matches(known, FORMATS, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]}?" if near else ""
    found = f"nobody writes the format {known}" if known else "no format is named"
    raise ChartError(f"{where}: {found}.{hint} Choose one of: {', '.join(FORMATS)}")


def _page(specification: dict[str, Any]) -> str:
    title = specification.get("title", {}).get("text", specification.get("description", "Chart"))
    text = " ".join(title) if isinstance(title, list) else title
    # Names come from imported files: in a script element only "<" can end it.
    inside = json.dumps(specification, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    background = specification.get("config", {}).get("background", "white")
    return _PAGE.format(title=escape(text), background=escape(background), library=library(), specification=inside)


@cache
def library() -> str:
    """The JavaScript that a page needs to draw charts: Vega, Vega-Lite and Vega-Embed, under the name `vegaEmbed`.

    Returns:
        A program without a closing script tag, so that it may stand in an element of a page.
    """
    import vl_convert

    return vl_convert.javascript_bundle(_SNIPPET, vl_version=_version()).replace("</script", "<\\/script")


def _smaller_png(content: bytes) -> bytes:
    # The renderer packs for speed; packed well, the same pixels take about an eighth of the space.
    kept, pixels, position = [], [], len(_PNG_SIGNATURE)
    while position < len(content):
        (length,) = struct.unpack_from(">I", content, position)
        chunk = content[position : position + 12 + length]
        position += 12 + length
        if chunk[4:8] == b"IDAT":
            pixels.append(chunk[8:-4])
        else:
            kept.append(chunk)
    body = b"IDAT" + zlib.compress(zlib.decompress(b"".join(pixels)), 7)
    packed = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return b"".join([_PNG_SIGNATURE, *kept[:-1], packed, kept[-1]])


def _version() -> str:
    major, minor, *_ = alt.SCHEMA_VERSION.removeprefix("v").split(".")
    return f"{major}.{minor}"
