"""Facilities, coverage, catchments, gaps and sites in tiles and in the legend."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pytest
import shapely

from geo.core.text import Language
from geo.core.vocabulary import KINDS
from layers import facilities, palette
from layers.map_layer import Group


def rows(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[shapely.Point(i, 0) for i in range(3)], crs=4326)


def test_kinds_that_people_look_for_are_drawn_with_their_number() -> None:
    (tile,) = facilities.tile_layers(rows(kind=["toilet", "hydrant", "bus_stop"], name=["A", "B", None])).values()
    assert tile.input["f"].tolist() == ["toilet", "bus_stop"]
    assert tile.input["p"].tolist() == [facilities.KINDS.index("toilet"), facilities.KINDS.index("bus_stop")]
    assert tile.input["n"].tolist() == ["A", ""]


def test_homes_are_in_or_out_and_numbered_by_the_kind_that_they_look_for() -> None:
    (tile,) = facilities.coverage_tiles(
        rows(kind=["toilet", "market", "toilet"], covered=[True, False, False])
    ).values()
    assert tile.input["c"].tolist() == ["in", "out", "out"]
    assert tile.input["p"].tolist() == [KINDS.index(kind) for kind in ("toilet", "market", "toilet")]


@pytest.mark.parametrize(
    ("cut", "name"), [(facilities.catchment_tiles, "catchments"), (facilities.gap_tiles, "coverage_gaps")]
)
def test_grounds_carry_the_number_of_their_kind_alone(cut: Callable[..., dict[str, object]], name: str) -> None:
    tiles = cut(rows(kind=["toilet", "market", "parking"], name=["A", "B", "C"]))
    assert list(tiles) == [name]
    assert set(tiles[name].input.columns) == {"p", "geometry"}  # type: ignore[attr-defined]


def test_sites_are_told_apart_by_their_status() -> None:
    (tile,) = facilities.site_tiles(rows(kind=["toilet"] * 3, status=["proposed", "accepted", "closed"])).values()
    assert tile.input["s"].tolist() == list(palette.SITES)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("legend", "labels"),
    [
        (facilities.legend, {"zh": "农贸市场", "en": "Market"}),
        (facilities.coverage_legend, {"zh": "标准距离内有设施", "en": "Facility within the standard"}),
        (facilities.catchment_legend, {"zh": "步行可达范围", "en": "within walking distance"}),
        (facilities.gap_legend, {"zh": "未覆盖人群", "en": "people left out"}),
        (facilities.site_legend, {"zh": "拟设", "en": "Proposed"}),
    ],
)
def test_the_legend_takes_its_words_from_the_schema(
    legend: Callable[[Language], Group], labels: dict[Language, str], language: Language
) -> None:
    assert legend(language)["entries"][0]["label"] == labels[language]


def test_each_kind_of_facility_is_listed_where_it_is_shown() -> None:
    entries = facilities.legend("en")["entries"]
    assert [entry["open"] for entry in entries] == list(range(len(facilities.KINDS)))
    assert [entry["colour"] for entry in entries] == [palette.FACILITIES[kind] for kind in facilities.KINDS]
