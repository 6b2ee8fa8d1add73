"""Inference is tested on the list: what is claimed of it holds on streets that it has not seen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.rules import Profile
from geo.study.schema import INGREDIENTS
from geo.tiers.inference import ORDER, choose, fit, profile_model


def planted(count: int, slope: list[float], seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return shares of streets and tiers that a known model gave them."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0, 1, (count, len(INGREDIENTS)))
    latent = shares @ np.array(slope) + rng.logistic(0, 1, count)
    cuts = np.quantile(latent, [1 / 3, 2 / 3])
    return shares, (latent[:, None] >= cuts).sum(axis=1)


def test_a_score_is_its_thresholds(profile: Profile) -> None:
    model = profile_model(profile)
    secondary, demonstration = (profile[f"tiers.score.threshold.{tier}"] for tier in ("secondary", "demonstration"))
    weight = np.array([profile[f"tiers.score.weight.{name}"] for name in INGREDIENTS])
    for points, tier in ((secondary - 1, 0), (secondary + 1, 1), (demonstration - 1, 1), (demonstration + 1, 2)):
        shares = np.full((1, len(INGREDIENTS)), points / weight.sum())
        assert model.tiers(shares).tolist() == [tier]
        assert model.probabilities(shares).sum() == pytest.approx(1)


def test_few_streets_claim_nothing(profile: Profile) -> None:
    shares, tier = planted(29, [4, 2, 1, 1, 1, 0], 1)
    grading = choose(shares, tier, profile)
    assert grading.report["method"] == "score"
    assert "accuracy" not in grading.report
    np.testing.assert_allclose(grading.model.slope, profile_model(profile).slope)


def test_a_list_that_follows_other_weights_is_learned_and_is_more_often_right(profile: Profile) -> None:
    shares, tier = planted(300, [0, 0, 12, 0, 8, 0], 2)
    report = choose(shares, tier, profile).report
    assert report["method"] == "model"
    assert report["compared"]["model"]["accuracy"] > report["compared"]["score"]["accuracy"] + 0.1
    assert max(report["weights"], key=lambda name: report["weights"][name]) == "width"
    low, high = report["interval"]
    assert low < report["accuracy"] < high
    confusion = np.array(
        [[report["confusion"][row][column] for column in report["confusion"]] for row in report["confusion"]]
    )
    assert confusion.sum() == 300
    assert np.trace(confusion) / 300 == pytest.approx(report["accuracy"], abs=1e-4)


def test_confidence_is_how_often_it_is_right(profile: Profile) -> None:
    """Over many planted lists, stated confidence and the share that is right agree within a few percent."""
    errors = []
    for seed in range(6):
        shares, tier = planted(240, [6, 3, 2, 1, 1, 0], seed)
        grading = choose(shares[:120], tier[:120], profile)
        unseen = shares[120:]
        inferred = grading.model.tiers(unseen)
        stated = grading.model.probabilities(unseen)[np.arange(120), inferred]
        errors.append(stated.mean() - (inferred == tier[120:]).mean())
    assert abs(np.mean(errors)) < 0.05


def test_with_little_to_learn_from_the_weights_stay_the_profiles(profile: Profile) -> None:
    shares, tier = planted(6, [0, 0, 12, 0, 8, 0], 3)
    prior = profile_model(profile)
    few, many = fit(shares, tier, prior), fit(*planted(400, [0, 0, 12, 0, 8, 0], 3), prior)
    assert np.abs(few.slope - prior.slope).sum() < np.abs(many.slope - prior.slope).sum()
    assert (np.diff(few.cut) > 0).all()


def test_a_list_of_one_tier_and_separable_lists_break_nothing(profile: Profile) -> None:
    shares = np.linspace(0, 1, 60)[:, None] * np.ones(len(INGREDIENTS))
    alone = choose(shares, np.zeros(60, dtype=np.int64), profile)
    assert alone.report["method"] == "score"
    separable = choose(shares, (shares[:, 0] > 0.5).astype(np.int64) * 2, profile)
    assert separable.report["accuracy"] > 0.9
    assert np.isfinite(separable.model.slope).all()
    assert ORDER[0] == "back_street"
