"""Phrases that several formats share when they say what they keep and what they lose."""

from __future__ import annotations

ROWS_KEPT = (
    "every number, unit, error and count of a claim, its settings, its place and its source's kind, title, link, publisher and day;"
    " outcomes and items with `--what`"
)
"""What flat rows hold."""
LOST_BY_ROWS = (
    "how the source spells names (entries stand under the catalogue's slugs), facts of the catalogue, aliases and decisions, retracted claims, the imports,"
    " a log's hash, raw configuration and tool version, and whether the attempts per item were stated for the score or for the settings"
)
"""What flat rows do not say."""
TABLES_KEPT = "a leaderboard: values with standard errors, the best and second of each column, what is missing and approximate, and footnotes on evidence, protocols and policy"
"""What printed tables hold."""
LOST_BY_TABLES = "every claim but the chosen ones, sources, settings, intervals, decimals beyond three, units where the heading does not say, and the catalogue's identity of names"
"""What printed tables do not say."""
