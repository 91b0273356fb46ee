"""Text that a reader cannot be hurt by: names come from files of strangers and go to terminals, pages and spreadsheets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_C1 = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?%?")
_MARKDOWN = re.compile(r"([\\|<`*\[\]])")
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")  # apostrophes apart, so that taking one off gives the text back


def visible(text: str) -> str:
    r"""Return text with every control character spelled out, so that nothing moves a cursor, colours or reorders a line.

    Args:
        text: Any text; "\x1b[2J" comes back as the eight characters of that spelling.
    """
    return _INVISIBLE.sub(_spell, text)


def markdown_cell(text: str) -> str:
    """Return text that stands in one cell of a Markdown table as itself: no markup, no link, no second cell.

    Args:
        text: Any text.
    """
    return _MARKDOWN.sub(r"\\\1", visible(text))


def spreadsheet_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: what starts like one gets a leading apostrophe.

    Args:
        text: Any text; a number stays as it is.
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def spreadsheet_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows in which no text is taken for a formula: every text as `spreadsheet_cell` has it.

    Args:
        batch: Rows; other columns than those of text stay as they are.
    """
    import pyarrow as pa

    columns = [
        _spreadsheet_column(column) if pa.types.is_string(column.type) and column.null_count < len(column) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _spreadsheet_column(column: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = column.dictionary_encode()
    texts = encoded.dictionary
    is_number = pc.match_substring_regex(texts, f"^{_NUMBER.pattern}$")
    odd = pc.and_not(pc.match_substring_regex(texts, f"^{_FORMULA.pattern}"), is_number)
    if not pc.any(odd, min_count=0).as_py():
        return column
    marked = pc.binary_join_element_wise("'", texts, "")
    return pc.if_else(odd, marked, texts).take(encoded.indices).cast(pa.string())


def json_text(encoded: str) -> str:
    """Return the same JSON with the control characters that JSON allows in the open written as escapes.

    Args:
        encoded: JSON text.
    """
    return _C1.sub(lambda match: f"\\u{ord(match[0]):04x}", encoded)


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    return {0x09: " ", 0x0A: " ", 0x0D: " "}.get(code) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
