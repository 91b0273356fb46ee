r"""pylatexenc with a bound: its walker counts what it reads, and its writer passes over commands whose arguments are not there.

The library begins again where a command's arguments do not end, so that a few bytes such as `\frac{\frac{\frac{` would keep it
busy without end, and reads a large table for minutes.
"""

from __future__ import annotations

import logging
from typing import Any

from pylatexenc import latex2text, latexwalker

MOST_STEPS = 250_000
"""Characters, commands and signs that are read of the tables of a file, at most: five to ten seconds of processor time on a busy machine."""
# Of each bad command it warns; its warnings would stand between the program's own messages.
logging.getLogger("pylatexenc").addHandler(logging.NullHandler())


class TooMuchError(Exception):
    """More than `MOST_STEPS` would have to be read."""


class Steps:
    """What may still be read of a file."""

    def __init__(self) -> None:
        self._left = MOST_STEPS

    def take(self) -> None:
        """Count one.

        Raises:
            TooMuchError: If none is left.
        """
        self._left -= 1
        if self._left < 0:
            raise TooMuchError


class Walker(latexwalker.LatexWalker):  # type: ignore[misc]  # pylatexenc has no types
    """The library's walker, counted."""

    def __init__(self, text: str, context: Any, steps: Steps) -> None:
        super().__init__(text, latex_context=context, tolerant_parsing=True)
        self._steps = steps

    def get_token(self, *positional: Any, **keywords: Any) -> Any:
        """Return the library's next token.

        Args:
            *positional: As the library has them.
            **keywords: As the library has them.
        """
        self._steps.take()
        return super().get_token(*positional, **keywords)


class ToText(latex2text.LatexNodes2Text):  # type: ignore[misc]  # pylatexenc has no types
    """The library's text of nodes."""

    def apply_simplify_repl(self, node: Any, simplify_repl: Any, what: str) -> str:
        """Return what stands for a node; nothing where the library asks for arguments that the text does not have.

        Args:
            node: The node.
            simplify_repl: The text, or what makes it.
            what: Words for the library's messages.
        """
        try:
            return str(super().apply_simplify_repl(node, simplify_repl, what))
        except (LookupError, AttributeError, ValueError, TypeError) as error:
            # The library asks how a function is called, and the answer to that hides the depth that ended it.
            if isinstance(error.__cause__, RecursionError):
                raise error.__cause__ from error
            return ""
