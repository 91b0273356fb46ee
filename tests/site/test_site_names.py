"""Names of files: safe on any file system, and different for different slugs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchdb.site.material import public_name
from benchdb.site.names import cell_anchor, column_stem, file_stem


@pytest.mark.parametrize(
    ("slug", "stem"),
    [("qwen/qwq-32b", "qwen_qwq-32b"), ("aime-2024", "aime-2024"), ("lmarena/elo.v2", "lmarena_elo.v2"), ("o1", "o1")],
)
def test_usual_slugs_stay_readable(slug: str, stem: str) -> None:
    """A slug of the catalogue becomes a name that says what it is, without a hash."""
    assert file_stem(slug) == stem


@pytest.mark.parametrize(
    "slug", ["index", "page-2", "con", "../x", "a..b", "A", "x" * 300, "", "a/b/c", "com1", "a_b", "."]
)
def test_odd_slugs_get_a_hash(slug: str) -> None:
    """What file systems or the site claim for themselves, or would take apart, is set apart by a hash."""
    assert re.fullmatch(r"[a-z0-9-]*__[0-9a-f]{10}", file_stem(slug))


@given(st.lists(st.text(alphabet="aA/._-é\u202e ", max_size=6), unique=True, max_size=40))
def test_different_slugs_have_different_files(slugs: list[str]) -> None:
    """No two slugs share a name, even where a file system takes no notice of case; none leaves its folder."""
    stems = [file_stem(slug).lower() for slug in slugs]
    assert len(set(stems)) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9._-]+", stem) and not stem.startswith(".") and ".." not in stem for stem in stems)


def test_anchors_tell_variants_and_subsets_apart() -> None:
    """Each score on a model's page has an anchor of its own."""
    columns = [column_stem("quiz", ""), column_stem("quiz", "part")]
    assert len({cell_anchor(variant, column) for variant in (None, "high", "low") for column in columns}) == 6


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("logs/run.json", "logs/run.json"),
        ("/srv/me/logs/run.json", "run.json"),
        ("~/run.json", "run.json"),
        ("C:\\me\\run.json", "run.json"),
        ("\\\\host\\share\\run.json", "run.json"),
    ],
)
def test_nobody_learns_where_files_are_kept(file: str, shown: str) -> None:
    """A whole path on somebody's disk is published as the name of its file; a relative one says what was imported."""
    assert public_name(file) == shown
