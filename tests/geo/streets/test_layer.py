"""The layer of streets adds up, and streets have the name of most of their length."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.streets.layer import streets_layer


def test_street_layer_adds_up(built: Path) -> None:
    roads, streets = (gpd.read_file(built, layer=layer) for layer in ("roads", "streets"))
    assert streets["length_m"].sum() == pytest.approx(roads["length_m"].sum(), rel=1e-6)
    assert set(roads["street_id"]) == set(streets["street_id"])
    assert set(streets.geom_type) == {"MultiLineString"}


def test_a_street_is_called_what_most_of_it_is_called() -> None:
    lines = [shapely.LineString([(x, 0), (x + 1, 0)]) for x in range(4)]
    roads = gpd.GeoDataFrame(
        {
            "street_id": ["s1", "s1", "s1", "s2"],
            "name": ["文峰大道", "文峰大道东段", "文峰大道", None],
            "aliases": [None, "Wenfeng", None, None],
            "highway": ["primary", "primary_link", "service", "service"],
            "length_m": [100.0, 80.0, 400.0, 50.0],
        },
        geometry=lines,
        crs=WGS84,
    )
    streets = streets_layer(roads).set_index("street_id")
    assert streets.loc["s1", "name"] == "文峰大道"
    assert streets.loc["s1", "aliases"] == "文峰大道东段;Wenfeng"
    assert streets.loc["s1", "highway"] == "primary", "side lanes mapped as service ways do not make it one"
    assert streets.loc["s1", "length_m"] == 580
    assert pd.isna(streets.loc["s2", "name"])
    assert streets.loc["s2", "highway"] == "service"
