"""The accuracy of modelled parking, and the intervals of capacity."""

from __future__ import annotations

import numpy as np
import pytest

from geo.parking.accuracy import StreetShares, bounds, interval, overlap, street_shares, unseen_bounds
from geo.parking.side_model import Tagged


def test_precision_and_recall_are_in_metres() -> None:
    found = overlap(np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0]), np.array([30.0, 10.0, 20.0]))
    assert (found.precision, found.recall, found.f1) == pytest.approx((0.6, 0.75, 2 / 3))
    nothing = overlap(np.zeros(2), np.zeros(2), np.ones(2))
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)


def test_intervals_are_drawn_over_streets_not_over_metres() -> None:
    parked, said = np.repeat([1.0, 0.0], 500), np.ones(1000, dtype=bool)
    two = interval(parked, said, np.ones(1000), np.repeat([0, 1], 500))
    many = interval(parked, said, np.ones(1000), np.arange(1000))
    assert two[0].tolist() == [0.0, 1.0]
    assert many[0][1] - many[0][0] < 0.1
    assert np.isnan(interval(np.zeros(4), np.zeros(4, dtype=bool), np.ones(4), np.arange(4))).all()


def test_the_intervals_of_capacity_hold_their_share_of_new_streets() -> None:
    rng, held = np.random.default_rng(7), []
    for _ in range(300):
        expected = rng.uniform(0.1, 0.9, 61)
        shares = StreetShares(np.arange(61), np.full(61, 40.0), expected)
        cars = 40.0 * np.clip(expected + rng.normal(0, 0.3, 61), 0, 1)
        low, high = bounds(shares.scores(cars)[:60], 0.9)
        held.append(shares.cars(np.array(low))[60] <= cars[60] <= shares.cars(np.array(high))[60])
    assert 0.85 <= np.mean(held) <= 0.96


def test_too_few_streets_bound_nothing() -> None:
    assert bounds(np.array([0.1, 0.2]), 0.9) == (-np.inf, np.inf)
    kerb = Tagged(np.zeros((60, 1)), np.zeros(60), np.full(60, 5.0), np.repeat([0, 1], 30))
    shares = street_shares(kerb, np.full(60, 0.5), 5.0)
    assert shares.most.tolist() == [30.0, 30.0]
    assert (shares.cars(np.array([-np.inf])) == 0).all()
    assert np.isfinite(shares.cars(np.array([np.inf]))).all()


def test_intervals_of_a_place_unseen_hold_their_share_though_places_differ() -> None:
    rng = np.random.default_rng(11)
    pooled: list[float] = []
    held: list[float] = []
    for _ in range(400):
        places = [rng.normal(0, 0.6) + rng.normal(0, 0.3, count) for count in (70, 60, 20, 8, 6)]
        new = rng.normal(0, 0.6) + rng.normal(0, 0.3, 30)
        for kept, (low, high) in ((held, unseen_bounds(places, 0.9)), (pooled, bounds(np.concatenate(places), 0.9))):
            kept.append(float(((low <= new) & (new <= high)).mean()))
    assert 0.85 <= np.mean(held) <= 0.95
    assert np.mean(pooled) < np.mean(held) - 0.03


def test_places_alike_add_nothing_to_the_errors_of_streets() -> None:
    rng = np.random.default_rng(3)
    places = [rng.normal(0, 0.3, 400) for _ in range(5)]
    assert unseen_bounds(places, 0.9) == pytest.approx(bounds(np.concatenate(places), 0.9), abs=0.05)
    assert unseen_bounds(places[:1], 0.9) == bounds(places[0], 0.9)
    assert unseen_bounds([np.array([0.1]), np.array([0.2])], 0.9) == (-np.inf, np.inf)
