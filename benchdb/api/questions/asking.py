"""What every group of questions stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Asking:
    """Something with an open engine to ask."""

    engine: Engine
    """The database."""
