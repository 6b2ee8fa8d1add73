"""Districts stay where they were when supervisors come and go."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.complaints.districts import divide, in_pieces, linked
from geo.complaints.kept_districts import keep
from geo.network.graph import adjacency
from tests.support.networks import grid


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 9), st.integers(-2, 3), st.integers(0, 1000))
def test_districts_stay_when_people_come_and_go(count: int, more: int, seed: int) -> None:
    network, xy = grid(8)
    work = np.random.default_rng(seed).gamma(1.5, 1.0, len(xy))
    meets = linked(adjacency(network, len(xy)), xy)
    before = divide(work, meets, xy, count, 0.1)
    after, number = keep(work, meets, xy, before.district, count, count + more, 0.1)
    assert len(after.work) == count + more
    assert (number[:-more] < count).all() if more > 0 else set(number) <= set(range(count))
    assert number[count:].tolist() == list(range(count, count + more)) if more > 0 else True
    assert in_pieces(after.district, meets).max() + 1 == count + more
    assert after.balance <= 1.15
    same = work[number[after.district] == before.district].sum() / work.sum()
    if more == 0:
        assert same == 1
    # who leaves gives all away, who comes takes a share; besides that, little changes hands
    assert same >= min(count, count + more) / max(count, count + more) - 0.3


def test_one_of_ten_falls_ill_and_nine_tenths_of_the_streets_stay() -> None:
    network, xy = grid(14)
    work = np.random.default_rng(5).gamma(2.0, 1.0, len(xy))
    meets = adjacency(network, len(xy))
    before = divide(work, meets, xy, 10, 0.1)
    ill = np.where(before.district == 4, -1, before.district)
    after, number = keep(work, meets, xy, ill, 10, 9, 0.1)
    assert number.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    stay = before.district != 4
    assert (number[after.district] == before.district)[stay].mean() >= 0.85
    afresh = divide(work, meets, xy, 9, 0.1)
    assert max((afresh.district[before.district == old] == new).mean() for old in range(10) for new in range(9)) < 1


def test_earlier_districts_in_pieces_are_mended() -> None:
    network, xy = grid(6)
    meets = adjacency(network, len(xy))
    torn = np.where(xy[:, 0] < 130, 0, np.where(xy[:, 0] < 330, 1, 0))
    after, number = keep(np.ones(len(xy)), meets, xy, torn, 2, 2, 0.1)
    assert in_pieces(after.district, meets).max() + 1 == 2
    assert set(number) == {0, 1}
