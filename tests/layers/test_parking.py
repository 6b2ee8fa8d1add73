"""Bays, differences and the demand for parking in tiles and in the legend."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from layers import palette, parking

LINES = [shapely.MultiLineString([[(i, 0), (i + 1, 0)]]) for i in range(4)]


def test_an_accessible_bay_is_drawn_as_such_whatever_its_hours() -> None:
    bays = gpd.GeoDataFrame(
        {"accessible": [False, True, False], "hours": ["all_day", "night", "night"]},
        geometry=[shapely.box(i, 0, i + 1, 1) for i in range(3)],
        crs=4326,
    )
    (tile,) = parking.bay_tiles(bays).values()
    assert tile.input["b"].tolist() == ["all_day", "accessible", "night"]
    assert set(tile.input["b"]) <= set(palette.BAYS)


def test_demand_is_classed_by_cars_per_space_by_day_and_at_night() -> None:
    need = gpd.GeoDataFrame(
        {
            "demand_day": [4.0, 4.0, 4.0, 0.0],
            "pressure_day": [0.8, 1.21, np.nan, 0.1],
            "demand_night": [0.0, 0.0, 0.0, 2.0],
            "pressure_night": [0.1, 0.1, 0.1, 9.0],
        },
        geometry=LINES,
        crs=4326,
    )
    (tile,) = parking.need_tiles(need).values()
    found = sorted(zip(tile.input["p"], tile.input["c"], strict=True))
    assert found == [(0, "0"), (0, "2"), (0, "4"), (1, "3")], "no space is the last class, no demand none at all"
    assert len(parking.need_legend("en")["entries"]) == len(palette.PRESSURE)


def test_the_legend_names_each_value_once() -> None:
    assert [entry["label"] for entry in parking.bay_legend("en")["entries"]] == [
        "Bay, all day",
        "Bay, at night",
        "Bay, accessible",
    ]
    assert parking.bay_legend("zh")["entries"][1]["label"] == "泊位（夜间）"
    difference = parking.difference_legend("en")
    assert (difference["title"], difference["entries"][0]["label"]) == (
        "Bays and mapped parking",
        "Mapped, and bays fit",
    )
    assert [entry["colour"] for entry in difference["entries"]] == list(palette.DIFFERENCES.values())


def test_differences_carry_their_status() -> None:
    table = gpd.GeoDataFrame({"status": ["both", "study", "mapped", "both"], "cause": "x"}, geometry=LINES, crs=4326)
    (tile,) = parking.difference_tiles(table).values()
    assert tile.input["s"].tolist() == ["both", "study", "mapped", "both"]
    assert "cause" not in tile.input
