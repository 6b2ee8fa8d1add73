"""The accuracy of modelled parking on streets held out, and the error of a street's capacity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm

from geo.core.arrays import Flags, Floats, Integers
from geo.parking.side_model import Tagged

_FLOOR: Final = 0.02
"""Even where all or nothing is expected, the share of kerb that is parked on varies."""

_FEWEST: Final = 2
"""A place with fewer streets tells nothing of how they differ."""

_STEPS: Final = 200

_MOST: Final = 2.5
"""No kerb takes more cars than this many times what parks along it."""


class Overlap(NamedTuple):
    """
    Kerb by prediction and truth, in metres.

    Attributes
    ----------
    both, only_said, only_true
        Predicted and tagged as parking; only predicted; only tagged.
    """

    both: float
    only_said: float
    only_true: float

    @property
    def precision(self) -> float | None:
        """Share of the predicted kerb that is tagged as parking."""
        said = self.both + self.only_said
        return self.both / said if said > 0 else None

    @property
    def recall(self) -> float | None:
        """Share of the kerb tagged as parking that is predicted."""
        true = self.both + self.only_true
        return self.both / true if true > 0 else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        total = 2 * self.both + self.only_said + self.only_true
        return 2 * self.both / total if total > 0 else None


def overlap(parked: Floats, said: Flags | Floats, metres: Floats) -> Overlap:
    """Return how far predictions (0 to 1) and truth (shares) agree."""
    return Overlap(*(float((metres * part).sum()) for part in _parts(parked, said)))


def _parts(parked: Floats, said: Flags | Floats) -> tuple[Floats, Floats, Floats]:
    """Return the shares of each piece that are predicted and true, only predicted, and only true."""
    said = np.asarray(said, dtype=float)
    return np.minimum(parked, said), np.maximum(said - parked, 0.0), np.maximum(parked - said, 0.0)


def interval(
    parked: Floats, said: Flags, metres: Floats, street: Integers, draws: int = 1000, seed: int = 721
) -> Floats:
    """
    Return the 95 % intervals of precision, recall and F1 by bootstrap over streets.

    Returns
    -------
    intervals
        Shape (3, 2); NaN where no draw says anything.
    """
    number = np.unique(street, return_inverse=True)[1]
    sums = np.stack([np.bincount(number, weights=metres * part) for part in _parts(parked, said)])
    rng = np.random.default_rng(seed)
    drawn = sums[:, rng.integers(0, sums.shape[1], (draws, sums.shape[1]))].sum(axis=2)
    both, false, missed = drawn
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.stack([both / (both + false), both / (both + missed), 2 * both / (2 * both + false + missed)])
    spans = [row[np.isfinite(row)] for row in values]
    return np.array([np.quantile(row, [0.025, 0.975]) if len(row) else [np.nan, np.nan] for row in spans])


class StreetShares(NamedTuple):
    """
    Streets with the share of their kerb that is parked on; full: cars parallel to the kerb all along it.

    Attributes
    ----------
    street
        Shape (s,): their numbers, sorted.
    most
        Shape (s,): cars that would park along all of their kerb.
    expected
        Shape (s,): the share that the model expects.
    """

    street: Integers
    most: Floats
    expected: Floats

    @property
    def scale(self) -> Floats:
        """The size of an error that is to be expected of each share."""
        return np.sqrt(self.expected * (1 - self.expected) + _FLOOR)

    def scores(self, cars: Floats) -> Floats:
        """Return the errors of the expected shares where cars park, by their scale."""
        return np.asarray((cars / np.maximum(self.most, 1e-9) - self.expected) / self.scale)

    def cars(self, score: Floats) -> Floats:
        """Return the cars of each street at an error (shape (s,), or (d, s) of several draws)."""
        return np.asarray(self.most * np.clip(self.expected + score * self.scale, 0.0, _MOST))


def street_shares(tagged: Tagged, probability: Floats, car_m: float) -> StreetShares:
    """
    Return the expected shares of streets.

    Parameters
    ----------
    tagged
        Pieces of kerb; their tags are not used.
    probability
        Shape (p,): of parking at each.
    car_m
        The kerb that a car takes.
    """
    table = pd.DataFrame({"m": tagged.metres, "expected": tagged.metres * probability})
    sums = table.groupby(tagged.street, sort=True).sum()
    most = sums["m"].to_numpy()
    return StreetShares(
        sums.index.to_numpy(dtype=np.int64), most / car_m, sums["expected"].to_numpy() / np.maximum(most, 1e-9)
    )


def bounds(scores: Floats, level: float) -> tuple[float, float]:
    """
    Return the lowest and the highest error of a share `level` of streets (split conformal, finite-sample ranks).

    Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World.
    """
    ordered, count = np.sort(scores), len(scores)
    tail = (1 - level) / 2
    low = int(np.floor(tail * (count + 1))) - 1
    high = int(np.ceil((1 - tail) * (count + 1))) - 1
    return (
        float(ordered[low]) if low >= 0 else -np.inf,
        float(ordered[high]) if high < count else np.inf,
    )


class PlaceErrors(NamedTuple):
    """
    The errors to be expected of the streets of a place without any tag seen.

    A place differs from others as a whole, more than its streets do among each other: an error is a shift of the place,
    normal about the mean of places, and one of the errors about the mean of each place. The variance of shifts is the
    variance of means less the part that streets explain (DerSimonian and Laird 1986), of a further place (1 + 1/k)
    times as much with k places (Higgins, Thompson and Spiegelhalter 2009).

    Attributes
    ----------
    mean
        The mean of places.
    shift
        The standard deviation of the shift of a further place.
    about
        Shape (e,): the errors of streets about the mean of their place.
    """

    mean: float
    shift: float
    about: Floats

    @classmethod
    def of(cls, scores: Sequence[Floats]) -> PlaceErrors:
        """
        Parameters
        ----------
        scores
            By place: the errors of its streets (`StreetShares.scores`) by a model without any of its tags; places with
            a single street tell nothing.
        """
        places = [each for each in scores if len(each) >= _FEWEST]
        means, counts = np.array([each.mean() for each in places]), np.array([len(each) for each in places])
        within = np.array([each.var(ddof=1) for each in places]) / counts
        between = max(float(means.var(ddof=1) - within.mean()), 0.0) if len(places) > 1 else 0.0
        about = np.concatenate([each - each.mean() for each in places])
        return cls(float(means.mean()), float(np.sqrt(between * (1 + 1 / len(places)))), about)

    def bounds(self, level: float) -> tuple[float, float]:
        """Return the lowest and the highest error of a share `level` of streets."""
        steps = norm.ppf((np.arange(_STEPS) + 0.5) / _STEPS)
        errors = self.mean + (self.shift * steps[:, None] + self.about).ravel()
        low, high = np.quantile(errors, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)


def unseen_bounds(scores: Sequence[Floats], level: float) -> tuple[float, float]:
    """Return the lowest and the highest error of a share `level` of streets in a place without any tag seen."""
    if sum(len(each) >= _FEWEST for each in scores) <= 1:
        return bounds(np.concatenate(list(scores)), level)
    return PlaceErrors.of(scores).bounds(level)
