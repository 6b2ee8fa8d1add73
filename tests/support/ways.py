"""Streets drawn on a grid near Anyang, as the reader of extracts returns them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.core.crs import metric_crs
from geo.streets.extract import ROAD_TAGS, Ways
from geo.streets.parking_tags import PARKING, packed

ANYANG = metric_crs(114.3, 36.0, 114.4, 36.2)


def make_ways(
    lines: list[list[tuple[int, int]]], tags: list[dict[str, str]] | None = None, step: float = 0.001
) -> Ways:
    """Return ways through the points of a grid: each point is the same node wherever it is used."""
    tags = tags or [{"highway": "residential"}] * len(lines)
    points = [point for line in lines for point in line]
    rows = [{tag: tagged.get(tag) for tag in (*ROAD_TAGS, "aliases")} for tagged in tags]
    table = pd.DataFrame(rows, dtype=object)
    table[PARKING] = pd.Series([packed(tagged.items()) for tagged in tags], dtype=object)
    table.insert(0, "way_id", np.arange(1, len(lines) + 1))
    return Ways(
        table=table,
        way=np.repeat(np.arange(len(lines)), [len(line) for line in lines]),
        node_id=np.array([x * 1000 + y for x, y in points], dtype=np.int64),
        lonlat=np.array([(114.30 + x * step, 36.0 + y * step) for x, y in points], dtype=float).reshape(-1, 2),
        dated=None,
    )
