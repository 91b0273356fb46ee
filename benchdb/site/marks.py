"""Pieces of pages that stand in every row of a table, made in Python: a large site holds millions of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from benchdb.api import display
from benchdb.site.names import file_stem
from benchdb.site.words import clean, printed, value, why

if TYPE_CHECKING:
    from benchdb.rows.leaderboard import Cell
    from benchdb.rows.records import Claim

_FITS = 20
"""Letters that no column cuts."""


@lru_cache(maxsize=50_000)
def name(text: Any) -> Markup:
    """Return a name isolated from what stands around it; a long one is cut by its column and whole in its tooltip.

    Args:
        text: The name, or None for one that is not known.
    """
    shown = clean(text)
    if shown == display.MISSING:
        return Markup(display.MISSING)  # noqa: S704 — ours
    safe = escape(shown)
    if len(shown) <= _FITS:
        return Markup(f"<bdi>{safe}</bdi>")  # noqa: S704 — escaped above
    return Markup(f'<bdi class="name" title="{safe}">{safe}</bdi>')  # noqa: S704 — escaped above


@lru_cache(maxsize=50_000)
def full(text: Any) -> Markup:
    """Return a text isolated from what stands around it, whole.

    Args:
        text: The text, or None for one that is not known.
    """
    shown = clean(text)
    return Markup(shown if shown == display.MISSING else f"<bdi>{escape(shown)}</bdi>")  # noqa: S704 — ours or escaped


@lru_cache(maxsize=50_000)
def link(root: str, folder: str, slug: str, label: Any) -> Markup:
    """Return a link to the page of a model or benchmark.

    Args:
        root: Way to the folder of the site.
        folder: models or benchmarks.
        slug: Slug of the model or benchmark.
        label: Its name.
    """
    return Markup(f'<a href="{root}{folder}/{file_stem(slug)}.html">{name(label)}</a>')  # noqa: S704 — names of files and escaped


def score(root: str, cell: Cell, *, reason: bool = True, here: bool = False) -> Markup:
    """Return a score with its error, as a link to its claim.

    Args:
        root: Way to the folder of the site.
        cell: The score.
        reason: Whether a tooltip says what stands behind it; where columns say so it is not needed.
        here: Whether the claim stands on the same page.
    """
    at_least = "≥" if cell.evidence == "partial" else ""
    error = (
        f' <span class="error">±\u2009{at_least}{display.number(cell.stderr, cell.unit)}</span>'
        if cell.stderr is not None
        else ""
    )
    runs = f' <span class="error">({cell.n_runs} runs)</span>' if cell.n_runs > 1 else ""
    title = f' title="{escape(why(cell))}"' if reason else ""
    borrowed = " borrowed" if cell.evidence == "borrowed" else ""
    target = "" if here else f"{root}models/{file_stem(cell.model)}.html"
    href = f"{target}#score-{cell.score_id}"
    inside = f"{escape(value(cell))}{error}{runs}"
    return Markup(f'<a class="score{borrowed}" href="{href}"{title}>{inside}</a>')  # noqa: S704 — escaped


def numbers(cell: Cell) -> Markup:
    """Return the attributes of a row of a model's table from which its picture is drawn: value, ends of the interval, unit.

    Args:
        cell: The score of the row.
    """
    ends = "" if cell.lower is None or cell.upper is None else f" {cell.lower:.7g} {cell.upper:.7g}"
    unit = escape(clean(cell.unit or "no unit"))
    return Markup(f' data-score="{cell.value:.7g}{ends}" data-unit="{unit}"')  # noqa: S704 — numbers, and escaped above


def source(root: str, claim: Claim) -> Markup:
    """Return a link to the page of a claim's source.

    Args:
        root: Way to the folder of the site.
        claim: The claim.
    """
    label = claim.source_title or claim.source_url or f"source {claim.source_id}"
    return Markup(f'<a href="{root}sources/{claim.source_id}.html">{name(label)}</a>')  # noqa: S704 — a key and escaped


def claim_row(root: str, claim: Claim, benchmark_name: str, *, has_variants: bool) -> Markup:
    """Return the row of a claim in the table of its model.

    Args:
        root: Way to the folder of the site.
        claim: The claim.
        benchmark_name: Name of the benchmark.
        has_variants: Whether the table has a column of variants.
    """
    state = "retracted" if claim.is_retracted else "chosen" if claim.is_chosen else ""
    cells = (
        f'<td class="num">{escape(clean(printed(claim)))}</td>',
        f"<td>{name(claim.variant)}</td>" if has_variants else "",
        f"<td>{name(claim.metric)}</td>",
        f"<td>{state}</td>",
        f"<td>{source(root, claim)}</td>",
        *(f'<td class="long">{full(text)}</td>' for text in (claim.place, claim.protocol, claim.file)),
        f"<td><code>{claim.score_id}</code></td>",
    )
    heading = link(root, "benchmarks", claim.benchmark, display.heading(benchmark_name, claim.subset))
    marked = ' class="retracted"' if claim.is_retracted else ""
    inside = "".join(f"{cell}\n" for cell in cells if cell)
    head = f'<tr id="score-{claim.score_id}"{marked}>\n<th scope="row" class="model">{heading}</th>\n'
    return Markup(f"{head}{inside}</tr>")  # noqa: S704 — keys, our words and what is escaped above
