"""Nothing in a file that somebody brings has this program ask a host: each is read before a server that listens."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from geo.core.errors import JiexuError
from geo.core.text import Text
from geo.facilities.population import set_population
from geo.files.area_files import read_areas
from geo.files.formats import read_file
from geo.files.reading_apart import inside
from geo.points.file_kind import recognised
from geo.points.imports import add_points
from geo.points.options import Options
from geo.rules import load_profile
from geo.streets.extract import read_ways
from geo.streets.surveyed_widths import read_widths
from geo.tiers.official_list import read_tier_list
from jiexu.__main__ import app
from tests.conftest import ROOT
from tests.support.commands import run

ANSWER = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"id": "1"}, "geometry": {"type": "Point", "coordinates": [24.94, 60.17]}}
        ],
    }
).encode()

Make = Callable[[str], dict[str, bytes]]
"""Returns files by name, the one to read first, of an address that they lead to."""


@pytest.fixture
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server on this computer: its address, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def _answer(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("content-length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_the_server_hears_of_a_file_that_is_read_over_the_network(listening: tuple[str, list[str]]) -> None:
    """Else the tests below could not fail: this GDAL can ask hosts."""
    address, asked = listening
    pyogrio.read_info(f"/vsicurl/{address}/points.geojson")
    assert asked


def xml(name: str, body: str) -> Make:
    return lambda host: {name: ('<?xml version="1.0"?>' + body.replace("HOST", host)).encode()}


def plain(name: str, body: str) -> Make:
    return lambda host: {name: body.replace("HOST", host).encode()}


def zipped(make: Make, name: str = "points.zip", linked: str | None = None) -> Make:
    """Pack files; `linked` is a symbolic link beside them, to this target."""

    def packed(host: str) -> dict[str, bytes]:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for inner, data in make(host).items():
                archive.writestr(inner, data)
            if linked is not None:
                link = zipfile.ZipInfo("linked.geojson")
                link.external_attr = 0o120777 << 16
                archive.writestr(link, linked.replace("HOST", host))
        return {name: content.getvalue()}

    return packed


def book(host: str) -> dict[str, bytes]:
    """A workbook with links to another one, a picture and a query of the web."""
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.append(["id", "lon", "lat"])
    sheet.append(["1", 24.94, 60.17])
    sheet["D2"] = f'=WEBSERVICE("{host}/formula")'
    sheet["E2"] = f"='[{host}/other.xlsx]Sheet1'!A1"
    sheet["A2"].hyperlink = f"{host}/hyperlink"
    content = io.BytesIO()
    made.save(content)
    changed = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(changed, "w") as new:
        for each in old.infolist():
            new.writestr(each.filename, old.read(each.filename))
        relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
        new.writestr(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{relation}" Target="{host}/external.xlsx" TargetMode="External"/>'
            "</Relationships>",
        )
    return {"points.xlsx": changed.getvalue()}


VRT = (
    '<OGRVRTDataSource xmlns:gml="http://www.opengis.net/gml"><OGRVRTLayer name="points"><SrcDataSource>'
    "/vsicurl/HOST/vrt.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
)
RASTER = (
    '<VRTDataset rasterXSize="20" rasterYSize="20"><SRS>EPSG:4326</SRS><GeoTransform>24.9,0.01,0,60.2,0,-0.01'
    '</GeoTransform><VRTRasterBand dataType="Byte" band="1"><SimpleSource><SourceFilename relativeToVRT="0">'
    "/vsicurl/HOST/raster.tif</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
)
WMS = (
    "<GDAL_WMS><Service name='TMS'><ServerUrl>HOST/${z}/${x}/${y}.png</ServerUrl></Service><DataWindow>"
    "<UpperLeftX>-20037508.34</UpperLeftX><UpperLeftY>20037508.34</UpperLeftY><LowerRightX>20037508.34</LowerRightX>"
    "<LowerRightY>-20037508.34</LowerRightY><TileLevel>18</TileLevel><TileCountX>1</TileCountX><TileCountY>1"
    "</TileCountY><YOrigin>top</YOrigin></DataWindow><Projection>EPSG:3857</Projection><BandsCount>3</BandsCount>"
    "</GDAL_WMS>"
)
GML = (
    '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:o="HOST/o" '
    'xsi:schemaLocation="HOST/o HOST/schema.xsd">'
    '<gml:featureMember><o:p gml:id="p1"><o:id>1</o:id><o:geom><gml:Point srsName="HOST/crs.xml"><gml:pos>24.94 60.17'
    '</gml:pos></gml:Point></o:geom><o:part xlink:href="HOST/xlink.gml#p"/><o:geom2><gml:MultiPoint><gml:pointMember '
    'xlink:href="HOST/member.gml#q"/></gml:MultiPoint></o:geom2></o:p></gml:featureMember></gml:FeatureCollection>'
)
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Style id="s"><IconStyle><Icon><href>HOST/icon.png</href>'
    "</Icon></IconStyle></Style><NetworkLink><Link><href>HOST/network.kml</href></Link></NetworkLink><GroundOverlay>"
    "<Icon><href>HOST/overlay.png</href></Icon></GroundOverlay><Schema name='x' id='x' parent='HOST/schema'/>"
    "<Placemark><styleUrl>HOST/style.kml#s</styleUrl><Point><coordinates>24.94,60.17</coordinates></Point>"
    "</Placemark></Document></kml>"
)
GPX = (
    '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.topografix.com/GPX/1/1 HOST/gpx.xsd"><wpt lat="60.17" lon="24.94"><name>1</name>'
    '<link href="HOST/link"><text>x</text></link></wpt></gpx>'
)
ENTITY = (
    '<!DOCTYPE r [<!ENTITY x SYSTEM "HOST/entity">]><records><record><id>&x;</id><lon>24.94</lon></record></records>'
)
FEATURE = (
    '{"type":"Feature","properties":{"id":"1","href":"HOST/property"},"geometry":{"type":"Point","coordinates":'
    "[24.94,60.17]}}"
)
GEOJSON = (
    '{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"HOST/crs.wkt","type":"esriwkt"}},'
    '"links":[{"rel":"next","href":"HOST/next"}],"features":[' + FEATURE + "]}"
)
ESRI = (
    '{"geometryType":"esriGeometryPoint","spatialReference":{"wkid":4326,"latestWkid":"HOST/crs"},"exceededTransferLimit"'
    ':true,"fields":[{"name":"id","type":"esriFieldTypeString"}],"features":[{"attributes":{"id":"1"},"geometry":'
    '{"x":24.94,"y":60.17}}]}'
)
TOPO = (
    '{"type":"Topology","crs":{"type":"link","properties":{"href":"HOST/crs.wkt"}},"arcs":[],"objects":{"a":{"type":'
    '"GeometryCollection","geometries":[{"type":"Point","coordinates":[24.94,60.17],"properties":{"id":"1"}}]}}}'
)
ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:'
    'names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink='
    '"http://www.w3.org/1999/xlink"><office:body><office:spreadsheet><table:table table:name="a"><table:table-source '
    'xlink:href="HOST/source.ods"/><table:table-row><table:table-cell><text:p>lon</text:p></table:table-cell>'
    "<table:table-cell><text:p>lat</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell>"
    '<text:p><text:a xlink:href="HOST/a">24.94</text:a></text:p></table:table-cell><table:table-cell><text:p>60.17'
    "</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
    "</office:document-content>"
)
PAGE = (
    '<html><head><base href="HOST/base/"><link rel="stylesheet" href="HOST/style.css"></head><body><img src='
    '"HOST/image.png"><iframe src="HOST/frame"></iframe><table><tr><th>lon</th><th>lat</th></tr><tr><td>24.94</td><td>'
    "60.17</td></tr></table></body></html>"
)
TAB = (
    '!table\n!version 300\n!charset Neutral\n\nDefinition Table\n  File "HOST/points.dbf"\n'
    '  Type DBF Charset "Neutral"\n'
)


def shapefile(host: str) -> dict[str, bytes]:
    """A Shapefile with an address in the place of its coordinate system."""
    shp = np.array([9994], ">i4").tobytes() + bytes(20) + np.array([64], ">i4").tobytes()
    shp += np.array([1000, 1], "<i4").tobytes() + np.array([24.94, 60.17] * 2 + [0.0] * 4, "<f8").tobytes()
    record = np.array([1, 10], ">i4").tobytes() + np.array([1], "<i4").tobytes() + np.array([24.94, 60.17]).tobytes()
    return {"points.shp": shp + record, "points.prj": f"{host}/crs.prj".encode()}


FILES: dict[str, Make] = {
    "virtual data": xml("points.vrt", VRT),
    **{
        f"virtual data as {suffix}": xml(f"points.{suffix}", VRT)
        for suffix in ("gml", "xml", "csv", "kml", "gpx", "json")
    },
    "virtual data in an archive": zipped(xml("points.gml", VRT)),
    "virtual raster": xml("raster.tif", RASTER),
    "virtual raster without a head": plain("raster.tif", RASTER),
    "tiles of a raster": plain("raster.tif", WMS),
    "GML": xml("points.gml", GML),
    "GML in an archive": zipped(xml("points.gml", GML)),
    "KML": xml("points.kml", KML),
    "KMZ": zipped(xml("doc.kml", KML), "points.kmz"),
    "GPX": xml("points.gpx", GPX),
    "an entity": xml("points.xml", ENTITY),
    "a document type": xml("points.gml", '<!DOCTYPE x SYSTEM "HOST/x.dtd">' + GML),
    "a style sheet": xml("points.kml", '<?xml-stylesheet href="HOST/x.xsl"?>' + KML),
    "an inclusion": xml("points.xml", '<r xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="HOST/x"/></r>'),
    "a WFS source": plain("points.xml", "<OGRWFSDataSource><URL>HOST/wfs</URL></OGRWFSDataSource>"),
    "GeoJSON": plain("points.geojson", GEOJSON),
    "GeoJSON with a name of a system": plain(
        "points.geojson", GEOJSON.replace('"type":"link"', '"type":"name"').replace("href", "name", 1)
    ),
    "lines of GeoJSON": plain("points.geojsonl", FEATURE + "\n" + FEATURE + "\n"),
    "Esri JSON": plain("points.json", ESRI),
    "TopoJSON": plain("points.json", TOPO),
    "a workbook": book,
    "an open document": zipped(
        lambda host: {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": ODS.replace("HOST", host).encode(),
        },
        "points.ods",
    ),
    "a web page": plain("points.xls", PAGE),
    "a table of MapInfo": plain("points.tab", TAB),
    "a Shapefile": zipped(shapefile),
    "an address for a table": plain("points.csv", "HOST/points.csv\n"),
    "a path of GDAL for a table": plain("points.csv", "/vsicurl/HOST/points.csv\n"),
    "addresses in cells": plain("points.csv", "id,lon,lat,file\n1,24.94,60.17,/vsicurl/HOST/x\n2,HOST/a,HOST/b,HOST\n"),
    "a link in an archive": zipped(plain("points.geojson", GEOJSON), linked="/vsicurl/HOST/linked.geojson"),
    "a name of GDAL in an archive": zipped(lambda host: {f"vsicurl/{host}/points.geojson": ANSWER}),
    "an extract's name": plain("http:HOST.osm", "HOST/extract.osm"),
}


def made(files: dict[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name.replace("/", "_")).write_bytes(content)
    return folder / next(iter(files)).replace("/", "_")


@pytest.mark.parametrize("name", FILES)
def test_no_file_has_a_host_asked(name: str, listening: tuple[str, list[str]], bare: Path, tmp_path: Path) -> None:
    address, asked = listening
    file = made(FILES[name](address), tmp_path)
    study = tmp_path / "study.gpkg"
    study.write_bytes(bare.read_bytes())
    ways: dict[str, Callable[[], object]] = {
        "a table": lambda: read_file(file),
        "its kind": lambda: recognised(file, None, file.name),
        "points": lambda: add_points(study, file, "other", load_profile(), Options(crs="WGS84"), dry_run=True),
        "areas": lambda: read_areas(file, Text("区域", "areas")),
        "widths": lambda: read_widths(file),
        "a list of tiers": lambda: read_tier_list(file),
        "people": lambda: set_population(study, file),
        "an extract": lambda: read_ways(file, ["residential"]),
    }
    for read in ways.values():
        try:
            with inside():
                read()
        except (JiexuError, ValueError):
            continue
    assert asked == [], name


def test_a_reader_apart_asks_no_host_either(listening: tuple[str, list[str]], tmp_path: Path) -> None:
    address, asked = listening
    for name in ("GML", "virtual raster", "virtual data as gml"):
        with pytest.raises(JiexuError):
            read_areas(made(FILES[name](address), tmp_path), Text("区域", "areas"))
    assert asked == []
    assert shapely.is_valid(shapely.Point(0, 0))


@pytest.mark.parametrize(
    "words", [["add", "{study}", "{address}/points.csv", "--kind", "other"], ["widths", "{study}", "{address}/w.csv"]]
)
def test_the_command_line_fetches_no_file(
    words: list[str], listening: tuple[str, list[str]], bare: Path, tmp_path: Path
) -> None:
    address, asked = listening
    study = tmp_path / "study.gpkg"
    study.write_bytes(bare.read_bytes())
    result = run(app, [word.format(study=study, address=address) for word in words])
    assert result.exit_code == 2
    assert "not fetched from the network" in result.output or "不从网络读取文件" in result.output
    new = run(app, ["build", str(tmp_path / "new.gpkg"), "--osm", f"{address}/x.osm.pbf"])
    assert new.exit_code == 2
    assert "Download it first" in new.output or "请先下载" in new.output
    assert asked == []


def test_no_page_has_a_field_for_an_address() -> None:
    """Else the server would need a list of the hosts that it may ask."""
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "dashboards").rglob("*.py")]
    asking = [text for text in texts if "import requests" in text or "urlopen" in text or "httpx" in text]
    assert len(asking) == 1, "the identity provider alone is asked, at the address of the settings"
