"""Hot spots and patrols in tiles and in the legend."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from layers import complaints, palette


def hotspots(count: int = 100) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "density": np.arange(count, dtype=float),
            "hot": [True] + [False] * (count - 1),
            "cluster": [None, "C1"] + [None] * (count - 2),
            "emerging": [None, None, "new"] + [None] * (count - 3),
        },
        geometry=[shapely.LineString([(i, 0), (i + 1, 0)]) for i in range(count)],
        crs=4326,
    )


def test_three_views_lie_in_one_tile_layer_and_are_told_apart_by_their_number() -> None:
    (tile,) = complaints.hotspot_tiles(hotspots()).values()
    by_view = tile.input.groupby("p")["c"].agg(list)
    assert len(by_view[0]) == 99, "where no complaint is, nothing is drawn"
    assert by_view[0].count("d4") == 3, "the densest 3 %"
    assert by_view[1] == ["hot", "cluster"]
    assert by_view[2] == ["new"]
    assert set(tile.input["c"]) <= set(palette.HOTSPOTS)


def test_a_study_without_complaints_has_no_class() -> None:
    (tile,) = complaints.hotspot_tiles(hotspots().assign(density=0.0, hot=False, cluster=None, emerging=None)).values()
    assert len(tile.input) == 0


def test_the_legend_has_the_entries_of_each_view() -> None:
    entries = complaints.hotspot_legend("en")["entries"]
    assert [entry["open"] for entry in entries] == [0] * 3 + [1] * 2 + [2] * 5
    assert "New hot spot" in [entry["label"] for entry in entries]
    assert set(range(len(complaints.VIEWS))) == {entry["open"] for entry in entries}


def test_districts_take_turns_with_colours() -> None:
    lines = [shapely.MultiLineString([[(i, 0), (i + 1, 0)]]) for i in range(12)]
    districts = gpd.GeoDataFrame({"district_id": [f"W{i}" for i in range(12)]}, geometry=lines, crs=4326)
    (tile,) = complaints.district_tiles(districts).values()
    assert tile.input["c"].tolist() == [*map(str, range(10)), "0", "1"]
    (rounds,) = complaints.round_tiles(districts).values()
    assert len(rounds.input) == 12
    assert "district_id" not in rounds.input
    assert complaints.patrol_legend("zh")["layer"] == "patrol_districts"
