"""Split a street of a study in place: a section of it becomes a street of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pandas as pd
import shapely

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.streets.sections import REST
from geo.study.geometry_blobs import geometry_blob, geometry_of
from geo.study.schema import POINT_KINDS
from geo.study.sql import assignments, identifier, statement
from geo.study.versions import touch
from geo.tiers.columns import TIER_COLUMNS

_BY_STREET = ("tier_base", "street_scores")
"""Tables with a row per street, of which a section starts with its street's."""


def carve_street(connection: sqlite3.Connection, street_id: str, segment_ids: Sequence[str], label: str) -> str:
    """
    Make a street of its own of the given segments of a street, within a transaction.

    The transaction is `geo.study.file.changing`.

    Parameters
    ----------
    connection
        To the study.
    street_id
        The street, or a section of it.
    segment_ids
        The section's segments.
    label
        What the section is called.

    Returns
    -------
    street_id
        Of the section: the street's own id where the segments are all of it.

    Raises
    ------
    StudyError
        For segments of another street, or none.
    """
    root = street_id.partition(".")[0]
    roads = pd.DataFrame(
        connection.execute(
            "SELECT segment_id, street_id, length_m, geom FROM roads WHERE street_id = ? OR street_id LIKE ?",
            (root, f"{root}.%"),
        ).fetchall(),
        columns=["segment_id", "street_id", "length_m", "geom"],
    )
    inside = roads["segment_id"].isin(segment_ids)
    if inside.sum() != len(set(segment_ids)) or not inside.any():
        raise StudyError(
            Text("这些路段不属于该街道", "These segments are not the street's"),
            Text("请刷新页面后重新选择", "Reload the page and choose again"),
        )
    units = roads.loc[inside, "street_id"].unique()
    if len(units) == 1 and (roads["street_id"] == units[0]).sum() == inside.sum():
        return str(units[0])
    numbers = [int(unit.partition(".")[2] or 0) for unit in roads["street_id"].unique()]
    section = f"{root}.{max(numbers) + 1}"
    parent = roads.loc[inside, "length_m"].groupby(roads.loc[inside, "street_id"]).sum().idxmax()
    _copy_row(connection, "streets", parent, section)
    for table in _BY_STREET:
        _copy_row(connection, table, parent, section)
    roads.loc[inside, "street_id"] = section
    connection.executemany(
        "UPDATE roads SET street_id = ? WHERE segment_id = ?", [(section, i) for i in roads.loc[inside, "segment_id"]]
    )
    connection.execute("UPDATE streets SET section = ? WHERE street_id = ?", (label, section))
    connection.execute("UPDATE streets SET section = ? WHERE street_id = ? AND section IS NULL", (str(REST), root))
    for unit in {*units, section}:
        _gather(connection, unit, roads[roads["street_id"] == unit])
    # a section starts with the tier that its street has
    tier = connection.execute(
        statement("SELECT {columns} FROM streets WHERE street_id = ?", columns=TIER_COLUMNS),
        (section,),
    ).fetchone()
    connection.execute(
        statement("UPDATE roads SET {values} WHERE street_id = ?", values=assignments(TIER_COLUMNS)),
        (*tier, section),
    )
    for layer in ("streets", "roads"):
        touch(connection, layer)
    return section


def _copy_row(connection: sqlite3.Connection, table: str, street_id: str, new_id: str) -> None:
    columns = [
        row[1]
        for row in connection.execute(f"PRAGMA table_info({identifier(table)})")
        if row[1] not in ("fid", "street_id")
    ]
    copy = "INSERT INTO {table} (street_id, {columns}) SELECT ?, {columns} FROM {table} WHERE street_id = ?"
    connection.execute(statement(copy, table=table, columns=columns), (new_id, street_id))


def _gather(connection: sqlite3.Connection, street_id: str, roads: pd.DataFrame) -> None:
    """Give a street the geometry, length and points of its segments; one without segments goes."""
    if roads.empty:
        for table in ("streets", *_BY_STREET):
            connection.execute(statement("DELETE FROM {table} WHERE street_id = ?", table=table), (street_id,))
        return
    shape = shapely.multilinestrings([geometry_of(blob) for blob in roads["geom"]])
    connection.execute(
        "UPDATE streets SET geom = ?, length_m = ? WHERE street_id = ?",
        (geometry_blob(shape), round(float(roads["length_m"].sum()), 3), street_id),
    )
    for kind in POINT_KINDS:
        connection.execute(
            statement(
                "UPDATE streets SET {kind} = (SELECT count(*) FROM {kind} JOIN roads USING (segment_id) "
                "WHERE roads.street_id = streets.street_id) WHERE street_id = ?",
                kind=kind,
            ),
            (street_id,),
        )
