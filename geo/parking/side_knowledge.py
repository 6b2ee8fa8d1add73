"""The model of parking for one study: learned on its own tagged streets where there are enough, and how right it is."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.core.arrays import Flags, Floats, Integers, run_ends
from geo.core.extents import Extent
from geo.core.tolerances import ROUNDING
from geo.kerbs.ground import KerbGround
from geo.kerbs.lines import Kerbs
from geo.kerbs.numbering import segment_of
from geo.kerbs.road_kinds import of_kind
from geo.parking.accuracy import PlaceErrors, StreetShares, bounds, interval, overlap, street_shares, unseen_bounds
from geo.parking.kerb_features import KerbPieces, junctions, kerb_features
from geo.parking.side_model import SideModel, Tagged, adapted, held_out, shipped
from geo.parking.tagged_sides import TaggedSides
from geo.rules.loader import Profile
from geo.streets.car_access import closed_to_cars

LEARNED_CLASSES: Final = ("primary", "secondary", "tertiary", "residential", "unclassified")
"""Classes of streets with tagged sides among the ones that the model learned on."""

NOT_SAID: Final = ("class", "tunnel", "closed", "roundabout", "remote")
"""Reasons for which the model says nothing of a side, in the order in which they count; the last is of stretches."""

_COARSE_M: Final = 20.0
"""Pieces of kerb whose distance to junctions is measured."""

_DRAWS: Final = 500
_SEED: Final = 721


class Accuracy(NamedTuple):
    """
    The accuracy of modelled parking on streets that the model has not seen.

    Attributes
    ----------
    own
        Whether it was measured on the study's own tagged streets, else on other places with no tag of theirs seen.
    streets, metres
        Tagged streets of the study, and the length of their tagged sides.
    figures
        Precision, recall and F1; None where nothing was predicted or nothing is tagged as parking, and of other places,
        where they are by place.
    intervals
        Shape (3, 2): their 95 % intervals by bootstrap over streets; NaN where there are none.
    coverage
        The share of streets left out with a mapped capacity within their interval.
    places
        Precision, recall and F1 of the other places.
    """

    own: bool
    streets: int
    metres: float
    figures: tuple[float | None, float | None, float | None]
    intervals: Floats
    coverage: float | None
    places: dict[str, tuple[float | None, float | None, float | None]]


class SideKnowledge(NamedTuple):
    """
    The model of parking for one study.

    Attributes
    ----------
    model
        Adapted to the study where it has enough tagged streets.
    parked_from
        The probability from which kerb counts as parking.
    scores
        By place: the errors of streets held out (`geo.parking.accuracy`).
    level
        The share of streets whose capacity is to lie within its interval.
    accuracy
        As measured.
    """

    model: SideModel
    parked_from: float
    scores: tuple[Floats, ...]
    level: float
    accuracy: Accuracy

    def cars(self, shares: StreetShares) -> tuple[Floats, Floats, Floats]:
        """
        Return the fewest, the likely and the most cars of each street.

        The interval is by the errors of streets left out; of several other places, it holds how places differ. The
        likely number is the mean over the errors of places.
        """
        low, high = (shares.cars(np.full(len(shares.most), end)) for end in unseen_bounds(self.scores, self.level))
        means = [self._mean(shares, scores) for scores in self.scores]
        likely = np.mean(means, axis=0)
        return np.minimum(low, likely), likely, np.maximum(high, likely)

    @staticmethod
    def _mean(shares: StreetShares, scores: Floats) -> Floats:
        """Return the mean cars of each street over errors."""
        total = np.zeros(len(shares.most))
        for score in scores:
            total += shares.cars(np.full(len(shares.most), score))
        return total / len(scores)

    def all_cars(self, shares: StreetShares) -> tuple[float, float]:
        """
        Return the fewest and the most cars of all streets together, at the level.

        By simulation: for each street an error is drawn, and of several other places, the shift of this one.
        """
        if len(shares.most) == 0:
            return 0.0, 0.0
        rng, totals = np.random.default_rng(_SEED), np.zeros(_DRAWS)
        elsewhere = PlaceErrors.of(self.scores) if len(self.scores) > 1 else None
        for draw in range(_DRAWS):
            scores, shift = self.scores[0], 0.0
            if elsewhere is not None:
                scores, shift = elsewhere.about, rng.normal(elsewhere.mean, elsewhere.shift)
            # the errors of a place are themselves a sample of its streets
            sample = scores[rng.integers(0, len(scores), len(scores))]
            totals[draw] = shares.cars(shift + sample[rng.integers(0, len(sample), len(shares.most))]).sum()
        tail = (1 - self.level) / 2
        low, high = np.quantile(totals, [tail, 1 - tail])
        return float(low), float(high)


def streets_of(kerbs: Kerbs) -> Integers:
    """Return the number of each segment's street: segments of a name are one, unnamed ones go by `street_id`."""
    roads = kerbs.roads
    names = roads["name"].where(roads["name"].notna(), roads["street_id"]).astype(str)
    return np.asarray(np.unique(names.to_numpy(dtype=object).astype(str), return_inverse=True)[1], dtype=np.int64)


def not_said(kerbs: Kerbs, profile: Profile) -> dict[str, Flags]:
    """
    Return the kerbs that the model says nothing of by their carriageway, by reason; each has one at most.

    Parameters
    ----------
    kerbs
        The study's kerbs.
    profile
        `bay.access`.
    """
    roads = kerbs.roads
    learned = roads["highway"].isin(LEARNED_CLASSES).to_numpy() & ~of_kind(roads, "motorroads")
    found = {
        "class": ~learned,
        "tunnel": roads["tunnel"].to_numpy(dtype=bool),
        "closed": closed_to_cars(roads, profile["bay.access"], None),
        "roundabout": roads["roundabout"].to_numpy(dtype=bool),
    }
    result, open_ = {}, np.ones(len(roads), dtype=bool)
    for reason, kerbs_of in found.items():
        result[reason] = np.repeat(kerbs_of & open_, 2)
        open_ &= ~kerbs_of
    return result


def near_junctions(kerbs: Kerbs, kerb: Integers, from_m: Floats, to_m: Floats, within_m: float) -> KerbPieces:
    """
    Return the parts of stretches of kerb that lie within a distance of a junction of streets.

    Parameters
    ----------
    kerbs
        The study's kerbs.
    kerb, from_m, to_m
        Stretches, sorted by kerb.
    within_m
        As the crow flies (`inventory.junction_within`).
    """
    pieces = KerbPieces.along(kerb, from_m, to_m, _COARSE_M)
    nodes = junctions(kerbs)[0]
    near = np.zeros(len(pieces.kerb), dtype=bool)
    if len(nodes) and len(near):
        places = kerbs.points(pieces.kerb, pieces.middle_m)
        away, _ = cKDTree(shapely.get_coordinates(nodes)).query(places, distance_upper_bound=within_m)
        near = away <= within_m
    pieces = pieces.where(near)
    apart = np.ones(len(pieces.kerb), dtype=bool)
    apart[1:] = (pieces.kerb[1:] != pieces.kerb[:-1]) | (pieces.from_m[1:] - pieces.to_m[:-1] > ROUNDING)
    first, last = np.flatnonzero(apart), np.flatnonzero(run_ends(apart))
    return KerbPieces(pieces.kerb[first], pieces.from_m[first], pieces.to_m[last])


def car_length_m(profile: Profile) -> float:
    """Return the kerb that a car takes with its gap."""
    return float(profile["mapped_parking.car_length"]) + float(profile["mapped_parking.padding"])


def learned(
    ground: KerbGround,
    sides: TaggedSides,
    facilities: gpd.GeoDataFrame,
    context: gpd.GeoDataFrame,
    extent: Extent,
    profile: Profile,
) -> SideKnowledge:
    """
    Return the model for a study, with its accuracy.

    With fewer tagged streets than `inventory.least_streets` nothing is learned on them: the accuracy of that could not
    be measured.

    Parameters
    ----------
    ground, sides
        The study's kerbs, and what its tags tell.
    facilities, context
        The study's layers.
    extent
        West, south, east, north in degrees.
    profile
        `inventory.*`, `mapped_parking.car_length`, `mapped_parking.padding`.
    """
    kerbs = ground.kerbs
    street = streets_of(kerbs)
    there = sides.known & (kerbs.to_m > kerbs.from_m)
    count = len(np.unique(street[segment_of(np.flatnonzero(there))]))
    metres = float((kerbs.to_m - kerbs.from_m)[there].sum())
    prior, level = shipped(extent), float(profile["inventory.level"])
    if count < int(profile["inventory.least_streets"]):
        scores = tuple(prior.blind_scores.values())
        none = np.full((3, 2), np.nan)
        accuracy = Accuracy(
            False, count, metres, (None, None, None), none, _elsewhere(scores, level), dict(prior.blind)
        )
        return SideKnowledge(prior.model, float(profile["inventory.parked_from_untagged"]), scores, level, accuracy)
    parked_from = float(profile["inventory.parked_from"])
    pieces = KerbPieces.of(kerbs)
    pieces = pieces.where(there[pieces.kerb])
    features = kerb_features(pieces, ground, facilities, context)
    tagged = Tagged(features, sides.parked(pieces), pieces.length_m, street[segment_of(pieces.kerb)])
    out = held_out(prior.model, tagged)
    said = out >= parked_from
    found = overlap(tagged.parked, said, tagged.metres)
    shares = street_shares(tagged, out, car_length_m(profile))
    by_street = np.bincount(street[segment_of(np.flatnonzero(there))], weights=sides.cars[there])
    cars = by_street.astype(float)[shares.street]
    errors = shares.scores(cars)
    accuracy = Accuracy(
        True,
        count,
        metres,
        (found.precision, found.recall, found.f1),
        interval(tagged.parked, said, tagged.metres, tagged.street),
        _left_out(shares, cars, errors, level),
        {},
    )
    return SideKnowledge(adapted(prior.model, tagged), parked_from, (errors,), level, accuracy)


def _left_out(shares: StreetShares, cars: Floats, errors: Floats, level: float) -> float:
    """Return the share of streets within the interval that the errors of the other streets give."""
    span = np.array([bounds(np.delete(errors, street), level) for street in range(len(errors))])
    low, high = np.floor(shares.cars(span[:, 0])), np.ceil(shares.cars(span[:, 1]))
    return float(((low <= cars) & (cars <= high)).mean())


def _elsewhere(scores: tuple[Floats, ...], level: float) -> float | None:
    """Return the share of streets within the interval that the other places give."""
    if len(scores) <= 1:
        return None
    held = []
    for number, mine in enumerate(scores):
        low, high = unseen_bounds(scores[:number] + scores[number + 1 :], level)
        held.append((low <= mine) & (mine <= high))
    return float(np.concatenate(held).mean())
