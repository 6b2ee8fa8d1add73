"""Read Shapefiles and GeoParquet; nothing that they refer to is opened."""

from __future__ import annotations

import json
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.dbf_text import RAW, decoded
from geo.files.file_parts import copied_parts
from geo.files.gdal_files import FORMATS, read_rows
from geo.files.raw_file import RawFile, cell_text, text_cells, unique_headers
from geo.files.row_geometry import FIRST_ROW, Shapes, shapes_of_wkb
from geo.files.shaped_rows import EMPTY, with_shapes
from geo.files.shapefile_records import make_whole, table_of
from geo.study.findings import Finding

SHAPEFILE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_MISSING: Final = {
    ".dbf": Text("没有属性", "it has no attributes"),
    ".shx": Text("已由几何重建索引", "the index was made anew of the shapes"),
    ".prj": Text("坐标系未知，由街道判断", "its coordinate system is unknown: the streets will tell"),
}
"""Actions of findings about missing parts."""


def read_shapefile(path: Path, encoding: str | None) -> RawFile:
    """
    Read a Shapefile from a folder of its own, so that GDAL sees nothing but its parts.

    As far as its parts are whole, its records are read, and a finding says how many of how many. The encoding of its
    texts is the one that its `.cpg` or its table states, unless their bytes contradict it.
    """
    with tempfile.TemporaryDirectory(prefix="jiexu-") as folder:
        parts = copied_parts(path, Path(folder), SHAPEFILE_PARTS)
        if ".shp" not in parts:
            raise InputError(
                path,
                Text("缺少同名的 .shp 文件", "Its .shp is missing"),
                Text("请把 .shp、.shx、.dbf、.prj、.cpg 放在一起", "Keep .shp, .shx, .dbf, .prj and .cpg together"),
            )
        findings = [
            Finding(None, suffix, Text(f"缺少 {suffix} 文件", f"The {suffix} file is missing"), action)
            for suffix, action in _MISSING.items()
            if suffix not in parts
        ]
        whole = make_whole(parts[".shp"])
        table = table_of(parts[".dbf"]) if ".dbf" in parts and parts[".dbf"].is_file() else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of rings that are not closed: each is a finding
            rows = read_rows(parts[".shp"], "data", FORMATS["shapefile"], RAW)
        cpg = parts[".cpg"].read_bytes() if ".cpg" in parts else None
    texts = decoded(rows.table, table, cpg, encoding, FIRST_ROW)
    cells = texts.table.rename(columns=_full_names(path))
    raw = with_shapes(path, "shapefile", texts.encoding, cells, rows.read, rows.crs)
    return replace(raw, unread=whole.unread, findings=[*findings, *whole.findings, *texts.findings, *raw.findings])


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
    from pyarrow import parquet  # noqa: PLC0415 (few files are of this kind)

    table = pd.read_parquet(path)
    described = json.loads((parquet.read_schema(path).metadata or {})[b"geo"])
    column = described["primary_column"]
    crs = described["columns"][column].get("crs", "OGC:CRS84")
    shapes = shapes_of_wkb(table[column].to_numpy(dtype=object))
    system = None if crs is None else pyproj.CRS.from_user_input(crs)
    return with_shapes(path, "geoparquet", "utf-8", table.drop(columns=column), shapes, system)
