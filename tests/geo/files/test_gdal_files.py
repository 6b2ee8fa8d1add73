"""Formats of other programs give their rows, texts and shapes; broken ones are refused in a sentence."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.core.errors import InputError
from geo.files.formats import read_file
from tests.support.map_formats import AREAS, LINES, NAMES, POINTS, drawing, packed, rows, symbols, written

SUFFIXES = (".tab", ".mif", ".gdb", ".fgb", ".gml", ".kml", ".kmz", ".geojsonl", ".ndjson", ".geojsons", ".gpkg")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("shapes", [POINTS, LINES, AREAS], ids=["points", "lines", "areas"])
def test_every_format_gives_texts_and_shapes_by_row(
    suffix: str, shapes: list[shapely.Geometry], tmp_path: Path
) -> None:
    raw = read_file(written(tmp_path, suffix, rows(shapes)), wanted="all")
    assert raw.table["text"].tolist() == NAMES
    assert raw.table.index.tolist() == [2, 3]
    assert raw.crs is None or raw.crs.to_epsg() == 4326
    assert raw.shapes is not None
    assert (
        shapely.equals(shapely.normalize(raw.shapes), shapely.normalize(shapes)).all()
        or (shapely.hausdorff_distance(raw.shapes, shapes) < 1e-6).all()
    )
    assert not raw.findings


@pytest.mark.parametrize("suffix", [".tab", ".mif", ".gdb", ".gpkg", ".shp"])
@pytest.mark.parametrize("within", ["", "数据/"])
def test_files_of_several_parts_are_read_from_archives(suffix: str, within: str, tmp_path: Path) -> None:
    raw = read_file(packed(written(tmp_path, suffix, rows(POINTS)), within))
    assert (raw.name, raw.table["text"].tolist()) == ("packed.zip", NAMES)


def test_a_geodatabase_whose_folder_was_not_packed_is_read(tmp_path: Path) -> None:
    file = written(tmp_path, ".gdb", rows(POINTS))
    archive = shutil.make_archive(str(tmp_path / "bare"), "zip", file)
    assert read_file(archive).table["text"].tolist() == NAMES


@pytest.mark.parametrize("suffix", [".tab", ".mif", ".gdb", ".gml", ".fgb"])
def test_a_plane_system_is_the_files_own(suffix: str, tmp_path: Path) -> None:
    frame = rows([shapely.Point(114.3, 36.0), shapely.Point(114.31, 36.0)]).to_crs(4547)
    raw = read_file(written(tmp_path, suffix, frame))
    assert raw.crs is not None
    assert raw.points is not None
    degrees = gpd.GeoSeries(raw.points, crs=raw.crs).to_crs(4326)
    assert shapely.distance(degrees.to_numpy(), shapely.points([[114.3, 36.0], [114.31, 36.0]])).max() < 1e-6


def test_layers_of_the_wanted_kind_are_read_and_all_are_named_with_counts(tmp_path: Path) -> None:
    file = tmp_path / "city.gdb"
    for layer, shapes in (("摊位", POINTS), ("车位", POINTS), ("片区", AREAS), ("道路", LINES)):
        pyogrio.write_dataframe(rows(shapes), file, driver="OpenFileGDB", layer=layer, append=file.exists())
    raw = read_file(file)
    assert raw.table["layer"].tolist() == ["摊位", "摊位", "车位", "车位"]
    assert {(part.name, part.rows, part.read) for part in raw.parts} == {
        *(("摊位", 2, True), ("车位", 2, True), ("片区", 2, False), ("道路", 2, False)),
    }
    said = [finding.problem.en for finding in raw.findings]
    assert "Layer “片区”: 2 rows (areas)" in said
    assert len(read_file(file, sheets=("道路",), wanted="all").table) == 2
    assert len(read_file(file, prefer_areas=True).table) == 2
    assert len(read_file(file, wanted="all").table) == 8
    with pytest.raises(InputError, match=r"no sheet or layer.*车位 \(2 rows\)"):
        read_file(file, sheets=("车",))


def test_layers_in_different_systems_meet_in_degrees(tmp_path: Path) -> None:
    file = tmp_path / "two.gpkg"
    here = [shapely.Point(114.3, 36.0), shapely.Point(114.31, 36.0)]
    rows(here).to_file(file, layer="a")
    rows(here).to_crs(4547).to_file(file, layer="b")
    raw = read_file(file)
    assert raw.points is not None
    assert shapely.distance(raw.points[:2], raw.points[2:]).max() < 1e-6


@pytest.mark.parametrize(("encoding", "head"), [("gb18030", ""), ("utf-8", ""), ("utf-8", "999\nby hand\n")])
def test_a_drawing_gives_points_or_areas_by_its_layers(encoding: str, head: str, tmp_path: Path) -> None:
    file = drawing(tmp_path, 385000.0, 6672000.0, encoding, head)
    points = read_file(file)
    assert (points.format, points.crs) == ("dxf", None)
    assert points.table["Layer"].tolist() == ["摊位", "摊位", "井盖"]
    assert read_file(file, sheets=("摊位",)).table["Layer"].tolist() == ["摊位", "摊位"]
    areas = read_file(file, prefer_areas=True)
    assert areas.table["Layer"].tolist() == ["疏导点", "广场"]
    assert areas.shapes is not None
    assert shapely.area(areas.shapes) == pytest.approx([10_000, 3.14159 * 900], rel=0.01)
    assert "Layer “道路”: 1 rows (lines)" in [finding.problem.en for finding in areas.findings]
    assert len(read_file(file, wanted="all").table) == 6


def test_symbols_of_a_drawing_are_points_with_their_attributes(tmp_path: Path) -> None:
    raw = read_file(symbols(tmp_path, [(385000.0, 6672000.0), (385010.0, 6672000.0)]))
    assert raw.points is not None
    assert [(point.x, point.y) for point in raw.points] == [(385000.0, 6672000.0), (385010.0, 6672000.0)]
    assert raw.table["编号"].tolist() == ["T1", "T2"]
    assert raw.table["BlockName"].tolist() == ["STALL", "STALL"]


def test_way_points_are_points_and_tracks_are_lines(tmp_path: Path) -> None:
    file = tmp_path / "walk.gpx"
    track = "".join(f'<trkpt lat="60.1{number}" lon="24.9"><ele>3</ele></trkpt>' for number in range(3))
    file.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
        '<wpt lat="60.17" lon="24.94"><time>2025-03-01T00:30:00Z</time><name>摊位甲</name></wpt>'
        f"<trk><name>巡查</name><trkseg>{track}</trkseg></trk></gpx>",
        encoding="utf-8",
    )
    points = read_file(file)
    assert points.table["name"].tolist() == ["摊位甲"]
    assert points.table["time"].iloc[0].startswith("2025-03-01")
    assert len(read_file(file, sheets=("tracks",), wanted="all").table) == 1
    assert len(read_file(file, sheets=("track_points",)).table) == 3


def test_latitude_first_in_gml_is_turned_as_its_system_says(tmp_path: Path) -> None:
    file = tmp_path / "a.gml"
    file.write_text(
        '<?xml version="1.0" encoding="GBK"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:a="http://a"><wfs:member><a:x gml:id="x.1">'
        '<a:text>占道</a:text><a:geom><gml:Point srsName="urn:ogc:def:crs:EPSG::4326">'
        "<gml:pos>60.169 24.9435</gml:pos></gml:Point></a:geom>"
        "</a:x></wfs:member></wfs:FeatureCollection>",
        encoding="gbk",
    )
    raw = read_file(file)
    assert raw.table["text"].tolist() == ["占道"]
    assert raw.points is not None
    assert (raw.points[0].x, raw.points[0].y) == pytest.approx((24.9435, 60.169))


def test_times_with_different_zones_stay_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "a.geojsonl"
    file.write_text(
        "".join(
            f'{{"type":"Feature","properties":{{"t":"{time}"}},"geometry":{{"type":"Point","coordinates":[1,2]}}}}\n'
            for time in ("2025-03-01T08:30:00+08:00", "2025-03-01T08:30:00Z", "2025-03-01T08:30:00")
        ),
        encoding="utf-8",
    )
    converted = tmp_path / "a.gdb"
    pyogrio.write_dataframe(gpd.read_file(file), converted, driver="OpenFileGDB")
    for given in (file, converted):
        assert len(read_file(given).table["t"].dropna()) == 3


def test_long_numbers_beside_an_empty_cell_stay_exact(tmp_path: Path) -> None:
    frame = rows(POINTS).assign(no=pd.array([1101081202503010012 % 2**62, None], dtype="Int64"))
    file = tmp_path / "a.fgb"
    pyogrio.write_dataframe(frame, file, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    assert read_file(file).table["no"].tolist() == [str(1101081202503010012 % 2**62), None]


def test_a_mapinfo_table_without_its_parts_says_which(tmp_path: Path) -> None:
    file = written(tmp_path, ".tab", rows(POINTS))
    file.with_suffix(".map").unlink()
    with pytest.raises(InputError, match=r"\.map"):
        read_file(file)
    file.write_text('!table\n!version 300\nDefinition Table\n  Type ODBC\n  File "/etc/passwd"\n', encoding="utf-8")
    with pytest.raises(InputError, match="refers to other data"):
        read_file(file)


@pytest.mark.parametrize("suffix", [".gml", ".fgb", ".kml", ".gdb", ".gpkg"])
def test_a_file_that_ends_too_early_is_never_read_as_a_shorter_one(suffix: str, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"id": [str(n) for n in range(300)]}, geometry=[POINTS[0]] * 300, crs=4326)
    file = written(tmp_path, suffix, frame)
    part = max(file.iterdir(), key=lambda each: each.stat().st_size) if file.is_dir() else file
    part.write_bytes(part.read_bytes()[: part.stat().st_size * 6 // 10])
    with pytest.raises(InputError, match="damaged"):
        read_file(file)


def test_shapes_that_an_interchange_file_lost_are_counted(tmp_path: Path) -> None:
    file = written(tmp_path, ".mif", rows(POINTS))
    text = file.read_bytes()
    file.write_bytes(text[: text.rindex(b"Point")])
    raw = read_file(file)
    assert (len(raw.table), raw.unread) == (1, 1)
    assert raw.findings[0].problem.en == "The .mid has 2 records, and the .mif 1 shapes"


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"AC1027\x00\x00\x00", "DWG"),
        (b"\x00\x01\x00\x00Standard Jet DB\x00", "Access"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
    ],
)
def test_what_cannot_be_read_is_named(head: bytes, word: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.bin"
    file.write_bytes(head + b"\x00" * 200)
    with pytest.raises(InputError, match=word):
        read_file(file)


@pytest.mark.parametrize(
    "suffix", [".tab", ".mif", ".gdb", ".fgb", ".gml", ".kml", ".geojsonl", ".gpkg", ".dxf", ".shp"]
)
@pytest.mark.slow
def test_mutated_files_are_read_or_refused(suffix: str, tmp_path: Path) -> None:
    file = drawing(tmp_path, 385000.0, 6672000.0) if suffix == ".dxf" else written(tmp_path, suffix, rows(AREAS))
    parts = sorted(file.iterdir()) if file.is_dir() else sorted(file.parent.glob(f"{file.stem}.*"))
    good = {part: part.read_bytes() for part in parts if part.is_file()}
    chance = random.Random(f"formats{suffix}")  # noqa: S311 (mutations, the same each time)
    for _ in range(60):
        part = chance.choice(list(good))
        content = bytearray(good[part])
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        part.write_bytes(content[: chance.randrange(len(content))] if chance.random() < 0.3 else content)
        try:
            raw = read_file(file, prefer_areas=True)
        except InputError as error:
            assert error.sentence("zh")
        else:
            assert raw.shapes is None or len(raw.shapes) >= len(raw.table)
        part.write_bytes(good[part])
