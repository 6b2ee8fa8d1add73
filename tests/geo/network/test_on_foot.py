"""The network on foot of a study: streets and footpaths, but no locked gate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.build import Inputs, build_study
from geo.network.graph import Network, Positions
from geo.network.on_foot import network_of
from geo.network.searches import distances
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.extracts import grid, write_osm

STREET = {"highway": "residential"}


def corner(network: Network, north: bool) -> Positions:
    """Return the position at the south-western or the north-western corner."""
    xy = network.node_xy
    west = np.flatnonzero(xy[:, 0] < xy[:, 0].min() + 1)
    node = west[xy[west, 1].argmax() if north else xy[west, 1].argmin()]
    segment = int(np.flatnonzero((network.tail == node) | (network.head == node))[0])
    at = 0.0 if network.tail[segment] == node else network.lengths_m[segment]
    return Positions(np.array([segment]), np.array([at]))


@pytest.mark.parametrize(
    ("gate", "walk_m"),
    [
        ({}, 222),
        ({4: {"barrier": "gate"}}, 222),
        ({4: {"barrier": "gate", "locked": "yes"}}, 2 * 180 + 222),
    ],
)
def test_a_footpath_is_walked_unless_its_gate_is_locked(
    gate: dict[int, dict[str, str]], walk_m: float, tmp_path: Path
) -> None:
    # blocks of 90 by 111 m; streets along the south, the east and the north, a footpath straight up the west
    ways = [(1, [1, 2, 3], STREET), (2, [3, 6, 9], STREET), (3, [1, 4, 7], {"highway": "footway"})]
    osm = write_osm(tmp_path / "blocks.osm", grid(3), [*ways, (4, [9, 8, 7], STREET)], gate)
    build_study(tmp_path / "study.gpkg", Inputs(osm))
    network = network_of(Study(tmp_path / "study.gpkg"))
    layers = [read_layer(tmp_path / "study.gpkg", name) for name in ("roads", "paths")]
    assert len(network.lengths_m) == sum(map(len, layers))
    pairs = distances(network, corner(network, north=False), corner(network, north=True))
    assert pairs["cost"].min() == pytest.approx(walk_m, rel=0.01)
