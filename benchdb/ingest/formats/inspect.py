"""Inspect AI logs: `.eval` (zip, deflated or Zstandard) and `.json`.

Checked with 0.3.58 and 0.3.285 and files of 2024 to 2026. Upstream: UKGovernmentBEIS/inspect_ai, src/inspect_ai/log/_log.py,
log/_recorders/eval.py, _eval/task/results.py, scorer/_metrics/std.py.

One run for each scorer (its grader, where it asks one, beside it), and one more for each subgroup of a grouped metric. The benchmark is
the task's name without its package; the task's arguments stand with the task in the protocol, but for folders of a machine. A
provider that serves models of others (vllm, together, azure …) is the engine and no part of the model's name. A reducer is a part
of the metric: a mean under `pass_at_2` is pass@2, under `mode` "mode accuracy"; a key of a scorer's dict is a metric of its own
("exact/mean"). Standard errors and intervals belong to accuracy and mean; `std` and `var` are no scores; the error that the tool
prints for one item or one cluster (0) is left out. NaN and infinities are no scores. Attempts at an item are added up, and with `--answers` the scorer's answers are kept; an
unscored attempt or one that an error ended is none. A log that ended by an error or was cancelled counts as limited to the items it
scored; one of an evaluation that has not finished is refused. Accuracies between 0 and 1 are fractions, other units are not stated.
Tokens, cost and time of the whole evaluation come with `--metrics all`, once, with the first scorer; a grader's tokens are in `raw`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import object_at, text, without_secrets
from benchdb.ingest.logs.inspect_files import ZIP, read_log
from benchdb.ingest.logs.inspect_samples import Tally
from benchdb.ingest.logs.inspect_scores import MEANS, Score, mean_records, metric_name, scores_of, subgroup_records
from benchdb.ingest.logs.inspect_settings import HARNESS, LogSettings
from benchdb.ingest.logs.inspect_usage import usage_records
from benchdb.ingest.records import RunRecord, SourceRecord
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from benchdb.ingest.records import OutcomeBlock, ScoreRecord

_MEMBER = re.compile(
    rb"PK\x03\x04.{26}(?:_journal/|header\.json|samples/[^\x00]*_epoch_\d+\.json|summaries\.json)", re.DOTALL
)
_EVAL = re.compile(rb'"eval"\s*:\s*\{')
_OF_EVAL = (
    re.compile(rb'"task"\s*:\s*"'),
    re.compile(rb'"model"\s*:\s*"'),
    re.compile(rb'"(?:created|run_id|task_id)"\s*:'),
)
_OF_LOG = re.compile(rb'"(?:status|plan)"\s*:')
_ENDED = frozenset({"success", "error", "cancelled"})
_NOT_KEPT = frozenset({"task", "model", "dataset", "created", "eval_id", "packages", "scorers", "metrics", "viewer"})


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is an Inspect log.

    Args:
        head: Its first bytes.
        name: Its name, which settles a zip whose first member is long.
    """
    if head.startswith(ZIP):
        return name.endswith(".eval") or _MEMBER.match(head) is not None
    if not head.lstrip().startswith(b"{") or name.endswith(".jsonl"):
        return False
    found = _EVAL.search(head)
    return (
        found is not None
        and _OF_LOG.search(head) is not None
        and all(each.search(head, found.end()) for each in _OF_EVAL)
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield the runs of a log: for each scorer one over all items, then those of subgroups.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If the file is not the log of a finished evaluation of one model.
    """
    tally = Tally(with_answers=options.with_answers)
    header = read_log(path, tally.begin if options.with_samples else None)
    status = header.get("status")
    if not isinstance(status, str) or status not in _ENDED:
        expected = "the log of a finished evaluation; finish it with `inspect eval-retry`"
        raise MalformedFileError.at(str(path), "status", repr(status), expected)
    settings = LogSettings(where=str(path), header=header)
    yield from _Runs(settings, tally).runs(with_usage=options.all_metrics)


class _Runs:
    """A log on its way to runs."""

    def __init__(self, settings: LogSettings, tally: Tally) -> None:
        self.settings = settings
        self.tally = tally
        self.model, self.engine = settings.model()
        self.benchmark = settings.benchmark()
        self.scores = scores_of(settings.where, settings.header, settings.n_items(), settings.epochs)
        self.source = SourceRecord(
            kind=SourceKind.HARNESS_LOG,
            harness=HARNESS,
            harness_version=text(object_at(settings.eval, "packages").get("inspect_ai")),
        )
        self.raw = _raw(settings, tally)

    def runs(self, *, with_usage: bool) -> Iterator[RunRecord]:
        usage = tuple(usage_records(self.settings.header, self.settings.n_items())) if with_usage else ()
        by_scorer: dict[str, list[Score]] = {scorer: [] for scorer, _ in self.tally.attempts if scorer}
        for score in self.scores:
            by_scorer.setdefault(score.scorer, []).append(score)
        for scorer, scores in by_scorer.items():
            claims = tuple(claim for score in scores for claim in mean_records(score, n_clusters=self.tally.n_clusters))
            outcomes = list(self._outcomes(scorer, scores, is_only=len(by_scorer) == 1))
            if claims or outcomes:
                yield self._run(scorer, scores, "", (*claims, *usage), outcomes)
                usage = ()
            subgroups: dict[str, list[ScoreRecord]] = {}
            for score in scores:
                for label, claim in subgroup_records(score, self.tally.sizes):
                    subgroups.setdefault(label, []).append(claim)
            for label, parts in subgroups.items():
                yield self._run(scorer, scores, label, tuple(parts), ())

    def _run(
        self,
        scorer: str,
        scores: Sequence[Score],
        subset: str,
        claims: tuple[ScoreRecord, ...],
        outcomes: Sequence[OutcomeBlock],
    ) -> RunRecord:
        counts = [score.n_scored for score in scores if score.n_scored] or [len(block.keys) for block in outcomes]
        grader = next((found for score in scores if (found := self.settings.grader(scorer, score.params))), None)
        extraction = scorer if grader is None else f"{scorer} by {grader}"
        return RunRecord(
            source=self.source,
            model=self.model,
            benchmark=self.benchmark,
            protocol=self.settings.protocol(self.engine, max(counts, default=None), extraction),
            subset=subset,
            ran_at=self.settings.ran_at(),
            label=self.settings.label(),
            raw=self.raw,
            scores=claims,
            outcomes=outcomes,
        )

    def _outcomes(self, scorer: str, scores: Sequence[Score], *, is_only: bool) -> Iterator[OutcomeBlock]:
        """Yield outcomes under each part of a scorer, unless the reported mean shows that its numbers are made otherwise."""
        for (name, part), attempts in self.tally.attempts.items():
            if name != scorer and not (is_only and not name):
                continue
            of_part = [score for score in scores if score.name == (part or scorer)]
            means = [score for score in of_part if score.reducer in {None, "mean"}]
            reported = [
                (entry.name, entry.value, score.n_scored)
                for score in means
                for entry in score.entries
                if entry.name in MEANS and entry.group is None
            ]
            fallback = "accuracy" if attempts.is_marked else "mean"
            metric = next((entry for entry, _, _ in reported), None) or next(
                (entry.name for score in of_part for entry in score.entries if entry.name in MEANS), fallback
            )
            if part and not of_part and scores:
                continue
            if all(value is None or attempts.agrees_with(value, n) for _, value, n in reported):
                whole = Score(scorer=scorer, name=part or scorer, reducer=None, params={}, n_scored=None, place="")
                yield from self.tally.blocks(name, part, metric_name(whole, metric)[0])


def _raw(settings: LogSettings, tally: Tally) -> Mapping[str, object]:
    """Return what the log says and no column holds."""
    header = settings.header
    kept = {key: value for key, value in settings.eval.items() if key not in _NOT_KEPT and value not in (None, {}, [])}
    results = {key: value for key, value in object_at(header, "results").items() if key.endswith("_samples")}
    error = text(object_at(header, "error").get("message"))
    raw = {
        "status": header.get("status"),
        "model": settings.eval.get("model"),
        "dataset": {key: value for key, value in object_at(settings.eval, "dataset").items() if key != "sample_ids"},
        "eval": kept,
        "plan": header.get("plan"),
        "results": results,
        "model_usage": object_at(header, "stats").get("model_usage"),
        "error": error,
        "samples_with_error": tally.n_errors or None,
    }
    return {key: without_secrets(value) for key, value in raw.items() if value not in (None, {}, [])}


IMPORTER = Importer(name="inspect", version="2", sniff=sniff, read=read, priority=10)
