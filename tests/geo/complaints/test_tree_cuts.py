"""Cuts along spanning trees leave both sides in one piece."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from geo.complaints.districts import apart
from geo.complaints.tree_cuts import halve, spanning_tree, transfer
from geo.network.graph import adjacency
from tests.support.networks import chain, grid


@pytest.mark.parametrize("shortest", [True, False])
def test_a_tree_reaches_every_segment_and_adds_up(shortest: bool) -> None:
    network, xy = grid(5)
    length = apart(adjacency(network, len(xy)), xy)
    tree = spanning_tree(length, np.random.default_rng(1), shortest)
    assert sorted(tree.order.tolist()) == list(range(40))
    assert (length[tree.order[1:], tree.before[tree.order[1:]]] > 0).all()
    work = np.arange(40.0)
    sums = tree.sums(work)
    assert sums[tree.order[0]] == work.sum()
    for top in range(40):
        assert sums[top] == pytest.approx(work[tree.below(top)].sum())


def test_a_chain_is_halved_where_the_work_is() -> None:
    xy = np.column_stack([np.arange(7) * 100.0, np.zeros(7)])
    work = np.array([1.0, 1, 1, 1, 2, 2, 2])
    side = halve(apart(chain(7), xy), work, (1, 1), 0.0, 8, np.random.default_rng(1))
    assert side is not None
    assert side.load == 6
    assert len(set(np.flatnonzero(side.inside)) & {0, 6}) == 1
    thirds = halve(apart(chain(7), xy), work, (1, 2), 0.0, 8, np.random.default_rng(1))
    assert thirds is not None
    assert work[thirds.inside].sum() in (3, 4)
    assert halve(apart(chain(2), xy[:2]), np.array([1.0, 0.0]), (1, 1), 0.0, 4, np.random.default_rng(1)) is None


def test_a_stretch_is_handed_to_a_neighbour_and_the_rest_stays_in_one_piece() -> None:
    network, xy = grid(5)
    length = apart(adjacency(network, len(xy)), xy)
    touches = xy[:, 0] > 380
    piece = transfer(length, np.ones(40), touches, 10.0, 16, np.random.default_rng(1))
    assert piece is not None
    assert abs(piece.sum() - 10) <= 2
    assert touches[piece].any()
    rest = np.flatnonzero(~piece)
    assert connected_components(length[rest][:, rest], directed=False)[0] == 1
