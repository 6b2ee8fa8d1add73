"""Read map data: GeoJSON, Shapefile, GeoPackage, GeoParquet, KML; nothing that they refer to is opened."""

from __future__ import annotations

import json
import sqlite3
import struct
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.raw
import pyproj
import shapely
from defusedxml import ElementTree
from pyarrow import parquet

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.raw_file import RawFile, cell_text, text_cells, unique_headers
from geo.files.row_geometry import FIRST_ROW, POINT, Shapes, applied, read_shapes
from geo.files.text_encoding import decode
from geo.study.findings import Finding
from geo.study.geometry_blobs import geometry_of
from geo.study.sql import statement

SHAPEFILE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_POINT_TYPES: Final = ("POINT", "MULTIPOINT")
_AREA_TYPES: Final = ("POLYGON", "MULTIPOLYGON")
_EMPTY: Final = ("", "nan", "NaT", "None")


def _with_shapes(
    path: Path, kind: str, encoding: str, table: pd.DataFrame, read: Shapes, crs: pyproj.CRS | None
) -> RawFile:
    """Make one point of each shape; rows are counted as the file has them, after a row for the headers."""
    shapes = read.shapes
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    single = known & (shapely.get_type_id(shapes) == POINT)
    others = shapes.copy()
    others[~known | single] = None
    points, unusable = applied(shapely.point_on_surface, others)
    points[single] = shapes[single]
    table = table.set_axis(pd.RangeIndex(FIRST_ROW, FIRST_ROW + len(table)))
    names, findings = unique_headers([str(column).strip() for column in table.columns], range(len(table.columns)))
    table = table.set_axis(names, axis=1)
    clean = text_cells(table.map(cell_text), _EMPTY)
    if clean.columns.empty:
        clean["row"] = [str(row) for row in clean.index]
    findings += [*read.findings, *unusable]
    return RawFile(path.name, kind, encoding, clean, points, crs, findings, shapes)


def read_geojson(path: Path, encoding: str | None) -> RawFile:
    """Read the features of a GeoJSON file; without an encoding, the one that it seems to be in."""
    text, found = decode(path.read_bytes(), encoding)
    document = json.loads(text)
    features = document.get("features") if isinstance(document, dict) else None
    if isinstance(document, dict) and document.get("type") == "Feature":
        features = [document]
    if not isinstance(features, list):
        raise InputError(
            path,
            Text("不是 GeoJSON 要素集", "It is no GeoJSON feature collection"),
            Text("请导出为 FeatureCollection", "Export it as a FeatureCollection"),
        )
    features = [feature for feature in features if isinstance(feature, dict)]
    shapes = read_shapes((feature.get("geometry") or None for feature in features), _from_geojson)
    properties = [feature.get("properties") or {} for feature in features]
    rows = [
        {str(k): json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else v for k, v in row.items()}
        for row in properties
        if isinstance(row, dict)
    ]
    if len(rows) < len(features):
        rows = [row if isinstance(row, dict) else {} for row in properties]
    for row, feature in zip(rows, features, strict=True):
        if "id" in feature and "id" not in row:
            row["id"] = feature["id"]
    return _with_shapes(path, "geojson", found, pd.DataFrame(rows, dtype=object), shapes, _stated_crs(document))


def _from_geojson(geometry: object) -> shapely.Geometry:
    return shapely.from_geojson(json.dumps(geometry))


def _stated_crs(document: Mapping[str, Any]) -> pyproj.CRS | None:
    """Return the system of an old GeoJSON's `crs` member; None where there is none: nobody can rely on the default."""
    name = ((document.get("crs") or {}).get("properties") or {}).get("name") if isinstance(document, dict) else None
    if not isinstance(name, str):
        return None
    try:
        return pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError:
        return None


def read_shapefile(path: Path, encoding: str | None) -> RawFile:
    """Read a Shapefile from a folder of its own, so that GDAL sees nothing but its parts."""
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "data.shp"
        parts = {}
        for suffix in SHAPEFILE_PARTS:
            for name in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
                if name.is_file():
                    parts[suffix] = name
                    copy.with_suffix(suffix).write_bytes(name.read_bytes())
                    break
        for suffix, zh, en in (
            (".dbf", "没有属性", "it has no attributes"),
            (".shx", "已由几何重建索引", "the index was made anew of the shapes"),
            (".prj", "坐标系未知，由街道判断", "its coordinate system is unknown: the streets will tell"),
        ):
            if suffix not in parts:
                findings.append(
                    Finding(None, suffix, Text(f"缺少 {suffix} 文件", f"The {suffix} file is missing"), Text(zh, en))
                )
        if ".shx" not in parts:
            _rebuild_index(copy)
        found = encoding or dbf_encoding(copy)
        gdal_encoding = found.upper() if found != "big5" else "CP950"
        table = pyogrio.read_dataframe(copy, encoding=gdal_encoding, use_arrow=False, read_geometry=False)
        layer, _, blobs, _ = pyogrio.raw.read(copy, encoding=gdal_encoding, columns=[])
        if table.columns.empty:  # without attributes, it has no rows either
            table = pd.DataFrame(index=pd.RangeIndex(len(blobs)))
    crs = pyproj.CRS.from_user_input(layer["crs"]) if layer["crs"] else None
    table = pd.DataFrame(table).rename(columns=_full_names(path))
    raw = _with_shapes(path, "shapefile", found, table, read_shapes(blobs, shapely.from_wkb), crs)
    return replace(raw, findings=[*findings, *raw.findings])


def _full_names(path: Path) -> dict[str, str]:
    """Return the column behind each field, where an export has explained its fields beside a Shapefile."""
    explained = path.with_suffix(".fields.csv")
    if not explained.is_file():
        return {}
    try:
        fields = pd.read_csv(explained, dtype=str, encoding="utf-8-sig")
        return dict(zip(fields["field"], fields["column"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}  # a file of that name from elsewhere: the fields keep their own names


def _rebuild_index(shp: Path) -> None:
    """Write the .shx of a Shapefile from its records (ESRI Shapefile Technical Description, 1998)."""
    data = shp.read_bytes()
    offset, records = 100, []
    while offset + 8 <= len(data):
        length = struct.unpack(">i", data[offset + 4 : offset + 8])[0]
        if length < 2 or offset + 8 + 2 * length > len(data):
            break
        records.append(struct.pack(">ii", offset // 2, length))
        offset += 8 + 2 * length
    header = bytearray(data[:100])
    header[24:28] = struct.pack(">i", 50 + 4 * len(records))
    shp.with_suffix(".shx").write_bytes(bytes(header) + b"".join(records))


def dbf_encoding(shp: Path) -> str:
    """Return the encoding of a shapefile's texts: as its .cpg says, else as its .dbf seems to be in."""
    stated = shp.with_suffix(".cpg")
    if stated.is_file():
        name = stated.read_text(encoding="ascii", errors="replace").strip().casefold().replace("_", "-")
        known = {
            "utf-8": "utf-8", "65001": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030",
            "936": "gb18030", "cp936": "gb18030", "big5": "big5", "950": "big5", "cp950": "big5",
        }  # fmt: skip
        if name in known:
            return known[name]
    table = shp.with_suffix(".dbf")
    if not table.is_file():
        return "utf-8"
    raw = table.read_bytes()
    start = int.from_bytes(raw[8:10], "little") if len(raw) > 10 else 0
    # field names first, then cells: both are in the file's encoding
    sample = raw[32:start] + raw[start : start + 200_000]
    printable = bytes(byte if byte >= 32 else 32 for byte in sample)
    try:
        return decode(printable)[1] if any(byte > 127 for byte in printable) else "utf-8"
    except (UnicodeDecodeError, ValueError):
        return "gb18030"


def read_geopackage(path: Path, encoding: str | None, prefer_areas: bool = False) -> RawFile:
    """
    Read the first layer of points, or of areas, of a GeoPackage through SQLite alone: no view or extension is run.
    """
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        layers = connection.execute(
            "SELECT table_name, column_name, srs_id, geometry_type_name FROM gpkg_geometry_columns"
        ).fetchall()
        layers = [layer for layer in layers if layer[0] in tables]
        if not layers:
            raise InputError(
                path, Text("其中没有图层", "It has no layer"), Text("请导出含点的图层", "Export a layer of points")
            )
        preferred = _AREA_TYPES if prefer_areas else _POINT_TYPES
        layers.sort(key=lambda layer: layer[3] not in preferred)
        name, geometry, srs, _ = layers[0]
        rows = connection.execute(statement("SELECT * FROM {table}", table=name))
        columns = [str(column[0]) for column in rows.description]
        table = pd.DataFrame(rows.fetchall(), columns=columns, dtype=object)
        definition = connection.execute(
            "SELECT organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs,)
        ).fetchone()
    shapes = read_shapes(table[geometry], _from_blob)
    crs = None
    if definition and definition[0] and definition[0].upper() != "NONE":
        try:
            crs = pyproj.CRS.from_authority(definition[0], definition[1])
        except pyproj.exceptions.CRSError:
            crs = None
    kept = table.drop(columns=geometry)
    kept = kept[[column for column in kept.columns if not kept[column].map(lambda cell: isinstance(cell, bytes)).any()]]
    raw = _with_shapes(path, "geopackage", "utf-8", kept, shapes, crs)
    if len(layers) > 1:
        raw.findings.append(
            Finding(
                None,
                "",
                Text(f"其中有 {len(layers)} 个图层", f"It has {len(layers)} layers"),
                Text(f"只读取了“{name}”", f"Only “{name}” was read"),
            )
        )
    return raw


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _from_blob(blob: object) -> shapely.Geometry:
    if not isinstance(blob, bytes) or blob[:2] != b"GP":
        raise ValueError("no GeoPackage geometry")
    return geometry_of(blob)


def read_parquet(path: Path, encoding: str | None) -> RawFile:
    """Read a GeoParquet file, or a plain Parquet table; `encoding` is not needed."""
    try:
        frame = gpd.read_parquet(path)
    except ValueError:  # a plain table
        table = pd.read_parquet(path)
        cells = table.map(cell_text)
        cells.index = pd.RangeIndex(2, 2 + len(cells))
        names, findings = unique_headers([str(column) for column in cells.columns], range(len(cells.columns)))
        return RawFile(
            path.name,
            "parquet",
            "utf-8",
            text_cells(cells.set_axis(names, axis=1), _EMPTY).dropna(how="all"),
            findings=findings,
        )
    except shapely.errors.GEOSException:
        return _read_parquet_rows(path)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    shapes = Shapes(frame.geometry.to_numpy(dtype=object), [])
    return _with_shapes(path, "geoparquet", "utf-8", table, shapes, frame.crs)


def _read_parquet_rows(path: Path) -> RawFile:
    """Read a GeoParquet file with unusable geometry in some row (its `geo` metadata: GeoParquet 1.1)."""
    table = pd.read_parquet(path)
    described = json.loads((parquet.read_schema(path).metadata or {})[b"geo"])
    column = described["primary_column"]
    crs = described["columns"][column].get("crs", "OGC:CRS84")
    shapes = read_shapes(table[column], shapely.from_wkb)
    system = None if crs is None else pyproj.CRS.from_user_input(crs)
    return _with_shapes(path, "geoparquet", "utf-8", table.drop(columns=column), shapes, system)


def read_kml(path: Path, encoding: str | None) -> RawFile:
    """Read the placemarks of a KML file; its links are not opened, and entities are refused."""
    root = ElementTree.parse(path).getroot()
    if root is None or _tag(root) != "kml":
        raise InputError(
            path,
            Text("不是 KML 文件", "It is no KML"),
            Text("请导出为 KML、GeoJSON 或 CSV", "Export it as KML, GeoJSON or CSV"),
        )
    places = [element for element in root.iter() if _tag(element) == "Placemark"]
    table = pd.DataFrame([_kml_row(place) for place in places], dtype=object)
    return _with_shapes(path, "kml", "utf-8", table, read_shapes(places, _kml_shape), WGS84)


def _kml_row(place: Element) -> dict[str, str | None]:
    row: dict[str, str | None] = {}
    for element in place.iter():
        tag = _tag(element)
        if tag in ("name", "description", "address") and element.text:
            row.setdefault(tag, element.text)
        elif tag == "Data":
            row[element.get("name", "")] = "".join(element.itertext()).strip()
        elif tag == "SimpleData":
            row[element.get("name", "")] = element.text
    return row


def _kml_shape(place: Element) -> shapely.Geometry | None:
    """Return the first geometry of a placemark."""
    for element in place.iter():
        if _tag(element) == "Polygon":
            rings = [_kml_pairs(part) for part in element.iter() if _tag(part) == "coordinates" and part.text]
            return shapely.Polygon(rings[0], rings[1:]) if rings else None
        if _tag(element) == "coordinates" and element.text:
            pairs = _kml_pairs(element)
            return shapely.Point(pairs[0]) if len(pairs) == 1 else shapely.LineString(pairs)
    return None


def _kml_pairs(element: Element) -> list[tuple[float, ...]]:
    return [tuple(map(float, part.split(",")[:2])) for part in (element.text or "").split()]


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
