"""Every layer has the columns and the types that the schema says."""

from __future__ import annotations

from pathlib import Path

import pyogrio

from geo.study.file import LAYERS, read_layer
from geo.study.schema import COLUMNS


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
