"""A logistic model of parking along kerbs: learned on the sides of streets that the map tells of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from geo.core.arrays import Flags, Floats, Integers
from geo.core.extents import Extent
from geo.parking.kerb_features import FEATURES, PIECE_M

FOLDS: Final = 5
"""Parts of the streets, each of which is left out in turn."""

_FILE: Final = "side_model.json"

_SHRINKAGE: Final = 300.0
"""Strength of the pull of coefficients to zero, in pieces of kerb, where places are pooled."""

_TRUST: Final = 50.0
"""Strength of the pull of a study's own coefficients to the shipped ones, in pieces of kerb."""

_TRUST_LEVEL: Final = 10.0
"""The same of how common parking is."""

_SEED: Final = 721
_CONSTANT: Final = 1e-6


class Tagged(NamedTuple):
    """
    Pieces of kerb that the map tells of.

    Attributes
    ----------
    features
        Shape (p, f): as `geo.parking.kerb_features.kerb_features`.
    parked
        Shape (p,): the share of each with parking.
    metres
        Shape (p,): their lengths.
    street
        Shape (p,): the number of each one's street.
    """

    features: Floats
    parked: Floats
    metres: Floats
    street: Integers

    def where(self, chosen: Flags) -> Tagged:
        """Return the chosen pieces."""
        return Tagged(self.features[chosen], self.parked[chosen], self.metres[chosen], self.street[chosen])


class SideModel(NamedTuple):
    """
    The log-odds of parking at a piece of kerb: intercept + features · coefficients.

    Attributes
    ----------
    coefficients
        Shape (f,): by `FEATURES`.
    intercept
        Of a piece whose features are all 0.
    """

    coefficients: Floats
    intercept: float

    def log_odds(self, features: Floats) -> Floats:
        """Return the log-odds of parking."""
        return np.asarray(features @ self.coefficients + self.intercept)

    def probability(self, features: Floats) -> Floats:
        """Return the probability of parking."""
        return np.asarray(expit(self.log_odds(features)))


NOTHING_KNOWN: Final = SideModel(np.zeros(len(FEATURES)), 0.0)
"""Even odds everywhere."""


def pooled(places: Sequence[Tagged]) -> SideModel:
    """
    Learn a model on several places.

    A place counts by the square root of its kerb: a large one teaches more than a small one, but not in proportion.
    """
    together = Tagged(*(np.concatenate(columns) for columns in zip(*places, strict=True)))
    weights = np.concatenate([place.metres / np.sqrt(place.metres.sum()) for place in places])
    weights *= len(weights) / weights.sum()
    return _nearest_to(NOTHING_KNOWN, together, weights, _SHRINKAGE, 0.0)


def adapted(model: SideModel, tagged: Tagged) -> SideModel:
    """
    Adapt a model to a place: the most likely coefficients there, drawn to the model's own where little is tagged.

    Parameters
    ----------
    model
        Learned elsewhere; returned as it is where nothing is tagged.
    tagged
        The place's own tagged kerb.
    """
    if len(tagged.parked) == 0:
        return model
    return _nearest_to(model, tagged, tagged.metres / PIECE_M, _TRUST, _TRUST_LEVEL)


def _nearest_to(model: SideModel, tagged: Tagged, weights: Floats, pull: float, pull_level: float) -> SideModel:
    """Return the model that fits best, less the squared distance of its standardised coefficients from another's."""
    mean, spread = tagged.features.mean(axis=0), tagged.features.std(axis=0)
    varies = spread > _CONSTANT
    scaled = (tagged.features - mean)[:, varies] / spread[varies]
    start = model.log_odds(tagged.features)
    pulls = np.append(np.full(varies.sum(), pull), pull_level)

    def loss(step: Floats) -> tuple[float, Floats]:
        odds = start + scaled @ step[:-1] + step[-1]
        # log(1 + e^odds) without overflow
        fit = (weights * (np.logaddexp(0.0, odds) - tagged.parked * odds)).sum()
        off = weights * (expit(odds) - tagged.parked)
        slope = np.append(scaled.T @ off, off.sum()) + pulls * step
        return float(fit + 0.5 * (pulls * step**2).sum()), slope

    step = minimize(loss, np.zeros(len(pulls)), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    change = np.zeros(len(FEATURES))
    change[varies] = step[:-1] / spread[varies]
    return SideModel(model.coefficients + change, float(model.intercept + step[-1] - mean @ change))


def folds_of(street: Integers, count: int = FOLDS) -> Integers:
    """Return the part that each piece falls into: all pieces of a street into the same; drawn with a fixed seed."""
    streets, number = np.unique(street, return_inverse=True)
    order = np.random.default_rng(_SEED).permutation(len(streets))
    return np.asarray((order % max(min(count, len(streets)), 1))[number])


def held_out(model: SideModel, tagged: Tagged) -> Floats:
    """Return the probability of parking at each piece by models that have seen no tag of its street."""
    fold, result = folds_of(tagged.street), np.zeros(len(tagged.parked))
    for number in np.unique(fold):
        out = fold == number
        result[out] = adapted(model, tagged.where(~out)).probability(tagged.features[out])
    return result


class Shipped(NamedTuple):
    """
    The model that comes with Jiexu, learned on several cities.

    Attributes
    ----------
    model
        Learned on all of them, or on all but the study's own.
    scores
        By city: errors of the share of a street's kerb that is parked on, streets held out (`geo.parking.accuracy`).
    blind_scores
        The same where no tag of the city was seen.
    places
        The names of the cities that it learned on.
    blind
        By city: precision, recall and F1 where no tag of the city was seen.
    """

    model: SideModel
    scores: dict[str, Floats]
    blind_scores: dict[str, Floats]
    places: tuple[str, ...]
    blind: dict[str, tuple[float | None, float | None, float | None]]


def shipped(extent: Extent | None = None) -> Shipped:
    """
    Return the shipped model; for a study that lies in a city that it learned on, the one without that city.

    Parameters
    ----------
    extent
        The study's: west, south, east, north in degrees.
    """
    read = _read()
    own = [name for name, place in read["places"].items() if extent is not None and _meet(place["extent"], extent)]
    model = read["model"]
    others = [name for name in read["places"] if name not in own]
    if len(own) == 1:
        model = read["without"][own[0]]
    return Shipped(
        SideModel(np.array([model["coefficients"][name] for name in FEATURES]), float(model["intercept"])),
        {name: np.array(read["scores"][name]) for name in others},
        {name: np.array(read["blind_scores"][name]) for name in others},
        tuple(others),
        {name: _figures(read["places"][name]["blind"]) for name in others},
    )


def _figures(found: Mapping[str, float | None]) -> tuple[float | None, float | None, float | None]:
    return found["precision"], found["recall"], found["f1"]


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("geo.parking") / _FILE).read_text(encoding="utf-8"))
    return found


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    west, south, east, north = one
    return west <= other[2] and other[0] <= east and south <= other[3] and other[1] <= north
