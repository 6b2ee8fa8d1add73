"""Hostile and broken files, made by code; each says in a line what must happen."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import shapely
import xlwt

from geo.core.crs import WGS84

LON, LAT = 24.9435, 60.1690
"""A place on the sample's streets."""
SECRET = "13812345678"

Maker = Callable[[Path], Path]


class Case(NamedTuple):
    """
    One file.

    Attributes
    ----------
    does
        What must happen, in words.
    make
        Writes the file into a folder and returns its path.
    kept
        How many rows are kept; None where the whole file is refused.
    says
        What a finding or the refusal says (part of it, in English), "" for anything.
    """

    does: str
    make: Maker
    kept: int | None
    says: str = ""


def text(content: str, name: str = "points.csv", encoding: str = "utf-8") -> Maker:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode(encoding))
        return path

    return make


def raw(content: bytes, name: str = "points.csv") -> Maker:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def row(identifier: str = "1", body: str = "ok", lon: Any = LON, lat: Any = LAT) -> str:
    return f"{identifier},{body},{lon},{lat}\n"


HEAD = "id,text,lon,lat\n"
CHINESE = f"工单编号,诉求内容,经度,纬度\n甲1,店外经营占道,{LON},{LAT}\n"


def book(fill: Callable[[Any], None], name: str = "points.xlsx") -> Maker:
    def make(folder: Path) -> Path:
        workbook = openpyxl.Workbook()
        fill(workbook.active)
        workbook.save(folder / name)
        return folder / name

    return make


def sheet(*rows: list[Any]) -> Callable[[Any], None]:
    def fill(active: Any) -> None:
        for values in rows:
            active.append(values)

    return fill


def old_book(folder: Path) -> Path:
    workbook = xlwt.Workbook()
    active = workbook.add_sheet("points")
    rows: tuple[list[str | float], ...] = (["id", "受理时间", "lon", "lat"], ["1", 45717.5, LON, LAT])
    for number, values in enumerate(rows):
        for column, value in enumerate(values):
            active.write(number, column, value)
    workbook.save(str(folder / "points.xls"))
    return folder / "points.xls"


def merged(active: Any) -> None:
    sheet(["id", "text", "lon", "lat"], ["1", "same", LON, LAT], ["2", None, LON, LAT])(active)
    active.merge_cells("B2:B3")


def archive(members: dict[str, bytes], name: str = "points.zip", compression: int = zipfile.ZIP_DEFLATED) -> Maker:
    def make(folder: Path) -> Path:
        path = folder / name
        with zipfile.ZipFile(path, "w", compression) as target:
            for member, content in members.items():
                target.writestr(member, content)
        return path

    return make


def shapefile(without: tuple[str, ...] = (), zipped: bool = True, encoding: str = "UTF-8", shapes: Any = None) -> Maker:
    def make(folder: Path) -> Path:
        inner = folder / "inner"
        inner.mkdir()
        points = shapes if shapes is not None else [shapely.Point(LON, LAT), shapely.Point(LON + 0.0003, LAT)]
        frame = gpd.GeoDataFrame({"id": ["1", "2"], "内容": ["占道", "经营"]}, geometry=points, crs=WGS84)
        frame.to_file(inner / "points.shp", encoding=encoding)
        for suffix in without:
            (inner / f"points{suffix}").unlink()
        if not zipped:
            return inner / "points.shp"
        with zipfile.ZipFile(folder / "points.zip", "w") as target:
            for file in inner.iterdir():
                target.write(file, file.name)
        return folder / "points.zip"

    return make


def geopackage(layer: str = "points", tamper: Callable[[sqlite3.Connection], None] | None = None) -> Maker:
    def make(folder: Path) -> Path:
        path = folder / "points.gpkg"
        gpd.GeoDataFrame({"id": ["1"], "text": ["ok"]}, geometry=[shapely.Point(LON, LAT)], crs=WGS84).to_file(
            path, layer=layer
        )
        if tamper is not None:
            with sqlite3.connect(path) as connection:
                tamper(connection)
        return path

    return make


def geojson(features: Any, **members: Any) -> Maker:
    return text(json.dumps({"type": "FeatureCollection", "features": features, **members}), "points.geojson")


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


POINT = {"type": "Point", "coordinates": [LON, LAT]}


def parquet(folder: Path) -> Path:
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(LON, LAT)], crs=WGS84).to_parquet(folder / "points.parquet")
    return folder / "points.parquet"


def plain_parquet(folder: Path) -> Path:
    pd.DataFrame({"id": ["1"], "lon": [LON], "lat": [LAT]}).to_parquet(folder / "points.parquet")
    return folder / "points.parquet"


def bomb() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("points.csv", b"0" * 60_000_000)
    return inner.getvalue()


def view(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE VIEW evil AS SELECT load_extension('/tmp/evil.so') AS x, geom FROM points")
    connection.execute("UPDATE gpkg_contents SET table_name = 'evil'")
    connection.execute("UPDATE gpkg_geometry_columns SET table_name = 'evil'")


def broken_blob(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TRIGGER IF EXISTS rtree_points_geom_update1")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE points SET geom = X'4750000100000000'")


def kml(body: str, head: str = '<?xml version="1.0"?>') -> Maker:
    return text(f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>', "points.kml")


PLACEMARK = f"<Placemark><name>1</name><Point><coordinates>{LON},{LAT},0</coordinates></Point></Placemark>"


def _half(path: Path) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def _database(folder: Path) -> Path:
    with sqlite3.connect(folder / "points.gpkg") as connection:
        connection.execute("CREATE TABLE x (y)")
    return folder / "points.gpkg"


CASES: dict[str, Case] = {
    # ---- encodings
    "utf-8": Case("plain UTF-8 is read", text(CHINESE), 1),
    "utf-8 with BOM": Case("the byte order mark is no part of the first header", text(CHINESE, encoding="utf-8-sig"), 1),
    "gbk": Case("GBK is detected", text(CHINESE, encoding="gbk"), 1),
    "gb18030 rare": Case("a rare character of GB18030 is kept", text(CHINESE.replace("店外", "㐂𠮷"), encoding="gb18030"), 1),
    "utf-16 le": Case("UTF-16 with its mark is read", text("\ufeff" + CHINESE, encoding="utf-16-le"), 1),
    "utf-16 be": Case("UTF-16, the other way round", text("\ufeff" + CHINESE, encoding="utf-16-be"), 1),
    "utf-16 no mark": Case("UTF-16 without mark is told by its zeros", text(HEAD + row(), encoding="utf-16-le"), 1),
    "big5": Case(
        "Big5 is told from GBK by common characters",
        text(f"編號,內容,經度,緯度\n1,攤販佔用道路影響行車,{LON},{LAT}\n", encoding="big5"), 1,
    ),
    "mixed bytes": Case("text of no encoding is refused or read, never a crash", raw(b"id,lon,lat\n\xff\xfe\x81,1,2\n\x81\x30"), None),
    "latin-1": Case("Latin-1 cannot hurt", text(HEAD + row(body="caf\u00e9"), encoding="latin-1"), 1),
    # ---- shape of tables
    "tabs": Case("tabs separate", text((HEAD + row()).replace(",", "\t"), "points.tsv"), 1),
    "semicolons and decimal commas": Case(
        "semicolons separate where commas are decimal", text(f"id;lon;lat\n1;{LON};{LAT}\n".replace(".", ",")), 1
    ),
    "pipes": Case("pipes separate", text((HEAD + row()).replace(",", "|")), 1),
    "quoted newline": Case("a line break within quotes is text", text(HEAD + f'1,"a\nb",{LON},{LAT}\n'), 1),
    "unclosed quote": Case("an unclosed quote is text and is named", text(HEAD + f'1,"a,{LON},{LAT}\n'), 1, "not closed"),
    "windows lines": Case("Windows line ends", text((HEAD + row()).replace("\n", "\r\n")), 1),
    "old mac lines": Case("old Macintosh line ends", text((HEAD + row()).replace("\n", "\r")), 1),
    "no rows": Case("headers without rows are refused", text(HEAD), None),
    "no bytes": Case("an empty file is refused", raw(b""), None, "empty"),
    "only spaces": Case("a file of spaces is refused", raw(b"  \n \n"), None),
    "no columns": Case("a file of line breaks is refused", raw(b"\n\n\n"), None),
    "one column": Case("a column without place is refused", text("id\n1\n"), None),
    "duplicate headers": Case("the second column of a name is renamed", text(f"id,text,text,lon,lat\n1,a,b,{LON},{LAT}\n"), 1, "is repeated"),
    "empty headers": Case("columns without header are kept apart", text(f",id,,lon,lat\nx,1,y,{LON},{LAT}\n"), 1),
    "short rows": Case("a row with too few cells is left out", text(HEAD + row() + "2,short\n"), 1, "No coordinates"),
    "long rows": Case("cells beyond the headers do not shift a row", text(HEAD + row().strip() + ",note,note\n"), 1),
    "title above": Case("a title above the headers is no header", text("2025年投诉清单,,,\n" + HEAD + row()), 1),
    "blank rows": Case("blank rows are no rows", text(HEAD + "\n" + row() + ",,,\n\n"), 1),
    "wide": Case("thousands of columns are read", text(",".join([*(f"c{i}" for i in range(3000)), "lon", "lat"]) + "\n" + ",".join(["x"] * 3000 + [str(LON), str(LAT)]) + "\n"), 1),
    "million-byte cell": Case("a cell of a megabyte is cut", text(HEAD + row(body="x" * 1_000_000)), 1),
    "nul bytes": Case("NUL is no text: it is dropped and named", raw(b"id,lon,lat\n\x001,2,3\n"), 1, "NUL"),
    "random bytes": Case("noise is refused", raw(np.random.default_rng(1).bytes(5000)), None),
    # ---- places
    "nan": Case("nan is no coordinate", text(HEAD + row(lon="nan") + row("2")), 1, "cannot be read"),
    "inf": Case("infinity is no coordinate", text(HEAD + row(lon="inf", lat="-inf") + row("2")), 1, "cannot be read"),
    "zero": Case("0, 0 is no place", text(HEAD + row(lon=0, lat=0) + row("2")), 1, "are 0"),
    "one zero": Case("half a zero is no place", text(HEAD + row(lat=0) + row("2")), 1, "are 0"),
    "antimeridian": Case("beyond 180 degrees is no place", text(HEAD + row(lon=190.5) + row("2") + row("3")), 2),
    "another continent": Case("a point far away is kept and doubted", text(HEAD + row(lon=-70.1, lat=-33.4) + row("2") + row("3") + row("4")), 4, "from the nearest street"),
    "all elsewhere": Case("a file of another city is refused", text(HEAD + row(lon=2.35, lat=48.85) * 9), None, "No coordinate system"),
    "huge number": Case("absurd numbers are no place", text(HEAD + row(lon="1e308", lat="9" * 400) + row("2")), 1),
    "words as numbers": Case("words are no coordinates", text(HEAD + row(lon="east", lat="north") + row("2")), 1, "cannot be read"),
    "dms": Case("degrees, minutes and seconds", text("id;lon;lat\n1;24°56'36.6\"E;60°10'8.4\"N\n"), 1),
    # ---- text that would run
    "formula": Case("a formula is text", text(HEAD + row(body="=cmd|' /C calc'!A0")), 1),
    "formula at": Case("an at-formula is text", text(HEAD + row("@SUM(1+1)*cmd|' /C calc'!A0")), 1),
    "formula tab": Case("a formula behind a tab is text", text(HEAD + row(body="\t=1+1")), 1),
    "formula in header": Case("a formula as header is text", text(f"id,=1+1,lon,lat\n1,x,{LON},{LAT}\n"), 1),
    "script": Case("a script is text", text(HEAD + row(body="<script>alert(1)</script>")), 1),
    "template": Case("a template is text", text(HEAD + row(body="{{ cycler.__init__.__globals__.os.popen('touch /tmp/x') }}")), 1),
    "javascript literal": Case("a JavaScript template is text", text(HEAD + row(body="`${alert(1)}`")), 1),
    "sql": Case("SQL is text", text(HEAD + row("1'; DROP TABLE complaints; --")), 1),
    "control characters": Case("control characters are text", text(HEAD + row(body="a\x01\x02\x1b[31m")), 1),
    "right to left": Case("direction marks are text", text(HEAD + row(body="\u202egpj.exe")), 1),
    # ---- spreadsheets
    "xlsx": Case("a workbook is read", book(sheet(["id", "lon", "lat"], ["1", LON, LAT])), 1),
    "xlsx dates": Case("Excel's days are dates", book(sheet(["id", "受理时间", "lon", "lat"], ["1", 45717.5, LON, LAT])), 1),
    "xlsx merged": Case("a cell merged downwards is filled", book(merged), 2, "merged"),
    "xlsx formula": Case("a formula without value is empty", book(sheet(["id", "lon", "lat"], ["1", "=1/0", LAT], ["2", LON, LAT])), 1),
    "xlsx hidden first": Case("an empty first sheet is passed over", book(lambda s: sheet(["id", "lon", "lat"], ["1", LON, LAT])(s.parent.create_sheet())), 1),
    "xls": Case("an old workbook is read", old_book, 1),
    "xls damaged": Case("half an old workbook is refused", lambda f: _half(old_book(f)), None),
    "xlsx empty": Case("an empty workbook is refused", book(lambda s: None), None),
    "xlsx damaged": Case("half a workbook is refused", lambda f: _half(book(sheet(["id"], ["1"]))(f)), None),
    "xlsx by name only": Case("text called .xlsx is read as the text it is", text(HEAD + row(), "points.xlsx"), 1),
    "xlsx entities": Case("entities in a workbook are not expanded", archive({"[Content_Types].xml": b'<!DOCTYPE x [<!ENTITY a "b">]><Types>&a;</Types>'}, "points.xlsx"), None),
    # ---- archives
    "zip of csv": Case("the file in an archive is read", archive({"points.csv": (HEAD + row()).encode()}), 1),
    "zip bomb": Case("an archive that explodes is refused", raw(bomb(), "points.zip"), None, "too large"),
    "zip traversal": Case("a path out of the archive is refused", archive({"../../evil.csv": (HEAD + row()).encode()}), None, "leads out"),
    "zip absolute": Case("an absolute path is refused", archive({"/etc/evil.csv": (HEAD + row()).encode()}), None, "leads out"),
    "zip drive": Case("a drive letter is refused", archive({"C:\\evil.csv": (HEAD + row()).encode()}), None, "leads out"),
    "zip of nothing": Case("an empty archive is refused", archive({}), None),
    "zip of programs": Case("an archive of programs is refused", archive({"run.exe": b"MZ"}), None, "no file that can be read"),
    "zip of two": Case("of two files, one is read and the other named", archive({"a.csv": (HEAD + row()).encode(), "b.csv": b"x"}), 1, "files of that kind"),
    "zip in zip": Case("an archive in an archive is refused", archive({"inner.zip": bomb()}), None),
    "zip damaged": Case("half an archive is refused", lambda f: _half(archive({"points.csv": (HEAD + row()).encode()})(f)), None),
    # ---- maps
    "shapefile": Case("a zipped Shapefile is read", shapefile(), 2),
    "shapefile loose": Case("a loose Shapefile is read", shapefile(zipped=False), 2),
    "shapefile gbk": Case("its table's GBK is detected", shapefile(encoding="GBK"), 2),
    "shapefile no cpg": Case("GBK without .cpg is detected", shapefile((".cpg",), encoding="GBK"), 2),
    "shapefile no shx": Case("a lost index is made anew", shapefile((".shx",)), 2, ".shx"),
    "shapefile no prj": Case("a lost .prj is told by the streets", shapefile((".prj",)), 2, ".prj"),
    "shapefile no dbf": Case("a lost table costs attributes only", shapefile((".dbf",)), 2, ".dbf"),
    "shapefile cut": Case("a cut Shapefile is refused", raw(b"\x00\x00\x27\x0a" + b"\x00" * 50, "points.shp"), None),
    "geojson": Case("GeoJSON is read", geojson([feature(POINT, id="1")]), 1),
    "geojson mixed": Case("lines and areas give a point", geojson([feature(POINT, id="1"), feature({"type": "LineString", "coordinates": [[LON, LAT], [LON + 0.001, LAT]]}, id="2")]), 2, "lines or areas"),
    "geojson null": Case("a feature without geometry is left out", geojson([feature(None, id="1"), feature(POINT, id="2")]), 1, "No coordinates"),
    "geojson nested": Case("nested properties are text", geojson([feature(POINT, id="1", text={"a": [1, {"b": "<script>"}]})]), 1),
    "geojson bad geometry": Case("a broken geometry is left out", geojson([feature({"type": "Point", "coordinates": ["a"]}, id="1"), feature(POINT, id="2")]), 1),
    "geojson deep": Case("JSON nested without end is refused", text("[" * 100_000, "points.geojson"), None),
    "geojson not features": Case("other JSON is refused", text('{"a": 1}', "points.geojson"), None, "no GeoJSON"),
    "geojson remote": Case("a link in JSON is text", geojson([feature(POINT, id="1", text="/vsicurl/http://127.0.0.1:9/x")]), 1),
    "gpkg": Case("a GeoPackage is read", geopackage(), 1),
    "gpkg sql name": Case("SQL as a layer's name is a name", geopackage('a"; DROP TABLE x; --'), 1),
    "gpkg view": Case("a view is never run", geopackage(tamper=view), None, "no layer"),
    "gpkg broken blob": Case("a broken geometry is left out", geopackage(tamper=broken_blob), None),
    "gpkg damaged": Case("half a GeoPackage is refused", lambda f: _half(geopackage()(f)), None),
    "geoparquet": Case("GeoParquet is read", parquet, 1),
    "parquet": Case("plain Parquet is a table", plain_parquet, 1),
    "parquet cut": Case("half a Parquet is refused", lambda f: _half(parquet(f)), None),
    "kml": Case("KML is read", kml(PLACEMARK), 1),
    "kml link": Case("a network link is not followed", kml("<NetworkLink><Link><href>http://127.0.0.1:9/x</href></Link></NetworkLink>" + PLACEMARK), 1),
    "kml entities": Case("entities are refused", kml(PLACEMARK, '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), None),
    "kml laughs": Case("a billion laughs are refused", kml("&b;", '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'), None),
    # ---- files that refer to others
    "vrt": Case("a virtual dataset is refused", text('<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>', "points.vrt"), None),
    "vrt as csv": Case("a virtual dataset called .csv is refused", text('<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:9/x</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'), None),
    "vrt in zip": Case("a virtual dataset in an archive is refused", archive({"points.kml": b"<OGRVRTDataSource/>"}), None),
    "sqlite": Case("a database that is no GeoPackage is refused", _database, None),
}  # fmt: skip


def secret_files(folder: Path) -> list[Path]:
    """Return files that hold a telephone number in every place where text can be."""
    files = []
    for number, maker in enumerate(
        (
            text(
                f"id,text,category,channel,lon,lat\n{SECRET},tel {SECRET},{SECRET},{SECRET},{LON},{LAT}\n2,{SECRET},,,,\n"
            ),
            text(f"id,{SECRET},lon,lat\n1,x,{LON},{LAT}\n", f"list {SECRET}.csv"),
            text(f"id,受理时间,text,lon,lat\n1,{SECRET},x,{SECRET},{SECRET}\n"),
            geojson([feature(POINT, id="1", text=SECRET), feature(None, id=SECRET)]),
        )
    ):
        inner = folder / str(number)
        inner.mkdir()
        files.append(maker(inner))
    return files
