"""Draw the gallery again: `python -m docs.gallery` writes docs/images/gallery.png, every example of examples/charts as a small picture."""

from __future__ import annotations

import base64
import importlib
import sys
import zlib
from pathlib import Path

import vl_convert

from benchdb.charts.carried import join_png, png_chunks
from benchdb.charts.save import render_chart

EXAMPLES = Path(__file__).parents[1] / "examples" / "charts"
TARGET = Path(__file__).parent / "images" / "gallery.png"
COLUMNS, WIDTH, HEIGHT, GAP, NAME = 4, 300, 220, 18, 22
"""Pictures side by side, room of each in pixels, room between them, room of a name."""


def example_names() -> list[str]:
    """Return the names of the examples, those of rows left out."""
    return sorted(path.stem for path in EXAMPLES.glob("*.py") if not path.stem.endswith("_rows"))


def contact_sheet() -> bytes:
    """Return a PNG of all examples with their names."""
    sys.path.insert(0, str(EXAMPLES))
    try:
        pictures = {name: render_chart(importlib.import_module(name).chart, "svg") for name in example_names()}
    finally:
        sys.path.remove(str(EXAMPLES))
    lines = -(-len(pictures) // COLUMNS)
    wide, high = COLUMNS * (WIDTH + GAP) + GAP, lines * (HEIGHT + NAME + GAP) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}"><rect width="100%" height="100%" fill="#f3f4f6"/>'
    ]
    for number, (name, picture) in enumerate(pictures.items()):
        left = GAP + number % COLUMNS * (WIDTH + GAP)
        top = GAP + number // COLUMNS * (HEIGHT + NAME + GAP)
        source = f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"
        parts.append(f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>')
        parts.append(
            f'<image x="{left + 6}" y="{top + 6}" width="{WIDTH - 12}" height="{HEIGHT - 12}" href="{source}"/>'
        )
        parts.append(
            f'<text x="{left}" y="{top + HEIGHT + 16}" font-family="Liberation Sans" font-size="13" fill="#1f2328">{name}</text>'
        )
    chunks = png_chunks(vl_convert.svg_to_png("".join([*parts, "</svg>"]), scale=1))
    pixels = zlib.decompress(b"".join(body for chunk, body in chunks if chunk == b"IDAT"))
    kept = [(chunk, body) for chunk, body in chunks if chunk != b"IDAT"]
    return join_png([*kept[:-1], (b"IDAT", zlib.compress(pixels, 9)), kept[-1]])


if __name__ == "__main__":
    TARGET.write_bytes(contact_sheet())
