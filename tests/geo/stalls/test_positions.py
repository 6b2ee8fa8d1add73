"""Positions are found in the stretches of their kerb."""

from __future__ import annotations

import numpy as np

from geo.stalls.positions import KerbPositions, stretch_holding


def asked(kerb: list[int], along_m: list[float]) -> KerbPositions:
    return KerbPositions(np.array(kerb), np.array(along_m), np.zeros(len(kerb)))


def test_each_position_is_in_the_stretch_that_begins_before_it() -> None:
    kerb, from_m = np.array([1, 1, 3]), np.array([5.0, 20.0, 0.0])
    positions = asked([1, 1, 1, 3, 2, 0], [2.0, 19.0, 20.0, 50.0, 1.0, 1.0])
    assert stretch_holding(kerb, from_m, positions).tolist() == [0, 0, 1, 2, -1, -1]


def test_without_stretches_none_holds() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert stretch_holding(none, np.zeros(0), asked([0], [1.0])).tolist() == [-1]
