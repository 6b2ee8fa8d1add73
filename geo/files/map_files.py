"""Read Shapefiles and GeoParquet; nothing that they refer to is opened."""

from __future__ import annotations

import json
import struct
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.raw
import pyproj
import shapely
from pyarrow import parquet

from geo.core.text import Text
from geo.files.raw_file import RawFile, cell_text, text_cells, unique_headers
from geo.files.row_geometry import Shapes, shapes_of_wkb
from geo.files.shaped_rows import EMPTY, with_shapes
from geo.files.text_encoding import decode
from geo.study.findings import Finding

SHAPEFILE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of rings that are not closed: each is a finding
            table = pyogrio.read_dataframe(copy, encoding=gdal_encoding, use_arrow=False, read_geometry=False)
            layer, _, blobs, _ = pyogrio.raw.read(copy, encoding=gdal_encoding, columns=[])
        if table.columns.empty:  # without attributes, it has no rows either
            table = pd.DataFrame(index=pd.RangeIndex(len(blobs)))
    crs = pyproj.CRS.from_user_input(layer["crs"]) if layer["crs"] else None
    table = pd.DataFrame(table).rename(columns=_full_names(path))
    raw = with_shapes(path, "shapefile", found, table, shapes_of_wkb(blobs), crs)
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
            text_cells(cells.set_axis(names, axis=1), EMPTY).dropna(how="all"),
            findings=findings,
        )
    except shapely.errors.GEOSException:
        return _read_parquet_rows(path)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    shapes = Shapes(frame.geometry.to_numpy(dtype=object), [])
    return with_shapes(path, "geoparquet", "utf-8", table, shapes, frame.crs)


def _read_parquet_rows(path: Path) -> RawFile:
    """Read a GeoParquet file with unusable geometry in some row (its `geo` metadata: GeoParquet 1.1)."""
    table = pd.read_parquet(path)
    described = json.loads((parquet.read_schema(path).metadata or {})[b"geo"])
    column = described["primary_column"]
    crs = described["columns"][column].get("crs", "OGC:CRS84")
    shapes = shapes_of_wkb(table[column].to_numpy(dtype=object))
    system = None if crs is None else pyproj.CRS.from_user_input(crs)
    return with_shapes(path, "geoparquet", "utf-8", table.drop(columns=column), shapes, system)
