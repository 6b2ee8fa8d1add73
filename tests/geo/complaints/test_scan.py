"""The scan finds the cluster, by Kulldorff's likelihood, and no more than chance allows."""

from __future__ import annotations

import numpy as np
import pytest

from geo.complaints.scan import scan


def near(n: int, reach: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pairs = [(i, j, float(abs(i - j))) for i in range(n) for j in range(n) if abs(i - j) <= reach]
    return tuple(np.array(column) for column in zip(*pairs, strict=True))  # type: ignore[return-value]


def test_the_scan_finds_the_cluster_and_its_likelihood_is_kulldorffs() -> None:
    counts = np.full(40, 5.0)
    counts[10:14] = 25.0
    clusters = scan(counts, np.ones(40), near(40, 6), 0.5, 199)
    assert sorted(clusters[0].members.tolist()) == [10, 11, 12, 13] or len(clusters[0].members) in (3, 5)
    assert clusters[0].p_value == pytest.approx(1 / 200)
    c, e, total = clusters[0].events, clusters[0].expected, counts.sum()
    by_hand = c * np.log(c / e) + (total - c) * np.log((total - c) / (total - e))
    assert clusters[0].ratio == pytest.approx(by_hand)
    apart = [set(cluster.members.tolist()) for cluster in clusters]
    assert all(not one & two for i, one in enumerate(apart) for two in apart[:i])


def test_the_scan_tells_no_cluster_where_chance_would_give_one() -> None:
    rng = np.random.default_rng(5)
    told = [len(scan(rng.poisson(4, 60).astype(float), np.ones(60), near(60, 8), 0.5, 99)) for _ in range(15)]
    assert np.mean(np.array(told) > 0) <= 0.4
    assert scan(np.zeros(5), np.ones(5), near(5, 2), 0.5, 9) == []


def test_the_scan_in_blocks_is_kulldorffs_ratio_window_by_window() -> None:
    random = np.random.default_rng(3)
    count, reach = 700, 9
    centre = np.repeat(np.arange(count), reach)
    other = (centre + np.tile(np.arange(reach), count) * 37) % count
    distance = np.tile(np.arange(reach, dtype=float), count)
    exposure, counts = random.random(count) + 0.1, random.poisson(0.8, count).astype(float)
    counts[:40] += 1
    total, shares = counts.sum(), exposure / exposure.sum()
    expected = np.cumsum(shares[other.reshape(count, reach)], axis=1) * total

    def strongest(events: np.ndarray) -> float:
        inside = np.cumsum(events[other.reshape(count, reach)], axis=1)
        hot = (expected <= 0.02 * total) & (inside > expected)
        e, c = inside[hot], expected[hot]
        return float((e * np.log(e / c) + (total - e) * np.log((total - e) / (total - c))).max())

    found = scan(counts, exposure, (centre, other, distance), 0.02, 99, seed=5)
    assert found[0].ratio == pytest.approx(strongest(counts))
    drawn = np.random.default_rng(5).multinomial(round(total), shares, size=99)
    chance = np.array([strongest(events.astype(float)) for events in drawn])
    for cluster in found:
        assert cluster.p_value == pytest.approx((1 + (chance >= cluster.ratio - 1e-9).sum()) / 100)
