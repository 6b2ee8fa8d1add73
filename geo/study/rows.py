"""Some rows and columns of a layer, read through SQL: enough for an import into a large study."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.study.geometry_blobs import shapes_of
from geo.study.layers.description import COUNT, FLAG, MOMENT, NUMBER, TEXT
from geo.study.row_digests import columns_of
from geo.study.schema import COLUMNS, GEOMETRY_TYPES, STUDY_LAYERS
from geo.study.sql import Fragment, statement

if TYPE_CHECKING:
    import pandas as pd

ROW: Final = "rowid"
"""What SQLite calls the number of a row, whatever a program calls its key."""

AMONG: Final = "IN (SELECT value FROM json_each(?))"
"""The condition of a value among those of a JSON array: there may be any number of them."""


def rows_in(
    connection: sqlite3.Connection,
    layer: str,
    columns: Sequence[str] | None = None,
    where: str = "1",
    values: Sequence[Any] = (),
    geometry: bool = True,
) -> pd.DataFrame:
    """
    Return rows of a layer in their order, with the types that `geo.study.schema.conform` gives.

    Parameters
    ----------
    connection
        In a transaction.
    layer
        Its name.
    columns
        Those that are wanted; by default all.
    where, values
        An SQL condition, and what stands for its question marks.
    geometry
        Whether their shapes are wanted, where the layer has any.

    Returns
    -------
    rows
        By their numbers in the layer.
    """
    import pandas as pd  # noqa: PLC0415 (the names in this module are used where no table is read)

    there = set(columns_of(connection, layer))
    wanted = list(COLUMNS[layer] if columns is None else columns)
    given = [name for name in wanted if name in there]
    shaped = geometry and layer in GEOMETRY_TYPES
    query = statement(
        "SELECT {columns} FROM {table} WHERE {where} ORDER BY {row}",
        columns=Fragment(
            ", ".join(statement("{name}", name=name) for name in [ROW, *(["geom"] if shaped else []), *given])
        ),
        table=layer,
        where=Fragment(where),
        row=ROW,
    )
    cells = connection.execute(query, values).fetchall() if there else []  # none in a study of before the layer came
    parts = list(zip(*cells, strict=True)) or [()] * (1 + shaped + len(given))
    index = pd.Index(parts[0], dtype="int64", name="fid")
    read = dict(zip(given, parts[1 + shaped :], strict=True))
    described = STUDY_LAYERS[layer].columns
    table = pd.DataFrame(
        {name: _column(read.get(name, (None,) * len(index)), described[name].dtype, index) for name in wanted},
        index=index,
    )
    if not shaped:
        return table
    import geopandas as gpd  # noqa: PLC0415

    from geo.core.crs import WGS84  # noqa: PLC0415

    return gpd.GeoDataFrame(table, geometry=shapes_of(parts[1]), crs=WGS84)


def _column(cells: Sequence[Any], dtype: str, index: pd.Index) -> pd.Series:
    """Return cells as SQLite has them as a column of a declared type."""
    import pandas as pd  # noqa: PLC0415

    if dtype == TEXT:
        return pd.Series(cells, index=index, dtype=object)
    if dtype == FLAG:
        return pd.Series([bool(cell) for cell in cells], index=index, dtype=bool)
    if dtype == NUMBER:
        return pd.Series(cells, index=index, dtype=float)
    if dtype == COUNT:
        return pd.Series(cells, index=index, dtype="Int64")
    if dtype == MOMENT:
        moments = pd.to_datetime(pd.Series(cells, index=index, dtype=object), utc=True, format="ISO8601")
        return moments.astype(MOMENT)
    return pd.Series(cells, index=index, dtype=dtype)


def count_in(connection: sqlite3.Connection, layer: str) -> int:
    """Return the number of a layer's rows; none of one that is not there."""
    if not columns_of(connection, layer):
        return 0
    return int(connection.execute(statement("SELECT count(*) FROM {table}", table=layer)).fetchone()[0])


def any_in(connection: sqlite3.Connection, layer: str) -> bool:
    """Tell whether a layer is there and has rows."""
    if not columns_of(connection, layer):
        return False
    return connection.execute(statement("SELECT 1 FROM {table} LIMIT 1", table=layer)).fetchone() is not None
