"""What the questions about items return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.items import Agreement, Flip, Item, ItemValue

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.items import AgreementRows, FlipRows, ItemRows, ItemValueRows


class Items(Result[Item]):
    """Items of a benchmark, the hardest first."""

    def __init__(self, answer: ItemRows) -> None:
        super().__init__(answer.items, Item, title=f"Items of {answer.benchmark_name}", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line an item: mean over models, how many solve it and which one alone, discrimination."""
        lines = [
            [
                display.heading(row.item, row.subset),
                display.text(row.dated_on),
                str(row.n_models),
                display.number(row.mean, row.unit),
                display.text(row.n_solved),
                display.text(row.solved_by),
                display.number(row.discrimination, None, 2),
            ]
            for row in self.rows
        ]
        return ["item", "dated", "models", "mean", "solved", "only by", "discrimination"], lines

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the difficulty of the items against their discrimination.

        Args:
            **options: As of `benchdb.charts.item_scatter.plot_item_difficulty`.
        """
        from benchdb.charts.item_scatter import plot_item_difficulty

        return plot_item_difficulty(self.rows, **options)


class ItemValues(Result[ItemValue]):
    """What every model made of every item, ordered by difficulty."""

    def __init__(self, answer: ItemValueRows) -> None:
        super().__init__(answer.values, ItemValue, title=f"Items of {answer.benchmark_name}", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line an item, the hardest first, with a column for each model, the best first."""
        names: dict[int, str] = {}
        items: dict[int, tuple[str, dict[int, str]]] = {}
        for row in self.rows:
            names[row.model_place] = display.model(row.model_name, row.variant)
            cells = items.setdefault(row.item_place, (display.heading(row.item, row.subset), {}))[1]
            cells[row.model_place] = display.number(row.value, row.unit)
        lines = [
            [item, *[cells.get(place, display.MISSING) for place in names]]
            for _, (item, cells) in sorted(items.items())
        ]
        return ["item", *names.values()], lines

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return models by items as a heat map.

        Args:
            **options: As of `benchdb.charts.item_map.plot_item_map`.
        """
        from benchdb.charts.item_map import plot_item_map

        return plot_item_map(self.rows, **options)


class Flips(Result[Flip]):
    """Items on which two models differ, and how far they agree on the rest."""

    def __init__(self, answer: FlipRows) -> None:
        title = f"{answer.model_a} and {answer.model_b} on {answer.benchmark_name}"
        super().__init__(answer.flips, Flip, title=title, notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line an item: both values, their difference, and who alone solves it."""
        alone = {1: "only first", -1: "only second"}
        lines = [
            [
                display.heading(row.item, row.subset),
                display.text(row.dated_on),
                display.number(row.value_a, row.unit),
                display.number(row.value_b, row.unit),
                display.signed(row.difference, row.unit),
                (alone[1] if row.difference > 0 else alone[-1]) if row.is_flip else display.MISSING,
            ]
            for row in self.rows
        ]
        return ["item", "dated", "first", "second", "difference", "solved by"], lines

    def sentence(self) -> str:
        """Return the agreement of the two in one sentence, "" where nothing can be solved."""
        found = self.answer.agreement
        if found is None:
            return ""
        kappa = "not defined" if found.kappa is None else f"{found.kappa:.2f}"
        return (
            f"Of {found.n_items} shared items both solve {found.n_both}, only {found.model_name_a} {found.n_only_a}, "
            f"only {found.model_name_b} {found.n_only_b}, neither {found.n_neither}: agreement {found.agreement:.1%}, kappa {kappa}."
        )


class AgreementTable(Result[Agreement]):
    """How far each pair of models agrees on which items they solve."""

    def __init__(self, answer: AgreementRows) -> None:
        super().__init__(answer.pairs, Agreement, title=f"Agreement on {answer.benchmark_name}", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a pair: shared items by who solves them, the share agreed on, Cohen's kappa."""
        headings = ["first", "second", "items", "both", "only first", "only second", "neither", "agreement", "kappa"]
        lines = [
            [
                row.model_name_a,
                row.model_name_b,
                *map(str, (row.n_items, row.n_both, row.n_only_a, row.n_only_b, row.n_neither)),
                f"{row.agreement:.1%}",
                display.number(row.kappa, None, 2),
            ]
            for row in self.rows
        ]
        return headings, lines
