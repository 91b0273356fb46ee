"""Descriptions of bar charts in text: "## Bar Chart: title", "**AIME 2024 (Pass@1):**", "* model: Approximately 72.7%".

Specification: the shape of the shipped description `seeds/figures/am-distill.md`. Values stand in the section "Detailed Analysis",
under a bold line with the benchmark and its metric; all of them count as approximate. A bullet under such a line that is no value
is an error. The unit comes from "%", else from `--score-unit`; the metric from the brackets, else from `--map metric==pass@1`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import strip_markup
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.plain_text import read_text
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchdb.ingest.records import RunRecord
    from benchdb.ingest.tables.claims import Claim, Stated

_TITLE = re.compile(
    r"^#{1,6}\s+(?:[\w-]+ ){0,3}(?:chart|figure|plot|graph|diagram)\s*:\s*(?P<title>\S.*)$",
    re.IGNORECASE | re.MULTILINE,
)
# Of lines without blanks around them: a pattern that may begin or end with some tries every share of a long run.
_SECTION = re.compile(r"#{1,6}\s+(?P<name>\S.*)")
_GROUP = re.compile(r"(?:[*+-]\s+)?(?:\*\*|__)(?P<heading>[^*]+)(?:\*\*|__)")
_BULLET = re.compile(r"[*+•-]\s+(?P<text>\S.*)")
_VALUES = "detailed analysis"


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file describes a chart and its values.

    Args:
        head: Its first bytes.
        _name: Its name, which decides nothing.
    """
    text = head.decode("utf-8", "replace")
    return (
        _TITLE.search(text) is not None
        and re.search(rf"^#+ *{_VALUES}", text, re.IGNORECASE | re.MULTILINE) is not None
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each bar of the chart.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If the file is no such description, or a value in it cannot be read.
    """
    from benchdb.ingest.tables.claims import runs_of, stated

    where = str(path)
    said = stated(where, options)
    text = read_text(path)
    title = _TITLE.search(text)
    if title is None:
        raise MalformedFileError.at(where, "", "none", 'a heading such as "## Bar Chart: title"')
    claims = list(_claims(text.splitlines(), said))
    if not claims:
        raise MalformedFileError.at(where, "", "none", 'values as "* model: 72.7%" in a section "Detailed Analysis"')
    yield from runs_of(claims, said.source(SourceKind.FIGURE, title["title"].rstrip()))


def _claims(lines: list[str], said: Stated) -> Iterator[Claim]:
    section, group = "", None
    for number, whole in enumerate(lines, start=1):
        line = whole.strip()
        heading = _SECTION.fullmatch(line) if whole.startswith("#") else None
        if heading is not None:
            section, group = strip_markup(_without_colon(heading["name"])).casefold(), None
            continue
        if section != _VALUES:
            continue
        found = _GROUP.fullmatch(_without_colon(line))
        if found is not None:
            group = _without_colon(found["heading"])
            continue
        bullet = _BULLET.fullmatch(line)
        if bullet is not None:
            yield _claim(bullet["text"], group, f"line {number}", said)


def _without_colon(text: str) -> str:
    return text.rstrip().removesuffix(":").rstrip()


def _claim(text: str, group: str | None, place: str, said: Stated) -> Claim:
    from benchdb.ingest.tables.claims import Claim, score_of
    from benchdb.ingest.tables.headings import parse_heading

    if group is None:
        raise MalformedFileError.at(
            said.where, place, f'"{text}"', 'a line with the benchmark before it, as "**AIME 2024 (Pass@1):**"'
        )
    name, colon, printed = strip_markup(text).rpartition(": ")
    cell = said.number(printed, place) if colon else None
    if cell is None:
        raise MalformedFileError.at(said.where, place, f'"{text}"', 'a value as "model: Approximately 72.7%"')
    heading = parse_heading(group)
    metric = said.metric(heading.metric, group)
    if metric is None or not heading.benchmark:
        expected = 'a benchmark with its metric, as "AIME 2024 (Pass@1)", or --map metric==pass@1'
        raise MalformedFileError.at(said.where, place, f'"{group}"', expected)
    score = score_of(cell, metric, said.unit(cell, heading.unit, metric, group, place), place)
    protocol = said.protocol()
    return Claim(
        model=name.strip(),
        benchmark=heading.benchmark,
        protocol=protocol if heading.n_shot is None else replace(protocol, n_shot=heading.n_shot),
        score=replace(score, is_approximate=True, is_aggregate=heading.is_aggregate),
    )


IMPORTER = Importer(name="figure", version="1", sniff=sniff, read=read, priority=40)
