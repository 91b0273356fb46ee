"""What `claims`, `history` and `trace` return: claims in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.records import Claim

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.records import ClaimRows, HistoryRows, TraceRows


class Claims(Result[Claim]):
    """Every claim that fits, retracted ones included."""

    def __init__(self, answer: ClaimRows) -> None:
        super().__init__(answer.claims, Claim, title="Claims", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a claim: model, benchmark, value as printed, metric, who says so, where, and its state."""
        lines = [
            [
                display.model(claim.model, claim.variant),
                display.heading(claim.benchmark, claim.subset),
                _printed(claim),
                claim.metric,
                _reporter(claim),
                display.text(claim.place),
                _state(claim),
                str(claim.score_id),
            ]
            for claim in self.rows
        ]
        return ["model", "benchmark", "value", "metric", "source", "place", "", "score id"], lines


class History(Result[Claim]):
    """Every claim about one model on one benchmark, retracted ones included."""

    def __init__(self, answer: HistoryRows) -> None:
        super().__init__(answer.claims, Claim, title=f"{answer.model} on {answer.benchmark}", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a claim: when, value as printed, metric, who says so, under which protocol."""
        lines = []
        for claim in self.rows:
            when = claim.ran_at.date() if claim.ran_at else claim.published_on
            lines.append(
                [
                    display.text(when),
                    _printed(claim),
                    claim.metric,
                    _reporter(claim),
                    claim.protocol,
                    _state(claim),
                    str(claim.score_id),
                ]
            )
        return ["stated on", "value", "metric", "source", "protocol", "", "score id"], lines

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the claims for one score as dots with their rounding and reported errors, the chosen one marked.

        Args:
            **options: As of `benchdb.charts.claims.plot_claims`.
        """
        from benchdb.charts.claims import plot_claims

        return plot_claims(self.rows, **options)


class Trace(Result[Claim]):
    """One claim and the way back to its source."""

    def __init__(self, answer: TraceRows) -> None:
        super().__init__((answer.claim,), Claim, title=f"Score {answer.claim.score_id}", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return what is known of the claim, one line a fact."""
        claim, answer = self.answer.claim, self.answer
        facts: list[tuple[str, object]] = [
            ("claim", f"{claim.metric} = {_printed(claim)}"),
            ("model", f"{display.model(claim.model, claim.variant)}, written “{claim.model_label}”"),
            ("benchmark", f"{display.heading(claim.benchmark, claim.subset)}, written “{claim.benchmark_label}”"),
            ("protocol", claim.protocol),
            ("ran at", claim.ran_at),
            ("run", answer.run_label),
            ("source", f"{claim.source_kind}: {display.text(claim.source_title)}"),
            ("reported by", answer.organization),
            ("first party", claim.is_first_party),
            ("url", claim.source_url),
            ("published on", claim.published_on),
            ("place", claim.place),
            ("file", claim.file),
            ("sha256", answer.sha256),
            ("importer", f"{claim.importer} {answer.importer_version}"),
            ("ingested at", claim.ingested_at),
            ("outcomes", answer.n_outcomes),
        ]
        facts += [
            (decision.action, f"{decision.decided_at:%Y-%m-%d} by {decision.decided_by}: {decision.reason}")
            for decision in answer.decisions
        ]
        return ["", ""], [[name, display.text(value)] for name, value in facts]


def _state(claim: Claim) -> str:
    return "retracted" if claim.is_retracted else ("chosen" if claim.is_chosen else "")


def _printed(claim: Claim) -> str:
    sign = "~" if claim.is_approximate else ""
    unit = "%" if claim.unit == "percent" else (f" {claim.unit}" if claim.unit else "")
    value = f"{claim.value:.{claim.decimals}f}" if claim.decimals is not None else f"{claim.value:.6g}"
    error = "" if claim.stderr is None else f" ± {claim.stderr:.3g}"
    return f"{sign}{value}{error}{unit}"


def _reporter(claim: Claim) -> str:
    party = {True: ", first party", False: ", third party", None: ""}[claim.is_first_party]
    return f"{display.text(claim.source_title)} ({claim.source_kind.replace('_', ' ')}{party})"
