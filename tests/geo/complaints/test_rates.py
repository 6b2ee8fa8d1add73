"""Exact intervals and tests against scipy's, and made-up cities with and without what is looked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, chi2, gamma

from geo.complaints.local_statistics import empirical_bayes, empirical_bayes_prior
from geo.complaints.rates import (
    against_alike,
    bayes_interval,
    changed,
    compare,
    month_dispersion,
    per_month,
    poisson_interval,
)

DAYS = np.full(18, 30.4)
WINDOWS = (3, 6, 12)


def test_the_interval_of_a_count_is_garwoods() -> None:
    counts = np.arange(0.0, 60.0)
    low, high = poisson_interval(counts)
    assert low[0] == 0
    assert low[1:] == pytest.approx(chi2.ppf(0.025, 2 * counts[1:]) / 2)
    assert high == pytest.approx(chi2.ppf(0.975, 2 * counts + 2) / 2)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.01, 50), st.floats(0.01, 50))
def test_two_rates_are_compared_exactly(one: int, two: int, first: float, second: float) -> None:
    found = compare(np.array([float(one)]), np.array([first]), np.array([float(two)]), np.array([second]))
    if one + two == 0:
        assert np.isnan(found.ratio[0])
        assert (found.more[0], found.less[0]) == (1, 1)
        return
    share = first / (first + second)
    assert found.more[0] == pytest.approx(binom.sf(one - 1, one + two, share), abs=1e-9)
    assert found.less[0] == pytest.approx(binom.cdf(one, one + two, share), abs=1e-9)
    ends = binomtest(one, one + two).proportion_ci(0.95)
    assert found.low[0] == pytest.approx(ends.low / (1 - ends.low) * second / first, rel=1e-6)
    if two:
        assert found.high[0] == pytest.approx(ends.high / (1 - ends.high) * second / first, rel=1e-6)
        assert found.ratio[0] == pytest.approx(one / first / (two / second))
    else:
        assert np.isinf(found.high[0])


def test_a_rate_without_exposure_is_compared_with_none() -> None:
    found = compare(np.array([3.0]), np.array([0.0]), np.array([5.0]), np.array([2.0]))
    assert np.isnan(found.ratio[0])
    assert found.more[0] == 1


def test_the_interval_holds_the_empirical_bayes_rate() -> None:
    rng = np.random.default_rng(1)
    exposure = rng.uniform(0.01, 2, 200)
    counts = rng.poisson(rng.gamma(2, 3, 200) * exposure).astype(float)
    low, high = bayes_interval(counts, exposure)
    rate = empirical_bayes(counts, exposure)
    assert ((low < rate) & (rate < high)).all()
    mean, between = empirical_bayes_prior(counts, exposure)
    posterior = gamma(mean**2 / between + counts, scale=1 / (mean / between + exposure))
    assert posterior.mean() == pytest.approx(rate), "the mean of the same distribution"
    assert low == pytest.approx(posterior.ppf(0.025))
    assert high == pytest.approx(posterior.ppf(0.975))
    assert bayes_interval(np.full(3, 5.0), np.ones(3))[0].tolist() == [5, 5, 5]


def test_in_noise_few_streets_are_high_or_changed() -> None:
    rng = np.random.default_rng(2)
    high = change = 0
    for _ in range(25):
        exposure = rng.uniform(0.1, 2, 150)
        counts = rng.poisson(3 * exposure[:, None], (150, 18)).astype(float)
        high += int(against_alike(counts.sum(axis=1), exposure, pd.Series(["x"] * 150), 10, 0.1).high_itself.any())
        found = changed(counts, DAYS, WINDOWS, 10, 0.1)
        assert found is not None
        change += int((found.worse | found.better).any())
    assert high <= 5
    assert change <= 6


def test_counts_that_vary_more_than_chance_make_the_tests_careful() -> None:
    rng = np.random.default_rng(3)
    wild = [rng.negative_binomial(1, 1 / 7, (150, 18)).astype(float) for _ in range(20)]
    assert 5 < month_dispersion(wild[0]) < 9, "the variance of such counts is seven times their mean"
    found = [changed(counts, DAYS, WINDOWS, 10, 0.1) for counts in wild]
    assert np.mean([int(each.worse.sum() + each.better.sum()) for each in found if each is not None]) <= 1.5
    assert month_dispersion(rng.poisson(0.4, (300, 18)).astype(float)) == 1
    assert month_dispersion(np.zeros((3, 5))) == 1


def test_a_planted_doubling_is_found_and_its_begin_told() -> None:
    rng = np.random.default_rng(4)
    found = []
    for _ in range(20):
        counts = rng.poisson(4, (150, 18)).astype(float)
        for street, months in ((0, 3), (1, 6), (2, 9)):
            counts[street] = rng.poisson(15, 18)
            counts[street, 18 - months :] = rng.poisson(30, months)
        change = changed(counts, DAYS, WINDOWS, 10, 0.1)
        assert change is not None
        found.append(change.worse[:3])
        for street in np.flatnonzero(change.worse[:3]).tolist():
            assert change.low[street] > 1
            assert change.ratio[street] == pytest.approx(
                change.after[street] / change.months[street] / (change.before[street] / (18 - change.months[street]))
            )
    assert np.mean(found, axis=0).min() >= 0.7


def test_a_street_that_became_quiet_is_better() -> None:
    counts = np.random.default_rng(5).poisson(6, (60, 12)).astype(float)
    counts[7, 6:] = 0
    change = changed(counts, DAYS[:12], WINDOWS, 10, 0.1)
    assert change is not None
    assert (change.better[7], change.worse[7], change.ratio[7]) == (True, False, 0)
    assert change.city[6] == pytest.approx(counts[:, 6:].sum() / counts[:, :6].sum())
    assert set(change.city) == {3, 6}, "no year before is known"


def test_a_short_history_and_few_complaints_say_nothing() -> None:
    counts = np.full((4, 5), 20.0)
    assert changed(counts, DAYS[:5], WINDOWS, 10, 0.1) is None
    few = changed(np.array([[0.0, 0, 0, 3, 3, 3]]), DAYS[:6], WINDOWS, 10, 0.1)
    assert few is not None
    assert (few.tested[0], few.worse[0]) == (False, False)


def test_a_planted_busy_street_is_high_and_a_stub_or_a_quiet_one_is_not() -> None:
    rng = np.random.default_rng(6)
    exposure = rng.uniform(0.2, 1, 100)
    counts = rng.poisson(10 * exposure).astype(float)
    counts[3], counts[4] = 60, 0
    exposure[3] = exposure[4] = 1.0
    exposure[5], counts[5] = 0.005, 2  # five metres
    found = against_alike(counts, exposure, pd.Series(["x"] * 100), 10, 0.1)
    assert found.high_itself[3]
    assert found.low[3] > 4
    assert not found.high_itself[[4, 5]].any()
    assert found.high_itself.sum() <= 3
    assert int(np.argmax(found.sure)) == 3


def test_streets_are_compared_with_their_own_class() -> None:
    rng = np.random.default_rng(7)
    kind = pd.Series(["primary"] * 20 + ["residential"] * 40 + ["steps"] * 2 + [None])
    exposure = np.ones(63)
    counts = rng.poisson(np.where(kind == "primary", 60.0, 5.0)).astype(float)
    counts[30] = 40
    found = against_alike(counts, exposure, kind, 10, 0.1)
    assert np.flatnonzero(found.high_itself).tolist() == [30], "busy for a back street; the main streets are alike"
    assert found.group.tolist() == [20] * 20 + [40] * 40 + [63] * 3


def test_a_count_by_month() -> None:
    assert per_month(60, 365.25) == pytest.approx(5)


def test_a_season_of_the_whole_city_makes_no_street_worse_and_a_doubling_against_last_year_is_found() -> None:
    rng = np.random.default_rng(8)
    season = np.tile([1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 4, 4], 2)
    false = 0
    for _ in range(20):
        counts = rng.poisson(5 * season, (120, 24)).astype(float)
        change = changed(counts, np.full(24, 30.4), WINDOWS, 10, 0.1)
        assert change is not None
        assert np.isfinite(change.year).all()
        assert change.city[3] > 2.5, "the city's own season"
        false += int((change.worse | change.better).any())
    assert false <= 5
    counts[9, 21:] = rng.poisson(5 * 4 * 2, 3)
    found = changed(counts, np.full(24, 30.4), WINDOWS, 10, 0.1)
    assert found is not None
    assert found.worse[9]
    assert found.relative_low[9] > 1
    assert found.year_low[9] > 1


def test_a_rise_of_the_whole_city_is_no_streets_own() -> None:
    rng = np.random.default_rng(9)
    counts = np.concatenate([rng.poisson(5, (100, 12)), rng.poisson(11, (100, 6))], axis=1).astype(float)
    counts[4, 12:] = rng.poisson(40, 6)
    change = changed(counts, DAYS, WINDOWS, 10, 0.1)
    assert change is not None
    assert change.worse[4]
    assert change.worse.sum() <= 3, "all have doubled"
    assert change.city[6] > 1.8
    assert change.relative[4] < change.ratio[4]


def test_a_street_with_a_season_of_its_own_is_no_worse() -> None:
    rng = np.random.default_rng(10)
    worse = 0
    for _ in range(20):
        counts = rng.poisson(5, (100, 24)).astype(float)
        counts[3, [9, 10, 11, 21, 22, 23]] = rng.poisson(40, 6)
        change = changed(counts, np.full(24, 30.4), WINDOWS, 10, 0.1)
        assert change is not None
        worse += int(change.worse[3])
    assert worse <= 4, "every autumn is like that"
