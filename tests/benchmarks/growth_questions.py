"""Questions and the SQL somebody would write for them by hand: what `tests/benchmarks/growth.py` times against each other.

The statements answer what a person asked, on the tables as they are: of several claims the one the policy prefers, retracted ones left
out, errors over items, and over groups of items where there are some, with the facts of models and benchmarks that the answers hold. They
have no names to look up, no notes, intervals, tests or verdicts.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    import benchdb

FEW = tuple(f"model-{i}" for i in range(0, 100, 5))
"""The twenty models whose pairs are compared."""
_FEW_KEYS = ", ".join(name.partition("-")[2] for name in FEW)
_CLAIM = """
  SELECT r.model_id, r.benchmark_id, s.metric_id, s.run_id, s.score_id, p.variant, r.subset, p.fingerprint, s.value, s.decimals, s.n_items, s.stderr,
         o.kind, o.title, coalesce(r.ran_at::DATE, o.published_on) AS stated_on, i.ingested_at,
         row_number() OVER (PARTITION BY r.model_id, p.variant, r.benchmark_id, r.subset, s.metric_id ORDER BY o.kind <> 'harness_log',
           coalesce(r.is_first_party, true), s.is_approximate, coalesce(r.ran_at::DATE, o.published_on) DESC NULLS LAST,
           r.ran_at DESC NULLS LAST, i.ingested_at DESC, s.score_id) AS number,
         count(*) OVER cell AS n_claims, min(s.value) OVER cell AS least, max(s.value) OVER cell AS greatest,
         min(p.fingerprint) OVER cell <> max(p.fingerprint) OVER cell AS is_mixed
  FROM score s JOIN run r USING (run_id) JOIN source o USING (source_id) JOIN protocol p USING (protocol_id)
  JOIN ingest i ON i.ingest_id = s.ingest_id JOIN metric k ON k.metric_id = s.metric_id
  WHERE i.state = 'complete' AND s.score_id NOT IN (SELECT target_id FROM correction WHERE action = 'retract') AND {where}
  WINDOW cell AS (PARTITION BY r.model_id, p.variant, r.benchmark_id, r.subset, s.metric_id)
"""


def _cells(where: str) -> str:
    return f"SELECT * FROM ({_CLAIM.format(where=where)}) WHERE number = 1"


_IN_SUITE = "r.benchmark_id IN (SELECT benchmark_id FROM suite_member JOIN suite USING (suite_id) WHERE slug = '{}')"
_ITEMS, _PRINTED = _IN_SUITE.format("items"), _IN_SUITE.format("printed")
_NAMED = "JOIN model m USING (model_id) JOIN benchmark b USING (benchmark_id)"
_FACTS = """m.slug, m.name, maker.name AS maker, m.family, m.n_parameters, m.n_active_parameters, m.parameters_label, m.released_on, m.is_open_weights,
  b.slug AS benchmark, b.name AS benchmark_name, b.n_items AS benchmark_items, k.slug AS metric, k.name AS metric_name, k.higher_is_better"""
_WITH_FACTS = f"{_NAMED} JOIN metric k ON k.metric_id = cell.metric_id LEFT JOIN organization maker ON maker.organization_id = m.organization_id"
_OF_FEW = f"r.model_id IN ({_FEW_KEYS})"
_X = "coalesce(outcome.value, n_correct / n_attempts)"
_ERRORS = f"""
WITH cell AS ({{cells}}), x AS (
  SELECT run_id, sample_number, n_attempts, {_X} AS x FROM outcome WHERE run_id IN (SELECT run_id FROM cell)
), mean AS (
  SELECT run_id, count(*) AS n, avg(x) AS mean, stddev_samp(x) / sqrt(count(*)) AS error, max(n_attempts) AS most,
         avg(CASE WHEN n_attempts > 1 THEN x * (1 - x) / (n_attempts - 1) END) AS within
  FROM x GROUP BY run_id
), unit AS (
  SELECT x.run_id, sum(x) AS total, count(*) AS size
  FROM x JOIN run USING (run_id) JOIN sample s ON s.benchmark_id = run.benchmark_id AND s.sample_number = x.sample_number
  WHERE run.benchmark_id IN (SELECT benchmark_id FROM sample WHERE cluster IS NOT NULL)
  GROUP BY x.run_id, s.cluster, CASE WHEN s.cluster IS NULL THEN x.sample_number END
), clustered AS (
  SELECT run_id, count(*) AS units, sqrt(sum((total - mean * size) ** 2) * count(*) / (count(*) - 1)) / any_value(n) AS error
  FROM unit JOIN mean USING (run_id) GROUP BY run_id
)
SELECT m.slug, b.slug, cell.*, mean.n, mean.mean, coalesce(clustered.error, mean.error), most, within
FROM cell {_NAMED} LEFT JOIN mean USING (run_id) LEFT JOIN clustered USING (run_id) ORDER BY m.slug, b.slug
"""
"""The chosen claims with the means of their items, and the errors of these, over groups where there are some."""
_PAIRS = f"""
WITH cell AS ({{cells}}), x AS (
  SELECT benchmark_id, cell.run_id, sample_number, {_X} AS x
  FROM outcome JOIN cell ON cell.run_id = outcome.run_id AND cell.metric_id = outcome.metric_id
)
SELECT a.run_id, c.run_id, count(*), avg(a.x), avg(c.x), avg(a.x - c.x), stddev_samp(a.x - c.x) / sqrt(count(*)), count(*) FILTER (a.x > c.x),
       count(*) FILTER (a.x < c.x)
FROM x a JOIN x c ON a.benchmark_id = c.benchmark_id AND a.sample_number = c.sample_number AND a.run_id < c.run_id GROUP BY ALL
"""
_GROUPS = f"""
WITH cell AS ({{cells}}), x AS (
  SELECT benchmark_id, cell.run_id, sample_number, cluster, {_X} AS x
  FROM outcome JOIN cell ON cell.run_id = outcome.run_id AND cell.metric_id = outcome.metric_id JOIN sample USING (benchmark_id, sample_number)
  WHERE benchmark_id IN (SELECT benchmark_id FROM sample WHERE cluster IS NOT NULL)
), unit AS (
  SELECT a.run_id AS run_a, c.run_id AS run_b, sum(a.x - c.x) AS total, count(*) AS size
  FROM x a JOIN x c ON a.benchmark_id = c.benchmark_id AND a.sample_number = c.sample_number AND a.run_id < c.run_id
  GROUP BY a.run_id, c.run_id, a.cluster, CASE WHEN a.cluster IS NULL THEN a.sample_number END
), mean AS (SELECT run_a, run_b, sum(total) / sum(size) AS mean FROM unit GROUP BY ALL)
SELECT run_a, run_b, count(*), sqrt(sum((total - mean * size) ** 2) * count(*) / (count(*) - 1)) / sum(size), count(*) FILTER (total > 0),
       count(*) FILTER (total < 0)
FROM unit JOIN mean USING (run_a, run_b) GROUP BY ALL
"""
"""The errors of pairs over groups, where there are some."""
_PASSES = f"""
WITH cell AS ({{cells}}), counted AS (
  SELECT run_id, n_attempts AS n, n_correct AS c, count(*) AS items FROM outcome WHERE run_id IN (SELECT run_id FROM cell) GROUP BY ALL
), estimate AS (
  SELECT run_id, k, items, 1 - list_product([(n - c - i) / (n - i) FOR i IN range(k)]) AS any_right,
         list_product([(c - i) / (n - i) FOR i IN range(k)]) AS all_right
  FROM counted, (VALUES (1), (2), (4)) ks(k)
), mean AS (
  SELECT *, sum(items) OVER w AS n_items, sum(items * any_right) OVER w / sum(items) OVER w AS mean_any,
         sum(items * all_right) OVER w / sum(items) OVER w AS mean_all
  FROM estimate WINDOW w AS (PARTITION BY run_id, k)
)
SELECT m.slug, b.slug, k, any_value(mean.n_items), any_value(mean_any), any_value(mean_all),
       sqrt(sum(items * (any_right - mean_any) ** 2) / (any_value(mean.n_items) - 1) / any_value(mean.n_items)),
       sqrt(sum(items * (all_right - mean_all) ** 2) / (any_value(mean.n_items) - 1) / any_value(mean.n_items))
FROM mean JOIN cell USING (run_id) {_NAMED} GROUP BY ALL ORDER BY ALL
"""
_MAJORITY = f"""
WITH cell AS ({_cells("r.benchmark_id = 0")}), vote AS (
  SELECT run_id, sample_number, answer, sum(n_attempts) AS n, sum(n_correct) AS c FROM answer WHERE run_id IN (SELECT run_id FROM cell) GROUP BY ALL
), item AS (
  SELECT run_id, sample_number, max(n) AS most, arg_max(c, n) > 0 AS is_right, sum(n) AS attempts FROM vote GROUP BY ALL
)
SELECT m.slug, b.slug, count(*), avg(is_right::INTEGER), stddev_samp(is_right::INTEGER) / sqrt(count(*))
FROM item JOIN cell USING (run_id) {_NAMED} GROUP BY ALL ORDER BY ALL
"""
"""The vote of all four attempts only, with a tie falling to either side: less than the answer, which has every k and halves ties."""
_TABLE = f"""
WITH cell AS ({_cells("r.benchmark_id = 0")}),
value AS (SELECT run_id, sample_number, {_X} AS x FROM outcome WHERE run_id IN (SELECT run_id FROM cell)),
whole AS (SELECT run_id, sum(x) AS total, count(*) AS size FROM value GROUP BY run_id)
SELECT s.key, s.dated_on, s.cluster, count(*), avg(x) AS mean, sum((x > 0.5)::INTEGER), max(CASE WHEN x > 0.5 THEN run_id END),
       corr(x, (total - x) / (size - 1))
FROM value JOIN whole USING (run_id) JOIN sample s ON s.benchmark_id = 0 AND s.sample_number = value.sample_number
GROUP BY s.key, s.dated_on, s.cluster, s.sample_number ORDER BY mean, s.key {{limit}}
"""
_WINDOW = f"""
WITH cell AS ({_cells("r.benchmark_id = 0")})
SELECT m.slug, s.dated_on >= DATE '2024-07-01' AS inside, count(*), avg({_X}), stddev_samp({_X}) / sqrt(count(*))
FROM outcome JOIN cell USING (run_id) JOIN sample s ON s.benchmark_id = 0 AND s.sample_number = outcome.sample_number JOIN model m USING (model_id)
GROUP BY ALL ORDER BY ALL
"""
_AGREEMENT = f"""
WITH cell AS ({_cells(f"r.benchmark_id = 0 AND {_OF_FEW}")}),
x AS (SELECT run_id, sample_number, ({_X} > 0.5)::INTEGER AS x FROM outcome WHERE run_id IN (SELECT run_id FROM cell))
SELECT a.run_id, c.run_id, count(*), sum(a.x), sum(c.x), sum(a.x * c.x)
FROM x a JOIN x c ON a.sample_number = c.sample_number AND a.run_id < c.run_id GROUP BY ALL
"""
_FLIPS = f"""
WITH cell AS ({_cells("r.benchmark_id = 0 AND r.model_id IN (10, 20)")}),
x AS (SELECT model_id, sample_number, {_X} AS x FROM outcome JOIN cell USING (run_id)),
both_of AS (SELECT a.sample_number, a.x AS a, c.x AS b FROM x a JOIN x c ON a.sample_number = c.sample_number AND a.model_id = 10 AND c.model_id = 20),
whole AS (SELECT count(*), sum((a > 0.5)::INTEGER), sum((b > 0.5)::INTEGER), sum((a > 0.5 AND b > 0.5)::INTEGER),
                 count(*) FILTER (abs(a - b) > 1e-12) FROM both_of)
SELECT s.key, s.dated_on, a, b, (a > 0.5) <> (b > 0.5), whole.*
FROM both_of JOIN sample s ON s.benchmark_id = 0 AND s.sample_number = both_of.sample_number CROSS JOIN whole
WHERE abs(a - b) > 1e-12 ORDER BY abs(a - b) DESC, s.key LIMIT 100
"""
_COVERAGE = """
SELECT m.slug, b.slug, k.slug, count(*), count(DISTINCT r.source_id), count(DISTINCT p.fingerprint), any_value(of_items.n)
FROM score s JOIN run r USING (run_id) JOIN protocol p USING (protocol_id) JOIN ingest i ON i.ingest_id = s.ingest_id
JOIN model m USING (model_id) JOIN benchmark b USING (benchmark_id) JOIN metric k ON k.metric_id = s.metric_id
LEFT JOIN (SELECT model_id, benchmark_id, outcome.metric_id, count(DISTINCT sample_number) AS n FROM outcome JOIN run USING (run_id) GROUP BY ALL) of_items
  ON of_items.model_id = r.model_id AND of_items.benchmark_id = r.benchmark_id AND of_items.metric_id = s.metric_id
WHERE i.state = 'complete' AND s.score_id NOT IN (SELECT target_id FROM correction WHERE action = 'retract') AND {where}
GROUP BY ALL ORDER BY ALL
"""
_CONFLICTS = """
WITH claim AS (
  SELECT r.model_id, r.benchmark_id, s.metric_id, p.variant, r.subset, s.score_id, s.value, 0.5 * 10.0 ** -coalesce(s.decimals, 17) AS room, o.title,
         p.*, s.n_items, s.stderr
  FROM score s JOIN run r USING (run_id) JOIN source o USING (source_id) JOIN protocol p USING (protocol_id) JOIN ingest i ON i.ingest_id = s.ingest_id
  WHERE i.state = 'complete' AND s.score_id NOT IN (SELECT target_id FROM correction WHERE action = 'retract')
), cell AS (
  SELECT model_id, benchmark_id, metric_id, variant, subset FROM claim GROUP BY ALL HAVING count(*) > 1 AND max(value - room) >= min(value + room) - 1e-7
)
SELECT m.slug, b.slug, claim.*
FROM claim JOIN cell ON cell.model_id = claim.model_id AND cell.benchmark_id = claim.benchmark_id AND cell.metric_id = claim.metric_id
  AND cell.variant IS NOT DISTINCT FROM claim.variant AND cell.subset = claim.subset
JOIN model m ON m.model_id = claim.model_id JOIN benchmark b ON b.benchmark_id = claim.benchmark_id ORDER BY m.slug, b.slug, claim.value
"""
_HISTORY = """
SELECT m.slug, b.slug, k.slug, r.*, s.*, p.*, o.*, i.name, i.ingested_at,
  gone.target_id IS NOT NULL OR i.state <> 'complete' AS is_left_out,
  NOT is_left_out AND row_number() OVER (PARTITION BY is_left_out, p.variant, r.subset, s.metric_id ORDER BY o.kind <> 'harness_log',
    coalesce(r.is_first_party, true), s.is_approximate, coalesce(r.ran_at::DATE, o.published_on) DESC NULLS LAST, r.ran_at DESC NULLS LAST,
    i.ingested_at DESC, s.score_id) = 1 AS is_chosen
FROM score s JOIN run r USING (run_id) JOIN source o USING (source_id) JOIN protocol p USING (protocol_id) JOIN ingest i ON i.ingest_id = s.ingest_id
JOIN model m USING (model_id) JOIN benchmark b USING (benchmark_id) JOIN metric k ON k.metric_id = s.metric_id
LEFT JOIN (SELECT DISTINCT target_id FROM correction WHERE action = 'retract') gone ON gone.target_id = s.score_id
WHERE m.slug = 'model-7' AND b.slug = 'benchmark-13' ORDER BY coalesce(r.ran_at::DATE, o.published_on) NULLS FIRST, i.ingested_at, s.score_id
"""
_SERIES = """
SELECT r.ran_at, r.label, p.model_revision, p.harness_version, s.value, s.decimals, s.n_items, s.score_id,
       s.value - lag(s.value) OVER (ORDER BY r.ran_at) FROM score s JOIN run r USING (run_id) JOIN protocol p USING (protocol_id)
JOIN source o USING (source_id) JOIN ingest i ON i.ingest_id = s.ingest_id JOIN model m USING (model_id) JOIN benchmark b USING (benchmark_id)
WHERE m.slug = 'model-7' AND b.slug = 'benchmark-13' AND i.state = 'complete'
  AND s.score_id NOT IN (SELECT target_id FROM correction WHERE action = 'retract') ORDER BY r.ran_at
"""
_TREND = f"""
WITH cell AS ({_cells("r.benchmark_id = 13")}), point AS (
  SELECT {_FACTS}, cell.*, max(value) OVER (ORDER BY m.released_on) AS best FROM cell {_WITH_FACTS})
SELECT *, regr_slope(value, released_on - DATE '1970-01-01') OVER (), regr_intercept(value, released_on - DATE '1970-01-01') OVER ()
FROM point ORDER BY released_on
"""
_OUTCOME_CHECK = f"""
WITH mean AS (SELECT run_id, metric_id, count(*) AS n, avg({_X}) AS mean FROM outcome GROUP BY ALL)
SELECT s.*, m.slug, b.slug, o.title, mean.* FROM score s JOIN mean ON mean.run_id = s.run_id AND mean.metric_id = s.metric_id
JOIN run r ON r.run_id = s.run_id JOIN source o USING (source_id) JOIN ingest i ON i.ingest_id = s.ingest_id {_NAMED}
WHERE i.state = 'complete' AND s.score_id NOT IN (SELECT target_id FROM correction WHERE action = 'retract')
  AND n >= coalesce(s.n_items, b.n_items, n) AND abs(100 * mean - s.value) > 1e-4 ORDER BY o.title, s.score_id
"""
_KNOWN_ITEMS = """
SELECT o.run_id, o.metric_id, count(*), count(s.sample_number) FROM outcome o JOIN run r USING (run_id)
LEFT JOIN sample s ON s.benchmark_id = r.benchmark_id AND s.sample_number = o.sample_number GROUP BY ALL HAVING count(*) > count(s.sample_number)
"""
_SHARED_ITEMS = """
WITH item AS (
  SELECT r.benchmark_id, r.subset, o.sample_number, min(run_id) <> max(run_id) AS is_shared FROM outcome o JOIN run r USING (run_id) GROUP BY ALL)
SELECT run_id, count(*), count(*) FILTER (is_shared) FROM outcome o JOIN run r USING (run_id)
JOIN item ON item.benchmark_id = r.benchmark_id AND item.subset = r.subset AND item.sample_number = o.sample_number
GROUP BY run_id HAVING count(*) FILTER (is_shared) < count(*)
"""


class Question(NamedTuple):
    """A question, as asked of benchdb and as SQL."""

    name: str
    """What it is called in the table."""
    reads: str
    """What it reads: outcomes, answers or claims."""
    ask: Callable[[benchdb.Database], object]
    """benchdb's answer."""
    statements: tuple[str, ...]
    """The SQL."""


QUESTIONS = (
    Question("leaderboard of printed values", "claims", lambda db: db.leaderboard(suite="printed"), (
        f"SELECT {_FACTS}, cell.* FROM ({_cells(_PRINTED)}) cell {_WITH_FACTS} ORDER BY m.slug, b.slug",
    )),
    Question("coverage of printed values", "claims", lambda db: db.coverage(suite="printed"), (_COVERAGE.format(where=_PRINTED),)),
    Question("conflicts", "claims", lambda db: db.conflicts(suite="printed"), (_CONFLICTS,)),
    Question("history of a cell", "claims", lambda db: db.history("model-7", "benchmark-13"), (_HISTORY,)),
    Question("series of runs", "claims", lambda db: db.series("model-7", "benchmark-13"), (_SERIES,)),
    Question("trend by date", "claims", lambda db: db.trend(by="date", benchmarks=["benchmark-13"]), (_TREND,)),
    Question("leaderboard with errors of items", "outcomes", lambda db: db.leaderboard(suite="items"), (_ERRORS.format(cells=_cells(_ITEMS)),)),
    Question("noise", "outcomes", lambda db: db.noise(suite="items"), (_ERRORS.format(cells=_cells(_ITEMS)),)),
    Question("coverage of outcomes", "outcomes", lambda db: db.coverage(suite="items"), (
        _COVERAGE.format(where=_ITEMS), _ERRORS.format(cells=_cells(_ITEMS)),
    )),
    Question("compare two models", "outcomes", lambda db: db.compare("model-10", "model-20", suite="items"), (
        *[statement.format(cells=_cells(f"{_ITEMS} AND r.model_id IN (10, 20)")) for statement in (_ERRORS, _PAIRS, _GROUPS)],
    )),
    Question("all pairs of 20 models", "outcomes", lambda db: db.compare(*FEW, all_pairs=True, benchmarks=["benchmark-0"]), (
        _ERRORS.format(cells=_cells(f"r.benchmark_id = 0 AND {_OF_FEW}")), _PAIRS.format(cells=_cells(f"r.benchmark_id = 0 AND {_OF_FEW}")),
    )),
    Question("agreement of 20 models", "outcomes", lambda db: db.agreement("benchmark-0", models=FEW), (_AGREEMENT,)),
    Question("flips between two models", "outcomes", lambda db: db.flips("model-10", "model-20", "benchmark-0", most=100), (_FLIPS,)),
    Question("100 hardest items", "outcomes", lambda db: db.items("benchmark-0", most=100), (_TABLE.format(limit="LIMIT 100"),)),
    Question("all items", "outcomes", lambda db: db.items("benchmark-0"), (_TABLE.format(limit=""),)),
    Question("window of items and the rest", "outcomes", lambda db: db.window("benchmark-0", since=date(2024, 7, 1)), (_WINDOW,)),
    Question("pass@k, pass^k for three k", "outcomes", lambda db: db.pass_at_k(suite="items", benchmarks=[f"benchmark-{i}" for i in range(1, 8)]), (
        _PASSES.format(cells=_cells("r.benchmark_id BETWEEN 1 AND 7")),
    )),
    Question("maj@k for three k", "answers", lambda db: db.pass_at_k(benchmarks=["benchmark-0"]), (
        _PASSES.format(cells=_cells("r.benchmark_id = 0")), _MAJORITY,
    )),
    Question("doctor: claims against items", "outcomes", lambda db: db.doctor(checks=["outcomes"]), (_OUTCOME_CHECK,)),
    Question("doctor: items that do not join", "outcomes", lambda db: db.doctor(checks=["items"]), (_KNOWN_ITEMS, _SHARED_ITEMS)),
)  # fmt: skip
"""Every question that reads outcomes, answers or claims."""
