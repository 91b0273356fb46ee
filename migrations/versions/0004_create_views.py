"""Views that read like the questions people ask, on every engine, and statistics as SQL functions in the DuckDB file.

A view shows what counts: claims of complete imports, retracted ones marked, merged entries under the entry kept. The functions
need nothing but DuckDB, so that any shell that opens the file has them.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MODELS = """
SELECT m.model_id, m.slug AS model, m.name AS model_name, o.name AS organization, m.family, b.slug AS base_model, m.n_parameters,
       m.n_active_parameters, m.parameters_label, m.released_on, m.training_cutoff_on, m.licence, m.is_open_weights, m.url,
       m.review_state
FROM model m
LEFT JOIN organization o ON o.organization_id = m.organization_id
LEFT JOIN model b ON b.model_id = m.base_model_id
"""
_BENCHMARKS = """
SELECT b.benchmark_id, b.slug AS benchmark, b.name AS benchmark_name, b.version, p.slug AS parent, k.slug AS metric, b.n_items,
       b.category, b.released_on, b.chance_score, b.url, b.review_state
FROM benchmark b
LEFT JOIN benchmark p ON p.benchmark_id = b.parent_id
LEFT JOIN metric k ON k.metric_id = b.metric_id
"""
_RUNS = """
SELECT r.run_id, m.slug AS model, m.name AS model_name, p.variant, b.slug AS benchmark, b.name AS benchmark_name, r.subset,
       r.is_first_party, r.ran_at, r.label, r.model_label, r.benchmark_label, s.kind AS source_kind, s.title AS source_title,
       s.url AS source_url, s.published_on, o.name AS reporter, p.protocol_id, p.fingerprint, p.split, p.n_shot, p.temperature,
       p.top_p, p.max_tokens, p.samples_per_item, p.seed, p.prompt_hash, coalesce(p.harness, s.harness) AS harness,
       coalesce(p.harness_version, s.harness_version) AS harness_version, p.harness_task, p.task_version, p.dataset_revision,
       p.window_start_on, p.window_end_on, p.extraction, p.item_limit, p.model_revision, p.quantisation, p.reasoning_effort,
       p.scaffold, p.engine, i.name AS file, i.importer, i.ingested_at
FROM run r
JOIN model m ON m.model_id = r.model_id
JOIN benchmark b ON b.benchmark_id = r.benchmark_id
JOIN protocol p ON p.protocol_id = r.protocol_id
JOIN source s ON s.source_id = r.source_id
LEFT JOIN organization o ON o.organization_id = s.organization_id
JOIN ingest i ON i.ingest_id = r.ingest_id
WHERE i.state = 'complete'
"""
_CLAIMS = """
WITH decided AS (
  SELECT target_id, max(CASE WHEN action = 'retract' THEN decided_at END) AS retracted_at,
         max(CASE WHEN action = 'restore' THEN decided_at END) AS restored_at
  FROM correction WHERE target_table = 'score' GROUP BY target_id
), stated AS (
  SELECT c.*, k.slug AS metric, k.name AS metric_name, k.higher_is_better,
         CASE WHEN k.unit IS NOT NULL THEN k.unit WHEN c.unit = 'fraction' THEN 'percent' ELSE c.unit END AS reporting_unit
  FROM score c JOIN metric k ON k.metric_id = c.metric_id
), converted AS (
  SELECT stated.*,
         CASE WHEN reporting_unit = unit OR (reporting_unit IS NULL AND unit IS NULL) THEN 1.0
              WHEN unit = 'fraction' AND reporting_unit = 'percent' THEN 100.0
              WHEN unit = 'percent' AND reporting_unit = 'fraction' THEN 0.01 END AS factor
  FROM stated
)
SELECT c.score_id, r.run_id, m.slug AS model, m.name AS model_name, o.name AS organization, p.variant, b.slug AS benchmark,
       b.name AS benchmark_name, r.subset, c.metric, c.metric_name, c.higher_is_better, {tidy} AS value, c.reporting_unit AS unit,
       c.value AS stated_value, c.unit AS stated_unit, c.decimals, c.stderr AS stated_stderr, c.stderr_method, c.interval_lower,
       c.interval_upper, c.interval_level, c.n_items, coalesce(c.samples_per_item, p.samples_per_item) AS samples_per_item,
       c.is_approximate, c.is_aggregate,
       coalesce(d.retracted_at >= d.restored_at, d.retracted_at IS NOT NULL, FALSE) AS is_retracted, r.is_first_party,
       coalesce(CAST(r.ran_at AT TIME ZONE 'UTC' AS DATE), s.published_on) AS stated_on, r.ran_at, s.kind AS source_kind,
       s.title AS source_title, s.url AS source_url, s.published_on, p.protocol_id, p.fingerprint, r.model_label,
       r.benchmark_label, c.metric_label, c.place, i.name AS file, i.importer, i.ingested_at
FROM converted c
JOIN run r ON r.run_id = c.run_id
JOIN model m ON m.model_id = r.model_id
LEFT JOIN organization o ON o.organization_id = m.organization_id
JOIN benchmark b ON b.benchmark_id = r.benchmark_id
JOIN protocol p ON p.protocol_id = r.protocol_id
JOIN source s ON s.source_id = r.source_id
JOIN ingest i ON i.ingest_id = c.ingest_id
LEFT JOIN decided d ON d.target_id = c.score_id
WHERE i.state = 'complete'
"""
_CELLS = """
WITH ranked AS (
  SELECT claims.*,
         row_number() OVER (
           PARTITION BY model, variant, benchmark, subset, metric, unit
           ORDER BY value IS NULL,
                    CASE WHEN source_kind = 'harness_log' THEN 0 WHEN NOT is_first_party THEN 1 WHEN is_first_party THEN 2 ELSE 3 END,
                    is_approximate, stated_on DESC NULLS LAST, ran_at DESC NULLS LAST, ingested_at DESC, score_id
         ) AS number,
         count(value) OVER (PARTITION BY model, variant, benchmark, subset, metric, unit) AS n_claims,
         min(value) OVER (PARTITION BY model, variant, benchmark, subset, metric, unit) AS least,
         max(value) OVER (PARTITION BY model, variant, benchmark, subset, metric, unit) AS greatest
  FROM claims WHERE NOT is_retracted
), chosen AS (
  SELECT ranked.*,
         row_number() OVER (
           PARTITION BY model, variant, benchmark, subset, metric ORDER BY n_claims DESC, coalesce(unit, '')
         ) AS unit_number
  FROM ranked WHERE number = 1 AND value IS NOT NULL
)
SELECT model, model_name, organization, variant, benchmark, benchmark_name, subset, metric, metric_name, higher_is_better, value, unit,
       decimals, stated_value, stated_unit, stated_stderr, n_items, samples_per_item, is_approximate, is_aggregate, n_claims, least,
       greatest, is_first_party, stated_on, source_kind, source_title, source_url, fingerprint, place, file, score_id, run_id
FROM chosen WHERE unit_number = 1
"""
_OUTCOMES = """
SELECT m.slug AS model, m.name AS model_name, p.variant, b.slug AS benchmark, b.name AS benchmark_name, s.subset, k.slug AS metric,
       s.key AS item, s.dated_on, s.cluster, o.n_attempts, o.n_correct,
       coalesce(o.value, CAST(o.n_correct AS DOUBLE PRECISION) / o.n_attempts) AS value, o.run_id, o.metric_id, o.sample_number
FROM outcome o
JOIN run r ON r.run_id = o.run_id
JOIN ingest i ON i.ingest_id = r.ingest_id
JOIN model m ON m.model_id = r.model_id
JOIN benchmark b ON b.benchmark_id = r.benchmark_id
JOIN protocol p ON p.protocol_id = r.protocol_id
JOIN metric k ON k.metric_id = o.metric_id
JOIN sample s ON s.benchmark_id = r.benchmark_id AND s.sample_number = o.sample_number
WHERE i.state = 'complete'
"""
_SOURCES = """
SELECT s.source_id, s.kind, s.title, s.url, o.name AS organization, s.harness, s.harness_version, s.published_on, s.retrieved_at,
       i.name AS file, i.importer, i.ingested_at
FROM source s
JOIN ingest i ON i.ingest_id = s.ingest_id
LEFT JOIN organization o ON o.organization_id = s.organization_id
WHERE i.state = 'complete'
"""
_VIEWS = {
    "models": (_MODELS, "models with the names of their maker and base model, one row each"),
    "benchmarks": (_BENCHMARKS, "benchmarks with the names of their parent and metric, one row each"),
    "sources": (_SOURCES, "sources with the name of who reports, one row each"),
    "runs": (_RUNS, "runs with names and every setting of their protocol, one row each; undone imports are left out"),
    "claims": (
        _CLAIMS,
        "every score with names, in its metric's unit and as stated, one row each; retracted ones are marked, undone imports left out",
    ),
    "leaderboard_cells": (
        _CELLS,
        "the claim that the policy preferred chooses, one row per model, variant, benchmark, subset and metric",
    ),
    "outcomes_by_model": (_OUTCOMES, "what each run did on each item, with names, one row per run, metric and item"),
}

# Wichura (1988), algorithm AS 241, doi:10.2307/2347330: the normal quantile to about sixteen digits, from three quotients of
# polynomials, whose coefficients stand here from the highest power down.
_CENTRE = (
    "[2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125, "
    "1971.5909503065514427, 133.14166789178437745, 3.387132872796366608]",
    "[5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077, "
    "687.1870074920579083, 42.313330701600911252, 1.0]",
)
_FLANK = (
    "[7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258, 3.64784832476320460504, "
    "5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734]",
    "[1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459, 0.68976733498510000455, "
    "1.6763848301838038494, 2.05319162663775882187, 1.0]",
)
_TAIL = (
    "[2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093, "
    "0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772]",
    "[2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4, "
    "0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0]",
)
_QUOTIENT = (
    "list_reduce(CAST(above AS DOUBLE[]), lambda total, term: total * x + term)"
    " / list_reduce(CAST(below AS DOUBLE[]), lambda total, term: total * x + term)"
)
_DEPTH = "sqrt(-ln(least(p, 1 - p)))"
_QUANTILE = f"""
CASE WHEN p <= 0 OR p >= 1 THEN NULL
     WHEN abs(p - 0.5) <= 0.425 THEN (p - 0.5) * polynomial_quotient(0.180625 - (p - 0.5) ** 2, {", ".join(_CENTRE)})
     WHEN {_DEPTH} <= 5 THEN sign(p - 0.5) * polynomial_quotient({_DEPTH} - 1.6, {", ".join(_FLANK)})
     ELSE sign(p - 0.5) * polynomial_quotient({_DEPTH} - 5, {", ".join(_TAIL)}) END
"""
# Wilson (1927), doi:10.1080/01621459.1927.10502953.
_Z = "normal_quantile((1 + level) / 2)"
_CENTRED = f"n_correct / n + {_Z} ** 2 / (2 * n)"
_HALF = f"{_Z} * sqrt(n_correct / n * (1 - n_correct / n) / n + ({_Z} / (2 * n)) ** 2)"
_WILSON = f"""
CASE WHEN n > 0 AND n_correct BETWEEN 0 AND n THEN {{
  'lower': CASE WHEN n_correct = 0 THEN 0.0 ELSE greatest(0.0, ({_CENTRED} - {_HALF}) / (1 + {_Z} ** 2 / n)) END,
  'upper': CASE WHEN n_correct = n THEN 1.0 ELSE least(1.0, ({_CENTRED} + {_HALF}) / (1 + {_Z} ** 2 / n)) END
}} END
"""
# Chen et al. (2021), arXiv:2107.03374, equation 1; Yao et al. (2024), arXiv:2406.12045.
_ANY_RIGHT = """
CASE WHEN k BETWEEN 1 AND n AND n_correct BETWEEN 0 AND n
THEN 1 - list_aggregate([(n - n_correct - i) / (n - i) FOR i IN range(CAST(k AS BIGINT))], 'product') END
"""
_ALL_RIGHT = """
CASE WHEN k BETWEEN 1 AND n AND n_correct BETWEEN 0 AND n
THEN list_aggregate([(n_correct - i) / (n - i) FOR i IN range(CAST(k AS BIGINT))], 'product') END
"""
# Miller (2024), arXiv:2411.00640, on paired differences.
_PAIRS = """
SELECT a.metric, count(*) AS n_items, avg(a.value) AS mean_a, avg(b.value) AS mean_b, avg(a.value - b.value) AS difference,
       stddev_samp(a.value - b.value) / sqrt(count(*)) AS stderr, count(*) FILTER (a.value > b.value) AS n_wins,
       count(*) FILTER (a.value < b.value) AS n_losses
FROM outcomes_by_model a
JOIN outcomes_by_model b ON b.benchmark = a.benchmark AND b.metric_id = a.metric_id AND b.sample_number = a.sample_number
WHERE a.run_id = run_a AND b.run_id = run_b AND a.value IS NOT NULL AND b.value IS NOT NULL
GROUP BY a.metric
"""
_COMPLETE = """
cell AS (
  SELECT c.model, c.variant, c.benchmark, CASE WHEN c.higher_is_better THEN c.value ELSE -c.value END AS value
  FROM leaderboard_cells c JOIN benchmarks b ON b.benchmark = c.benchmark AND b.metric = c.metric
  WHERE list_contains(names, c.benchmark) AND c.subset = '' AND c.higher_is_better IS NOT NULL
), complete AS (
  SELECT *, count(*) OVER (PARTITION BY model, variant) AS n_here, count(DISTINCT benchmark) OVER () AS n_all FROM cell
), kept AS (
  SELECT model, variant, benchmark, value, rank() OVER w AS least_rank, count(*) OVER (PARTITION BY benchmark) AS n_models,
         count(*) OVER (PARTITION BY benchmark, value) AS n_ties
  FROM complete WHERE n_here = n_all AND n_all = len(list_distinct(names))
  WINDOW w AS (PARTITION BY benchmark ORDER BY value DESC)
)
"""
# Liang et al. (2022), HELM, arXiv:2211.09110: a tie is half a win.
_WIN_RATES = f"""
WITH {_COMPLETE}
SELECT model, variant, count(*) AS n_benchmarks,
       avg((n_models - least_rank - (n_ties - 1) + (n_ties - 1) / 2) / nullif(n_models - 1, 0)) AS mean_win_rate
FROM kept GROUP BY model, variant ORDER BY mean_win_rate DESC, model, variant
"""
# Colombo et al. (2022), arXiv:2202.03799, as MTEB counts it: number of models less the average rank.
_BORDA = f"""
WITH {_COMPLETE}
SELECT model, variant, count(*) AS n_benchmarks, sum(n_models - (least_rank + (n_ties - 1) / 2)) AS borda, sum(least_rank) AS sum_of_ranks
FROM kept GROUP BY model, variant ORDER BY borda DESC, model, variant
"""
_FUNCTIONS = {
    "polynomial_quotient": (
        "(x, above, below)",
        _QUOTIENT,
        "quotient of two polynomials, coefficients from the highest power down",
    ),
    "normal_quantile": ("(p)", _QUANTILE, "quantile of the standard normal distribution; NULL outside (0, 1)"),
    "standard_error": (
        "(x)",
        "stddev_samp(x) / sqrt(count(x))",
        "standard error of the mean over rows; NULL below two rows",
    ),
    "wilson": (
        "(n_correct, n, level := 0.95)",
        _WILSON,
        "Wilson interval of a proportion, a struct of lower and upper as fractions",
    ),
    "pass_at_k": (
        "(n, n_correct, k)",
        _ANY_RIGHT,
        "unbiased pass@k of one item with n attempts; NULL where n is below k",
    ),
    "pass_hat_k": (
        "(n, n_correct, k)",
        _ALL_RIGHT,
        "unbiased pass^k of one item with n attempts; NULL where n is below k",
    ),
    "paired_difference": (
        "(run_a, run_b)",
        f"TABLE {_PAIRS}",
        "mean difference of two runs over shared items, with its standard error",
    ),
    "mean_win_rates": (
        "(names)",
        f"TABLE {_WIN_RATES}",
        "HELM's mean win rate of the models that have all of a list of benchmarks",
    ),
    "borda": ("(names)", f"TABLE {_BORDA}", "Borda count of the models that have all of a list of benchmarks"),
}


def upgrade():
    is_duckdb = op.get_bind().dialect.name == "duckdb"
    tidy = (
        "round(c.value * c.factor, 12)" if is_duckdb else "round((c.value * c.factor)::numeric, 12)::double precision"
    )
    for name, (query, comment) in _VIEWS.items():
        _run(f"CREATE VIEW {name} AS {query.replace('{tidy}', tidy)}")
        _run(f"COMMENT ON VIEW {name} IS '{_quoted(comment)}'")
    if is_duckdb:
        for name, (parameters, body, comment) in _FUNCTIONS.items():
            _run(f"CREATE MACRO {name}{parameters} AS {body}")
            kind = "MACRO TABLE" if body.startswith("TABLE") else "MACRO"
            _run(f"COMMENT ON {kind} {name} IS '{_quoted(comment)}'")


def downgrade():
    if op.get_bind().dialect.name == "duckdb":
        for name, (_parameters, body, _comment) in reversed(_FUNCTIONS.items()):
            _run(f"DROP MACRO {'TABLE ' if body.startswith('TABLE') else ''}{name}")
    for name in reversed(_VIEWS):
        _run(f"DROP VIEW {name}")


def _run(statement):
    op.get_bind().exec_driver_sql(statement)  # as it stands: a colon is no parameter


def _quoted(text):
    return text.replace("'", "''")
