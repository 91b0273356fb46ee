"""Rows for the examples, written out by hand: Table 2 of arXiv 2503.19633.

Each function returns the rows of one query, as the database would answer it for those four models and benchmarks.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from statistics import linear_regression
from typing import TYPE_CHECKING

from benchdb.rows.comparison import Difference
from benchdb.rows.conflicts import Conflict
from benchdb.rows.coverage import Coverage
from benchdb.rows.frontier import FrontierLag, FrontierRecord
from benchdb.rows.leaderboard import Cell, Standing
from benchdb.rows.rankings import RankingRow
from benchdb.rows.records import Claim
from benchdb.rows.series import SeriesPoint
from benchdb.rows.trend import TrendFit, TrendPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

MODELS = {
    "AM-Distill-Qwen-32B": ("a-m-team", 32_763_876_352, "32B", date(2025, 3, 25)),
    "DeepSeek-R1-Distill-Qwen-32B": ("DeepSeek", 32_763_876_352, "32B", date(2025, 1, 20)),
    "AM-Distill-Qwen-72B": ("a-m-team", 72_706_203_648, "72B", date(2025, 3, 25)),
    "DeepSeek-R1-Distill-Llama-70B": ("DeepSeek", 70_553_706_496, "70B", date(2025, 1, 20)),
}
BENCHMARKS = {
    "AIME 2024": (30, (72.7, 72.6, 76.5, 70.0)),
    "MATH-500": (500, (96.2, 94.3, 97.0, 94.5)),
    "GPQA Diamond": (198, (64.3, 62.1, 65.9, 65.2)),
    "LiveCodeBench": (None, (59.1, 57.2, 59.7, 57.5)),
}
QUANTILE = 1.959964
T_2 = 4.302653
"""Student's quantile of two degrees of freedom, for the 95 % interval of a line through four points."""
EPOCH = date(1970, 1, 1)


def binomial_error(value: float, n_items: int | None) -> float | None:
    """Standard error in per cent of a share of that many items."""
    return None if n_items is None else math.sqrt(value * (100 - value) / n_items)


def seed_cells() -> list[Cell]:
    """One cell per model and benchmark, in the order of the figure."""
    return [
        seed_cell(model, benchmark, value, n_items)
        for benchmark, (n_items, values) in BENCHMARKS.items()
        for model, value in zip(MODELS, values, strict=True)
    ]


def seed_cell(model: str, benchmark: str, value: float, n_items: int | None) -> Cell:
    """The cell of one model on one benchmark, with a normal 95 % interval."""
    maker, size, size_label, released_on = MODELS[model]
    error = binomial_error(value, n_items)
    return Cell(
        model=f"{maker.lower()}/{model.lower()}",
        model_name=model,
        variant=None,
        organization=maker,
        family="Qwen2.5" if "Qwen" in model else "Llama 3.3",
        n_parameters=size,
        n_active_parameters=size,
        parameters_label=size_label,
        released_on=released_on,
        is_open_weights=True,
        benchmark=benchmark.lower().replace(" ", "-"),
        benchmark_name=benchmark,
        subset="",
        metric="pass@1",
        metric_name="Pass@1",
        higher_is_better=True,
        value=value,
        unit="percent",
        decimals=1,
        is_approximate=False,
        stderr=error,
        evidence="unknown" if error is None else "borrowed",
        lower=None if error is None else value - QUANTILE * error,
        upper=None if error is None else min(100.0, value + QUANTILE * error),
        level=0.95,
        n_items=n_items,
        samples_per_item=16 if benchmark == "AIME 2024" else 4,
        n_claims=1,
        least=value,
        greatest=value,
        source_kind="paper",
        source_title="1.4 Million Open-Source Distilled Reasoning Dataset (arXiv 2503.19633), Table 2",
        is_first_party=maker == "a-m-team",
        stated_on=date(2025, 3, 25),
        fingerprint=16 if benchmark == "AIME 2024" else 4,
        protocol=f"temperature 0.6, {16 if benchmark == 'AIME 2024' else 4} samples",
        score_id=4_611_686_018_427_387_904 + round(value * 10),
    )


def seed_standings() -> list[Standing]:
    """The leaderboard of the four models, best mean first."""
    by_model = {name: [cell for cell in seed_cells() if cell.model_name == name] for name in MODELS}
    ranked = sorted(by_model.items(), key=lambda pair: -mean_of(pair[1]))
    return [seed_standing(rank, name, cells) for rank, (name, cells) in enumerate(ranked, start=1)]


def mean_of(cells: Sequence[Cell]) -> float:
    """Mean value of these cells."""
    return sum(cell.value for cell in cells) / len(cells)


def seed_standing(rank: int, name: str, cells: Sequence[Cell]) -> Standing:
    """One line of the leaderboard; LiveCodeBench's error is unknown, hence the mean's too."""
    maker, size, size_label, _ = MODELS[name]
    known = [cell.stderr for cell in cells if cell.stderr is not None]
    error = math.sqrt(sum(part**2 for part in known)) / len(cells)
    complete = len(known) == len(cells)
    return Standing(
        rank=rank,
        rank_lower=1,
        rank_upper=len(MODELS),
        model=cells[0].model,
        model_name=name,
        variant=None,
        organization=maker,
        parameters_label=size_label,
        n_parameters=size,
        value=mean_of(cells),
        unit="percent",
        stderr=error,
        evidence="borrowed" if complete else "partial",
        lower=mean_of(cells) - QUANTILE * error if complete else None,
        upper=mean_of(cells) + QUANTILE * error if complete else None,
        n_benchmarks=len(cells),
        cells=tuple(cells),
    )


def seed_differences(first: str, second: str) -> list[Difference]:
    """The first model minus the second on each benchmark, and over all of them."""
    cells = {(cell.model_name, cell.benchmark_name): cell for cell in seed_cells()}
    pairs = [(cells[first, name], cells[second, name]) for name in BENCHMARKS]
    rows = [seed_difference(a, b, a.benchmark_name) for a, b in pairs]
    gap = sum(a.value - b.value for a, b in pairs) / len(pairs)
    overall = replace(
        rows[0],
        benchmark=None,
        benchmark_name="Mean of the four",
        value_a=sum(a.value for a, _ in pairs) / len(pairs),
        value_b=sum(b.value for _, b in pairs) / len(pairs),
        difference=gap,
        stderr=None,
        lower=None,
        upper=None,
        p_value=None,
        method=None,
        evidence="partial",
        verdict="unknown",
        score_id_a=None,
        score_id_b=None,
        lower_a=None,
        upper_a=None,
        lower_b=None,
        upper_b=None,
        source_a=None,
        source_b=None,
        protocol_a=None,
        protocol_b=None,
    )
    return [*rows, overall]


def seed_difference(a: Cell, b: Cell, name: str) -> Difference:
    """One difference; the models' errors are taken as independent, which is all that printed scores allow."""
    gap = a.value - b.value
    error = math.hypot(a.stderr, b.stderr) if a.stderr is not None and b.stderr is not None else None
    reach = None if error is None else QUANTILE * error + 0.1
    established = "better" if gap > 0 else "worse"
    verdict = "unknown" if reach is None else "not distinguishable" if abs(gap) < reach else established
    return Difference(
        model_a=a.model,
        model_b=b.model,
        model_name_a=a.model_name,
        model_name_b=b.model_name,
        benchmark=a.benchmark,
        benchmark_name=name,
        metric=a.metric,
        value_a=a.value,
        value_b=b.value,
        difference=gap,
        rounding=0.1,
        unit="percent",
        higher_is_better=True,
        stderr=error,
        lower=None if reach is None else gap - reach,
        upper=None if reach is None else gap + reach,
        level=0.95,
        p_value=None if error is None else math.erfc(abs(gap) / error / math.sqrt(2)),
        method=None if error is None else "normal, independent",
        evidence=a.evidence,
        n_items=a.n_items,
        protocol_differences=("samples_per_item",) if name == "AIME 2024" else (),
        protocol_unknown=(),
        verdict=verdict,
        score_id_a=a.score_id,
        score_id_b=b.score_id,
        lower_a=a.lower,
        upper_a=a.upper,
        lower_b=b.lower,
        upper_b=b.upper,
        source_a=a.source_title,
        source_b=b.source_title,
        protocol_a=a.protocol,
        protocol_b=b.protocol,
    )


def seed_pairs() -> list[Difference]:
    """The differences of all pairs of the four models on three benchmarks, each judged for itself."""
    return [
        row
        for first, second in combinations(MODELS, 2)
        for row in seed_differences(first, second)
        if row.benchmark is not None
    ]


def seed_rankings() -> list[RankingRow]:
    """The four models ranked by the mean, by their Borda count and by MATH-500 alone, as a weighted mean; no rank is certain."""
    standings = seed_standings()
    scores = {each.model_name: [cell.value for cell in each.cells] for each in standings}
    borda = {
        name: sum(sum(own > other[place] for other in scores.values()) for place, own in enumerate(values))
        for name, values in scores.items()
    }
    by_aggregate: dict[str, dict[str, float]] = {
        "mean": {each.model_name: each.value or 0.0 for each in standings},
        "weighted": {name: values[1] for name, values in scores.items()},
        "borda": {name: float(points) for name, points in borda.items()},
    }
    return [
        seed_ranking(each, aggregate, value, 1 + sum(other > value for other in values.values()))
        for aggregate, values in by_aggregate.items()
        for each in standings
        for value in [values[each.model_name]]
    ]


def seed_ranking(standing: Standing, aggregate: str, value: float, rank: int) -> RankingRow:
    """One model in one ranking."""
    return RankingRow(
        aggregate=aggregate,
        model=standing.model,
        model_name=standing.model_name,
        variant=None,
        rank=rank,
        rank_lower=1 if rank < 4 else 2,
        rank_upper=4 if rank > 1 else 3,
        tier=None,
        p_best=None,
        value=value,
        unit=None if aggregate == "borda" else "percent",
        stderr=None,
        evidence="borrowed",
        lower=None,
        upper=None,
    )


CLAIMS = (
    ("Model Performance on Benchmarks", "figure", None, None, 72.6, True, ""),
    (
        "DeepSeek-R1: Incentivizing Reasoning Capability in LLMs via Reinforcement Learning", "model_card", True,
        date(2025, 1, 20), 72.6, False, "samples_per_item=64, temperature=0.6",
    ),
    (
        "1.4 Million Open-Source Distilled Reasoning Dataset", "paper", False, date(2025, 3, 25), 72.6, False,
        "samples_per_item=16, temperature=0.6",
    ),
    (
        "Think Twice: Enhancing LLM Reasoning by Scaling Multi-round Test-time Thinking", "paper", False,
        date(2025, 3, 25), 72.0, False, "samples_per_item=32, temperature=0.6",
    ),
)  # fmt: skip
"""Title, kind, first party, day, value, approximate and protocol of the claims for DeepSeek-R1-Distill-Qwen-32B on AIME 2024."""


def seed_claims() -> list[Claim]:
    """What four sources print for one model on AIME 2024; the last one is chosen."""
    return [
        Claim(
            score_id=4_611_686_018_427_399_000 + place,
            model="deepseek-ai/deepseek-r1-distill-qwen-32b",
            model_label="DeepSeek-R1-Distill-Qwen-32B",
            variant=None,
            benchmark="aime-2024",
            benchmark_label="AIME 2024",
            subset="",
            metric="pass@1",
            metric_label="pass@1",
            value=value,
            unit="percent",
            decimals=1,
            is_approximate=approximate,
            is_aggregate=False,
            is_retracted=False,
            is_chosen=place == len(CLAIMS) - 1,
            stderr=None,
            stderr_method=None,
            n_items=None,
            samples_per_item=None,
            protocol=protocol,
            fingerprint=place,
            is_first_party=first_party,
            ran_at=None,
            source_id=place,
            source_kind=kind,
            source_title=title,
            source_url=None,
            published_on=day,
            place="Table 2",
            file="claims.toml",
            importer="table",
            ingested_at=datetime(2025, 4, 1, tzinfo=UTC),
        )
        for place, (title, kind, first_party, day, value, approximate, protocol) in enumerate(CLAIMS)
    ]


def seed_conflicts() -> list[Conflict]:
    """Three cells whose claims disagree: settings differ, all stated ones agree, too little is stated."""
    cells = (
        (
            ("DeepSeek-R1-Distill-Qwen-32B", None),
            "MATH-500",
            (94.3, 96.0),
            1.3,
            "explained by",
            "samples_per_item: 64, 4",
        ),
        (("o3-mini", "medium"), "MATH-500", (97.3, 98.0), None, "not explained", ""),
        (("o1", None), "SimpleQA", (42.6, 47.0), 4.1, "protocol unknown", ""),
    )
    return [
        Conflict(
            model=model.lower(),
            model_name=model,
            variant=variant,
            benchmark=benchmark.lower(),
            benchmark_name=benchmark,
            subset="",
            metric="accuracy",
            unit="percent",
            least=least,
            greatest=greatest,
            difference=greatest - least,
            rounding=0.1,
            stderr=None if sigmas is None else (greatest - least) / sigmas,
            sigmas=sigmas,
            evidence="unknown" if sigmas is None else "borrowed",
            explanation=explanation,
            settings=(settings,) if settings else (),
            settings_unknown=(),
            values=(f"{'~' if settings else ''}{least}", str(greatest)),
            sources=("A figure" if settings else "A report", "A paper"),
            score_ids=("4611686018427400001", "4611686018427400002"),
        )
        for (model, variant), benchmark, (least, greatest), sigmas, explanation, settings in cells
    ]


def seed_points(by: str, benchmarks: Sequence[str] = tuple(BENCHMARKS)) -> list[TrendPoint]:
    """The scores along parameter size or release date, each with the best up to it."""
    points = []
    for benchmark in benchmarks:
        cells = [cell for cell in seed_cells() if cell.benchmark_name == benchmark]
        cells.sort(key=lambda cell: (place_of(cell, by), -cell.value))
        best = -math.inf
        for cell in cells:
            points.append(seed_point(cell, max(best, cell.value), is_record=cell.value > best))
            best = max(best, cell.value)
    return points


def place_of(cell: Cell, by: str) -> float:
    """log10 of the parameters, or years since 1970."""
    if by == "parameters":
        return math.log10(cell.n_parameters or 1)
    return ((cell.released_on or EPOCH) - EPOCH).days / 365.25


def seed_point(cell: Cell, best: float, *, is_record: bool) -> TrendPoint:
    """One cell as a point of a trend."""
    shared = {field.name for field in fields(TrendPoint)} & {field.name for field in fields(Cell)}
    return TrendPoint(
        **{name: getattr(cell, name) for name in shared},
        source=cell.source_title,
        best_so_far=best,
        is_record=is_record,
    )


def seed_fits(by: str, benchmarks: Sequence[str] = tuple(BENCHMARKS)) -> list[TrendFit]:
    """A least-squares line per benchmark; four models never establish its slope."""
    return [seed_fit(by, [cell for cell in seed_cells() if cell.benchmark_name == name]) for name in benchmarks]


def seed_fit(by: str, cells: Sequence[Cell]) -> TrendFit:
    """The line through one benchmark's scores, with the errors of its slope and of its middle."""
    x, y = [place_of(cell, by) for cell in cells], [cell.value for cell in cells]
    line, centre = linear_regression(x, y), sum(x) / len(x)
    left = sum((b - line.intercept - line.slope * a) ** 2 for a, b in zip(x, y, strict=True)) / (len(x) - 2)
    error = math.sqrt(left / sum((a - centre) ** 2 for a in x))
    return TrendFit(
        benchmark=cells[0].benchmark,
        benchmark_name=cells[0].benchmark_name,
        unit="percent",
        n_models=len(cells),
        slope=line.slope,
        slope_stderr=error,
        lower=line.slope - T_2 * error,
        upper=line.slope + T_2 * error,
        intercept=line.intercept,
        r_squared=None,
        verdict="not established",
        centre=centre,
        centre_stderr=math.sqrt(left / len(cells)),
        level=0.95,
    )


def seed_coverage() -> list[Coverage]:
    """Claims by model and benchmark, with two benchmarks that some models lack."""
    extra = {"MMLU": {"DeepSeek-R1-Distill-Qwen-32B": 3}, "IFEval": {"DeepSeek-R1-Distill-Llama-70B": 2}}
    counts = {name: dict.fromkeys(MODELS, 1) for name in BENCHMARKS} | extra
    counts["AIME 2024"] |= {"AM-Distill-Qwen-32B": 2, "DeepSeek-R1-Distill-Qwen-32B": 4}
    return [
        Coverage(
            model=model.lower(),
            model_name=model,
            variant=None,
            benchmark=benchmark.lower(),
            benchmark_name=benchmark,
            metric="pass@1" if claims.get(model) else None,
            n_claims=claims.get(model, 0),
            n_sources=claims.get(model, 0),
            n_items_seen=30 if claims.get(model, 0) == 4 else 0,
        )
        for benchmark, claims in counts.items()
        for model in MODELS
    ]


def nightly_points() -> list[SeriesPoint]:
    """Thirty nightly runs of one model, invented: a regression at the twelfth, mended at the twenty-third."""
    wobble = (
        0.3,
        -0.4,
        0.1,
        0.6,
        -0.2,
        -0.5,
        0.4,
        0.0,
        -0.3,
        0.2,
        -0.1,
        0.5,
        -0.6,
        0.1,
        0.3,
        -0.2,
        0.4,
        -0.4,
        0.0,
        0.2,
    )
    levels = [(94.2, 11), (91.0, 11), (94.6, 8)]
    points: list[SeriesPoint] = []
    for number, (level, length) in enumerate(levels):
        for place in range(length):
            position = len(points) + 1
            change = level - levels[number - 1][0] if number and place == 0 else None
            value = round(level + wobble[position % len(wobble)], 1)
            points.append(nightly_point(position, value, level, change))
    return points


def nightly_point(position: int, value: float, level: float, change: float | None) -> SeriesPoint:
    """One nightly run on 500 items."""
    moment = datetime(2025, 3, 1, 3, tzinfo=UTC) + timedelta(days=position - 1)
    error = binomial_error(value, 500) or 0.0
    return SeriesPoint(
        position=position,
        model="example/nightly",
        model_name="Nightly",
        variant=None,
        benchmark="math-500",
        benchmark_name="MATH-500",
        metric="pass@1",
        at=moment.strftime("%Y-%m-%d"),
        ran_at=moment,
        step=None,
        label=f"nightly {position}",
        harness_version="1.4" if position < 12 else "1.5",
        value=value,
        unit="percent",
        higher_is_better=True,
        stderr=error,
        lower=value - QUANTILE * error,
        upper=min(100.0, value + QUANTILE * error),
        evidence="counts",
        difference=None,
        difference_stderr=None,
        n_shared_items=None,
        level_mean=level,
        is_change=change is not None,
        change=change,
        change_stderr=None if change is None else 0.2,
        change_lower=None if change is None else change - 0.4,
        change_upper=None if change is None else change + 0.4,
        p_value=None if change is None else 0.0005,
        earliest=None,
        latest=None,
        verdict=None if change is None else "improvement" if change > 0 else "regression",
        coincides=("harness version 1.4 → 1.5",) if position == 12 else (),
        run_id=position,
        score_id=4_611_686_018_427_390_000 + position,
        source=f"nightly-{position:02}.json",
        protocol="0-shot, temperature 0.6, 1 sample",
    )


RELEASES = (
    ("closed", "Closed One", date(2023, 3, 14), 35.7),
    ("open", "Open Alpha", date(2023, 7, 18), 28.0),
    ("closed", "Closed Two", date(2024, 3, 4), 50.4),
    ("open", "Open Beta", date(2024, 4, 18), 39.5),
    ("closed", "Closed Three", date(2024, 6, 20), 59.4),
    ("open", "Open Gamma", date(2024, 7, 23), 51.1),
    ("open", "Open Delta", date(2024, 12, 26), 59.4),
    ("closed", "Closed Four", date(2024, 12, 5), 77.3),
    ("open", "Open Epsilon", date(2025, 1, 20), 71.5),
)
"""Group, model, release and score on GPQA Diamond, invented."""


def frontier_records() -> list[FrontierRecord]:
    """Each of these models was the best of its group when it came."""
    ordered = sorted(RELEASES, key=lambda release: (release[0], release[2]))
    return [
        FrontierRecord(
            benchmark="gpqa-diamond",
            benchmark_name="GPQA Diamond",
            metric="accuracy",
            group=group,
            model=f"example/{name.lower().replace(' ', '-')}",
            model_name=name,
            variant=None,
            released_on=day,
            value=value,
            unit="percent",
            higher_is_better=True,
            stderr=binomial_error(value, 198),
            lower=value - QUANTILE * (binomial_error(value, 198) or 0.0),
            upper=value + QUANTILE * (binomial_error(value, 198) or 0.0),
            evidence="borrowed",
            is_overall=all(other[3] < value for other in RELEASES if other[2] <= day and other[0] != group),
            score_id=4_611_686_018_427_395_000 + round(value * 10),
            source="Invented",
            fingerprint=1,
            protocol="0-shot, temperature 0",
        )
        for group, name, day, value in ordered
    ]


def frontier_lags() -> list[FrontierLag]:
    """When the open models reached each closed record that they had not reached on its day."""
    lags = []
    for _, name, day, value in sorted((each for each in RELEASES if each[0] == "closed"), key=lambda each: each[2]):
        later = sorted((each for each in RELEASES if each[0] == "open" and each[2] > day), key=lambda each: each[2])
        reached = next((each for each in later if each[3] >= value), None)
        then = max((each[3] for each in RELEASES if each[0] == "open" and each[2] <= day), default=None)
        end = reached[2] if reached else date(2025, 1, 20)
        lags.append(
            FrontierLag(
                benchmark="gpqa-diamond",
                benchmark_name="GPQA Diamond",
                group="open",
                leader="closed",
                record_model=f"example/{name.lower().replace(' ', '-')}",
                record_value=value,
                record_on=day,
                best_then=then,
                lead=None if then is None else value - then,
                lead_stderr=None
                if then is None
                else math.hypot(binomial_error(value, 198) or 0, binomial_error(then, 198) or 0),
                lead_verdict="alone" if then is None else "established",
                unit="percent",
                reached_on=reached[2] if reached else None,
                reached_by=None if reached is None else f"example/{reached[1].lower().replace(' ', '-')}",
                months=(end - day).days / 30.4375,
                is_reached=reached is not None,
            )
        )
    return lags
