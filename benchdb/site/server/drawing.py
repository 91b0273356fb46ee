"""Options of charts, as they stand in an address: those that `benchdb chart` has, but for what says where a file goes."""

# No postponed annotations: pydantic reads them while the classes are made.
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field, create_model

from benchdb.site.server.limits import NAMES
from benchdb.site.server.words import Flag, MaybeEmpty, Name

COMMON = ("title", "theme", "size", "width", "footnotes")
"""Options that every chart has."""
_End = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
_Pixels = Annotated[float, Field(ge=50, le=5000, allow_inf_nan=False)]


TRAITS: dict[str, tuple[Any, str]] = {
    "title": (MaybeEmpty, "Title of the chart."),
    "theme": (Literal["light", "dark"], "Colours; light where nothing is said."),
    "size": (Literal["screen", "single-column", "double-column", "slide"], "Sheet that the whole picture fits: a column of a paper at 8 points, or a slide of 16 to 9."),
    "width": (_Pixels, "Width of the plot in pixels."),
    "footnotes": (Flag, "Say below the chart what a reader could mistake; true where nothing is said."),
    "values": (Flag, "Write values beside the marks; true where nothing is said."),
    "y_title": (MaybeEmpty, "Title of the value axis."),
    "domain": (Annotated[list[_End], Field(min_length=2, max_length=2)], "Ends of the value axis: given twice, the lower one first."),
    "step": (Annotated[float, Field(ge=1e-6, le=1e12, allow_inf_nan=False)], "Distance between ticks."),
    "colour": (Literal["size-and-maker", "model"], "What colours stand for."),
    "hatch": (Flag, "Hatch the bars; true where nothing is said."),
    "hatch_by": (Name, "Field that the hatching shows, such as evidence, source_kind or organization."),
    "highlight": (Annotated[list[Name], Field(max_length=NAMES)], "Models that stand out, by their name as drawn; may be repeated."),
    "error_bars": (Flag, "Draw intervals where they are known."),
    "legend": (Literal["top-right", "top-left", "right", "top", "none"], "Place of the legend."),
    "shade": (Literal["benchmark", "value"], "Colour scores by their place on their benchmark, or by their value."),
    "scores": (Flag, "Show the scores behind the mean; true where nothing is said."),
    "intervals": (Flag, "Draw each interval where it is known."),
    "frontier": (Flag, "Draw the best so far; true where nothing is said."),
    "bands": (Flag, "Draw the bands of intervals; where lines are few if nothing is said."),
    "measures": (Annotated[list[Literal["pass@k", "pass^k", "maj@k"]], Field(max_length=3)], "Measures to draw; may be repeated."),
    "page": (Annotated[int, Field(ge=1, le=100_000)], "Which hundred of the models."),
    "variant": (MaybeEmpty, "Only this variant; empty is the plain model."),
    "subset": (MaybeEmpty, "Only this subset; empty is the whole."),
}  # fmt: skip
"""Type and meaning of every option of a chart."""


class Drawing(BaseModel):
    """How a chart is drawn."""

    drawn: ClassVar[tuple[str, ...]] = ()
    """Options of this kind of chart."""

    def options(self) -> dict[str, Any]:
        """Return the options that were given, as the `chart` method of a result takes them."""
        given = {name: getattr(self, name) for name in self.drawn if name in self.model_fields_set}
        return {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in given.items()
            if value is not None and value != []
        }


def drawing_of(*traits: str) -> type[Drawing]:
    """Return the class of the options of a kind of chart.

    Args:
        *traits: Options beside those that every chart has.
    """
    names = (*COMMON, *traits)
    found: dict[str, Any] = {name: (TRAITS[name][0] | None, Field(None, description=TRAITS[name][1])) for name in names}
    made: type[Drawing] = create_model("Drawing", __base__=Drawing, **found)
    made.drawn = names
    return made
