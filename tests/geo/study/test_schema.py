"""Each layer is described once: all that is said of it elsewhere comes from there."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.core.text import Text
from geo.study import schema
from geo.study.file import read_layer
from geo.study.layers.description import COUNT, FLAG, MOMENT, NUMBER, TEXT, Column, Layer
from geo.study.schema import COLUMNS, FREE_TABLES, LAYERS, STUDY_LAYERS, conform, conform_geo, together
from tests.conftest import ROOT

ALL = {**STUDY_LAYERS, **FREE_TABLES}
COLUMNS_OF_ALL = [(layer.name, name, column) for layer in ALL.values() for name, column in layer.columns.items()]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_spatial_layers_come_before_tables_and_each_is_one_or_the_other() -> None:
    assert (*schema.SPATIAL_LAYERS, *schema.TABLES) == schema.LAYERS
    assert set(schema.LAYERS) == set(STUDY_LAYERS) == set(COLUMNS)
    assert set(schema.GEOMETRY_TYPES) == set(schema.SPATIAL_LAYERS)
    assert not set(FREE_TABLES) & set(STUDY_LAYERS)


@pytest.mark.parametrize("layer", ALL.values(), ids=list(ALL))
def test_every_layer_says_in_both_languages_what_it_is(layer: Layer) -> None:
    for text in (layer.title, layer.row):
        assert CHINESE.search(text.zh)
        assert text.en
        assert not CHINESE.search(text.en)
    assert layer.guide is None or (ROOT / "docs" / "guide" / f"{layer.guide}.md").is_file()


@pytest.mark.parametrize(("layer", "name", "column"), COLUMNS_OF_ALL, ids=[f"{i[0]}.{i[1]}" for i in COLUMNS_OF_ALL])
def test_every_column_says_in_both_languages_what_it_means(layer: str, name: str, column: Column) -> None:
    for text in (column.title, column.meaning, *(column.values or {}).values()):
        assert isinstance(text, Text)
        assert text.zh.strip()
        assert text.en.strip()
        assert not CHINESE.search(text.en)
    assert column.dtype in (TEXT, FLAG, NUMBER, COUNT, MOMENT, "int64")
    if name.endswith("_m"):
        assert (column.unit, column.dtype) == ("m", NUMBER)
    assert column.values is None or column.dtype in (TEXT, FLAG)


@pytest.mark.parametrize("layer", [layer for layer in ALL.values() if layer.style], ids=lambda layer: layer.name)
def test_styles_speak_of_columns_and_values_that_exist(layer: Layer) -> None:
    style = layer.style
    assert style is not None
    assert layer.geometry is not None
    fits = {
        "Point": "marker",
        "LineString": "line",
        "MultiLineString": "line",
        "Polygon": "fill",
        "MultiPolygon": "fill",
    }
    assert fits.get(layer.geometry, style.kind) == style.kind
    assert (style.column is None) == (style.symbol is not None) == (not style.by)
    if style.column is not None:
        assert set(style.by) <= set(layer.values(style.column)) | {"true", "false"}
    for symbol in (*style.by.values(), *filter(None, [style.symbol])):
        assert re.fullmatch("#[0-9a-f]{6}", symbol.colour)


@pytest.mark.parametrize("layer", list(STUDY_LAYERS))
def test_an_empty_table_gets_the_layers_columns_and_types(layer: str) -> None:
    table = conform(pd.DataFrame(), layer)
    assert tuple(table.columns) == COLUMNS[layer]
    declared = [column.dtype for column in STUDY_LAYERS[layer].columns.values()]
    assert [str(dtype) for dtype in table.dtypes] == declared


def test_a_table_is_brought_to_its_layer_and_stays_as_it_was() -> None:
    before = pd.DataFrame({"stray": [1], "offences": [2.0], "goods": [pd.NA], "area_m2": ["3.5"]}, index=[9])
    after = conform(before, "stalls")
    assert list(before.columns) == ["stray", "offences", "goods", "area_m2"]
    row = after.iloc[0]
    assert (row["offences"], row["goods"], row["area_m2"]) == (2, None, 3.5)
    assert row["hardship"] == False  # noqa: E712
    assert "stray" not in after


def test_moments_become_utc() -> None:
    table = conform(pd.DataFrame({"received_at": [pd.Timestamp("2025-03-01 08:00", tz="Asia/Shanghai")]}), "complaints")
    assert table["received_at"].iloc[0] == pd.Timestamp("2025-03-01", tz="UTC")


def test_rows_of_two_tables_come_together_with_their_geometry() -> None:
    one = gpd.GeoDataFrame({"stall_id": ["a"]}, geometry=[shapely.Point(1, 2)], crs=4326)
    first = conform_geo(one, "stalls")
    second = conform_geo(one.assign(stall_id="b"), "stalls")
    both = together(first, second, "stalls")
    assert both["stall_id"].tolist() == ["a", "b"]
    assert both.crs.to_epsg() == 4326
    assert together(first, second.iloc[:0], "stalls") is first


def test_every_layer_has_its_columns_and_wgs84(built: Path) -> None:
    names = {name for name, _ in pyogrio.list_layers(built)}
    assert set(LAYERS) <= names
    for layer in LAYERS:
        table = pyogrio.read_dataframe(built, layer=layer)
        assert tuple(table.columns.drop("geometry", errors="ignore")) == COLUMNS[layer]
        if "geometry" in table:
            assert table.crs.to_epsg() == 4326


def test_reading_gives_back_the_types_that_were_written(built: Path) -> None:
    complaints = read_layer(built, "complaints")
    assert str(complaints["received_at"].dt.tz) == "UTC"
    assert str(read_layer(built, "roads")["oneway"].dtype) == "bool"
    assert str(read_layer(built, "stalls")["offences"].dtype) == "Int64"
