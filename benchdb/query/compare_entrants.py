"""Who is compared: models by name, in one of their variants, or all that the filters leave; each with its cells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from benchdb.errors import AmbiguousQueryError, EmptyResultError
from benchdb.query.names import exact_names, resolve_names
from benchdb.schema.vocab import EntityKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

    from benchdb.query.chosen import Chosen
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


class TypedModel(NamedTuple):
    """A model as a user names it, perhaps in one of its variants."""

    typed: str
    """All that was typed."""
    name: str
    """The model's part of it."""
    variant: str | None
    """The variant behind it in square brackets; None without one."""


def typed_models(connection: Connection, names: Sequence[str]) -> list[TypedModel]:
    """Return names as model and variant; one that a model has with its brackets is all of it that model's.

    Args:
        connection: An open connection, which sees the moment asked about.
        names: Names as typed: "o3-mini[high]"; one that does not end in a bracket is all of it a name.
    """
    whole = exact_names(connection, EntityKind.MODEL.value, [name for name in names if _in_brackets(name)])
    return [TypedModel(name, *((name, None) if name in whole else _split(name))) for name in names]


def _in_brackets(name: str) -> bool:
    return "[" in name and name.rstrip().endswith("]")


def _split(name: str) -> tuple[str, str | None]:
    bare, _, variant = name.partition("[")
    return (bare.strip(), variant.rstrip("] ")) if _in_brackets(name) else (name, None)


def model_keys(connection: Connection, models: Sequence[TypedModel]) -> tuple[int, ...]:
    """Return the model that each name means. An unknown name is an `UnknownNameError`.

    Args:
        connection: An open connection.
        models: From `typed_models`.
    """
    kind = EntityKind.MODEL.value
    return resolve_names(connection, {kind: [model.name for model in models]}).get(kind, ())


def wanted_entrants(models: Sequence[TypedModel], keys: Sequence[int], chosen: Sequence[Chosen]) -> list[EntrantKey]:
    """Return the models and variants that names mean, in their order.

    Args:
        models: From `typed_models`.
        keys: The model that each name means.
        chosen: Claims of these models.

    Raises:
        AmbiguousQueryError: If fewer than two different ones are named, or a name leaves open which variant is meant.
        EmptyResultError: If one has no score that fits the filters.
    """
    variants: dict[int, set[str | None]] = defaultdict(set)
    for row in chosen:
        variants[row.model_id].add(row.variant)
    wanted = [(key, which_variant(model, variants[key])) for model, key in zip(models, keys, strict=True)]
    if len(set(wanted)) < max(2, len(wanted)):
        found = ", ".join(model.typed for model in models) or "none"
        raise AmbiguousQueryError(f"expected two or more different models to compare, found: {found}")
    return wanted


def which_variant(model: TypedModel, variants: Collection[str | None]) -> str | None:
    """Return the variant that a name means: the one in brackets, else the plain model, else the only one.

    Args:
        model: From `typed_models`.
        variants: Variants with a score; None is the plain model.

    Raises:
        AmbiguousQueryError: If the name leaves open which is meant.
        EmptyResultError: If there is no score, or none of that variant.
    """
    name, asked = model.typed, model.variant
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
