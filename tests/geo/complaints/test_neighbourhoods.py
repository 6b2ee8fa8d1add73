"""Neighbourhoods: planted hot stretches are found, noise is not, and nobody makes one by complaining every week."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from geo.complaints.hot_streets import street_network
from geo.complaints.neighbourhoods import Around, Neighbourhoods, counted_places, neighbourhoods, share_ratio
from geo.complaints.places import Places
from tests.support.drawn import CRS, road, roads_layer

SIDE = 12
GRID = roads_layer(
    [
        road([(x, y), (x + dx, y + dy)])
        for x in range(0, SIDE * 150, 150)
        for y in range(0, SIDE * 150, 150)
        for dx, dy in ((150, 0), (0, 150))
    ]
)
LENGTH = GRID["length_m"].to_numpy(dtype=float)
AROUND = Around.of(street_network(GRID, CRS), GRID, LENGTH / 1000, 150.0)
HOT = np.arange(100, 106)


def drawn(rng: np.random.Generator, count: int = 1000, factor: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    weight = LENGTH * np.where(np.isin(np.arange(len(LENGTH)), HOT), factor, 1.0)
    row = rng.choice(len(LENGTH), count, p=weight / weight.sum())
    return row, rng.random(count) * LENGTH[row]


def found(row: np.ndarray, offset_m: np.ndarray) -> tuple[Places, Neighbourhoods]:
    places = counted_places(row, offset_m, np.zeros(len(row), dtype=np.int64), LENGTH, AROUND)
    return places, neighbourhoods(places, AROUND, 0.1)


def segments(hot: np.ndarray) -> set[int]:
    return set(AROUND.lixels.row[hot].tolist())


@pytest.mark.parametrize(("times", "scatter_m"), [(1, 0.0), (3, 0.0), (10, 0.0), (3, 5.0), (10, 5.0)], ids=str)
def test_noise_is_not_hot_however_often_each_place_is_reported(times: int, scatter_m: float) -> None:
    wrong = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        row, offset_m = (np.repeat(each, times) for each in drawn(rng, 400))
        moved = np.clip(offset_m + rng.normal(0, scatter_m, len(row)) if scatter_m else offset_m, 0, LENGTH[row])
        wrong += int(found(row, moved)[1].hot.any())
    assert wrong <= 5


@pytest.mark.parametrize("scatter_m", [0.0, 6.0])
def test_one_neighbour_who_complains_every_week_makes_no_hot_spot_and_hides_none(scatter_m: float) -> None:
    alone = beside = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        row, offset_m = drawn(rng, factor=5.0)
        weekly = np.clip(70 + rng.normal(0, scatter_m or 1e-9, 52), 0, 150)
        hot = segments(found(np.append(row, np.full(52, 20)), np.append(offset_m, weekly))[1].hot)
        alone += 20 in hot
        beside += bool(hot & set(HOT.tolist()))
    assert alone <= 2
    assert beside >= 19


def test_a_planted_stretch_is_found_with_its_ratio() -> None:
    rng = np.random.default_rng(3)
    places, near = found(*drawn(rng, 2000, 5.0))
    assert places.scatter_m == 0
    assert segments(near.hot) & set(HOT.tolist())
    best = int(np.argmax(near.z))
    assert near.low[best] < near.ratio[best] < near.high[best]
    assert near.low[best] > 1
    assert near.ratio[best] == pytest.approx(near.places[best] / near.expected[best])
    chance = binom.sf(near.places[best] - 1, 2000, near.expected[best] / 2000)
    assert near.p_value[best] == pytest.approx(chance, rel=1e-6)


def test_streets_without_exposure_are_no_hot_spot() -> None:
    walkers = np.where(np.arange(len(LENGTH)) < 50, 0.0, 1.0)
    around = AROUND._replace(exposure=walkers[AROUND.lixels.row])
    row, offset_m = np.repeat([3, 200], 60), np.tile(np.linspace(1, 149, 60), 2)
    places = Places(row, offset_m, np.arange(120), 0.0)
    near = neighbourhoods(places, around, 0.1)
    assert segments(near.hot) >= {200}
    assert 3 not in segments(near.hot)
    assert near.total == 60


def test_the_interval_of_a_share_is_clopper_and_pearsons() -> None:
    ratio, low, high = share_ratio(np.array([7.0, 0.0]), 100.0, np.array([0.02, 0.0]))
    ends = binomtest(7, 100).proportion_ci(0.95)
    assert (ratio[0], low[0], high[0]) == pytest.approx((3.5, ends.low / 0.02, ends.high / 0.02))
    assert np.isnan([ratio[1], low[1], high[1]]).all(), "nothing is expected there"


def test_a_city_without_complaints_is_not_hot() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    near = found(nothing, np.zeros(0))[1]
    assert not near.hot.any()
