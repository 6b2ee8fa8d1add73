"""The complaints that each figure on complaints leaves out, and why."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.complaints.answer_documents import WithoutPlace
from geo.complaints.answer_times import RESPONSES, timed
from geo.complaints.trends import months_of, whole_months
from geo.points.cases import cases, dated, events, placed_cases, unplaced
from geo.study.doubts import Kept, keep
from geo.study.left_out import LeftOut, together_left_out

WITH_PLACE: Final = ("by_street", "by_quarter", "tiers", "measures", "repeats")
"""Figures on answers that complaints without a place are missing from."""

WITHOUT_PLACE: Final = (
    *("shares", "by_month", "hours", "answer_hours", "channels", "overdue", "seasons", "weekday_hours"),
)
"""Figures on answers that count complaints without a place."""


def answers_left_out(complaints: gpd.GeoDataFrame, when: pd.Timestamp, timezone: str) -> dict[str, LeftOut]:
    """
    Return the complaints that the figures on answers leave out, by figure and reason.

    Parameters
    ----------
    complaints
        The study's layer.
    when
        The moment of the figures.
    timezone
        The study's clock.
    """
    every, on_map = cases(complaints, when), placed_cases(complaints, when)
    received, spots = dated(every), events(complaints, when).left_out
    times, on_streets = timed(complaints, when).left_out, _answered(on_map).left_out
    return {
        "shares": _answered(every).left_out,
        "by_month": _answered(received).left_out,
        "by_street": on_streets,
        "by_quarter": on_streets,
        "hours": times,
        "answer_hours": timed(complaints, when, "answered_at").left_out,
        "channels": times,
        "overdue": times,
        "tiers": on_map.left_out,
        "measures": spots,
        "seasons": together_left_out(received.left_out, outside_whole_months(received.rows, timezone)),
        "weekday_hours": received.left_out,
        "repeats": spots,
    }


def without_place(complaints: gpd.GeoDataFrame, when: pd.Timestamp) -> WithoutPlace:
    """Return the number of complaints without a place, and the figures on answers that count them."""
    return {
        "cases": int(unplaced(cases(complaints, when).rows).sum()),
        "counted_in": list(WITHOUT_PLACE),
        "not_counted_in": list(WITH_PLACE),
    }


def hot_spots_left_out(counted: Kept[gpd.GeoDataFrame], timezone: str, at_a_time: bool = False) -> dict[str, LeftOut]:
    """
    Return the complaints that the figures on hot spots leave out, by figure and reason.

    Parameters
    ----------
    counted
        As `geo.complaints.hot_streets.kept_complaints` returns.
    timezone
        The study's clock.
    at_a_time
        Whether the density is that around a moment.
    """
    rows, left = counted.rows, counted.left_out
    undated = keep(rows, {"no_time": rows["received_at"].isna()}).left_out
    return {
        "streets": left,
        "density": together_left_out(left, undated if at_a_time else {}),
        "emerging": together_left_out(left, outside_whole_months(rows, timezone)),
        "repeats": together_left_out(left, undated),
    }


def outside_whole_months(complaints: pd.DataFrame, timezone: str) -> LeftOut:
    """Return the complaints without a time, or in a month that the data cover in part."""
    received = complaints["received_at"]
    part = ~np.isin(months_of(received, timezone), whole_months(received, timezone))
    return keep(complaints, {"no_time": received.isna(), "part_month": part}).left_out


def _answered(counted: Kept[gpd.GeoDataFrame]) -> Kept[gpd.GeoDataFrame]:
    """Return the complaints that say how they were answered."""
    further = keep(counted.rows, {"no_response": ~counted.rows["response"].isin(RESPONSES)})
    return Kept(further.rows, counted.left_out | further.left_out)
