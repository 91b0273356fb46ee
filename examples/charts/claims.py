"""Everything claimed for one score: what each source prints, how far its rounding reaches, and which one is chosen."""

from __future__ import annotations

from seed_rows import seed_claims

from benchdb.charts.claims import plot_claims

chart = plot_claims(
    seed_claims(),
    title="What Four Sources Say of One Score",
)
chart
