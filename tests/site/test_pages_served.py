"""The server shows the pages that a build writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

import benchdb
from benchdb.query.tables import MODEL
from benchdb.site.material import Material
from benchdb.site.publication import Publication
from benchdb.site.server.limits import Limits
from tests.site.conftest import hostile_facts, plain_facts
from tests.site.served import PATIENT_S, Served

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_every_file_of_the_site_is_served(db: Engine, db_url: str) -> None:
    """Each page, script and download, and a picture as each type, has the bytes that a build writes, and a type of its own."""
    plain_facts().write(db)
    db.dispose()
    with benchdb.connect(db_url, read_only=True) as database:
        publication = Publication(Material(database, api="api/v1"))
        paths = list(publication.paths())
        drawn = [path for path in paths if path.startswith("charts/")]
        expected = {path: publication.content(path) for path in paths if path not in drawn[3:]}
    assert {"index.html", "static/core.js", "data/claims.csv"} <= set(expected)
    with Served(db_url, limits=Limits(seconds=PATIENT_S)) as server:
        for path, content in expected.items():
            answer = server.get(f"/{path}")
            assert (answer.status_code, answer.content) == (200, content), path
            assert answer.headers["content-type"] != "application/octet-stream", path
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert server.get("/").content == expected["index.html"]
        assert server.get("/models/nobody.html").json()["type"] == "urn:benchdb:problem:no-such-page"


def test_a_page_follows_the_database(db: Engine, db_url: str) -> None:
    """A name that changes is on the next page, under another tag."""
    plain_facts().write(db)
    db.dispose()
    with Served(db_url, limits=Limits(seconds=PATIENT_S, recheck_s=0.0)) as server:
        before = server.get("/")
        assert "Two" in before.text
        server.asker.pool.close_unused()
        with benchdb.connect(db_url) as writable, writable.engine.begin() as connection:
            connection.execute(update(MODEL).where(MODEL.c.slug == "red/two").values(name="Renamed"))
        after = server.get("/", headers={"if-none-match": before.headers["etag"]})
        assert after.status_code == 200
        assert "Renamed" in after.text


def test_a_page_of_hostile_names_runs_nothing(db: Engine, db_url: str) -> None:
    """The header allows only scripts of the server's own files, and no frame; a name in the address stays text."""
    hostile_facts().write(db)
    db.dispose()
    with Served(db_url) as server:
        page = server.get("/")
        policy = page.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "<script>alert" not in page.text
        missing = server.get("/<script>alert(1)</script>")
        assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
        assert server.get("/..%2f..%2fetc%2fpasswd").status_code == 404
