"""The segments and the hours that come first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.complaints.patrols import heaviest, priorities


def test_the_heaviest_segments_of_each_district() -> None:
    work = np.array([5.0, 1.0, 4.0, 0.0, 3.0])
    assert sorted(heaviest(work, np.array([0, 0, 0, 1, 1]), 0.5).tolist()) == [0, 4]
    assert sorted(heaviest(work, np.array([0, 0, 0, 1, 1]), 0.6).tolist()) == [0, 2, 4]


def test_when_and_where_to_be() -> None:
    monday = pd.Timestamp("2025-03-03T18:30")
    street = pd.Series(["s1"] * 6 + ["s2"] * 2 + [None])
    when = pd.Series(
        [monday] * 4 + [monday + pd.Timedelta(days=2)] * 2 + [monday + pd.Timedelta(hours=1)] * 2 + [monday]
    )
    found = priorities(street, when)
    first = found.iloc[0]
    assert (first["street_id"], first["weekday"], first["from_hour"], first["to_hour"]) == ("s1", 0, 18, 20)
    assert first["complaints"] == 4
    assert first["expected"] == pytest.approx((4 + 6 * 6 / 8) / 2)
    assert priorities(street.iloc[:0], when.iloc[:0]).empty
