"""Near pairs of a whole city are the distances that a search from each position finds."""

from __future__ import annotations

import numpy as np
import pytest

from geo.network.graph import Network, Positions
from geo.network.lixels import Lixels
from geo.network.nearby import near_pairs
from geo.network.searches import distances
from tests.support.drawn import CRS, road, roads_layer

LINES = [
    [(0, 0), (200, 0)],
    [(200, 0), (400, 0)],
    [(200, 0), (200, 30)],
    [(200, 30), (260, 30), (260, 0), (400, 0)],
    [(0, 0), (0, 90), (90, 90), (90, 0), (0, 0)],
    [(0, 500), (120, 500)],
]


@pytest.mark.parametrize("within_m", [15.0, 60.0, 150.0, 1000.0])
def test_pairs_are_those_of_a_search_from_each_start(within_m: float) -> None:
    roads = roads_layer([road(line) for line in LINES])
    network = Network(roads, CRS, directed=False)
    lixels = Lixels(roads, 20.0)
    targets = Positions(lixels.row, lixels.middle_m(np.arange(len(lixels))))
    starts = Positions(targets.segment[::3], targets.offset_m[::3] * 0.9)
    found = near_pairs(network, starts, targets, within_m).tocoo()
    right = distances(network, starts, targets, limit=within_m)
    assert found.row.tolist() == right["start"].tolist()
    assert found.col.tolist() == right["target"].tolist()
    assert found.data == pytest.approx(right["cost"].to_numpy(), abs=1e-6)


def test_no_start_has_no_pairs() -> None:
    roads = roads_layer([road(LINES[0])])
    network = Network(roads, CRS, directed=False)
    none = Positions(np.zeros(0, dtype=np.int64), np.zeros(0))
    one = Positions(np.zeros(1, dtype=np.int64), np.array([10.0]))
    assert near_pairs(network, none, one, 100.0).shape == (0, 1)
    assert near_pairs(network, one, none, 100.0).nnz == 0
