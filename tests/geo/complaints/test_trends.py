"""Trends: emerging hot spots, seasons and hours, recurring spots."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.complaints.trends import (
    _days_since_closing,
    emerging,
    mann_kendall,
    month_text,
    months_of,
    repeats,
    seasons,
    weekday_hours,
    whole_months,
)
from geo.core.crs import WGS84
from geo.rules import Profile
from geo.study.schema import conform_geo
from tests.support.drawn import CRS, degrees
from tests.support.networks import chain


def stamps(*texts: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts), utc=True))


def test_months_are_those_of_the_studys_clock() -> None:
    # half past five in the afternoon in London is the next day in China
    months = months_of(stamps("2025-01-31T16:30:00Z", "2025-01-31T15:30:00Z", None), "Asia/Shanghai")
    assert [month_text(int(m)) for m in months[:2]] == ["2025-02", "2025-01"]
    assert months[2] == -1


def test_a_part_of_a_month_is_no_month() -> None:
    whole = whole_months(
        stamps("2025-01-10T00:00:00Z", "2025-03-01T00:00:00Z", "2025-04-10T00:00:00Z"), "Asia/Shanghai"
    )
    assert [month_text(int(m)) for m in whole] == ["2025-02", "2025-03"]
    assert len(whole_months(stamps(None), "Asia/Shanghai")) == 0


def test_hours_and_seasons() -> None:
    times = stamps("2025-01-01T00:30:00Z", "2025-01-31T12:00:00Z", "2025-02-28T12:00:00Z")
    table = weekday_hours(times, "Asia/Shanghai")
    assert table.sum() == 3
    assert table[2, 8] == 1, "half past eight on a Wednesday in China"
    found = seasons(times, "Asia/Shanghai")
    assert found["complaints"].tolist()[:3] == [2, 1, 0]
    assert found["years"].tolist()[:3] == [1, 1, 0]


@pytest.mark.parametrize(
    ("values", "sign"),
    [([1, 2, 3, 4, 5, 6], 1), ([6, 5, 4, 3, 2, 1], -1), ([3, 1, 4, 1, 5, 2], 0), ([2, 2, 2, 2, 2, 2], 0)],
)
def test_a_trend_is_told_only_beyond_chance(values: list[float], sign: int) -> None:
    assert mann_kendall(np.array(values, dtype=float)[:, None])[0] == sign


def kinds_of(counts: np.ndarray, profile: Profile) -> Any:
    """Return the kinds of segments along a street, given counts of shape (months, segments)."""
    month, segment = np.nonzero(counts)
    times = counts[month, segment].astype(int)
    return emerging(
        np.repeat(segment, times),
        np.repeat(month, times),
        np.arange(len(counts)),
        np.ones(counts.shape[1]),
        chain(counts.shape[1]),
        profile,
    )


def test_each_kind_of_emerging_hot_spot(profile: Profile) -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(1.0, (12, 60)).astype(float)
    counts[:, 5:8] = 25  # always
    counts[:, 15:18] = np.linspace(14, 60, 12)[:, None].round()  # more and more
    counts[:, 25:28] = np.linspace(60, 14, 12)[:, None].round()  # fewer and fewer
    counts[-1, 35:38] = 30  # only now
    counts[[2, 6, 11], 45:48] = 30  # now and then
    kind = kinds_of(counts, profile)
    assert kind[6] == "persistent"
    assert kind[16] == "intensifying"
    assert kind[26] == "diminishing"
    assert kind[36] == "new"
    assert kind[46] == "sporadic"
    assert kind[54] is None


def test_a_few_months_are_too_few(profile: Profile) -> None:
    counts = np.ones((3, 10))
    counts[:, 4] = 40
    assert all(kind is None for kind in kinds_of(counts, profile))


def complaint(number: int, x: float, received: str, closed: str | None, **more: Any) -> dict[str, Any]:
    given = {"complaint_id": f"C{number}", "category": "noise", "segment_id": "1-0", "duplicate_of": None}
    times = {"received_at": pd.Timestamp(received), "closed_at": pd.Timestamp(closed) if closed else pd.NaT}
    return {**given, **times, **more, "geometry": degrees(shapely.Point(x, 3))}


def layer(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    return conform_geo(gpd.GeoDataFrame(list(rows), geometry="geometry", crs=WGS84), "complaints")


def test_a_spot_comes_back_soon_after_it_was_closed(profile: Profile) -> None:
    found = repeats(
        layer(
            complaint(1, 0, "2025-03-01T00:00Z", "2025-03-02T00:00Z"),
            complaint(2, 10, "2025-03-10T00:00Z", "2025-03-11T00:00Z"),  # a relapse
            complaint(3, 20, "2025-03-10T12:00Z", None),  # a relapse of the first, the second is still open
            complaint(4, 5, "2025-06-01T00:00Z", None),  # too late
            complaint(5, 0, "2025-03-03T00:00Z", None, category="litter"),  # something else
            complaint(6, 500, "2025-03-03T00:00Z", None),  # elsewhere
            complaint(7, 0, "2025-03-05T00:00Z", None, duplicate_of="C1"),  # the same event
        ),
        CRS,
        profile,
    )
    assert found.spots[["category", "reports", "relapses"]].to_numpy().tolist() == [["noise", 4, 2]]
    assert found.spots["complaint_ids"].iloc[0] == "C1, C2, C3, C4"
    assert found.share == pytest.approx(2 / 3)


def test_nothing_comes_back_where_nothing_was_closed(profile: Profile) -> None:
    found = repeats(
        layer(complaint(1, 0, "2025-03-01T00:00Z", None), complaint(2, 1, "2025-03-05T00:00Z", None)), CRS, profile
    )
    assert found.spots.empty
    assert found.share is None
    assert repeats(layer(complaint(1, 0, "2025-03-01T00:00Z", None)).iloc[:0], CRS, profile).spots.empty


def test_the_last_closing_before_each_complaint_is_found_without_all_pairs() -> None:
    rng = np.random.default_rng(721)
    for count in (1, 2, 9, 60):
        spot = np.sort(rng.integers(0, 1 + count // 6, count))
        received = rng.integers(0, 12, count) / 2
        received[rng.random(count) < 0.1] = np.nan
        received = received[np.lexsort((received, spot))]
        closed = received + rng.integers(-3, 6, count) / 2
        closed[rng.random(count) < 0.2] = np.nan
        expected = [
            min(
                (
                    received[row] - closed[earlier]
                    for earlier in range(row)
                    if spot[earlier] == spot[row] and closed[earlier] <= received[row]
                ),
                default=np.inf,
            )
            for row in range(count)
        ]
        assert _days_since_closing(spot, received, closed).tolist() == expected
