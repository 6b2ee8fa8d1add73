"""Local statistics against their textbook formulas, and on made-up cities with and without a hot corner."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gi_star import local_statistics
from geo.complaints.local_statistics import empirical_bayes, false_discovery
from tests.support.networks import chain


def test_gi_star_is_ord_and_getis_formula() -> None:
    rng = np.random.default_rng(3)
    counts, exposure = rng.integers(5, 60, 12).astype(float), np.ones(12)
    found = local_statistics(counts, exposure, chain(12), 99, 0.1)
    x = empirical_bayes(counts, exposure)
    mean, s = x.mean(), np.sqrt((x**2).mean() - x.mean() ** 2)
    for i in range(12):
        w = np.array([1.0 if abs(i - j) <= 1 else 0.0 for j in range(12)])
        by_hand = ((w * x).sum() - mean * w.sum()) / (s * np.sqrt((12 * (w**2).sum() - w.sum() ** 2) / 11))
        assert found.gi_z[i] == pytest.approx(by_hand, rel=1e-9)
    z = (x - mean) / s
    assert found.moran[5] == pytest.approx(z[5] * (z[4] + z[6]) / 2)


def test_small_counts_are_drawn_to_the_mean() -> None:
    counts = np.array([1.0, 0.0, 300.0, 100.0, 100.0, 40.0])
    exposure = np.array([0.01, 0.01, 1.0, 1.0, 1.0, 1.0])
    rate = empirical_bayes(counts, exposure)
    mean = counts.sum() / exposure.sum()
    assert abs(rate[0] - mean) < 30, "one complaint on ten metres is no rate of a hundred a kilometre"
    assert rate[2] > 270
    assert empirical_bayes(np.full(4, 5.0), np.ones(4)) == pytest.approx(np.full(4, 5.0))
    assert empirical_bayes(np.zeros(3), np.zeros(3)).tolist() == [0, 0, 0]


def test_false_discoveries_are_held_back() -> None:
    p = np.array([0.001, 0.02, 0.03, 0.9, 0.04])
    # thresholds 0.01 0.02 0.03 0.04 0.05 of the ordered ones: the largest that is below decides
    assert false_discovery(p, 0.05).tolist() == [True, True, True, False, True]
    assert not false_discovery(np.array([0.2, 0.9]), 0.05).any()
    assert len(false_discovery(np.array([]), 0.05)) == 0


def test_without_a_pattern_little_is_hot() -> None:
    rng = np.random.default_rng(11)
    hot = [
        local_statistics(rng.poisson(5, 200).astype(float), np.ones(200), chain(200), 999, 0.1, seed).hot.any()
        for seed in range(20)
    ]
    assert np.mean(hot) <= 0.3


def test_a_hot_corner_is_found_whatever_the_exposure() -> None:
    rng = np.random.default_rng(12)
    exposure = rng.uniform(0.5, 2.0, 200)
    risk = np.where((np.arange(200) >= 90) & (np.arange(200) < 100), 40.0, 6.0)
    found = local_statistics(rng.poisson(risk * exposure).astype(float), exposure, chain(200), 1999, 0.1)
    assert found.hot[91:99].mean() >= 0.7
    assert found.hot[:80].sum() + found.hot[110:].sum() <= 6
    assert set(found.quadrant[92:98]) == {"high_high"}
    assert (found.moran_p[92:98] < 0.1).mean() > 0.6


def test_nothing_to_tell_apart() -> None:
    found = local_statistics(np.zeros(5), np.ones(5), chain(5), 99, 0.1)
    assert not found.hot.any()
    assert found.p_value.tolist() == [1.0] * 5
