"""Text that stands in a LaTeX document as itself: nothing of it is a command, a comment or the end of a cell."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from benchdb.rows.safe import visible

if TYPE_CHECKING:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

_KNOWN = {"–": "--", "—": "---", "≥": r"\ensuremath{\geq}", "≤": r"\ensuremath{\leq}"}


def latex_text(text: str) -> str:
    """Return text as LaTeX of plain ASCII; a sign that LaTeX has no command for stands as its number, such as U+1F600.

    Args:
        text: Any text.
    """
    encoded: str = _encoder().unicode_to_latex(visible(text))
    return encoded.replace("[", "{[}").replace("]", "{]}")


@cache
def _encoder() -> UnicodeToLatexEncoder:
    from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

    rule = UnicodeToLatexConversionRule(RULE_DICT, {ord(sign): latex for sign, latex in _KNOWN.items()})
    return UnicodeToLatexEncoder(
        conversion_rules=[rule, "defaults"],
        replacement_latex_protection="braces-all",
        unknown_char_policy=lambda sign: rf"{{\ttfamily U+{ord(sign):04X}}}",
        unknown_char_warning=False,
    )
