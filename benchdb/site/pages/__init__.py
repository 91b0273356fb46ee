"""The pages of a site, one publisher a module."""

from __future__ import annotations

from benchdb.site.pages import (
    about,
    benchmark,
    benchmarks,
    compare,
    conflicts,
    coverage,
    leaderboard,
    model,
    models,
    source,
    sources,
    trends,
)

PAGES = (
    leaderboard.PAGE,
    models.PAGE,
    models.MORE,
    model.PAGE,
    benchmarks.PAGE,
    benchmark.PAGE,
    sources.PAGE,
    source.PAGE,
    compare.PAGE,
    trends.PAGE,
    conflicts.PAGE,
    coverage.PAGE,
    about.PAGE,
)
"""Every page and kind of pages. A path belongs to the first that takes it."""
