"""Charts as files: Vega-Lite JSON, HTML that opens offline, PNG, SVG and PDF."""

from __future__ import annotations

import json
import re
import sys
import zlib
from difflib import get_close_matches
from functools import cache
from html import escape
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.carried import (
    PNG_SIGNATURE,
    join_png,
    pixels_of,
    png_chunks,
    text_chunk,
    with_metadata,
    without_metadata,
)
from benchdb.charts.data_files import with_data_beside
from benchdb.errors import ChartError
from benchdb.rows.safe import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchdb.charts.data_files import DataForm

FORMATS: tuple[str, ...] = ("vl.json", "json", "html", "png", "svg", "pdf")
"""Formats by the suffix of their files; vl.json and json are the same."""

_MOST_SCALE = 20.0

SCALE = 2.0
"""Pixels of a PNG per pixel of a chart that is drawn for a screen."""

_DRAWN_SIZE = re.compile(r'(<svg[^>]*) width="([\d.]+)" height="([\d.]+)"')

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
vegaEmbed("#chart", specification, {{ renderer: "svg", actions }}).then(() => {{
  document.querySelector("#chart summary").setAttribute("aria-label", "Save or show the chart");
}});
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
    chart: alt.TopLevelMixin,
    output_format: str,
    *,
    scale: float | None = None,
    usermeta: Mapping[str, Any] | None = None,
) -> bytes:
    """The chart as the bytes of a file.

    Args:
        chart: A chart.
        output_format: One of `FORMATS`.
        scale: Pixels of a PNG per pixel of the chart; by default 2, or what the chart's sheet asks for.
        usermeta: See `to_vega_lite`.

    Returns:
        The bytes; the same chart gives the same ones. A format that nobody writes raises `ChartError`.
    """
    return render_specification(to_vega_lite(chart, usermeta), output_format, scale=scale)


def render_specification(specification: dict[str, Any], output_format: str, *, scale: float | None = None) -> bytes:
    """A specification as the bytes of a file.

    Args:
        specification: See `to_vega_lite`. One that says where its numbers come from is carried inside PNG and SVG.
        output_format: One of `FORMATS`.
        scale: See `render_chart`.

    Returns:
        The bytes.
    """
    output_format = _known_format(output_format, f'"{output_format}"')
    if output_format in {"vl.json", "json"}:
        return (json_text(json.dumps(specification, ensure_ascii=False, indent=1, allow_nan=False)) + "\n").encode()
    if output_format == "html":
        return _page(specification).encode()
    if output_format == "png":
        return _draw_png(specification, scale)
    if output_format == "pdf":
        import vl_convert

        return vl_convert.svg_to_pdf(_printed_size(draw_svg(specification), specification))
    svg = _printed_size(draw_svg(specification), specification, "pt")
    return (with_metadata(svg, {"specification": specification}) if _has_origin(specification) else svg).encode()


def draw_svg(specification: dict[str, Any]) -> str:
    """A specification drawn, a unit of the drawing to a pixel of the chart.

    Args:
        specification: See `to_vega_lite`.

    Returns:
        The SVG.
    """
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(specification, vl_version=_version())
    return drawn


def is_drawn_as(picture: bytes, carried: Mapping[str, Any]) -> bool:
    """Whether a picture shows what the specification that it carries draws here.

    Args:
        picture: A PNG or an SVG.
        carried: What it carries (`benchdb.charts.carried.carried_by`).

    Returns:
        True if a drawing of the specification has the same pixels, or the same text of the SVG.

    Raises:
        ChartError: If the specification cannot be drawn.
    """
    scale = carried.get("scale")
    kind = "png" if picture.startswith(PNG_SIGNATURE) else "svg"
    try:
        again = render_specification(
            dict(carried["specification"]),
            kind,
            scale=scale if isinstance(scale, float) and 0 < scale <= _MOST_SCALE else None,
        )
    except (ValueError, RuntimeError) as error:
        raise ChartError(f"the specification that the picture carries cannot be drawn: {error}") from error
    if kind == "png":
        return pixels_of(picture) == pixels_of(again)
    return without_metadata(picture.decode()) == without_metadata(again.decode())


def renderer() -> str:
    """Name and version of what draws pictures.

    Returns:
        For instance "vl-convert 1.9.0".
    """
    return f"vl-convert {installed('vl-convert-python')}"


def _draw_png(specification: dict[str, Any], scale: float | None) -> bytes:
    import vl_convert

    sheet = _sheet(specification)
    pixels = scale or (sheet["points"] * sheet["dpi"] / 72 if sheet else SCALE)
    chunks = png_chunks(vl_convert.vegalite_to_png(specification, vl_version=_version(), scale=pixels))
    if sheet:
        metre = round(pixels / sheet["points"] * 72 / 0.0254)
        density = (b"pHYs", metre.to_bytes(4, "big") * 2 + b"\x01")
        chunks = [density if name == b"pHYs" else (name, body) for name, body in chunks]
    if _has_origin(specification):
        chunks.insert(-1, text_chunk({"specification": specification, "scale": pixels, "renderer": renderer()}))
    return join_png(_packed(chunks))


def _sheet(specification: Mapping[str, Any]) -> dict[str, Any] | None:
    return (specification.get("usermeta") or {}).get("sheet")


def _has_origin(specification: Mapping[str, Any]) -> bool:
    return "benchdb" in (specification.get("usermeta") or {})


def _printed_size(svg: str, specification: Mapping[str, Any], unit: str = "") -> str:
    """The drawing in points of print, where it is made for a sheet: the unit of a PDF, which an SVG must name."""
    sheet = _sheet(specification)
    if not sheet:
        return svg
    width, height = (f"{pixels * sheet['points']:.2f}{unit}" for pixels in drawn_size(svg))
    return _DRAWN_SIZE.sub(lambda head: f'{head[1]} width="{width}" height="{height}"', svg, count=1)


def drawn_size(svg: str) -> tuple[float, float]:
    """The size of a drawing with all that stands around the plot.

    Args:
        svg: From `draw_svg`.

    Returns:
        Width and height in pixels.

    Raises:
        ChartError: If it is no drawing of the renderer.
    """
    found = _DRAWN_SIZE.search(svg)
    if found is None:
        raise ChartError("the drawing states no size")
    return float(found[2]), float(found[3])


def write_chart(  # noqa: PLR0913 - each option is one trait of the file, all by keyword
    chart: alt.TopLevelMixin,
    target: str | Path,
    *,
    output_format: str | None = None,
    scale: float | None = None,
    usermeta: Mapping[str, Any] | None = None,
    data: DataForm = "inline",
    data_url: str = "",
) -> None:
    """Write the chart to a file, or to standard output.

    Args:
        chart: A chart.
        target: A path whose suffix names the format, or "-" for standard output.
        output_format: The format, where the suffix does not say; standard output needs it.
        scale: See `render_chart`.
        data: "inline", or "csv" or "arrow" for Vega-Lite JSON whose data stand in files beside it.
        data_url: What stands before the names of those files in the specification.
        usermeta: See `to_vega_lite`.

    Raises:
        ChartError: If nobody writes the format, none is named, it cannot have its data beside it, or the file cannot be
            written.
    """
    output_format = output_format or format_of(target)
    if data == "inline":
        write_file(render_chart(chart, output_format, scale=scale, usermeta=usermeta), target)
        return
    if output_format not in {"vl.json", "json"} or str(target) == "-":
        raise ChartError(f"{target}: only a file of Vega-Lite JSON can have its data beside it. Leave data={data} out.")
    path = Path(target)
    stem = path.name.removesuffix(".json").removesuffix(".vl")
    outside, files = with_data_beside(to_vega_lite(chart, usermeta), stem, data, data_url)
    for name, content in files.items():
        write_file(content, path.with_name(name))
    write_file(render_specification(outside, output_format), target)


def write_file(content: bytes, target: str | Path) -> None:
    """Write bytes to a file, or to standard output.

    Args:
        content: The bytes.
        target: A path, or "-" for standard output.

    Raises:
        ChartError: If the file cannot be written.
    """
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
    inside = json_text(json.dumps(specification, ensure_ascii=False, allow_nan=False)).replace("<", "\\u003c")
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


def _packed(chunks: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    # The renderer packs for speed; packed well, the same pixels take about an eighth of the space.
    pixels = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    kept = [(name, body) for name, body in chunks if name != b"IDAT"]
    return [*kept[:-1], (b"IDAT", zlib.compress(pixels, 7)), kept[-1]]


def _version() -> str:
    major, minor, *_ = alt.SCHEMA_VERSION.removeprefix("v").split(".")
    return f"{major}.{minor}"
