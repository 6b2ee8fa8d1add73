"""Identifiers for rows that have none: a hash of their content, so that the same row is recognised in a later file."""

from __future__ import annotations

import hashlib
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

_BYTES: Final = 12
"""96 bits: among a million rows, two share an identifier with a probability of 6e-18."""
_BETWEEN_CELLS: Final = "\x1e"
_AFTER_NAME: Final = "\x1f"
_NEAR_DEGREES: Final = 1e-3
"""About a hundred metres: an address may be placed anew by another extract."""


def content_identities(rows: pd.DataFrame) -> pd.Series:
    """
    Return an identifier of each row's content.

    It depends on the cells that are filled and on the names of their columns, and on nothing else: neither on the
    versions of libraries, nor on the order of columns, nor on empty columns.

    Parameters
    ----------
    rows
        Text, or None where a cell is empty.

    Returns
    -------
    identifiers
        "x" and 24 hexadecimal digits of BLAKE2b (RFC 7693), by row.
    """
    content: NDArray[np.object_] = np.full(len(rows), "", dtype=object)
    for name in sorted(rows.columns):
        cells = rows[name].to_numpy(dtype=object)
        filled = rows[name].notna().to_numpy()
        content[filled] += f"{name}{_AFTER_NAME}" + cells[filled] + _BETWEEN_CELLS
    digests = [
        f"x{hashlib.blake2b(text.encode(errors='surrogatepass'), digest_size=_BYTES).hexdigest()}" for text in content
    ]
    return pd.Series(digests, index=rows.index, dtype=object)


def _identity_of_0_1(rows: pd.DataFrame) -> pd.Series:
    """Return the identifiers that version 0.1 gave: 40 bits of pandas' hash of all columns in their order."""
    codes = pd.util.hash_pandas_object(rows.fillna(""), index=False)
    return pd.Series([f"x{code:016x}"[:11] for code in codes], index=rows.index, dtype=object)


def former_identities(rows: pd.DataFrame) -> pd.Series:
    """Return the identifiers that rows without one had in studies of earlier versions."""
    return _identity_of_0_1(rows)


def with_former_identities(
    points: gpd.GeoDataFrame, former: pd.Series, layer: gpd.GeoDataFrame, identifier: str
) -> gpd.GeoDataFrame:
    """
    Return points under their identifiers in a study made with an earlier version.

    Parameters
    ----------
    points
        `identifier`, for complaints `duplicate_of`, and places in WGS 84.
    former
        Of each point, by its index: the identifier of earlier versions, None where it has one of its own.
    layer
        The study's points of that kind.
    identifier
        The column of identifiers.

    Returns
    -------
    points
        A point that the study knows under its present identifier keeps that, and so does one far from the row of the
        study with its former identifier: 40 bits are shared by chance once a study has a million rows.
    """
    at = pd.Index(layer[identifier]).get_indexer(pd.Index(former))
    candidate = np.flatnonzero((at >= 0) & former.notna().to_numpy() & ~points[identifier].isin(layer[identifier]))
    away = shapely.distance(points.geometry.to_numpy()[candidate], layer.geometry.to_numpy()[at[candidate]])
    rows = points.index[candidate[away <= _NEAR_DEGREES]]
    if len(rows) == 0:
        return points
    result = points.copy(deep=False)
    names = dict(zip(points.loc[rows, identifier], former[rows], strict=True))
    for column in points.columns.intersection([identifier, "duplicate_of"]):
        called = [names.get(name, name) for name in points[column]]
        result[column] = pd.Series(called, index=points.index, dtype=object)
    return result
