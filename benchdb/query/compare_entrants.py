"""Who is compared: models by name, in one of their variants, or all that the filters leave; each with its cells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.errors import AmbiguousQueryError, EmptyResultError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from benchdb.query.claims import Chosen
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell

EntrantKey = tuple[int, str | None]
"""(model_id, variant)"""


@dataclass(frozen=True, slots=True)
class Entrant:
    """One side of a comparison, with its cells by column."""

    label: str
    """Slug of the model, its variant in square brackets."""
    name: str
    """Its display name, likewise."""
    cells: dict[tuple[str, str], tuple[Chosen, Cell]]
    """Claim and cell by (benchmark, subset)."""


def split_variant(name: str) -> tuple[str, str | None]:
    """Return a model's name and the variant in square brackets behind it, None without one.

    Args:
        name: A name as typed: "o3-mini[high]"; one that does not end in a bracket is all of it a name.
    """
    bare, bracket, variant = name.partition("[")
    return (bare.strip(), variant.rstrip("] ")) if bracket and name.rstrip().endswith("]") else (name, None)


def wanted_entrants(models: Sequence[str], keys: Sequence[int], chosen: Sequence[Chosen]) -> list[EntrantKey]:
    """Return the models and variants that names mean, in their order.

    Args:
        models: Names as typed.
        keys: The model that each name means.
        chosen: Claims of these models.

    Raises:
        AmbiguousQueryError: If fewer than two different ones are named, or a name leaves open which variant is meant.
        EmptyResultError: If one has no score that fits the filters.
    """
    variants: dict[int, set[str | None]] = defaultdict(set)
    for row in chosen:
        variants[row.model_id].add(row.variant)
    wanted = [(key, which_variant(name, variants[key])) for name, key in zip(models, keys, strict=True)]
    if len(set(wanted)) < max(2, len(wanted)):
        raise AmbiguousQueryError(
            f"expected two or more different models to compare, found: {', '.join(models) or 'none'}"
        )
    return wanted


def which_variant(name: str, variants: Collection[str | None]) -> str | None:
    """Return the variant that a name means: the one in brackets, else the plain model, else the only one.

    Args:
        name: A name as typed.
        variants: Variants with a score; None is the plain model.

    Raises:
        AmbiguousQueryError: If the name leaves open which is meant.
        EmptyResultError: If there is no score, or none of that variant.
    """
    asked = split_variant(name)[1]
    known = ", ".join(f"[{variant}]" for variant in sorted(variant for variant in variants if variant))
    if not variants:
        raise EmptyResultError(f"{name} has no score that fits these filters; benchdb coverage shows what there is")
    if asked is not None:
        found = [variant for variant in variants if variant and variant.casefold() == asked.casefold()]
        if not found:
            raise EmptyResultError(f"{name} has no score that fits these filters; its variants: {known or 'none'}")
        return found[0]
    if None in variants:
        return None
    if len(variants) > 1:
        raise AmbiguousQueryError(f"{name} has scores as several variants; add one to its name: {known}")
    return next(iter(variants))


def entrants_named(wanted: Sequence[EntrantKey], rows: Sequence[Chosen], cells: Sequence[Cell]) -> list[Entrant]:
    """Return the models in the order wanted; one whose every score was left out has no cells.

    Args:
        wanted: Models and variants.
        rows: The claims shown.
        cells: The same as cells, in the same order.
    """
    by_model: dict[EntrantKey, list[tuple[Chosen, Cell]]] = defaultdict(list)
    for row, cell in zip(rows, cells, strict=True):
        by_model[row.model_id, row.variant].append((row, cell))
    return [entrant(by_model[key]) for key in wanted]


def entrant(pairs: Sequence[tuple[Chosen, Cell]]) -> Entrant:
    """Return one model with its cells.

    Args:
        pairs: Its claims with their cells.
    """
    first = pairs[0][1] if pairs else None
    suffix = f"[{first.variant}]" if first and first.variant else ""
    return Entrant(
        label=f"{first.model}{suffix}" if first else "",
        name=f"{first.model_name} {suffix}".rstrip() if first else "",
        cells={(cell.benchmark, cell.subset): (row, cell) for row, cell in pairs},
    )


def best_first(entrants: Sequence[Entrant], columns: Sequence[BenchmarkColumn]) -> list[Entrant]:
    """Return models by their mean over the columns that all of them have, the best first; without such, by name.

    Args:
        entrants: Models with their cells.
        columns: Columns of one unit and direction that all have, possibly none.
    """
    sign = -1 if columns and columns[0].higher_is_better else 1

    def place(one: Entrant) -> tuple[float, str]:
        return sign * sum(one.cells[column.slug, column.subset][1].value for column in columns), one.label

    return sorted(entrants, key=place)
