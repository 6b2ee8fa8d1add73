"""The tables of streets: high ones first, quiet ones in hot neighbourhoods last, worse ones with their numbers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import eye_array

from geo.complaints.neighbourhoods import Around, Neighbourhoods
from geo.complaints.places import Places
from geo.complaints.street_tables import (
    alike_of,
    change_codes,
    change_document,
    change_of,
    changed_rows,
    hot_street_rows,
    month_counts,
    streets_of,
)
from geo.network.lixels import Lixels
from geo.rules import Profile
from tests.support.drawn import road, roads_layer

UTC = "UTC"


def city() -> tuple[pd.DataFrame, np.ndarray, pd.Series]:
    """Thirty streets of a kilometre in two segments, 2 complaints a month each; s5 ten from July on, s9 none."""
    rows = [
        road([(x, 100.0 * number), (x + 500, 100.0 * number)], street_id=f"s{number}", name=f"路{number}")
        for number in range(30)
        for x in (0, 500)
    ]
    segments, times = [], []
    for number in range(30):
        for month in range(1, 13):
            many = 0 if number == 9 else 10 if number == 5 and month >= 7 else 2
            segments += [2 * number + each % 2 for each in range(many)]
            times += [f"2025-{month:02d}-{1 + (number + 9 * each) % 28:02d}T08:00Z" for each in range(many)]
    times[0], times[1] = "2025-01-01T00:00Z", "2025-12-31T00:00Z"
    return roads_layer(rows), np.array(segments), pd.Series(pd.to_datetime(times, utc=True))


def own_places(row: np.ndarray) -> Places:
    """Every complaint is about a place of its own."""
    return Places(row, np.arange(len(row), dtype=float), np.arange(len(row)), 0.0)


def around(roads: gpd.GeoDataFrame, hot: list[int]) -> tuple[Around, Neighbourhoods]:
    """Each segment is one piece, and its own neighbourhood; some are hot."""
    n = len(roads)
    flags = np.isin(np.arange(n), hot)
    lixels = Lixels(roads, 1000.0)
    pieces = Around(lixels, eye_array(n, format="csr"), np.ones(n), np.zeros((n, 2)), 100.0)
    number, one = np.full(n, 12), np.ones(n)
    z = np.where(flags, 5.0, 0.0)
    return pieces, Neighbourhoods(number, number, 10 * one, 1.2 * one, one, 2 * one, z, one - flags, flags, 600.0)


def test_the_street_that_got_worse_is_found_with_its_numbers(profile: Profile) -> None:
    roads, row, times = city()
    streets = streets_of(roads, roads["length_m"].to_numpy() / 1000, row, own_places(row))
    counts, days, months = month_counts(streets.of[row], times, UTC, 30)
    assert counts.shape == (30, 12)
    assert days.sum() == 365
    change = change_of(counts, days, profile)
    (found,) = changed_rows(streets, change, days, months, worse=True)
    assert (found["street_id"], found["since"], found["months"]) == ("s5", "2025-07", 6)
    assert (found["before"], found["after"]) == (12, 60)
    assert found["ratio"] == pytest.approx(60 / 184 / (12 / 181), abs=1e-3)
    assert found["low"] is not None
    assert found["low"] > 2
    assert found["year_ratio"] is None
    assert found["relative"] == pytest.approx(found["ratio"], rel=0.05), "the rest of the city is as it was"
    assert found["city_ratio"] == pytest.approx((counts[:, 6:].sum() / 184) / (counts[:, :6].sum() / 181), abs=1e-3)
    assert changed_rows(streets, change, days, months, worse=False) == []
    codes = change_codes(change, 30)
    assert (codes[5], codes[0], codes[9]) == ("worse", "same", None)
    said = change_document(change, streets, months, profile)
    assert (said["whole_months"], said["tested"], said["too_few"], said["says"]) == (12, 29, 0, None)


def test_a_street_without_complaints_stands_last_and_is_not_high(profile: Profile) -> None:
    roads, row, _ = city()
    streets = streets_of(roads, roads["length_m"].to_numpy() / 1000, row, own_places(row))
    alike = alike_of(streets.counts, streets.exposure, streets.table["highway"], profile)
    rows = hot_street_rows(streets, alike, None, *around(roads, [18, 19, 20]), 12.0)
    assert [each["street_id"] for each in rows] == ["s5", "s10", "s9"]
    assert [each["high"] for each in rows] == [True, False, False]
    assert [each["hot_neighbourhood"] for each in rows] == [False, True, True]
    assert [each["complaints"] for each in rows] == [72, 24, 0]
    assert rows[0]["rate"] == pytest.approx(6.0, rel=1e-3)
    assert rows[1]["near_places"] == 12
    assert rows[1]["near_ratio"] == pytest.approx(1.2)
    assert rows[2]["rate_low"] == 0
    assert rows[2]["rate_high"] is not None
    assert rows[1]["hot_m"] == pytest.approx(500, abs=1)
    assert all(each["change"] is None for each in rows)


def test_a_short_history_is_refused_with_a_sentence(profile: Profile) -> None:
    roads, row, times = city()
    early = (times < pd.Timestamp("2025-05-01", tz="UTC")).to_numpy()
    streets = streets_of(roads, roads["length_m"].to_numpy() / 1000, row[early], own_places(row[early]))
    counts, days, months = month_counts(streets.of[row[early]], times[early], UTC, 30)
    change = change_of(counts, days, profile)
    assert change is None
    assert changed_rows(streets, change, days, months, worse=True) == []
    says = change_document(change, streets, months, profile)["says"]
    assert says is not None
    assert "at least 6 are needed" in says
    none = month_counts(np.zeros(0, dtype=np.int64), pd.Series([], dtype="datetime64[ms, UTC]"), UTC, 3)
    assert none[0].shape == (3, 0)
    assert change_of(none[0], none[1], profile) is None
    assert change_document(None, streets, none[2], profile)["first_month"] is None
