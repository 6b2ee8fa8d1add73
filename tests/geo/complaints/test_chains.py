"""Groups of places that lie near each other: the same as of all pairs, whatever their number."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from geo.complaints import chains
from geo.complaints.chains import groups_within
from geo.core.arrays import Floats, Integers

REACH = 30.0


def by_pairs(xy: Floats, kind: Integers) -> Integers:
    """Return the groups by all pairs, numbered as their first places come."""
    near = (np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) <= REACH) & (kind[:, None] == kind)
    group = np.arange(len(xy))
    while True:
        least = np.where(near, group, len(xy)).min(axis=1)
        if (least == group).all():
            return np.unique(group, return_inverse=True)[1]
        group = least


def places(shape: str, count: int, rng: np.random.Generator) -> Floats:
    """Return places as a register has them."""
    spread = rng.uniform(0, 900, (count, 2))
    return {
        "spread": spread,
        "on a lattice": spread.round(-1),
        "on one line": spread * [5, 0],
        "at few places": rng.choice(spread[:3], count),
        "at one place": np.repeat(spread[:1], count, axis=0),
        "nearly equal": spread.round(-2) + rng.normal(0, 1e-9, spread.shape),
        "a reach apart": spread.round(-2) * 0.3,
    }[shape] + [4.9e5, 4.0e6]


@pytest.mark.parametrize("few", [10, 0], ids=["few pairs", "many pairs"])
@pytest.mark.parametrize(
    "shape", ["spread", "on a lattice", "on one line", "at few places", "at one place", "nearly equal", "a reach apart"]
)
def test_groups_are_those_of_all_pairs(shape: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "_FEW", few)
    rng = np.random.default_rng(721)
    for count in (1, 2, 3, 7, 80, 200):
        xy, kind = places(shape, count, rng), rng.integers(0, 3, count)
        assert groups_within(xy, kind, REACH).tolist() == by_pairs(xy, kind).tolist()


def test_no_places_make_no_groups() -> None:
    assert len(groups_within(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), REACH)) == 0


def test_memory_grows_with_the_places() -> None:
    rng = np.random.default_rng(721)
    xy = rng.uniform(0, 200, (20_000, 2))  # each near some 1,400 others
    tracemalloc.start()
    group = groups_within(xy, np.zeros(len(xy), dtype=np.int64), REACH)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert group.max() == 0
    assert peak < 40e6
