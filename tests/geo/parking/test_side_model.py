"""The model of parking along kerbs: what it learns, what it must not see, and how far its intervals reach."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import shapely

from geo.parking.accuracy import overlap
from geo.parking.kerb_features import FEATURES
from geo.parking.side_model import Tagged, adapted, folds_of, held_out, pooled, shipped

RESIDENTIAL, JUNCTION = FEATURES.index("class_residential"), FEATURES.index("near_junction")


def city(seed: int, level: float, streets: int = 40) -> Tagged:
    """Return kerb of a city: residential streets are parked on, other streets and junctions are not."""
    rng = np.random.default_rng(seed)
    street = np.repeat(np.arange(streets), 30)
    features = np.zeros((len(street), len(FEATURES)))
    features[:, RESIDENTIAL] = (np.arange(streets) % 2)[street]
    features[:, JUNCTION] = rng.random(len(street))
    odds = level + 4 * features[:, RESIDENTIAL] - 3 * features[:, JUNCTION]
    parked = (rng.random(len(street)) < 1 / (1 + np.exp(-odds))).astype(float)
    return Tagged(features, parked, np.full(len(street), 5.0), street)


def test_a_model_of_other_cities_finds_the_streets_with_parking() -> None:
    model, seen = pooled([city(1, -1.0), city(2, -1.5)]), city(3, -1.2)
    said = model.probability(seen.features) >= 0.5
    found = overlap(seen.parked, said, seen.metres)
    everywhere = overlap(seen.parked, np.ones(len(said)), seen.metres)
    assert (found.f1 or 0) > (everywhere.f1 or 0) + 0.15


def test_a_citys_own_tags_move_the_level_and_none_leave_it_as_it_is() -> None:
    model, other = pooled([city(1, -3.0)]), city(4, 0.0)
    own = adapted(model, other)
    true = other.parked.mean()
    assert abs(own.probability(other.features).mean() - true) < abs(model.probability(other.features).mean() - true) / 3
    assert adapted(model, other.where(np.zeros(len(other.parked), dtype=bool))) is model


def test_a_street_held_out_is_judged_without_its_own_tags() -> None:
    """Whatever the tags of a street say, its own held-out probabilities are the same."""
    model, seen = pooled([city(1, -1.0)]), city(5, -1.0)
    before = held_out(model, seen)
    for street in (0, 7):
        mine = seen.street == street
        turned = seen._replace(parked=np.where(mine, 1 - seen.parked, seen.parked))
        assert np.array_equal(held_out(model, turned)[mine], before[mine])
        assert not np.array_equal(held_out(model, turned), before), "streets of other folds learn from it"


def test_all_pieces_of_a_street_fall_into_one_fold() -> None:
    street = np.array([3, 9, 3, 4, 9, 9, 4])
    fold = folds_of(street)
    assert all(len(np.unique(fold[street == each])) == 1 for each in (3, 4, 9))
    assert len(np.unique(fold)) == 3


def test_a_city_that_the_shipped_model_learned_on_gets_the_one_without_it() -> None:
    everywhere, helsinki = shipped(), shipped((24.93, 60.16, 24.95, 60.18))
    assert "helsinki" in everywhere.places
    assert "helsinki" not in helsinki.places
    assert "helsinki" not in helsinki.scores
    assert not np.array_equal(everywhere.model.coefficients, helsinki.model.coefficients)
    assert shipped((114.3, 36.0, 114.4, 36.2)).places == everywhere.places


def test_the_shipped_coefficients_say_where_they_come_from_and_beat_chance() -> None:
    read = json.loads((files("geo.parking") / "side_model.json").read_text(encoding="utf-8"))
    assert "ODbL" in read["licence"]
    model = shipped().model
    weights = dict(zip(FEATURES, model.coefficients, strict=True))
    assert weights["class_residential"] > weights["class_primary"]
    assert weights["near_tram"] < 0
    assert weights["median"] < 0
    for about in read["places"].values():
        assert shapely.box(*about["extent"]).area > 0
