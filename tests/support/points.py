"""Rows of points as an office would send them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo.study.file import read_layer


def places(study: Path, count: int) -> pd.DataFrame:
    """Return rows of complaints at the middle of named streets, each with its street."""
    streets = read_layer(study, "streets")
    named = streets[streets["name"].notna()].sort_values("length_m", ascending=False).head(count)
    points = [shape.geoms[0].interpolate(0.5, normalized=True) for shape in named.geometry]
    return pd.DataFrame(
        {
            "工单编号": [f"A{i}" for i in range(count)],
            "诉求类型": "流动摊贩",
            "受理时间": [f"2025-03-{1 + i % 28:02d} 08:00" for i in range(count)],
            "经度": [point.x for point in points],
            "纬度": [point.y for point in points],
        }
    )
