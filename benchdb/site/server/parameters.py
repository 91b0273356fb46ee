"""Parameters of the questions, as they stand in an address: names, types and bounds, from which OpenAPI is made."""

# No postponed annotations: pydantic reads them while the classes are made.
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from benchdb.site.server.limits import LARGEST_PAGE, MOST_PAIRED, NAME_LENGTH, NAMES, PAGE
from benchdb.site.server.words import Day, Flag, MaybeEmpty, Moment, Name, Names

_MOST_PARAMETERS = 10**15
_LARGEST_SEED = 2**32 - 1
_LARGEST_KEY = 2**63 - 1
Seed = Annotated[int, Field(ge=0, le=_LARGEST_SEED)]
Count = Annotated[int, Field(ge=0, le=_MOST_PARAMETERS)]


class Asked(BaseModel):
    """Parameters of one question; those that were given become keywords of the method."""

    model_config = ConfigDict(extra="forbid")
    positional: ClassVar[tuple[str, ...]] = ()
    """Parameters that the method takes by position."""
    spread: ClassVar[str | None] = None
    """The parameter whose values the method takes one by one."""

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of the method: those by position, and those by keyword."""
        given = {name: getattr(self, name) for name in sorted(self.model_fields_set)}
        for apart in (*Page.model_fields, *getattr(self, "drawn", ())):
            given.pop(apart, None)
        keywords = {name: value for name, value in given.items() if value is not None}
        positions = [keywords.pop(name) for name in self.positional]
        return [*positions, *(keywords.pop(self.spread, []) if self.spread else [])], keywords


class Page(BaseModel):
    """Which rows of the answer are sent."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = Field(PAGE, description="Rows to send at most.")
    offset: Annotated[int, Field(ge=0, le=2**31)] = Field(0, description="Rows to pass over.")


class Claims(Asked):
    """Filters of claims, without the models."""

    benchmarks: Names = Field([], description="Benchmarks by name, in the order to show them; may be repeated.")
    subsets: Annotated[list[MaybeEmpty], Field(max_length=NAMES)] = Field(
        [], description="Subsets of benchmarks; empty is the whole."
    )
    suite: Name | None = Field(None, description="The benchmarks of this suite.")
    metric: Name | None = Field(None, description="The one metric to show.")
    organizations: Names = Field([], description="Makers of the models; may be repeated.")
    families: Names = Field([], description="Families of models; may be repeated.")
    open_weights: Flag | None = Field(None, description="Models whose weights can be downloaded, or cannot.")
    min_parameters: Count | None = Field(None, description="Least total parameters, as a count: 7000000000.")
    max_parameters: Count | None = Field(None, description="Most total parameters, as a count.")
    released_since: Day | None = Field(None, description="First release date of the models.")
    released_until: Day | None = Field(None, description="Last release date of the models.")
    n_shot: Annotated[int, Field(ge=0, le=10_000)] | None = Field(None, description="Worked examples in the prompt.")
    sources: Names = Field([], description="Sources by URL, title or a part of the title; may be repeated.")
    source_kinds: Annotated[
        list[Literal["harness_log", "paper", "model_card", "leaderboard", "figure", "manual"]], Field(max_length=6)
    ] = Field([], description="Kinds of sources; may be repeated.")
    harness: Name | None = Field(None, description="Evaluation tool.")
    variants: Annotated[list[MaybeEmpty], Field(max_length=NAMES)] = Field(
        [], description="Variants of models; empty is the plain model."
    )
    include_aggregates: Flag = Field(True, description="Whether scores that a source computed from others count.")  # noqa: FBT003 - pydantic's default
    as_of: Moment | None = Field(
        None, description="Only what the database had learned by then: a day, or a moment with its zone."
    )
    published_until: Day | None = Field(None, description="Only claims published, else run, by that day.")  # fmt: skip


class Filters(Claims):
    """Filters of a question."""

    models: Names = Field([], description="Models by slug, name or alias; may be repeated.")


class Policy(BaseModel):
    """Which claim of a cell stands in front."""

    policy: Literal["preferred", "newest", "median", "mean-of-runs"] = Field(
        "preferred", description="Which of several claims for one score stands in front."
    )


class Level(BaseModel):
    """How wide intervals are."""

    level: Annotated[float, Field(ge=0.5, le=0.9999, allow_inf_nan=False)] = Field(0.95, description="Coverage of the intervals.")  # fmt: skip


class Scores(Filters, Policy, Level):
    """Filters, policy and level."""


def _weights(value: list[str]) -> list[str]:
    for each in value:
        name, _, number = each.rpartition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = 0.0
        if not name or not 0 < weight < 1e9:
            message = f"{each!r}: expected a benchmark and a number above 0, such as AIME 2024=2"
            raise ValueError(message)
    return value


class Ranking(Scores):
    """What models are ranked on."""

    missing: Literal["common", "listwise", "impute", "native", "show"] | None = Field(
        None, description="What is done about missing scores; native for bradley-terry and ability, else common."
    )
    weights: Annotated[list[Annotated[str, StringConstraints(max_length=NAME_LENGTH, pattern=r"^[^\x00]+=([1-9][0-9]{0,5}(\.[0-9]{1,6})?|0\.[0-9]{0,5}[1-9])$")]], Field(max_length=NAMES)] = Field(
        [], description="Weights in the weighted mean as BENCHMARK=NUMBER, 1 for the others; may be repeated."
    )  # fmt: skip
    seed: Seed = Field(20250325, description="Seed of what is simulated.")
    most: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="Benchmarks at most, those with the most models; without it all."
    )

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of the method, the weights by name."""
        positions, keywords = super().arguments()
        if "weights" in keywords:
            pairs = [each.rpartition("=") for each in keywords["weights"]]
            keywords["weights"] = {name: float(number) for name, _, number in pairs}
        return positions, keywords


class Leaderboard(Ranking):
    """A leaderboard."""

    aggregate: Literal["mean", "weighted", "category-mean", "win-rate", "borda", "rank-sum", "z-score", "bradley-terry", "ability"] = Field(
        "mean", description="What models are ranked by."
    )  # fmt: skip


class Compare(Claims, Policy, Level):
    """A comparison."""

    spread: ClassVar[str | None] = "models"
    models: Annotated[list[Name], Field(min_length=2, max_length=NAMES)] = Field(description="Two models or more, repeated: the first is compared with the second, and so on for all pairs.")  # fmt: skip
    across_protocols: Flag = Field(False, description="Give verdicts across protocols that change the task.")  # noqa: FBT003 - pydantic's default
    test: Literal["auto", "t", "sign", "mcnemar", "permutation"] = Field("auto", description="How p is computed, as far as the evidence allows.")  # fmt: skip
    correction: Literal["holm", "bh", "none"] = Field("holm", description="How p is adjusted for the number of comparisons.")  # fmt: skip
    seed: Seed | None = Field(None, description="Seed of the permutation test.")


class Pair(Compare):
    """A comparison of two models."""

    models: Annotated[list[Name], Field(min_length=2, max_length=2)] = Field(description="Two models, the first is compared with the second.")  # fmt: skip


class Matrix(Compare):
    """A comparison of all pairs."""

    models: Annotated[list[Name], Field(min_length=2, max_length=MOST_PAIRED)] = Field(description="Two models or more, repeated, in the order to show them.")  # fmt: skip


class Trend(Scores):
    """Scores over size or time."""

    by: Literal["parameters", "date"] = Field("parameters", description="What to go along.")


class Frontier(Scores):
    """The best so far of groups."""

    by: Literal["weights", "maker", "family"] = Field("weights", description="What groups are made by.")


class Pareto(Scores):
    """Score against size."""

    size: Literal["total", "active", "both"] = Field("total", description="Which number of parameters counts.")
    jointly: Flag = Field(False, description="One front over all benchmarks at once.")  # noqa: FBT003 - pydantic's default


class ParetoDrawing(Scores):
    """Score against size, for a chart, of which `size` is the sheet."""

    parameters: Literal["total", "active", "both"] = Field("total", description="Which number of parameters counts.")

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of the method, which calls the parameters the size."""
        positions, keywords = super().arguments()
        if "parameters" in keywords:
            keywords["size"] = keywords.pop("parameters")
        return positions, keywords


class Conflicts(Filters):
    """Where sources disagree."""

    min_sigma: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None = Field(
        None, description="Least size of a disagreement in standard errors; without it all."
    )


class ClaimsList(Filters, Policy):
    """Claims in full."""

    after: Annotated[int, Field(ge=-_LARGEST_KEY, le=_LARGEST_KEY)] | None = Field(
        None, description="Key of the last claim of the page before; then `offset` only counts what came before. The next page in the header Link has it."
    )  # fmt: skip


class Items(Claims, Policy):
    """The items of one benchmark."""

    positional: ClassVar[tuple[str, ...]] = ("benchmark",)
    benchmark: Name = Field(description="The benchmark.")
    models: Names = Field([], description="Models by slug, name or alias; may be repeated.")


class PassAtK(Scores):
    """What several attempts are worth."""

    k: Annotated[list[Annotated[int, Field(ge=1, le=100_000)]], Field(max_length=NAMES)] = Field(
        [], description="Attempts allowed; may be repeated. Without it 1, 2, 4 … up to the fewest attempts at an item."
    )  # fmt: skip


class History(Claims, Policy):
    """Every claim about one cell."""

    positional: ClassVar[tuple[str, ...]] = ("model", "benchmark")
    model: Name = Field(description="The model.")
    benchmark: Name = Field(description="The benchmark.")


class Series(Claims, Level):
    """The runs of one model in order."""

    positional: ClassVar[tuple[str, ...]] = ("model", "benchmark")
    model: Name = Field(description="The model.")
    benchmark: Name = Field(description="The benchmark.")
    by: Literal["auto", "time", "step"] = Field("auto", description="Order of the runs.")
    seed: Seed = Field(0, description="Seed of the simulated null.")


class Nothing(Asked):
    """A question without filters of its own."""

    as_of: Moment | None = Field(None, description="Only what the database had learned by then: a day, or a moment with its zone.")  # fmt: skip
