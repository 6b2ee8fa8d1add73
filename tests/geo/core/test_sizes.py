"""Estimates of memory are near what things take."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import shapely

from geo.core.sizes import held_bytes


class Pair(NamedTuple):
    """Two arrays."""

    first: Any
    second: Any


MADE: dict[str, Callable[[], Any]] = {
    "numbers": lambda: np.arange(200_000, dtype=float),
    "a table": lambda: pd.DataFrame({"a": np.arange(50_000), "b": np.arange(50_000, dtype=np.float32)}),
    "texts": lambda: pd.Series([f"street {number}" for number in range(20_000)], dtype=object),
    "lists of texts": lambda: [[f"street {number} {part}" for part in range(5)] for number in range(5_000)],
    "a dictionary": lambda: {f"s{number}": np.zeros(10) for number in range(5_000)},
    "a sparse matrix": lambda: scipy.sparse.random(2_000, 2_000, 0.02, "csr", random_state=1),
    "a pair": lambda: Pair(np.zeros(50_000), (np.ones(50_000), "x")),
}


_FRAMES = 20


@pytest.mark.parametrize("name", MADE)
def test_an_estimate_is_near_what_is_allocated(name: str) -> None:
    MADE[name]()
    tracemalloc.start(_FRAMES)
    value = MADE[name]()
    ours = tracemalloc.Filter(True, __file__, all_frames=True)  # not of other threads
    allocated = sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces([ours]).traces)
    tracemalloc.stop()
    assert held_bytes(value) == pytest.approx(allocated, rel=0.5)


def test_shapes_count_with_their_coordinates() -> None:
    few = gpd.GeoSeries(shapely.linestrings(np.zeros((1_000, 2, 2))))
    many = gpd.GeoSeries(shapely.linestrings(np.zeros((1_000, 102, 2))))
    assert held_bytes(many) - held_bytes(few) == 1_000 * 100 * 16
    assert held_bytes(few) > 1_000 * 100


def test_what_is_there_twice_is_counted_once() -> None:
    array = np.zeros(100_000)
    assert held_bytes([array, array, array[:5]]) == pytest.approx(800_000, rel=0.01)
    assert held_bytes(array[:5]) == pytest.approx(800_000, rel=0.01), "a view holds all of its array"
    known: set[int] = set()
    assert held_bytes(array, known) == pytest.approx(800_000, rel=0.01)
    assert held_bytes(Pair(array, None), known) < 1_000


def test_circles_come_to_an_end() -> None:
    circle: list[Any] = []
    circle.append(circle)
    assert held_bytes(circle) < 1_000
    assert held_bytes(None) == held_bytes(3) == held_bytes(len) == 0
