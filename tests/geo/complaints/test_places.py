"""Places of complaints: reports of one position, of scattered positions, and clumps."""

from __future__ import annotations

import numpy as np
import pytest

from geo.complaints.places import places_of, without_clumps

LENGTH = np.full(60, 200.0)


def test_reports_of_one_position_are_one_place_on_each_side() -> None:
    row, offset_m, side = np.array([0, 0, 0, 1]), np.array([5.0, 5.02, 5.0, 5.0]), np.array([0, 0, 1, 0])
    places = places_of(row, offset_m, side, LENGTH)
    assert places.reports.tolist() == [2, 1, 1]
    assert places.of[0] == places.of[1]
    assert places.counts(3).tolist() == [3, 1, 0]
    assert places.dispersion(3) == pytest.approx([5 / 3, 1, 4 / 3])
    assert len(places.monthly(np.array([3, 3, 3, -1]))) == 3
    nothing = np.zeros(0, dtype=np.int64)
    assert len(places_of(nothing, np.zeros(0), nothing, LENGTH).segment) == 0


@pytest.mark.parametrize(("times", "scatter_m"), [(3, 4.0), (10, 4.0), (4, 10.0)])
def test_scattered_reports_are_about_as_many_places_as_there_are(times: int, scatter_m: float) -> None:
    rng = np.random.default_rng(1)
    row, offset_m = rng.integers(0, 60, 150), rng.uniform(0, 200, 150)
    row, offset_m = np.repeat(row, times), np.repeat(offset_m, times)
    moved = np.clip(offset_m + rng.normal(0, scatter_m, len(row)), 0, 200)
    places = places_of(row, moved, np.zeros(len(row), dtype=np.int64), LENGTH)
    assert places.scatter_m >= scatter_m / 2
    assert 90 <= len(places.segment) <= 220
    assert places.reports.sum() == len(row)


def test_a_busy_segment_is_no_scatter() -> None:
    rng = np.random.default_rng(2)
    row = np.concatenate([rng.integers(0, 60, 200), np.full(200, 7)])
    places = places_of(row, rng.uniform(0, 200, 400), np.zeros(400, dtype=np.int64), LENGTH)
    assert places.scatter_m == 0
    assert len(places.segment) >= 390


def test_a_clump_among_few_others_is_one_place() -> None:
    rng = np.random.default_rng(3)
    offset_m = np.concatenate([np.linspace(5, 195, 8), 100 + rng.normal(0, 3, 40)])
    row = np.zeros(48, dtype=np.int64)
    places = places_of(row, offset_m, row, LENGTH)
    count = len(places.segment)
    found = without_clumps(places, np.full(count, float(count)), np.full(count, 600.0))
    assert len(found.segment) <= 12
    even = places_of(row, np.linspace(1, 199, 48), row, LENGTH)
    assert even.scatter_m == 0, "evenly spaced, as house numbers are"
    assert len(without_clumps(even, np.full(48, 48.0), np.full(48, 200.0)).segment) == 48
