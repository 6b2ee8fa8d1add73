"""Tiles hold what the map needs and no more, are cut again only when data change, and open in GDAL."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pyogrio
import pytest
import shapely
from pyogrio import list_layers

from geo.build import Inputs, build_study
from geo.core.errors import StudyError
from geo.study.file import connect, read_layer
from geo.study.reader import Study, recording
from geo.study.schema import TIERS
from geo.tiers.decisions import decide_tier, find_street
from layers.map.compose import ASSETS, compose_map
from layers.map.tiles import archive_names, kept_archive, sweep_tiles, tile_archive
from layers.map_layer import MAX_ZOOM, MIN_ZOOM
from layers.points import categories
from layers.registry import BY_NAME
from tests.support.extracts import grid, write_osm


@pytest.mark.parametrize("layer", [layer for layer in BY_NAME if layer not in ("other", "stall_places")])
def test_an_archive_opens_in_gdal_with_ids_and_no_free_text(layer: str, placed: Path, tmp_path: Path) -> None:
    archive = tile_archive(placed, layer, tmp_path)
    assert archive is not None
    names = {name for name, _ in list_layers(archive)}
    expected = {
        "streets": {"major", "minor", "names"},
        "context": {"green", "water", "river", "rail", "building", "path"},
        "oneway": {"oneway"},
        "facilities": {"facilities"},
        "stall_zones": {"stall_zones"},
        "kerb_exclusions": {"kerb_exclusions"},
        "bays": {"bays"},
        "hotspots": {"hotspots"},
        "patrol_districts": {"patrol_districts"},
        "patrol_rounds": {"patrol_rounds"},
        "parking_need": {"parking_need"},
        "parking_differences": {"parking_differences"},
        "parking_inventory": {"parking_inventory"},
        **{name: {name} for name in ("coverage", "catchments", "coverage_gaps", "sites")},
    }
    assert names == expected.get(layer, {"points", *(f"clusters{zoom}" for zoom in range(MIN_ZOOM, MAX_ZOOM))})
    for name in names:
        zoom = int(name.removeprefix("clusters")) if name.startswith("clusters") else MAX_ZOOM
        table = pyogrio.read_dataframe(archive, layer=name, ZOOM_LEVEL=zoom)
        assert len(table)
        assert set(table.columns) - {"geometry", "mvt_id"} <= {
            "b",
            "s",
            "t",
            "h",
            "n",
            "i",
            "c",
            "o",
            "f",
            "g",
            "p",
            "z",
            "k",
            "major",
            *(f"k{i}" for i in range(24)),
        }


def test_all_streets_are_in_the_nearest_tiles(built: Path, tmp_path: Path) -> None:
    archive = tile_archive(built, "streets", tmp_path)
    streets = read_layer(built, "streets")
    found: dict[str, int] = {}
    for name in ("major", "minor"):
        table = pyogrio.read_dataframe(archive, layer=name)
        found.update(zip(table["s"], table["t"], strict=True))
    expected = {street: TIERS.index(tier) for street, tier in zip(streets["street_id"], streets["tier"], strict=True)}
    assert found == expected


def test_tiles_are_cut_again_only_for_the_layer_that_changed(study: Path, tmp_path: Path) -> None:
    before = {layer: tile_archive(study, layer, tmp_path) for layer in BY_NAME}
    written = {layer: archive.stat().st_mtime_ns for layer, archive in before.items() if archive}
    decide_tier(study, find_street(study, "Bulevardi"), "demonstration", "because")
    after = {layer: tile_archive(study, layer, tmp_path) for layer in BY_NAME}
    assert {layer for layer in BY_NAME if before[layer] != after[layer]} == {"streets"}
    assert {
        layer: archive.stat().st_mtime_ns for layer, archive in after.items() if archive and layer != "streets"
    } == {layer: time for layer, time in written.items() if layer != "streets"}


def test_maps_that_are_open_find_the_tiles_of_before_a_change(study: Path, tmp_path: Path) -> None:
    cut = []
    for number in range(6):
        archive = tile_archive(study, "streets", tmp_path)
        assert archive is not None
        cut.append(archive.name)
        decide_tier(study, find_street(study, "Bulevardi"), "demonstration", f"because {number}")
    assert kept_archive(study, cut[-2], tmp_path) is not None
    assert kept_archive(study, cut[0], tmp_path) is None, "what is long out of date is swept"
    assert kept_archive(study, "../streets.pmtiles", tmp_path) is None
    assert len(list(tmp_path.rglob("streets-*.pmtiles"))) <= 4


def test_clusters_count_every_point_once_at_every_zoom(built: Path, tmp_path: Path) -> None:
    archive = tile_archive(built, "complaints", tmp_path)
    complaints = read_layer(built, "complaints")
    names = categories(complaints, "complaints")
    complaints = complaints[complaints.geometry.notna()]
    by_category = complaints["category"].value_counts()
    for zoom in range(MIN_ZOOM, MAX_ZOOM):
        # near the border of a tile a cluster stands in both: once per place
        clusters = pyogrio.read_dataframe(archive, layer=f"clusters{zoom}", ZOOM_LEVEL=zoom)
        clusters = clusters.loc[~clusters.geometry.to_wkt(rounding_precision=0).duplicated()]
        assert clusters["k"].sum() == len(complaints)
        for i, name in enumerate(names):
            assert clusters[f"k{i}"].sum() == by_category[name]


def test_a_layer_without_rows_has_no_tiles(built: Path, tmp_path: Path) -> None:
    assert tile_archive(built, "other", tmp_path) is None
    assert "other" not in archive_names(built)


def test_names_are_known_before_anything_is_cut(placed: Path, tmp_path: Path) -> None:
    names = archive_names(placed, tmp_path)
    assert not list(tmp_path.rglob("*.pmtiles"))
    assert {"streets", "context", "complaints", "bays"} <= set(names)
    assert {layer: archive.name for layer in names if (archive := tile_archive(placed, layer, tmp_path))} == names


def test_rows_of_which_nothing_is_drawn_make_an_archive_without_tiles(study: Path, tmp_path: Path) -> None:
    opened = Study(study)
    opened.write({"roads": opened.layer("roads").assign(oneway=False)})
    archive = tile_archive(study, "oneway", tmp_path)
    assert archive is not None
    read = f"""
      const {{ readFileSync }} = require("fs");
      require("vm").runInThisContext(readFileSync({json.dumps(str(ASSETS["pmtiles.js"]))}, "utf8"));
      const bytes = readFileSync({json.dumps(str(archive))});
      const getBytes = async (from, size) => {{
        const start = bytes.byteOffset + from;
        return {{ data: bytes.buffer.slice(start, start + size) }};
      }};
      const archive = new pmtiles.PMTiles({{ getKey: () => "empty", getBytes }});
      (async () => {{
        const {{ minZoom, maxZoom, numAddressedTiles }} = await archive.getHeader();
        console.log(JSON.stringify([minZoom, maxZoom, numAddressedTiles, await archive.getMetadata(),
                                    (await archive.getZxy(14, 9323, 4742)) ?? null]));
      }})();
    """
    said = subprocess.run(["node", "-e", read], capture_output=True, check=True, text=True).stdout
    assert json.loads(said) == [MIN_ZOOM, MAX_ZOOM, 0, {}, None], "the map's own reader finds it empty"


@pytest.mark.parametrize("layer", list(BY_NAME))
def test_every_layers_tiles_are_made_of_what_it_declares(layer: str, placed: Path, tmp_path: Path) -> None:
    with recording() as reads:
        tile_archive(placed, layer, tmp_path)
    assert {name for each in reads for name in each.layers} == set(BY_NAME[layer].made_of.layers)


def test_streets_across_the_antimeridian_are_cut_there_and_shown_as_one_place(tmp_path: Path) -> None:
    nodes = {number: ((lon + 180) % 360 - 180, lat) for number, (lon, lat) in grid(4, origin=(179.9985, -16.8)).items()}
    ways = [(row, [4 * row + column + 1 for column in range(4)], {"highway": "residential"}) for row in range(4)]
    study = tmp_path / "taveuni.gpkg"
    build_study(
        study, Inputs(write_osm(tmp_path / "taveuni.osm", nodes, [(row + 1, line, tags) for row, line, tags in ways]))
    )
    archive = tile_archive(study, "streets", tmp_path / "tiles")
    assert archive is not None
    assert archive.stat().st_size < 20_000, "a few tiles on both sides, and not all around the world"
    sides = [shapely.box(179.9, -17, 180, -16), shapely.box(-180, -17, -179.9, -16)]
    for side in sides:
        drawn = pyogrio.read_dataframe(archive, layer="minor", ZOOM_LEVEL="14").to_crs(4326)
        assert shapely.intersects(drawn.geometry.to_numpy(), side).any()
    figure = compose_map(Study(study).extent, {}, "en", {})
    assert figure.location == pytest.approx([-16.7985, 180.0])


def test_tiles_are_their_owner_s_alone_and_go_with_the_study(bare: Path, tmp_path: Path) -> None:
    study, kept = (Path(shutil.copy(bare, tmp_path / name)) for name in ("a.gpkg", "b.gpkg"))
    with connect(kept) as connection:
        connection.execute("UPDATE about SET value = 'another' WHERE key = 'study_id'")
    folder = tmp_path / "tiles"
    archives = [tile_archive(path, "streets", folder) for path in (study, kept)]
    assert all(archives)
    if os.name != "nt":
        rights = {path.stat().st_mode & 0o777 for path in [folder, *folder.iterdir()]}
        assert rights == {0o700}
        assert {path.stat().st_mode & 0o077 for path in folder.rglob("*.pmtiles")} == {0}
    study.unlink()
    with pytest.raises(StudyError):
        kept_archive(study, "streets-x.pmtiles", folder)
    assert [archive.is_file() for archive in archives if archive] == [False, True]
    kept.unlink()
    assert sweep_tiles(folder) == 1
    assert list(folder.iterdir()) == []


def test_a_copy_and_a_renamed_study_take_tiles_over_and_find_no_other_ones(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, copy = (Path(shutil.copy(bare, tmp_path / name)) for name in ("a.gpkg", "b.gpkg"))
    folder = tmp_path / "tiles"
    cut = {layer: tile_archive(study, layer, folder) for layer in ("streets", "context")}
    decide_tier(study, find_street(study, "Bulevardi"), "demonstration", "because")
    later = tile_archive(study, "streets", folder)
    assert later is not None

    def no_cut(*_: object, **__: object) -> None:
        raise AssertionError("tiles are cut again")

    monkeypatch.setattr("layers.map.tiles.freestile", no_cut)
    taken = {layer: tile_archive(copy, layer, folder) for layer in cut}
    for layer, archive in taken.items():
        before = cut[layer]
        assert archive is not None
        assert before is not None
        assert archive != before
        assert archive.name == before.name
        assert archive.read_bytes() == before.read_bytes()
    assert kept_archive(copy, later.name, folder) is None, "what the study became is not the copy's"
    renamed = study.rename(tmp_path / "c.gpkg")
    found = tile_archive(renamed, "streets", folder)
    assert found is not None
    assert found.name == later.name
    assert not later.exists(), "the old name's are swept"
    assert kept_archive(renamed, later.name, folder) == found
