"""Trends: months, seasons and hours of complaints, emerging hot spots, and recurring spots."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from scipy.special import ndtr

from geo.complaints.chains import groups_within
from geo.complaints.local_statistics import empirical_bayes
from geo.core.arrays import Floats, Integers, run_starts
from geo.core.crs import to_metric
from geo.points.cases import events
from geo.rules.loader import Profile
from geo.study.doubts import doubted
from geo.study.layers import codes

EMERGING: Final = codes.EMERGING
"""Kinds of emerging hot spots: see `emerging`."""

_LEAST_MONTHS: Final = 4
"""With fewer, nothing is said of change."""

_DAYS_MISSING: Final = 3


def local_times(stamps: pd.Series, timezone: str) -> pd.Series:
    """Return moments on the study's clock."""
    return stamps.dt.tz_convert(timezone)


def months_of(stamps: pd.Series, timezone: str) -> Integers:
    """Return the months of moments on the study's clock, counted from the year 0; -1 where there is none."""
    local = local_times(stamps, timezone)
    return (local.dt.year * 12 + local.dt.month - 1).fillna(-1).to_numpy(dtype=np.int64)


def month_text(month: int) -> str:
    """Return a month as "2025-03"."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def whole_months(stamps: pd.Series, timezone: str) -> Integers:
    """
    Return the months that complaints cover, without a first or last month covered in part.

    The first is left out where complaints begin after its first three days, the last where they end before its last
    three.
    """
    known = stamps.dropna()
    if known.empty:
        return np.zeros(0, dtype=np.int64)
    local = local_times(known, timezone)
    first, last = months_of(pd.Series([known.min(), known.max()]), timezone)
    if local.min().day > _DAYS_MISSING and first < last:
        first += 1
    if local.max().day <= local.max().days_in_month - _DAYS_MISSING and first < last:
        last -= 1
    return np.arange(first, last + 1)


def emerging(
    segment: Integers, month: Integers, months: Integers, exposure: Floats, neighbours: csr_array, profile: Profile
) -> NDArray[np.object_]:
    """
    Classify segments as emerging hot spots, or None.

    A segment is hot in a month where Gi* of that month's rates, with its neighbours in space and its own month before
    and after, is above `hotspots.hot_z`. Of segments that are hot in the last month, or have been:

    - `new`: hot in the last month, and never before.
    - `intensifying`: hot in the last month and in at least `hotspots.persistent_share` of all, with a rising trend.
    - `persistent`: the same, without a trend.
    - `diminishing`: hot in at least that share of the months, with a falling trend.
    - `sporadic`: hot in the last month and before, in fewer.

    The trend is that of Mann and Kendall in the months' Gi*, at 5 %. The kinds are Esri's (How Emerging Hot Spot
    Analysis works), without those that only look back.

    Parameters
    ----------
    segment, month
        Of each complaint.
    months
        All months, in order.
    exposure
        Shape (n,).
    neighbours
        Shape (n, n).
    profile
        `hotspots.*`.
    """
    n, t = len(exposure), len(months)
    kind = np.full(n, None, dtype=object)
    if t < _LEAST_MONTHS or n < 3:
        return kind
    place = np.searchsorted(months, month)
    inside = (place < t) & (months[np.minimum(place, t - 1)] == month) & (segment >= 0)
    counts = np.zeros((t, n))
    np.add.at(counts, (place[inside], segment[inside]), 1.0)
    rate = np.stack([empirical_bayes(row, exposure) for row in counts])
    own = csr_array(neighbours + eye_array(n, format="csr"))
    size = np.asarray(own.sum(axis=1)).ravel()
    sums, cells = (own @ rate.T).T, np.tile(size, (t, 1)).astype(float)
    # the month before and the one after, at the place itself
    sums[1:] += rate[:-1]
    sums[:-1] += rate[1:]
    cells[1:] += 1
    cells[:-1] += 1
    total = n * t
    mean, spread = rate.mean(), rate.std()
    if spread == 0:
        return kind
    z = (sums - mean * cells) / (spread * np.sqrt((total * cells - cells**2) / (total - 1)))
    hot = z > float(profile["hotspots.hot_z"])
    trend = mann_kendall(z)
    often = hot.mean(axis=0) >= float(profile["hotspots.persistent_share"])
    now, before = hot[-1], hot[:-1].any(axis=0)
    kind[now & before & ~often] = "sporadic"
    kind[now & ~before] = "new"
    kind[now & often] = "persistent"
    kind[now & often & (trend > 0)] = "intensifying"
    kind[often & (trend < 0)] = "diminishing"
    return kind


def mann_kendall(values: Floats) -> Integers:
    """
    Return the sign of each column's trend, 0 where it may be chance (Mann 1945, Kendall 1975; two-sided, 5 %).

    Parameters
    ----------
    values
        Shape (t, n), in the order of time.
    """
    t, n = values.shape
    s = np.zeros(n)
    for later in range(1, t):
        s += np.sign(values[later] - values[:later]).sum(axis=0)
    variance = t * (t - 1) * (2 * t + 5) / 18
    z = np.where(s == 0, 0.0, (s - np.sign(s)) / np.sqrt(variance))
    return np.where(2 * ndtr(-np.abs(z)) < 0.05, np.sign(s), 0).astype(np.int64)


def weekday_hours(stamps: pd.Series, timezone: str) -> Integers:
    """Count complaints by weekday and hour, shape (7, 24), from Monday."""
    local = local_times(stamps.dropna(), timezone)
    table = np.zeros((7, 24), dtype=np.int64)
    np.add.at(table, (local.dt.day_of_week.to_numpy(), local.dt.hour.to_numpy()), 1)
    return table


def seasons(stamps: pd.Series, timezone: str) -> pd.DataFrame:
    """
    Return complaints by month of the year.

    `month` (1 to 12), `complaints`, `years` (number of years with the whole month) and `per_month`.
    """
    months = whole_months(stamps, timezone)
    month = months_of(stamps, timezone)
    counted = month[np.isin(month, months)]
    complaints = np.bincount(counted % 12, minlength=12)
    years = np.bincount(months % 12, minlength=12)
    each = np.divide(complaints, years, out=np.full(12, np.nan), where=years > 0)
    return pd.DataFrame({"month": np.arange(1, 13), "complaints": complaints, "years": years, "per_month": each})


class Repeats(NamedTuple):
    """
    Spots that come back.

    Attributes
    ----------
    spots
        `category`, `segment_id`, `reports`, `relapses`, `first`, `last`, `complaint_ids`, geometry (their middle): the
        most relapses first.
    share
        Of the complaints that follow a closed one, those that are relapses; None where none could be.
    """

    spots: gpd.GeoDataFrame
    share: float | None


def repeats(complaints: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> Repeats:
    """
    Return the recurring spots: a complaint comes again soon after one was closed.

    Complaints of one category that lie within `repeats.within` of each other, from one to the next, are of one spot. A
    relapse is one that was received after an earlier one of its spot was closed, no more than `repeats.days` later.
    Only `geo.points.cases.events` count: reports of the same event as another are none. After a doubted closing nothing
    is a relapse.

    Parameters
    ----------
    complaints
        The study's layer.
    crs
        Its metric CRS.
    profile
        `repeats.*`.
    """
    complaints = events(complaints).rows
    closings = complaints["closed_at"].mask(doubted(complaints, "closed_at"))
    found = complaints.assign(closed_at=closings).reset_index(drop=True)
    columns = ["category", "segment_id", "reports", "relapses", "first", "last", "complaint_ids"]
    if found.empty:
        return Repeats(gpd.GeoDataFrame(columns=columns, geometry=[], crs=complaints.crs), None)
    xy = to_metric(found.get_coordinates().to_numpy(), crs)
    spot = groups_within(xy, pd.factorize(found["category"])[0], float(profile["repeats.within"]))
    table = found.assign(spot=spot, x=found.geometry.x, y=found.geometry.y).sort_values(["spot", "received_at"])
    received, closed = (
        ((table[name] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)).to_numpy(dtype=float)
        for name in ("received_at", "closed_at")
    )
    since = _days_since_closing(table["spot"].to_numpy(), received, closed)
    follows = np.isfinite(since)
    relapse = since <= int(profile["repeats.days"])
    table["relapse"] = relapse
    groups = table[table["relapse"].groupby(table["spot"]).transform("any")].groupby("spot")
    spots = groups.agg(
        category=("category", "first"),
        segment_id=("segment_id", "first"),
        reports=("complaint_id", "size"),
        relapses=("relapse", "sum"),
        first=("received_at", "min"),
        last=("received_at", "max"),
        complaint_ids=("complaint_id", ", ".join),
        x=("x", "mean"),
        y=("y", "mean"),
    )
    spots = spots.sort_values(["relapses", "reports"], ascending=False, kind="stable")
    shapes = gpd.points_from_xy(spots.pop("x"), spots.pop("y"))
    layer = gpd.GeoDataFrame(spots.reset_index(drop=True), geometry=shapes, crs=complaints.crs)
    return Repeats(layer, float(relapse.sum() / follows.sum()) if follows.any() else None)


def _days_since_closing(spot: Integers, received: Floats, closed: Floats) -> Floats:
    """
    Return how long before each complaint one of its spot was closed last, infinite where none was.

    Only complaints before it in the order count; they are sorted by spot, then by day of receipt (NaN last).
    """
    days, rank = np.unique(np.concatenate([received, closed]), return_inverse=True)
    spot = np.cumsum(run_starts(spot)) - 1
    none = spot * (len(days) + 1)
    asked, offered = (none + 1 + part for part in np.split(rank, 2))
    from_row = np.flatnonzero(np.isfinite(closed))
    # the first complaint that comes after a closing, in time and in the order
    first = np.maximum(np.searchsorted(asked, offered[from_row]), from_row + 1)
    inside = first < np.searchsorted(spot, spot[from_row], "right")
    latest = none.copy()
    np.maximum.at(latest, first[inside], offered[from_row[inside]])
    place = np.maximum.accumulate(latest) - none - 1
    since = received - days[place]
    return np.where((place >= 0) & np.isfinite(received), since, np.inf)
