"""Identifiers for rows that have none: a hash of their content, so that the same row is recognised in a later file."""

from __future__ import annotations

import hashlib
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.study.pseudonyms import REPEATED, Pseudonyms

_BYTES: Final = 12
"""96 bits: among a million rows, two share an identifier with a probability of 6e-18."""
_BETWEEN_CELLS: Final = "\x1e"
_AFTER_NAME: Final = "\x1f"
_NEAR_DEGREES: Final = 1e-3
"""About a hundred metres: an address may be placed anew by another extract."""

_COORDINATES: Final = ("lon", "lat")
_DECIMALS: Final = 6
"""Of coordinates: programs write the last digits of the same number differently."""
_SHORT: Final = 11
"""Characters of an identifier of version 0.1."""


def content_identities(rows: pd.DataFrame, pseudonyms: Pseudonyms | None = None) -> pd.Series:
    """
    Return an identifier of each row's content.

    Without a key it depends on the cells that are filled and on the names of their columns, and on nothing else:
    neither on the versions of libraries, nor on the order of columns, nor on empty columns.

    Parameters
    ----------
    rows
        Text, or None where a cell is empty.
    pseudonyms
        Under the study's key, for rows with cells that the study does not keep as they are: without the key, whoever
        knows the rest of a row could try numbers until the identifier fits.

    Returns
    -------
    identifiers
        "x" and 24 hexadecimal digits of BLAKE2b (RFC 7693), by row; of pseudonyms `Pseudonyms.of_content`.
    """
    contents = _contents(rows)
    if pseudonyms is not None:
        digests = [pseudonyms.of_content(text) for text in contents]
    else:
        digests = [
            f"x{hashlib.blake2b(text.encode(errors='surrogatepass'), digest_size=_BYTES).hexdigest()}"
            for text in contents
        ]
    return pd.Series(digests, index=rows.index, dtype=object)


def _contents(rows: pd.DataFrame) -> NDArray[np.object_]:
    """Return the filled cells of each row and their columns' names as one text."""
    content: NDArray[np.object_] = np.full(len(rows), "", dtype=object)
    for name in sorted(rows.columns):
        cells = rows[name].to_numpy(dtype=object)
        filled = rows[name].notna().to_numpy()
        content[filled] += f"{name}{_AFTER_NAME}" + cells[filled] + _BETWEEN_CELLS
    return content


def as_read(rows: pd.DataFrame, clean: pd.DataFrame | None) -> pd.DataFrame:
    """
    Return rows as text with numbers, times and coordinates written in one way, as far as they could be read.

    Parameters
    ----------
    rows
        Text, as a file has it.
    clean
        The same rows with their numbers and times read; None where that is not known.
    """
    result = rows.copy(deep=False)
    for name in rows.columns:
        read = None if clean is None or name not in clean else clean[name].reindex(rows.index)
        if name in _COORDINATES:
            read = pd.to_numeric(rows[name], errors="coerce").astype(float).round(_DECIMALS)
        if read is None or read.dtype == object:
            continue
        words = read.astype("datetime64[ms, UTC]") if isinstance(read.dtype, pd.DatetimeTZDtype) else read
        known = (read.notna() & rows[name].notna()).to_numpy(dtype=bool)
        result[name] = rows[name].where(~known, words.astype("string").astype(object)).astype(object)
    return result


def _identity_of_0_1(rows: pd.DataFrame) -> pd.Series:
    """Return the identifiers that version 0.1 gave: 40 bits of pandas' hash of all columns in their order."""
    codes = pd.util.hash_pandas_object(rows.fillna(""), index=False)
    return pd.Series([f"x{code:016x}"[:11] for code in codes], index=rows.index, dtype=object)


def former_identities(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the identifiers that rows without one had in studies of earlier versions, a column a version."""
    return pd.DataFrame({"content": content_identities(rows), "0.1": _identity_of_0_1(rows)}, dtype=object)


def with_former_identities(
    points: gpd.GeoDataFrame, former: pd.DataFrame, layer: gpd.GeoDataFrame, identifier: str
) -> gpd.GeoDataFrame:
    """
    Return points under their identifiers in a study made with an earlier version.

    Parameters
    ----------
    points
        `identifier`, for complaints `duplicate_of`, and places in WGS 84.
    former
        Of each point, by its index: other identifiers that it may have in the study, the surest first; None where it
        has one of its own.
    layer
        The study's points of that kind.
    identifier
        The column of identifiers.

    Returns
    -------
    points
        A point that the study knows under its present identifier keeps that. So does one far from the row of the study
        with its identifier of version 0.1: 40 bits are shared by chance once a study has a million rows.
    """
    known = pd.Index(layer[identifier])
    names: dict[str, str] = {}
    open_ = ~points[identifier].isin(layer[identifier]).to_numpy(dtype=bool)
    for column in former:
        at = known.get_indexer(pd.Index(former[column]))
        candidate = np.flatnonzero((at >= 0) & former[column].notna().to_numpy() & open_)
        away = shapely.distance(points.geometry.to_numpy()[candidate], layer.geometry.to_numpy()[at[candidate]])
        sure = former[column].iloc[candidate].str.replace(REPEATED, "", regex=True).str.len().to_numpy() > _SHORT
        rows = candidate[sure | (away <= _NEAR_DEGREES)]
        names |= dict(zip(points[identifier].iloc[rows], former[column].iloc[rows], strict=True))
        open_[rows] = False
    if not names:
        return points
    result = points.copy(deep=False)
    for column in points.columns.intersection([identifier, "duplicate_of"]):
        called = [names.get(name, name) for name in points[column]]
        result[column] = pd.Series(called, index=points.index, dtype=object)
    return result
