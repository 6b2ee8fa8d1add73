"""Points in tiles: single when near, gathered when far, numbered by category; other lists by list."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.study.file import read_layer
from layers import points
from layers.map_layer import MAX_ZOOM, MIN_ZOOM

GOODS = np.array(["tea", "fruit", None], dtype=object)


def stalls(count: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(1)
    return gpd.GeoDataFrame(
        {
            "stall_id": [f"T{i}" for i in range(count)],
            "goods": rng.choice(GOODS, count),
        },
        geometry=shapely.points(114 + rng.random(count) / 10, 36 + rng.random(count) / 10),
        crs=4326,
    )


def test_many_categories_share_the_last_number() -> None:
    table = pd.DataFrame({"goods": [f"goods {i}" for i in range(60)] + ["tea", "tea"]})
    names = points.categories(table, "stalls")
    assert (len(names), names[0], names[-1]) == (24, "tea", "")


def test_clusters_of_every_zoom_hold_every_point_by_category() -> None:
    table = stalls(500)
    cut = points.tile_layers(table)
    assert set(cut) == {"points", *(f"clusters{zoom}" for zoom in range(MIN_ZOOM, MAX_ZOOM))}
    assert set(cut["points"].input.columns) == {"i", "c", "geometry"}, "no text"
    by_category = [int((table["goods"].fillna("") == name).sum()) for name in points.categories(table, "stalls")]
    for zoom in range(MIN_ZOOM, MAX_ZOOM):
        clusters = cut[f"clusters{zoom}"]
        assert (clusters.min_zoom, clusters.max_zoom) == (zoom, zoom)
        assert clusters.input["k"].sum() == 500
        assert [clusters.input[f"k{i}"].sum() for i in range(len(by_category))] == by_category
    assert len(cut[f"clusters{MIN_ZOOM}"].input) < len(cut[f"clusters{MAX_ZOOM - 1}"].input)


def test_parking_that_is_an_area_gets_a_point_on_it() -> None:
    area = shapely.box(0, 0, 1, 1)
    table = gpd.GeoDataFrame({"parking_id": ["P1"], "kind": ["off_street"]}, geometry=[area], crs=4326)
    place = points.tile_layers(table)["points"].input.geometry.iloc[0]
    assert place.geom_type == "Point"
    assert area.contains(place)


def test_points_of_other_lists_are_numbered_by_list(built: Path) -> None:
    table = read_layer(built, "stalls").assign(name="小吃店", category=None)
    table.loc[0, "category"] = "early"
    (layer,) = points.other_tiles(table).values()
    assert layer.min_zoom == 12
    assert layer.input["p"].tolist() == [0] + [1] * (len(table) - 1), (
        "numbered by list: rows without one by their source"
    )


@pytest.mark.parametrize(("kind", "label"), [("complaints", "投诉"), ("stalls", "摊位"), ("parking", "停车")])
def test_kinds_share_one_group_of_the_legend(kind: str, label: str) -> None:
    legend = points.legend_of(kind)("zh")
    assert legend["title"] == "点位"
    assert [entry["label"] for entry in legend["entries"]] == [label]
    assert "layer" not in legend
    assert points.other_legend("en")["layer"] == "other"
