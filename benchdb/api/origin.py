"""Where the numbers of a chart come from, as its specification carries it, and deriving them again."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchdb.api.question import Question
from benchdb.database.revision import HEAD
from benchdb.errors import ChartError, ConfigError
from benchdb.rows.verification import Departure
from benchdb.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchdb.api.database import Database
    from benchdb.api.result import Result

KEY = "benchdb"
"""Name of our part of a specification's `usermeta`."""


def origin(result: Result[Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the numbers of a result come from: question, policy, level, revision, claims, options of the chart.

    Args:
        result: A result that a database gave.
        options: Options that the chart is drawn with.
    """
    asked, answer = result.question, getattr(result, "answer", None)
    return {
        "version": __version__,
        "revision": HEAD,
        "question": None if asked is None else asked.to_json(),
        "policy": getattr(answer, "policy", None),
        "level": getattr(answer, "level", None),
        "claims": claims_of(result),
        "options": {name: list(value) if isinstance(value, tuple) else value for name, value in options.items()},
    }


def claims_of(result: Result[Any]) -> list[str]:
    """Return the keys of the claims behind a result, in order, as text: JavaScript loses digits of such numbers.

    Args:
        result: A result.
    """
    names = [each.name for each in fields(result.row_type) if each.name.startswith("score_id")]
    if not names:
        return []
    keys = {row[name] for row in result.records() for name in names if row[name] is not None}
    return [str(key) for key in sorted(keys)]


def noted_origin(specification: Any) -> dict[str, Any]:
    """Return our part of a specification's `usermeta`.

    Args:
        specification: A Vega-Lite specification, or anything else that a file held.

    Raises:
        ChartError: If it carries no question of ours.
    """
    meta = specification.get("usermeta") if isinstance(specification, dict) else None
    noted = meta.get(KEY) if isinstance(meta, dict) else None
    if not isinstance(noted, dict) or not isinstance(noted.get("question"), dict):
        raise ChartError("the chart carries no question of benchdb in its usermeta, so it cannot be derived again")
    return noted


def read_chart(chart: str | os.PathLike[str] | Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Departure]]:
    """Return the specification of a chart, and in what a picture departs from the specification that it carries.

    Args:
        chart: A file of JSON, a PNG or SVG that carries its specification, or the specification itself.

    Raises:
        ChartError: If the file cannot be read or holds something else.
    """
    if not isinstance(chart, str | os.PathLike):
        return chart, []
    path = Path(chart)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ChartError(f"{chart}: cannot be read: {error.strerror}") from error
    if content.startswith(_PNG) or path.suffix.lower() == ".svg":
        return _read_picture(path, content)
    return _read_json(path, content), []


_PNG = b"\x89PNG"


def _read_json(path: Path, content: bytes) -> Mapping[str, Any]:
    from benchdb.charts.data_files import with_data_inside

    try:
        found = json.loads(content.decode("utf-8"))
    except ValueError as error:
        raise ChartError(
            f"{path}: expected Vega-Lite JSON, or a PNG or SVG of ours (draw it with -o FILE), found something else"
        ) from error
    if not isinstance(found, dict):
        raise ChartError(f"{path}: expected a Vega-Lite specification, found {type(found).__name__}")
    return with_data_inside(found, path.parent)


def _read_picture(path: Path, content: bytes) -> tuple[Mapping[str, Any], list[Departure]]:
    from benchdb.charts.carried import carried_by
    from benchdb.charts.save import is_drawn_as

    try:
        carried = carried_by(content)
    except ChartError as error:
        raise ChartError(f"{path}: {error}") from error
    if carried is None or not isinstance(carried.get("specification"), dict):
        raise ChartError(f"{path}: the picture carries no specification of a chart of benchdb, so it cannot be checked")
    if is_drawn_as(content, carried):
        return carried["specification"], []
    drawn_by = carried.get("renderer")
    return carried["specification"], [
        Departure(
            kind="picture",
            where="picture",
            found="another drawing" + (f" (it says: by {drawn_by})" if isinstance(drawn_by, str) else ""),
            expected="what the specification inside it draws here",
        )
    ]


def departures(database: Database, specification: Mapping[str, Any]) -> list[Departure]:
    """Return in what a chart departs from the database; nothing for a chart that is derived again exactly.

    The chart is drawn anew twice: as the database knew its numbers then, where any difference has been put into the file
    ("tampered"), and as it knows them now, where differences are retracted claims, newer claims and changed values.

    Args:
        database: An open database.
        specification: A Vega-Lite specification that a chart of a result wrote.

    Raises:
        ChartError: If the specification carries no question of ours, or one that this database cannot answer.
    """
    noted = noted_origin(specification)
    asked = Question.from_json(noted["question"])
    options = noted.get("options") or {}
    then = _ask(database, asked, as_of=True)
    now = _ask(database, asked, as_of=False)
    found = list(_differences(specification, _draw(then, options), "tampered"))
    stated, known_then = set(noted.get("claims") or []), set(claims_of(then))
    found += [_missing(key) for key in sorted(stated - known_then)]
    known_now = set(claims_of(now))
    retracted = _retracted(database, known_then - known_now)
    found += [
        Departure(kind="retracted", where=f"claim {key}", found="chosen", expected="retracted") for key in retracted
    ]
    found += [
        Departure(kind="newer", where=f"claim {key}", found=None, expected="chosen now")
        for key in sorted(known_now - known_then)
    ]
    if not found and not _say_the_same(then, now):
        found += _differences(specification, _draw(now, options), "changed")
    return found


def _say_the_same(then: Result[Any], now: Result[Any]) -> bool:
    """Whether two answers differ in their question alone, so that they draw the same chart."""
    then_says, now_says = ({**vars(result), "question": None} for result in (then, now))
    return then_says == now_says


def _missing(key: str) -> Departure:
    return Departure(kind="missing", where=f"claim {key}", found="noted in the chart", expected=None)


def _ask(database: Database, asked: Question, *, as_of: bool) -> Result[Any]:
    method = getattr(type(database), asked.method, None)
    if not getattr(method, "is_question", False):
        raise ChartError(f'the chart asks "{asked.method}", which is no question of this benchdb')
    if asked.method == "sql":
        raise ChartError("the chart is of a statement of SQL; run the statement itself again")
    keywords = dict(asked.keywords)
    if as_of and asked.known_until is not None and keywords.get("as_of") is None:
        keywords["as_of"] = asked.known_until
    try:
        result: Result[Any] = getattr(database, asked.method)(*asked.positional, **keywords)
    except TypeError as error:
        raise ConfigError(f"the question noted in the chart cannot be asked: {error}") from error
    return result


def _draw(result: Result[Any], options: Any) -> dict[str, Any]:
    from altair.utils.schemapi import SchemaValidationError

    try:
        drawn: dict[str, Any] = result.chart(**{str(name): value for name, value in options.items()}).to_dict()
    except (AttributeError, KeyError, TypeError, ValueError, SchemaValidationError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ChartError(f"the options noted in the chart cannot be drawn: {said}") from error
    return drawn


def _retracted(database: Database, keys: set[str]) -> list[str]:
    from sqlalchemy import select

    from benchdb.query.stated import select_retracted
    from benchdb.query.tables import SCORE

    if not keys:
        return []
    with database.engine.connect() as connection:
        wanted = select(SCORE.c.score_id).where(
            SCORE.c.score_id.in_([int(key) for key in keys]), SCORE.c.score_id.in_(select_retracted(None))
        )
        return sorted(str(key) for key in connection.execute(wanted).scalars())


_APART = ("usermeta", "$schema", "padding")
"""What says nothing of the numbers; the padding of a slide depends on the fonts of the machine."""


def _differences(found: Mapping[str, Any], expected: Mapping[str, Any], kind: str) -> Iterator[Departure]:
    there, here = _flat(found), _flat(expected)
    for where in [*here, *(where for where in there if where not in here)]:
        if there.get(where) != here.get(where):
            yield Departure(kind=kind, where=where, found=_text(there.get(where)), expected=_text(here.get(where)))


def _flat(specification: Mapping[str, Any]) -> dict[str, Any]:
    """Return every value of a specification by its path; data sets by the name of the layer that shows them."""
    layers: dict[str, str] = {}
    for number, layer in enumerate(_layers(specification)):
        if isinstance(layer.get("data"), dict) and isinstance(layer["data"].get("name"), str):
            layers.setdefault(layer["data"]["name"], str(layer.get("name", f"layer {number}")))
    flat: dict[str, Any] = {}
    for name, value in specification.items():
        if name == "datasets" and isinstance(value, dict):
            for data, rows in value.items():
                _walk(f"data of {layers.get(data, data)}", rows, flat)
        elif name not in _APART:
            _walk(name, _without_data_names(value), flat)
    return flat


def _layers(specification: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every layer, those of panels too."""
    for name in ("layer", "vconcat", "hconcat", "concat"):
        parts = specification.get(name)
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                yield part
                yield from _layers(part)


def _without_data_names(value: Any) -> Any:
    """Return a part of a specification without the names of data sets, which are hashes of what they hold."""
    if isinstance(value, dict):
        return {
            key: _without_data_names(item)
            for key, item in value.items()
            if not (key == "data" and set(item) == {"name"})
        }
    return [_without_data_names(item) for item in value] if isinstance(value, list) else value


def _walk(path: str, value: Any, flat: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            _walk(f"{path}.{name}", item, flat)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _walk(f"{path}[{number}]", item, flat)
    else:
        flat[path] = value


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
