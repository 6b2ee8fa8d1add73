"""Rows put into a layer, taken out of it and changed in it, without writing the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.study.geometry_blobs import as_kept, geometry_blobs
from geo.study.layers.description import COUNT, FLAG, MOMENT, NUMBER, TEXT
from geo.study.row_digests import columns_of
from geo.study.rows import ROW
from geo.study.schema import COLUMNS, GEOMETRY_TYPES, STUDY_LAYERS, conform
from geo.study.sql import Fragment, assignments, placeholders, statement

if TYPE_CHECKING:
    import pandas as pd

_TYPES: Final = {TEXT: "TEXT", FLAG: "BOOLEAN", NUMBER: "REAL", MOMENT: "DATETIME"}
"""The types of columns in a GeoPackage, by theirs in pandas; whole numbers besides."""
_NO_FRACTION: Final = ".000"
_BOUNDS: Final = ("min_x", "min_y", "max_x", "max_y")


class RowChanges(NamedTuple):
    """
    Changes of single rows of a layer.

    Attributes
    ----------
    added
        Rows that come to its end, as `geo.study.schema.conform` takes them; None where none do.
    removed
        The numbers of rows that go, as `geo.study.rows.rows_in` has them.
    values
        By column, the new values of rows by their numbers.
    """

    added: pd.DataFrame | None = None
    removed: Sequence[int] = ()
    values: Mapping[str, Mapping[int, Any]] = {}

    @property
    def columns(self) -> list[str] | None:
        """The columns that change where no row comes or goes, else None."""
        if (self.added is None or not len(self.added)) and not len(self.removed):
            return [name for name, rows in self.values.items() if rows]
        return None

    def __bool__(self) -> bool:
        """Tell whether anything changes."""
        return self.columns is None or bool(self.columns)


def change_rows(connection: sqlite3.Connection, layer: str, changes: RowChanges) -> None:
    """
    Change rows of a layer; its spatial index and its description follow.

    Parameters
    ----------
    connection
        Of a write transaction, with the functions of shapes (`geo.study.geometry_blobs.add_shape_functions`).
    layer
        The layer.
    changes
        The changes.
    """
    gone = statement("DELETE FROM {table} WHERE {row} = ?", table=layer, row=ROW)
    connection.executemany(gone, [(int(row),) for row in changes.removed])
    if changes.values:
        _add_columns(connection, layer)
    for name, rows in changes.values.items():
        change = statement(
            "UPDATE {table} SET {change} WHERE {row} = ?", table=layer, change=assignments([name]), row=ROW
        )
        connection.executemany(change, [(value, int(row)) for row, value in rows.items()])
    if changes.added is not None and len(changes.added):
        _add(connection, layer, changes.added)


def _add(connection: sqlite3.Connection, layer: str, added: pd.DataFrame) -> None:
    table = conform(added, layer)
    _add_columns(connection, layer)
    columns = list(COLUMNS[layer])
    cells = [stored(table[name], STUDY_LAYERS[layer].columns[name].dtype) for name in columns]
    bounds: Sequence[float | None] = ()
    if layer in GEOMETRY_TYPES:
        shapes = as_kept(table["geometry"].to_numpy(dtype=object), GEOMETRY_TYPES[layer])
        columns.insert(0, "geom")
        cells.insert(0, geometry_blobs(shapes))
        bounds = _bounds(shapes)
    put = statement(
        "INSERT INTO {table} ({columns}) VALUES ({values})",
        table=layer,
        columns=columns,
        values=placeholders(len(columns)),
    )
    connection.executemany(put, zip(*cells, strict=True))
    _describe(connection, layer, bounds)


def _add_columns(connection: sqlite3.Connection, layer: str) -> None:
    """Give a layer of an older study the columns that came since."""
    there = set(columns_of(connection, layer))
    for name, column in STUDY_LAYERS[layer].columns.items():
        if name not in there:
            kind = Fragment(_TYPES.get(column.dtype, "INTEGER"))
            connection.execute(
                statement("ALTER TABLE {table} ADD COLUMN {name} {kind}", table=layer, name=name, kind=kind)
            )


def stored(column: pd.Series, dtype: str) -> list[Any]:
    """
    Return the values of a column as GDAL stores them in a GeoPackage.

    Parameters
    ----------
    column
        As `geo.study.schema.conform` has it.
    dtype
        The type that is declared of it.
    """
    import numpy as np  # noqa: PLC0415 (the names in this module are used where no table is written)

    if dtype == MOMENT:
        text = np.datetime_as_string(column.to_numpy(dtype="datetime64[ms]", na_value=np.datetime64("NaT")), unit="ms")
        return [None if word == "NaT" else f"{word.removesuffix(_NO_FRACTION)}Z" for word in text.tolist()]
    missing = column.isna().to_numpy(dtype=bool)
    values = column.to_numpy(dtype=object)
    as_type: Any = {TEXT: str, FLAG: int, COUNT: int}.get(dtype, float if dtype.startswith("float") else int)
    return [None if gap else as_type(value) for value, gap in zip(values, missing, strict=True)]


def _bounds(shapes: Any) -> list[float | None]:
    """Return west, south, east and north of shapes, None for each where there are none."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    found = shapely.total_bounds(shapes)
    return [None] * len(_BOUNDS) if np.isnan(found).any() else [float(each) for each in found]


def _describe(connection: sqlite3.Connection, layer: str, bounds: Sequence[float | None]) -> None:
    """Say in the GeoPackage's own table that a layer has changed, and that it reaches over its new rows."""
    now = Fragment("last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')")
    say = "UPDATE gpkg_contents SET {now} WHERE table_name = ?"
    connection.execute(statement(say, now=now), (layer,))
    if not bounds or None in bounds:
        return
    reach = ", ".join(
        f"{name} = {'min' if name.startswith('min') else 'max'}(ifnull({name}, ?), ?)" for name in _BOUNDS
    )
    values = [each for bound in bounds for each in (bound, bound)]
    connection.execute(
        statement("UPDATE gpkg_contents SET {reach} WHERE table_name = ?", reach=Fragment(reach)), (*values, layer)
    )


def changed_columns(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Return the columns of difference between two tables; all where they have not the same rows."""
    if len(before) != len(after):
        return list(after.columns)
    return [name for name in after.columns if not _same(before[name], after[name])]


def _same(before: pd.Series, after: pd.Series) -> bool:
    import shapely  # noqa: PLC0415

    if before.name == "geometry":
        old, new = before.to_numpy(dtype=object), after.to_numpy(dtype=object)
        return bool((shapely.equals_exact(old, new) | (shapely.is_missing(old) & shapely.is_missing(new))).all())
    return bool(before.equals(after))
