"""Mistakes that the types must catch: mypy has to report exactly the lines marked here, each with the code named."""

from __future__ import annotations

import benchdb

db = benchdb.connect()
db.leaderboard(modles=["a"])  # mistake: call-arg
db.trend(by="colour")  # mistake: arg-type
db.leaderboard(n_shot="five")  # mistake: arg-type
db.leaderboard(on="all")  # mistake: call-arg
db.history("a")  # mistake: call-arg
db.nothing()  # mistake: attr-defined
benchdb.connect(1)  # mistake: arg-type
