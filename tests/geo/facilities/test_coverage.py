"""Walks, shares, gaps and catchments agree with their plain definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.facilities.access import Access
from geo.facilities.coverage import around, catchments, gaps, nearest_walks, pairs_within, shares
from geo.network.graph import Network, Positions, walking
from geo.network.searches import distances, nearest
from tests.support.drawn import CRS, layers_of, road


def town(size: int = 4, step: float = 100.0) -> Network:
    """Square blocks."""
    rows = [
        road([(x * step, y * step), ((x + dx) * step, (y + dy) * step)])
        for x in range(size)
        for y in range(size)
        for dx, dy in ((1, 0), (0, 1))
        if x + dx < size and y + dy < size
    ]
    layers = layers_of(rows)
    return walking(layers["roads"], layers["paths"], CRS)


def drawn(network: Network, rng: np.random.Generator, count: int, things: int, away: float) -> Access:
    segment = rng.integers(0, len(network.lengths_m), count)
    offset = rng.random(count) * network.lengths_m[segment]
    owner = np.sort(np.append(np.arange(things), rng.integers(0, things, count - things)))
    return Access(Positions(segment, offset), rng.random(count) * away, owner)


def plain(network: Network, places: Access, facilities: Access) -> np.ndarray:
    """All walks from door to gate, by the table of all distances."""
    table = np.full((int(places.owner.max()) + 1, int(facilities.owner.max()) + 1), np.inf)
    pairs = distances(network, facilities.at, places.at)
    for start, target, cost in zip(pairs["start"], pairs["target"], pairs["cost"], strict=True):
        key = (places.owner[target], facilities.owner[start])
        table[key] = min(table[key], cost + facilities.away_m[start] + places.away_m[target])
    return table


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(2, 12))
def test_walks_lead_from_the_best_door_to_the_best_gate(seed: int, facilities: int, places: int) -> None:
    network, rng = town(), np.random.default_rng(seed)
    gates = drawn(network, rng, facilities + 3, facilities, 150.0)
    doors = drawn(network, rng, places + 4, places, 40.0)
    table = plain(network, doors, gates)
    found = nearest_walks(network, doors, gates, places, 3000.0)
    assert found.walk_m == pytest.approx(table.min(axis=1))
    assert table[np.arange(places), found.facility] == pytest.approx(table.min(axis=1))
    place, facility, walk = pairs_within(network, doors, gates, 250.0)
    near = {(i, j) for i, j in zip(*np.nonzero(table <= 250.0), strict=True)}
    assert set(zip(place.tolist(), facility.tolist(), strict=True)) == near
    assert walk == pytest.approx(table[place, facility])


def test_nobody_has_what_is_not_there() -> None:
    network, rng = town(), np.random.default_rng(0)
    none = Access(Positions(np.zeros(0, dtype=np.int64), np.zeros(0)), np.zeros(0), np.zeros(0, dtype=np.int64))
    found = nearest_walks(network, drawn(network, rng, 5, 5, 10.0), none, 5, 1000.0)
    assert (found.facility == -1).all()
    assert np.isinf(found.walk_m).all()
    assert catchments(network, none, 0, 300.0, 60.0).tolist() == []


def test_shares_are_by_demand_and_the_most_left_out_come_first() -> None:
    table = shares(
        pd.Series(["a", "a", "b", "c"]), np.array([10.0, 30.0, 50.0, 5.0]), np.array([True, False, False, True])
    )
    assert table["group"].tolist() == ["b", "a", "c"]
    assert table["share"].tolist() == [0.0, 0.25, 1.0]
    assert table["left_out"].tolist() == [50.0, 30.0, 0.0]


def test_gaps_are_no_wider_than_what_one_facility_serves() -> None:
    rng = np.random.default_rng(5)
    xy = np.concatenate([rng.normal((0, 0), 40, (60, 2)), rng.normal((900, 0), 40, (30, 2)), [[5000.0, 0.0]]])
    places, demand = shapely.points(xy), np.ones(len(xy))
    left_out = np.arange(len(xy)) != 0
    found = gaps(places, demand, left_out, 200.0, 2.0)
    assert [len(gap) for gap in found] == [59, 30], "one alone is no gap, one that is served is in none"
    assert 0 not in np.concatenate(found)
    crowd = gaps(shapely.points(rng.random((400, 2)) * 1000), np.ones(400), np.ones(400, dtype=bool), 150, 1)
    assert sorted(np.concatenate(crowd).tolist()) == list(range(400)), "everybody is in one gap"
    grounds = around(places, found, 30.0)
    for gap, ground in zip(found, grounds, strict=True):
        assert shapely.intersects(ground, places[gap]).all()


def test_a_catchment_is_what_is_within_a_walk_and_no_nearer_to_another() -> None:
    network = town()
    # gates in the middle of two segments, one 50 m away from its street
    gates = Access(Positions(np.array([0, 20]), np.array([50.0, 50.0])), np.array([0.0, 50.0]), np.array([0, 1]))
    ground = catchments(network, gates, 2, 150.0, 40.0)
    assert shapely.area(shapely.intersection(*ground)) == pytest.approx(0, abs=0.5)
    line = network.tree[1]
    for k in range(0, 24):
        along = np.linspace(5, 95, 10)
        at = Positions(np.full(10, k), along)
        which, cost = nearest(network, gates.at, at, away=gates.away_m)
        xy = shapely.line_interpolate_point(line[k], along)
        for place, facility, metres in zip(xy, which, cost, strict=True):
            if metres < 138:
                assert shapely.intersects(ground[facility], place), (k, metres)
            elif metres > 162:
                assert not any(shapely.intersects(g, place) for g in ground), (k, metres)


def test_a_facility_away_from_its_street_is_that_much_further() -> None:
    network = town()
    gates: Any = Positions(np.array([0, 0]), np.array([10.0, 60.0]))
    away = np.array([0.0, 45.0])
    at = Positions(np.array([0, 0, 0]), np.array([20.0, 60.0, 90.0]))
    which, cost = nearest(network, gates, at, away=away)
    assert which.tolist() == [0, 1, 1]
    assert cost == pytest.approx([10.0, 45.0, 75.0])
