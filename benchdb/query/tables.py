"""The tables as queries see them: names and types of the columns, and nothing else.

The schema's classes bring SQLAlchemy's object mapper along, which takes a fifth of the time of a query from a cold start;
queries read rows as tuples and have no use for it. `tests/query/test_query_tables.py` keeps the two the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Double, Integer, Text, column, table

if TYPE_CHECKING:
    from sqlalchemy import TableClause
    from sqlalchemy.types import TypeEngine

TYPES: dict[str, TypeEngine[Any]] = {
    "": Text(),
    "big": BigInteger(),
    "int": Integer(),
    "real": Double(),
    "flag": Boolean(),
    "day": Date(),
    "time": DateTime(timezone=True),
}
"""Word behind a column's name → its type; text has none."""


def _table(name: str, columns: str) -> TableClause:
    split = (word.partition(":") for word in columns.split())
    return table(name, *[column(label, TYPES[kind]) for label, _colon, kind in split])


ORGANIZATION = _table(
    "organization",
    """organization_id:big slug name country url review_state source_url retrieved_on:day ingest_id:big
""",
)
MODEL = _table(
    "model",
    """model_id:big slug name organization_id:big family base_model_id:big n_parameters:big n_active_parameters:big
    parameters_label released_on:day training_cutoff_on:day licence is_open_weights:flag url review_state
    source_url retrieved_on:day ingest_id:big""",
)
BENCHMARK = _table(
    "benchmark",
    """benchmark_id:big slug name version parent_id:big metric_id:big n_items:int category released_on:day
    chance_score:real url review_state source_url retrieved_on:day ingest_id:big""",
)
SUITE = _table("suite", "suite_id:big slug name review_state source_url retrieved_on:day ingest_id:big")
SUITE_MEMBER = _table("suite_member", "suite_id:big benchmark_id:big position:int")
METRIC = _table(
    "metric",
    """metric_id:big slug name higher_is_better:flag unit lower_bound:real upper_bound:real k:int is_proportion:flag
    review_state source_url retrieved_on:day ingest_id:big""",
)
ALIAS = _table(
    "alias",
    """alias_id:big kind name normalized_name target_id:big review_state decided_by decided_at:time reason source_url
    retrieved_on:day""",
)
CORRECTION = _table(
    "correction",
    """correction_id:big target_table target_id:big action field old_value new_value decided_by decided_at:time
    reason""",
)
INGEST = _table(
    "ingest",
    """ingest_id:big name sha256 n_bytes:big importer importer_version options ingested_at:time state n_runs:big
    n_scores:big n_outcomes:big n_repeated:big""",
)
RESTATEMENT = _table("restatement", "target_table target_id:big ingest_id:big is_first:flag")
SOURCE = _table(
    "source",
    """source_id:big kind title url sha256 harness harness_version published_on:day retrieved_at:time
    organization_id:big ingest_id:big""",
)
PROTOCOL = _table(
    "protocol",
    """protocol_id:big fingerprint:big variant split n_shot:int temperature:real top_p:real max_tokens:int
    samples_per_item:int seed:big prompt_hash harness harness_version harness_task task_version dataset_revision
    window_start_on:day window_end_on:day extraction item_limit:real model_revision quantisation reasoning_effort
    scaffold engine""",
)
RUN = _table(
    "run",
    """run_id:big source_id:big model_id:big benchmark_id:big subset protocol_id:big is_first_party:flag ran_at:time
    label model_label benchmark_label raw ingest_id:big""",
)
SCORE = _table(
    "score",
    """score_id:big run_id:big metric_id:big value:real unit decimals:int is_approximate:flag is_aggregate:flag
    stderr:real stderr_method interval_lower:real interval_upper:real interval_level:real n_items:int
    samples_per_item:int metric_label place ingest_id:big""",
)
SAMPLE = _table("sample", "benchmark_id:big sample_number:int subset key dated_on:day cluster")
OUTCOME = _table("outcome", "run_id:big metric_id:big sample_number:int n_attempts:int n_correct:int value:real")
ANSWER = _table("answer", "run_id:big metric_id:big sample_number:int answer n_attempts:int n_correct:int")
