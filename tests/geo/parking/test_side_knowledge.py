"""The model of a study: where it answers, where it learns, and how far its intervals reach."""

from __future__ import annotations

import numpy as np
import pytest

from geo.kerbs.ground import KerbGround
from geo.parking.accuracy import StreetShares
from geo.parking.side_knowledge import (
    Accuracy,
    SideKnowledge,
    car_length_m,
    learned,
    near_junctions,
    not_said,
    streets_of,
)
from geo.parking.side_model import shipped
from geo.parking.tagged_sides import tagged_sides
from geo.rules import Profile
from tests.support.drawn import CRS, layers_of, road

EXTENT = (114.3, 36.0, 114.4, 36.2)


def knowledge(*scores: list[float], level: float = 0.8) -> SideKnowledge:
    """Return a model with the errors of places."""
    accuracy = Accuracy(False, 0, 0.0, (None, None, None), np.full((3, 2), np.nan), None, {})
    return SideKnowledge(shipped().model, 0.3, tuple(np.array(each) for each in scores), level, accuracy)


def shares(*expected: float, most: float = 20.0) -> StreetShares:
    return StreetShares(np.arange(len(expected)), np.full(len(expected), most), np.array(expected))


def test_the_interval_of_a_street_is_the_widest_of_places() -> None:
    few, many = np.linspace(-1.0, 0.2, 30).tolist(), np.linspace(-0.2, 1.0, 30).tolist()
    streets = shares(0.2, 0.5, 0.9)
    low, likely, high = knowledge(few, many).cars(streets)
    assert (low <= likely).all()
    assert (likely <= high).all()
    for scores in (few, many):
        one_low, _, one_high = knowledge(scores).cars(streets)
        assert (low <= one_low + 1e-9).all()
        assert (one_high <= high + 1e-9).all()


def test_all_streets_together_vary_less_than_each_and_more_where_places_differ() -> None:
    rng = np.random.default_rng(1)
    streets = shares(*np.linspace(0.2, 0.8, 50))
    alike = knowledge(rng.normal(0, 0.5, 60).tolist())
    low, high = alike.all_cars(streets)
    street_low, likely, street_high = alike.cars(streets)
    assert street_low.sum() < low < likely.sum() < high < street_high.sum()
    apart = knowledge((rng.normal(-0.6, 0.5, 60)).tolist(), (rng.normal(0.6, 0.5, 60)).tolist())
    wide_low, wide_high = apart.all_cars(streets)
    assert wide_high - wide_low > 2 * (high - low)
    assert knowledge([0.1, 0.2]).all_cars(shares()) == (0.0, 0.0)


def test_it_says_nothing_of_carriageways_unlike_any_that_it_learned_on(profile: Profile) -> None:
    kinds: list[dict[str, object]] = [
        {},
        {"highway": "motorway"},
        {"tunnel": True},
        {"car_access": "private"},
        {"roundabout": True},
        {"highway": "motorway", "tunnel": True},
        {"motorroad": True},
    ]
    rows = [road([(0, 50 * n), (100, 50 * n)], **{"motorroad": False, **kind}) for n, kind in enumerate(kinds)]
    found = not_said(KerbGround.of(layers_of(rows), CRS, profile).kerbs, profile)
    by_row = {reason: np.flatnonzero(kerbs[::2]).tolist() for reason, kerbs in found.items()}
    assert by_row == {"class": [1, 5, 6], "tunnel": [2], "closed": [3], "roundabout": [4]}


def test_kerb_near_junctions_is_cut_out_of_long_stretches(profile: Profile) -> None:
    rows = [road([(0, 0), (1000, 0)]), *(road([(0, 0), (0, y)], street_id=f"s{y}") for y in (90, -90))]
    kerbs = KerbGround.of(layers_of(rows), CRS, profile).kerbs
    kerb = np.array([0, 1])
    near = near_junctions(kerbs, kerb, kerbs.from_m[kerb], kerbs.to_m[kerb], 200.0)
    assert near.kerb.tolist() == [0, 1]
    assert np.allclose(near.to_m, 200, atol=20)
    none = near_junctions(kerbs, kerb, kerbs.from_m[kerb], kerbs.to_m[kerb], 0.5)
    assert len(none.kerb) == 0


def test_segments_of_a_name_are_one_street_and_unnamed_ones_go_by_their_chain(profile: Profile) -> None:
    names = [("人民路", "s1"), ("人民路", "s2"), (None, "s3"), (None, "s3"), (None, "s4")]
    rows = [road([(0, 50 * n), (90, 50 * n)], name=name, street_id=street) for n, (name, street) in enumerate(names)]
    number = streets_of(KerbGround.of(layers_of(rows), CRS, profile).kerbs)
    assert number[0] == number[1]
    assert number[2] == number[3]
    assert len(set(number.tolist())) == 3


@pytest.mark.parametrize(("streets", "own"), [(24, True), (12, False)])
def test_a_model_learns_only_where_its_accuracy_can_be_measured(streets: int, own: bool, profile: Profile) -> None:
    rows = [
        road(
            [(0, 60 * n), (200, 60 * n)],
            name=f"R{n}",
            street_id=f"s{n}",
            highway="residential" if n % 2 else "tertiary",
            parking_left="parallel" if n % 2 else "none",
            parking_right="parallel" if n % 2 else "none",
        )
        for n in range(streets)
    ]
    layers = layers_of(rows)
    ground = KerbGround.of(layers, CRS, profile)
    sides = tagged_sides(ground, profile)
    found = learned(ground, sides, layers["facilities"], layers["context"], EXTENT, profile)
    assert found.accuracy.own is own
    assert found.accuracy.streets == streets
    assert found.parked_from == profile["inventory.parked_from" if own else "inventory.parked_from_untagged"]
    if own:
        precision, recall, f1 = found.accuracy.figures
        assert precision is not None
        assert recall is not None
        assert f1 is not None
        assert f1 > 0.95, "the class tells all here"
        assert not found.accuracy.places
    else:
        assert found.model.intercept == shipped(EXTENT).model.intercept
        assert found.accuracy.figures == (None, None, None)
        assert set(found.accuracy.places) == set(shipped(EXTENT).places)


def test_a_car_takes_its_length_and_its_gap(profile: Profile) -> None:
    rules = profile.changed({"mapped_parking.car_length": 4.0, "mapped_parking.padding": 1.5})
    assert car_length_m(rules) == 5.5
