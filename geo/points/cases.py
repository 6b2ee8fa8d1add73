"""Complaints that count in figures, in all or on maps and streets."""

from __future__ import annotations

from typing import TypeVar

import pandas as pd
import shapely

from geo.study.doubts import Kept, doubted, keep
from geo.study.left_out import PLACE_FIELD

_T = TypeVar("_T", bound=pd.DataFrame)


def unplaced(points: pd.DataFrame) -> pd.Series:
    """Tell the rows without a place: neither coordinates nor an address that was found."""
    if "geometry" in points:
        return pd.Series(shapely.is_missing(points["geometry"].to_numpy(dtype=object)), index=points.index)
    nowhere = points["segment_id"].isna()
    return nowhere & points["precision"].isna() if "precision" in points else nowhere


def cases(complaints: _T, at: pd.Timestamp | None = None) -> Kept[_T]:
    """
    Return the cases that count for figures without a place: shares, months and times.

    Parameters
    ----------
    complaints
        The study's layer, or some of it.
    at
        The moment that is asked for: later ones are left out; by default none is.

    Returns
    -------
    cases
        With and without a place. A case with a doubted time of receipt counts nowhere: nobody knows whether it is of
        the time that the others are of.
    """
    out = {"received_doubted": doubted(complaints, "received_at")}
    if at is not None:
        out["after_at"] = (complaints["received_at"] > at).to_numpy(dtype=bool)
    return keep(complaints, out)


def placed_cases(complaints: _T, at: pd.Timestamp | None = None) -> Kept[_T]:
    """
    Return the cases that count on the map, on streets and in quarters.

    Parameters
    ----------
    complaints, at
        As `cases` takes them.

    Returns
    -------
    cases
        Those of `cases` with a place that is not doubted: not further from every street than
        `points.far_from_streets`.
    """
    return placed(cases(complaints, at))


def placed(counted: Kept[_T]) -> Kept[_T]:
    """Return the rows with a place that is not doubted."""
    rows = counted.rows
    further = keep(rows, {"no_place": unplaced(rows), "place_doubted": doubted(rows, PLACE_FIELD)})
    return Kept(further.rows, counted.left_out | further.left_out)


def dated(counted: Kept[_T]) -> Kept[_T]:
    """Return the rows with a time of receipt."""
    further = keep(counted.rows, {"no_time": counted.rows["received_at"].isna()})
    return Kept(further.rows, counted.left_out | further.left_out)


def events(complaints: _T, at: pd.Timestamp | None = None) -> Kept[_T]:
    """Return the cases with a time and a place, once for each event: recurring spots and effects are made of them."""
    counted = dated(placed_cases(complaints, at))
    further = keep(counted.rows, {"same_event": counted.rows["duplicate_of"].notna()})
    return Kept(further.rows, counted.left_out | further.left_out)
