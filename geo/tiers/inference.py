"""Tiers from points: the profile's thresholds, or a model trained on the city's list, by cross-validated loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit

from geo.core.arrays import Floats, Integers
from geo.rules.loader import Profile
from geo.study.schema import GRADED, INGREDIENTS
from geo.tiers.documents import Calibration, CalibrationBin, Compared, GradingReport, HeldOutBy
from geo.tiers.held_out import FOLDS, accuracy_note, held_out, quarter_folds, quarters_known, street_folds

ORDER: Final = tuple(reversed(GRADED))
"""Tiers from the most lenient to the strictest, as an ordinal model counts them."""

_PRIOR_SD: Final = 1.5
"""How far, in logits over an ingredient's whole range, a learned weight is likely to stray from the profile's."""
_BINS: Final = 4


class Model(NamedTuple):
    """
    A proportional-odds model (McCullagh 1980): P(tier is at least k) is the logistic function of `x @ slope - cut[k]`.

    Attributes
    ----------
    slope
        Shape (number of ingredients,), per share of an ingredient's range (its points over its weight).
    cut
        Shape (2,): towards secondary and towards demonstration.
    """

    slope: Floats
    cut: Floats

    def at_least(self, shares: Floats) -> Floats:
        """Return the probability of the second and of the third tier of `ORDER` or a stricter one, shape (k, 2)."""
        return expit(shares @ self.slope[:, None] - self.cut)

    def probabilities(self, shares: Floats) -> Floats:
        """Return the probability of each tier of `ORDER`, shape (k, 3)."""
        ones, zeros = np.ones((len(shares), 1)), np.zeros((len(shares), 1))
        return -np.diff(np.concatenate([ones, self.at_least(shares), zeros], axis=1), axis=1)

    def tiers(self, shares: Floats) -> Integers:
        """Return the median tier, as places in `ORDER`: for a score, the tier of the threshold it reaches."""
        return (self.at_least(shares) >= 0.5).sum(axis=1)


def shares_of(scores: pd.DataFrame, profile: Profile) -> Floats:
    """Return each ingredient's points over its weight, shape (k, number of ingredients), 0 where the weight is 0."""
    weight = np.array([profile[f"tiers.score.weight.{name}"] for name in INGREDIENTS], dtype=float)
    points = scores[[f"{name}_points" for name in INGREDIENTS]].to_numpy(dtype=float)
    return points / np.where(weight > 0, weight, 1.0)


def profile_model(profile: Profile, spread: float | None = None) -> Model:
    """Return the score with the profile's weights and thresholds, as a model; its spread makes it more or less sure."""
    spread = profile["tiers.score.spread"] if spread is None else spread
    weight = np.array([profile[f"tiers.score.weight.{name}"] for name in INGREDIENTS], dtype=float)
    cut = np.array([profile[f"tiers.score.threshold.{tier}"] for tier in ("secondary", "demonstration")], dtype=float)
    return Model(weight / spread, cut / spread)


def fit(shares: Floats, tier: Integers, prior: Model) -> Model:
    """
    Fit a model to graded streets: the most likely one, given a normal prior around the profile's weights.

    With few streets, or where ingredients say the same, the weights stay near the profile's.

    Parameters
    ----------
    shares
        As `shares_of` returns.
    tier
        Shape (k,): places in `ORDER`.
    prior
        As `profile_model` returns.
    """
    k = shares.shape[1]
    centre = shares.mean(axis=0)

    def model(theta: Floats) -> Model:
        # measured from the mean, cuts and slopes hardly depend on each other; the second cut is above the first
        cut = theta[k] + np.array([0.0, np.exp(theta[k + 1])])
        return Model(theta[:k], cut + centre @ theta[:k])

    start = np.concatenate(
        [prior.slope, [prior.cut[0] - centre @ prior.slope, np.log(max(prior.cut[1] - prior.cut[0], 1e-3))]]
    )
    rows = np.arange(len(tier))

    def loss(theta: Floats) -> float:
        likelihood = np.log(np.maximum(model(theta).probabilities(shares)[rows, tier], 1e-12)).sum()
        strayed = ((theta[:k] - prior.slope) / _PRIOR_SD) ** 2
        cuts = ((theta[k:] - start[k:]) / np.array([5.0, 1.0])) ** 2
        return float(-likelihood + 0.5 * (strayed.sum() + cuts.sum()))

    return model(minimize(loss, start, method="L-BFGS-B").x)


def _calibrated(shares: Floats, tier: Integers, profile: Profile) -> Model:
    """Return the profile's score with the spread that makes the listed streets' tiers most likely."""
    rows = np.arange(len(tier))

    def loss(log_spread: float) -> float:
        found = profile_model(profile, float(np.exp(log_spread))).probabilities(shares)[rows, tier]
        return float(-np.log(np.maximum(found, 1e-12)).sum())

    return profile_model(profile, float(np.exp(minimize_scalar(loss, bounds=(-1.0, 4.5), method="bounded").x)))


class Grading(NamedTuple):
    """
    The method of grading streets off the list, with its accuracy on listed ones.

    Attributes
    ----------
    model
        What to grade with.
    report
        The method and its weights; where the list was long enough, its accuracy and calibration, each from
        `FOLDS`-fold cross-validation.
    """

    model: Model
    report: GradingReport


def choose(
    shares: Floats,
    tier: Integers,
    profile: Profile,
    street: NDArray[np.object_] | None = None,
    quarter: NDArray[np.object_] | None = None,
) -> Grading:
    """
    Choose between the profile's score and a model that learns from the list, by cross-validation.

    The one that is more often right on streets that it did not see is used; at equal accuracy, the one with the
    smaller log loss. With fewer than `tiers.list.enough_to_learn` streets, or a list of one tier, the profile's score
    is used as it is and nothing is claimed of its accuracy.

    Parameters
    ----------
    shares
        Of the listed streets, as `shares_of` returns.
    tier
        Their listed tiers, as places in `ORDER`.
    profile
        `tiers.score.*`, `tiers.list.enough_to_learn`.
    street
        Shape (k,): the street that each is a section of; by default each is one of its own.
    quarter
        Shape (k,): the quarter of each, where quarters are known.
    """
    prior = profile_model(profile)
    least = int(profile["tiers.list.enough_to_learn"])
    number = np.arange(len(tier)) if street is None else np.unique(street.astype(str), return_inverse=True)[1]
    none: HeldOutBy = {"street": None, "quarter": None}
    report: GradingReport = {
        "method": "score",
        "listed": len(tier),
        "weights": _weights(prior),
        "held_out": none,
        "accuracy_note": "",
    }
    if len(np.unique(number)) < least or len(np.unique(tier)) < 2:
        report["accuracy_note"] = str(accuracy_note(report, least))
        return Grading(prior, report)

    fitters: dict[str, Callable[[Floats, Integers], Model]] = {
        "score": lambda seen, graded: _calibrated(seen, graded, profile),
        "model": lambda seen, graded: fit(seen, graded, prior),
    }
    fold = street_folds(tier, number)
    rows = np.arange(len(tier))
    found = {name: _unseen(fitter, shares, tier, fold) for name, fitter in fitters.items()}
    compared: dict[str, Compared] = {
        name: {
            "accuracy": round(float((inferred == tier).mean()), 4),
            "log_loss": round(float(-np.log(np.maximum(p[rows, tier], 1e-12)).mean()), 4),
        }
        for name, (p, inferred) in found.items()
    }
    method = min(fitters, key=lambda name: (-compared[name]["accuracy"], compared[name]["log_loss"]))
    model = fitters[method](shares, tier)
    probability, inferred = found[method]
    right = inferred == tier
    by_street = held_out(right, number, fold)
    known = quarters_known(quarter)
    by_quarter = None
    if known is not None:
        apart = quarter_folds(known)
        by_quarter = held_out(_unseen(fitters[method], shares, tier, apart)[1] == tier, known, apart)
    confusion = np.zeros((len(ORDER), len(ORDER)), dtype=int)
    np.add.at(confusion, (tier, inferred), 1)
    report |= {
        "method": method,
        "accuracy": by_street["accuracy"],
        "interval": by_street["interval"],
        "confusion": {
            listed: {tier_: int(confusion[ORDER.index(listed), ORDER.index(tier_)]) for tier_ in GRADED}
            for listed in GRADED
        },
        "log_loss": compared[method]["log_loss"],
        "calibration": _calibration(probability[rows, inferred], right),
        "folds": FOLDS,
        "compared": compared,
        "weights": _weights(model),
        "held_out": {"street": by_street, "quarter": by_quarter},
    }
    report["accuracy_note"] = str(accuracy_note(report, least))
    return Grading(model, report)


def _unseen(
    fitter: Callable[[Floats, Integers], Model], shares: Floats, tier: Integers, fold: Integers
) -> tuple[Floats, Integers]:
    """Return the probabilities and the tiers of streets by models that did not see their fold."""
    found, inferred = np.zeros((len(tier), len(ORDER))), np.zeros_like(tier)
    for number in np.unique(fold):
        held = fold == number
        fitted = fitter(shares[~held], tier[~held])
        found[held], inferred[held] = fitted.probabilities(shares[held]), fitted.tiers(shares[held])
    return found, inferred


def _calibration(confidence: Floats, right: NDArray[np.bool_]) -> Calibration:
    """Compare stated confidence with how often it was right, in bins of as many streets each."""
    order = np.argsort(confidence, kind="stable")
    bins: list[CalibrationBin] = [
        {
            "confidence": round(float(confidence[part].mean()), 3),
            "right": round(float(right[part].mean()), 3),
            "streets": len(part),
        }
        for part in np.array_split(order, min(_BINS, len(order)))
    ]
    error = sum(abs(b["confidence"] - b["right"]) * b["streets"] for b in bins) / len(order)
    return {"error": round(error, 4), "bins": bins}


def _weights(model: Model) -> dict[str, float]:
    """Return the model's weights as points of a hundred, so that they compare with the profile's."""
    total = np.abs(model.slope).sum() or 1.0
    return {name: round(float(100 * slope / total), 1) for name, slope in zip(INGREDIENTS, model.slope, strict=True)}
