"""Rows that an import replaces can be brought back as they were."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd

from geo.core.crs import WGS84
from geo.points.merging import kept_row, merge, restored_rows
from geo.study.file import read_layer


def test_known_rows_are_unchanged_changed_ones_replaced_and_brought_back(built: Path) -> None:
    layer = gpd.GeoDataFrame(read_layer(built, "stalls"), geometry="geometry", crs=WGS84)
    assert merge(layer, layer, "stalls").unchanged == len(layer)
    newer = layer.head(2).copy()
    newer["goods"] = ["kites", newer["goods"].iloc[1]]
    merged = merge(layer, newer, "stalls")
    assert (merged.added, merged.updated, merged.unchanged) == (0, 1, 1)
    assert len(merged.layer) == len(layer)
    assert merged.layer.iloc[merged.fresh]["goods"].tolist() == ["kites"]
    back = restored_rows([json.loads(kept_row(row)) for _, row in merged.replaced.iterrows()], "stalls")
    assert back["goods"].tolist() == [layer["goods"].iloc[0]]
    assert back["offences"].tolist() == [layer["offences"].iloc[0]]
    assert back.geometry.iloc[0].equals_exact(layer.geometry.iloc[0], 1e-6)
