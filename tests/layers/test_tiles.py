"""Tiles hold what the map needs and no more, are cut again only when data change, and open in GDAL."""

from __future__ import annotations

from pathlib import Path

import pyogrio
import pytest
from pyogrio import list_layers

from geo.decisions import decide_tier, find_street
from geo.schema import TIERS
from geo.study import read_layer
from layers.tiles import CUTTERS, tile_archive


@pytest.mark.parametrize("layer", CUTTERS)
def test_an_archive_opens_in_gdal_with_ids_and_no_free_text(layer: str, built: Path, tmp_path: Path) -> None:
    archive = tile_archive(built, layer, tmp_path)
    assert archive is not None
    names = {name for name, _ in list_layers(archive)}
    expected = {
        "streets": {"major", "minor", "names"},
        "context": {"green", "water", "river", "rail", "building", "path"},
    }
    assert names == expected.get(layer, {"points"})
    for name in names:
        table = pyogrio.read_dataframe(archive, layer=name)
        assert len(table)
        assert set(table.columns) - {"geometry", "mvt_id"} <= {"s", "t", "h", "n", "i", "c", "major"}


def test_all_streets_are_in_the_nearest_tiles(built: Path, tmp_path: Path) -> None:
    archive = tile_archive(built, "streets", tmp_path)
    streets = read_layer(built, "streets")
    found = {}
    for name in ("major", "minor"):
        table = pyogrio.read_dataframe(archive, layer=name)
        found.update(zip(table["s"], table["t"], strict=True))
    expected = {
        int(street.removeprefix("s")): TIERS.index(tier)
        for street, tier in zip(streets["street_id"], streets["tier"], strict=True)
    }
    assert found == expected


def test_tiles_are_cut_again_only_for_the_layer_that_changed(study: Path, tmp_path: Path) -> None:
    before = {layer: tile_archive(study, layer, tmp_path) for layer in CUTTERS}
    written = {layer: archive.stat().st_mtime_ns for layer, archive in before.items() if archive}
    decide_tier(study, find_street(study, "Bulevardi"), "demonstration", "because")
    after = {layer: tile_archive(study, layer, tmp_path) for layer in CUTTERS}
    assert {layer for layer in CUTTERS if before[layer] != after[layer]} == {"streets"}
    assert {
        layer: archive.stat().st_mtime_ns for layer, archive in after.items() if archive and layer != "streets"
    } == {layer: time for layer, time in written.items() if layer != "streets"}
    assert len(list(tmp_path.rglob("streets-*.pmtiles"))) == 1
