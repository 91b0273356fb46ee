"""`benchdb gate`: an exit code that says whether a candidate is worse than a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli import exits
from benchdb.cli.groups import Command
from benchdb.cli.options import JUDGING, database_options, filter_options, judging_options, option, output_options
from benchdb.cli.values import names_of

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output

_CODES = {
    "no regression": exits.OK,
    "regression": exits.REGRESSION,
    "not enough evidence": exits.NOT_ENOUGH_EVIDENCE,
}
_SIDES = "Sides"
_DISPENSABLE = ("evidence", "detectable")


@click.command(
    "gate",
    cls=Command,
    examples=(
        "benchdb gate --baseline DeepSeek-R1-Distill-Qwen-32B --candidate AM-Distill-Qwen-32B -b MATH-500",
        "benchdb gate --baseline my-model@2025-03-01 --candidate my-model@2025-03-02 --max-regression 1.0",
        "benchdb gate --baseline my-model --baseline-source main.json --candidate my-model --candidate-source pr.json",
    ),
)
@option("--baseline", section=_SIDES, required=True, metavar="MODEL[@RUN]", shell_complete=names_of("models"), help="What is replaced; RUN is a run's key, label or day, or its source's URL, title or file.")  # fmt: skip
@option("--candidate", section=_SIDES, required=True, metavar="MODEL[@RUN]", shell_complete=names_of("models"), help="What replaces it.")  # fmt: skip
@option("--baseline-source", section=_SIDES, metavar="SOURCE", help="Only the baseline's runs from this source: URL, title, or part of the title.")  # fmt: skip
@option("--candidate-source", section=_SIDES, metavar="SOURCE", help="Only the candidate's runs from this source.")
@option("--max-regression", section=JUDGING, type=click.FloatRange(min=0), metavar="POINTS", help="Drop that is allowed; a larger one must then be excluded. In percent points, or the metric's own unit.")  # fmt: skip
@option("--min-power", section=JUDGING, type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="SHARE", help="Least power to find a drop of --max-regression.")  # fmt: skip
@judging_options
@filter_options(without=("models",))
@output_options
@database_options
def command(*, asked: dict[str, Any], output: Output, target: Target, **judging: Any) -> None:
    """Fail where a candidate is worse than a baseline, for CI.

    Exit code 0: no regression. 10: a regression, that is a difference established as worse and not shown to stay within
    --max-regression. 11: not enough evidence: without --max-regression because a score or its error is missing, with it
    also because a larger drop is not excluded. The other codes are those of every command.

    Without --max-regression, 0 says that nothing is established as worse; the last line says how large a drop would have
    been found with a power of 80 %.
    """
    ctx = click.get_current_context()
    if judging["min_power"] is not None and judging["max_regression"] is None:
        ctx.fail("--min-power is the power to find a drop of a given size: give --max-regression too.")
    with target.open() as database:
        result = database.gate(**judging, **asked)
    output.show(result, _DISPENSABLE)
    output.say(*([] if output.quiet else [""]), result.summary())
    ctx.exit(_CODES[result.decision])
