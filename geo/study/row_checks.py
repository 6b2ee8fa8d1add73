"""Rows and facts that cannot be: unknown codes, negative lengths, streets that are not there, times to come."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping
from typing import Final, NamedTuple

from geo.core.text import Text
from geo.study.layers.description import COUNT
from geo.study.schema import COLUMNS, GEOMETRY_TYPES, STUDY_LAYERS
from geo.study.sql import Fragment, identifier, placeholders, statement
from geo.study.versions import version_key

_CLOSED: Final = (
    "tier",
    "official_tier",
    "tier_source",
    "side",
    "width_source",
    "orientation",
    "verdict",
    "response",
    "precision",
)
"""Coded columns whose codes no profile and no file adds to."""

_KINDS: Final = ("decisions", "bays")
_SIGNED: Final = ("level", "row")
_LENGTHS: Final = ("m", "m²")
_NUMBERED: Final = (
    "roads",
    "streets",
    "stall_zones",
    "bays",
    "sites",
    "decisions",
    "quarters",
    "selections",
    "comments",
)
"""Layers whose first column no two rows share."""

_REFERENCES: Final = {
    "segment_id": ("roads", ("decisions", "paths", "roads")),
    "street_id": ("streets", ("decisions", "streets", "coverage", "sites")),
    "decision_id": ("decisions", ("decisions",)),
    "import_id": ("imports", ("imports",)),
}
"""By column: the layer that it points into, and the layers that keep it whatever becomes of that."""

_DRAWN: Final = ("roads", "streets", "paths", "kerbs", "kerb_exclusions", "stall_zones", "bays", "hotspots")
"""Layers that are drawn of the extract: nothing of them lies far outside the extent."""

_FAR_DEGREES: Final = 1.0
_AHEAD: Final = dt.timedelta(days=1)
_EARLIEST: Final = "1990-01-01"
_ENVELOPES: Final = (0, 32, 48, 48, 64)


class Impossible(NamedTuple):
    """
    Rows of one layer that cannot be.

    Attributes
    ----------
    layer, column
        Where.
    rows
        How many.
    problem
        What is wrong, in words.
    """

    layer: str
    column: str
    rows: int
    problem: Text


def impossible_rows(connection: sqlite3.Connection, layer: str, there: frozenset[str]) -> list[Impossible]:
    """
    Return the rows of a layer that cannot be.

    Parameters
    ----------
    connection
        In a transaction.
    layer
        Its name.
    there
        The layers and tables that the study has.
    """
    columns = {row[1] for row in connection.execute(statement("PRAGMA table_info({table})", table=layer))}
    found = [*_values(connection, layer, columns), *_references(connection, layer, columns, there)]
    if layer in GEOMETRY_TYPES:
        found += _shapes(connection, layer)
    return [each for each in found if each.rows]


def _count(connection: sqlite3.Connection, layer: str, condition: str, *values: object) -> int:
    query = statement("SELECT count(*) FROM {table} AS t WHERE {condition}", table=layer, condition=Fragment(condition))
    return int(connection.execute(query, values).fetchone()[0])


def _values(connection: sqlite3.Connection, layer: str, columns: set[str]) -> list[Impossible]:
    """Return codes that do not exist, negative numbers, ends before beginnings, times to come, doubled identifiers."""
    found = []
    for name, column in STUDY_LAYERS[layer].columns.items():
        if name not in columns:
            continue
        quoted = identifier(name)
        if column.values and (name in _CLOSED or (name == "kind" and layer in _KINDS)):
            known = list(column.values)
            wrong = f"{quoted} IS NOT NULL AND {quoted} NOT IN ({placeholders(len(known))})"
            found.append(
                _impossible(connection, layer, name, wrong, Text("不存在的代码", "no code of this column"), *known)
            )
        if (column.unit in _LENGTHS or column.dtype == COUNT) and name not in _SIGNED:
            found.append(_impossible(connection, layer, name, f"{quoted} < 0", Text("负数", "a negative number")))
    if {"from_m", "to_m"} <= columns:
        found.append(
            _impossible(connection, layer, "to_m", "to_m < from_m", Text("终点在起点之前", "it ends before it begins"))
        )
    if "at" in columns:
        latest = f"{dt.datetime.now(dt.UTC) + _AHEAD:%Y-%m-%dT%H:%M:%S.999Z}"
        found.append(_impossible(connection, layer, "at", "at > ?", Text("时刻在将来", "a time in the future"), latest))
        early = Text("时刻早于可能", "a time before there can have been any")
        found.append(_impossible(connection, layer, "at", "at < ?", early, _EARLIEST))
    if layer in _NUMBERED:
        first = next(iter(COLUMNS[layer]))
        doubled = statement(
            "t.{id} IN (SELECT {id} FROM {table} GROUP BY 1 HAVING count(*) > 1)", id=first, table=layer
        )
        found.append(_impossible(connection, layer, first, doubled, Text("编号重复", "an identifier of two rows")))
    return found


def _impossible(
    connection: sqlite3.Connection, layer: str, column: str, condition: str, problem: Text, *values: object
) -> Impossible:
    return Impossible(layer, column, _count(connection, layer, condition, *values), problem)


def _references(
    connection: sqlite3.Connection, layer: str, columns: set[str], there: frozenset[str]
) -> list[Impossible]:
    """Return references to rows that are not there."""
    found = []
    for name, (into, free) in _REFERENCES.items():
        if name not in columns or layer in free or into not in there:
            continue
        missing = statement(
            "t.{id} IS NOT NULL AND t.{id} <> '' AND t.{id} NOT IN (SELECT {id} FROM {into} WHERE {id} IS NOT NULL)",
            id=name,
            into=into,
        )
        problem = Text(f"{into} 中没有该对象", f"it names a row that is not in {into}")
        found.append(_impossible(connection, layer, name, missing, problem))
    return found


def _shapes(connection: sqlite3.Connection, layer: str) -> list[Impossible]:
    """Return shapes that cannot be read, are missing, or lie where there can be none."""
    import numpy as np  # noqa: PLC0415 (facts and counts need no arrays)
    import shapely  # noqa: PLC0415

    blobs = [row[0] for row in connection.execute(statement("SELECT geom FROM {table}", table=layer))]
    bodies = np.array([_body(blob) for blob in blobs], dtype=object)
    shapes = shapely.from_wkb(bodies, on_invalid="ignore")
    given = np.array([blob is not None for blob in blobs], dtype=bool)
    broken = given & shapely.is_missing(shapes)
    bounds = shapely.bounds(shapes)
    limits = np.array([180.0, 90.0, 180.0, 90.0])
    seen = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    outside = seen & ~(np.abs(bounds) <= limits).all(axis=1)
    found = [
        Impossible(layer, "geom", int(broken.sum()), Text("几何无法读取", "a shape that cannot be read")),
        Impossible(layer, "geom", int(outside.sum()), Text("坐标不在地球上", "coordinates beyond the globe")),
    ]
    if layer in _DRAWN:
        found.append(_far(connection, layer, bounds[seen & ~outside]))
        lacking = int((~given).sum())
        found.append(Impossible(layer, "geom", lacking, Text("缺少几何", "a row without its shape")))
    return found


def _body(blob: object) -> bytes | None:
    """Return the WKB of a GeoPackage geometry, or bytes that are none."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP" or (blob[3] >> 1) & 7 >= len(_ENVELOPES):
        return b"\x00"
    return blob[8 + _ENVELOPES[(blob[3] >> 1) & 7] :]


def _far(connection: sqlite3.Connection, layer: str, bounds: object) -> Impossible:
    import numpy as np  # noqa: PLC0415

    boxes = np.asarray(bounds, dtype=float).reshape(-1, 4)
    problem = Text("远在研究范围之外", "far outside the study's extent")
    row = connection.execute("SELECT value FROM about WHERE key = 'extent'").fetchone()
    try:
        west, south, east, north = json.loads(row[0])
    except (TypeError, ValueError):
        return Impossible(layer, "geom", 0, problem)  # said of the facts
    away = (boxes[:, 1] < south - _FAR_DEGREES) | (boxes[:, 3] > north + _FAR_DEGREES)
    if west <= east:
        away |= (boxes[:, 0] < west - _FAR_DEGREES) | (boxes[:, 2] > east + _FAR_DEGREES)
    return Impossible(layer, "geom", int(away.sum()), problem)


def contradictions(facts: Mapping[str, str], there: frozenset[str]) -> list[Text]:
    """
    Return the facts of a study that cannot be.

    Parameters
    ----------
    facts
        What `about` says.
    there
        The layers and tables that the study has.
    """
    needed = ("study_id", "built_at", "metric_crs", "extent", "rules", "profile_hash", "timezone")
    found = [Text(f"研究概况缺少 {key}", f"The facts of the study lack {key}") for key in needed if key not in facts]
    try:
        west, south, east, north = json.loads(facts.get("extent") or "null")
        if not (max(abs(west), abs(east)) <= 180 and -90 <= south <= north <= 90):
            raise ValueError
    except (TypeError, ValueError):
        found.append(Text("研究范围不可能", "The extent of the study cannot be"))
    for key, value in facts.items():
        if key == "rules" or key.startswith("result:"):
            try:
                json.loads(value)
            except ValueError:
                found.append(Text(f"研究概况的 {key} 无法读取", f"The fact {key} cannot be read"))
    try:
        if dt.datetime.fromisoformat(facts.get("built_at", "")) > dt.datetime.now(dt.UTC) + _AHEAD:
            found.append(Text("生成时刻在将来", "The study was built in the future"))
    except (TypeError, ValueError):
        found.append(Text("生成时刻无法读取", "The time of building cannot be read"))
    unversioned = [name for name in there if name in COLUMNS and version_key(name) not in facts]
    if unversioned and any(key.startswith(version_key("")) for key in facts):
        names = ", ".join(sorted(unversioned))
        found.append(Text(f"图层没有版本：{names}", f"Layers without a version: {names}"))
    return found
