"""Open the files that offices keep, and only as what they are: their bytes say so, not their names."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from charset_normalizer import from_bytes
from defusedxml import ElementTree
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from geo.crs import WGS84
from geo.errors import InputError
from geo.findings import Finding
from geo.study import geometry_of
from geo.text import Text

ENCODINGS: Final = ("utf-8", "gb18030", "big5", "utf-16")
"""Encodings of text that a user may name."""

SUFFIXES: Final = (
    *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".geojson", ".json", ".zip", ".shp", ".gpkg"),
    *(".parquet", ".geoparquet", ".kml"),
)
_MAX_BYTES: Final = 2_000_000_000
_MAX_UNPACKED: Final = 1_000_000_000
_MAX_RATIO: Final = 200
"""An archive that grows more than this is a bomb."""
_MAX_CELL: Final = 100_000
"""Longer cells are cut: they are no text that anybody wrote."""


@dataclass(frozen=True)
class RawFile:
    """
    A file as it was read.

    Attributes
    ----------
    name
        The file's name.
    format
        What it is: csv, xlsx, geojson, shapefile, geopackage, geoparquet, kml.
    encoding
        Of its text.
    table
        All cells as text, empty cells as None; the index is the row's number as a spreadsheet counts (headers are 1).
    points
        By row, where the file has geometry: its points (of lines and areas, one on them), in the file's own system.
    crs
        The system that the file states for its geometry, or None.
    findings
        What was doubtful in the file as a whole.
    """

    name: str
    format: str
    encoding: str
    table: pd.DataFrame
    points: np.ndarray | None = None
    crs: pyproj.CRS | None = None
    findings: list[Finding] = field(default_factory=list)


def read_file(path: Path | str, encoding: str | None = None) -> RawFile:
    """
    Read a file of rows.

    Parameters
    ----------
    path
        CSV or TSV (any delimiter), XLSX, XLS, GeoJSON, a zipped or loose Shapefile, GeoPackage, GeoParquet or KML.
    encoding
        One of `ENCODINGS`; by default it is detected.

    Raises
    ------
    InputError
        If the file does not exist, is none of these, is damaged, or is empty. Nothing that a file refers to is opened.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(
            path, Text("找不到文件", "No such file"), Text("请检查路径和文件名", "Check the path and the name")
        )
    if path.stat().st_size > _MAX_BYTES:
        raise _refused(path, Text("文件过大", "The file is too large"), Text("请分成几个文件", "Split it into several"))
    if encoding is not None and encoding not in ENCODINGS:
        raise _refused(
            path,
            Text(f"未知编码 {encoding}", f"The encoding {encoding} is unknown"),
            Text(f"可用：{'、'.join(ENCODINGS)}", f"Use one of {', '.join(ENCODINGS)}"),
        )
    try:
        raw = _reader(path)(path, encoding)
    except InputError:
        raise
    except Exception as error:  # whatever a damaged file makes a parser raise is the file's fault
        raise _refused(
            path,
            Text(f"文件已损坏（{type(error).__name__}）", f"The file is damaged ({type(error).__name__})"),
            Text("请重新导出，或另存为 CSV 或 XLSX", "Export it again, or save it as CSV or XLSX"),
        ) from error
    if raw.table.columns.empty:
        raise _refused(path, Text("文件中没有列", "The file has no columns"), _HEADERS)
    return raw


_HEADERS = Text("首行请写列名，以下每行一条记录", "Name the columns in the first row, one record a row below")


def _refused(path: Path, problem: Text, remedy: Text) -> InputError:
    return InputError(path, problem, remedy)


def _reader(path: Path) -> Callable[[Path, str | None], RawFile]:
    """Choose a reader by the file's first bytes."""
    with path.open("rb") as file:
        head = file.read(2048)
    if head[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            return _read_xlsx if "[Content_Types].xml" in archive.namelist() else _read_archive
    for magic, reader in _BY_MAGIC.items():
        if head.startswith(magic):
            return reader
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"<?xml", b"<kml", b"<!DOCTYPE")):
        return _read_kml
    return {b"{": _read_geojson, b"[": _read_geojson}.get(start[:1], _read_csv)


# ---- text ------------------------------------------------------------------------------------------------------


def decode(raw: bytes, encoding: str | None = None) -> tuple[str, str]:
    """
    Return text and its encoding.

    UTF-8 and UTF-16 prove themselves; between GB18030 and Big5, which read each other's bytes as rare characters, the
    one with more common characters is taken.

    Raises
    ------
    ValueError
        If the bytes are no text in that encoding, or in any.
    """
    if encoding is not None:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding).lstrip("\ufeff"), encoding
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16"), "utf-16"
    if len(raw) >= 4 and raw[:200].count(0) > len(raw[:200]) // 4:
        little = raw[1:200:2].count(0) >= raw[0:200:2].count(0)
        return raw.decode("utf-16-le" if little else "utf-16-be"), "utf-16"
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    readable = {}
    for name in ("gb18030", "big5"):
        try:
            readable[name] = raw.decode(name)
        except UnicodeDecodeError:
            continue
    if readable:
        best = max(readable, key=lambda name: (_common(readable[name]), name == "gb18030"))
        return readable[best], best
    guess = from_bytes(raw[:100_000]).best()
    if guess is None:
        raise ValueError("unknown encoding")
    return raw.decode(guess.encoding), guess.encoding


_COMMON: Final = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所"
    "路街道号市区县投诉内容编号类型时间经纬度名称地址摊位占营业车停状态办理受理结案处置方式来源渠道東路號區縣訴內容編類間經緯稱"
    "攤佔營業車停狀態辦結處來源道"
)


def _common(text: str) -> float:
    han = [character for character in text[:20_000] if "\u3400" <= character <= "\u9fff"]
    rare = sum("\ue000" <= character <= "\uf8ff" for character in text[:20_000])
    return (sum(character in _COMMON for character in han) - 5 * rare) / max(len(han), 1)


def _read_csv(path: Path, encoding: str | None) -> RawFile:
    text, found = decode(path.read_bytes(), encoding)
    if "\x00" in text:
        raise ValueError("binary data")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;|，", key=first.count)
    csv.field_size_limit(_MAX_UNPACKED)
    table = pd.read_csv(
        io.StringIO(text),
        sep=delimiter,
        dtype=str,
        keep_default_na=False,
        skip_blank_lines=False,
        index_col=False,
        header=None,
        engine="c",
        on_bad_lines="skip",
        names=range(first.count(delimiter) + 1 + _SPARE_COLUMNS),
    )
    return _with_headers(path, "csv", found, table)


_SPARE_COLUMNS: Final = 8
"""How many cells a row may have beyond the headers, as notes at the end of a row."""


def _with_headers(path: Path, kind: str, encoding: str, cells: pd.DataFrame) -> RawFile:
    """Make the first row that has text the headers; blank rows above it are titles' space."""
    head = cells.head(_HEAD_ROWS).map(lambda cell: cell is not None and bool(str(cell).strip())).to_numpy(dtype=bool)
    if not head.any():
        raise _refused(path, Text("文件是空的", "The file is empty"), _HEADERS)
    # a title stands alone in its row; headers do not
    counts = head.sum(axis=1)
    top = int(np.argmax(counts >= min(2, counts.max())))
    headers = [str(cell).strip() if keep else "" for cell, keep in zip(cells.iloc[top], head[top], strict=True)]
    body = cells.iloc[top + 1 :]
    used = [i for i, header in enumerate(headers) if header or (body.iloc[:, i].fillna("") != "").any()]
    names, findings = _unique([headers[i] for i in used], used)
    table = body.iloc[:, used].set_axis(names, axis=1)
    table.index = pd.RangeIndex(top + 2, top + 2 + len(table))
    return RawFile(path.name, kind, encoding, _clean(table), findings=findings)


_HEAD_ROWS: Final = 50
"""How far down headers are looked for."""


def _unique(headers: list[str], positions: Iterable[int]) -> tuple[list[str], list[Finding]]:
    """Number headers that stand twice, and name those that are empty."""
    names: list[str] = []
    findings = []
    for header, position in zip(headers, positions, strict=True):
        name = header or f"column {position + 1}"
        number = 2
        while name in names:
            name = f"{header or 'column'} ({number})"
            number += 1
        if header and name != header:
            findings.append(
                Finding(
                    1,
                    header,
                    Text(f"列名“{header}”重复", f"The header “{header}” stands twice"),
                    Text(f"第二列改称“{name}”", f"The second is called “{name}”"),
                )
            )
        names.append(name)
    return names, findings


def _clean(table: pd.DataFrame) -> pd.DataFrame:
    """Return cells as trimmed text or None, without rows that are all empty."""
    cells: dict[str, Any] = {}
    for column in table.columns:
        text = table[column].astype("string").str.slice(0, _MAX_CELL).str.strip().astype(object)
        cells[column] = text.where(text.notna() & (text != ""), None)
    result = pd.DataFrame(cells, index=table.index, dtype=object)
    return result.dropna(how="all")


# ---- spreadsheets ------------------------------------------------------------------------------------------------


def _read_xlsx(path: Path, encoding: str | None) -> RawFile:
    _check_archive(path)
    book = load_workbook(path, data_only=True)
    sheet = next((s for s in book.worksheets if s.max_row > 1 or s["A1"].value is not None), book.worksheets[0])
    rows = [[_cell(cell.value) for cell in row] for row in sheet.iter_rows()]
    merged = [(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges]
    for top, left, bottom, right in merged:  # a merged cell says the same of all rows that it spans
        if top == 1 or right > left:
            continue
        for row in range(top, bottom):
            rows[row][left - 1] = rows[top - 1][left - 1]
    raw = _with_headers(path, "xlsx", "utf-8", pd.DataFrame(rows, dtype=object))
    if merged:
        raw.findings.append(
            Finding(
                None,
                "",
                Text(f"表中有 {len(merged)} 处合并单元格", f"The sheet has {len(merged)} merged cells"),
                Text("竖向合并的内容已填入每一行", "What was merged downwards was filled into each row"),
            )
        )
    return raw


def _read_xls(path: Path, encoding: str | None) -> RawFile:
    book = CalamineWorkbook.from_path(str(path))
    rows: list[list[Any]] = []
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if rows:
            break
    return _with_headers(path, "xls", "utf-8", pd.DataFrame([[_cell(c) for c in row] for row in rows], dtype=object))


def _cell(value: Any) -> str | None:
    """Return a cell's value as a person would type it: whole numbers without point, times as ISO 8601."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat(sep=" ") if hasattr(value, "hour") and hasattr(value, "year") else value.isoformat())
    return str(value)


# ---- archives ----------------------------------------------------------------------------------------------------


def _check_archive(path: Path) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if unpacked > _MAX_UNPACKED or (unpacked > 10_000_000 and unpacked / packed > _MAX_RATIO):
        raise _refused(
            path,
            Text("压缩包解开后过大", "The archive is too large when unpacked"),
            Text("请直接提供其中的文件", "Give the file that is in it"),
        )
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in member.filename.split("/")[0]:
            raise _refused(
                path,
                Text("压缩包中有指向外部的路径", "The archive has a path that leads out of it"),
                Text("请重新压缩这些文件", "Pack the files again"),
            )
    return members


_SHAPEFILE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def _read_archive(path: Path, encoding: str | None) -> RawFile:
    """Read the Shapefile, or else the one file, of an archive; nothing else of it is unpacked."""
    members = [m for m in _check_archive(path) if not m.is_dir() and "__MACOSX" not in m.filename]
    by_suffix: dict[str, list[zipfile.ZipInfo]] = {}
    for member in members:
        by_suffix.setdefault(PurePosixPath(member.filename).suffix.lower(), []).append(member)
    main = by_suffix.get(".shp") or next(
        (by_suffix[suffix] for suffix in SUFFIXES if suffix in by_suffix and suffix not in (".zip", ".txt")), None
    )
    if not main:
        raise _refused(
            path,
            Text("压缩包中没有可读的文件", "The archive has no file that can be read"),
            Text("请放入 Shapefile、CSV 或 GeoJSON", "Put a Shapefile, a CSV or a GeoJSON into it"),
        )
    first = main[0]
    stem = str(PurePosixPath(first.filename).with_suffix(""))
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        for member in members:
            name = PurePosixPath(member.filename)
            if member is first or (str(name.with_suffix("")) == stem and name.suffix.lower() in _SHAPEFILE_PARTS):
                # the name is ours: an archive's own could be anything
                (Path(folder) / f"data{name.suffix.lower()}").write_bytes(archive.read(member))
        inner = Path(folder) / f"data{PurePosixPath(first.filename).suffix.lower()}"
        raw = _reader(inner)(inner, encoding)
    findings = list(raw.findings)
    if len(main) > 1:
        findings.append(
            Finding(
                None,
                "",
                Text(f"压缩包中有 {len(main)} 个同类文件", f"The archive has {len(main)} files of that kind"),
                Text(
                    f"只读取了 {PurePosixPath(first.filename).name}",
                    f"Only {PurePosixPath(first.filename).name} was read",
                ),
            )
        )
    return RawFile(path.name, raw.format, raw.encoding, raw.table, raw.points, raw.crs, findings)


# ---- maps --------------------------------------------------------------------------------------------------------


def _with_points(
    path: Path, kind: str, encoding: str, table: pd.DataFrame, shapes: np.ndarray, crs: pyproj.CRS | None
) -> RawFile:
    """Make one point of each shape; rows are counted as the file has them, after a row for the headers."""
    points = np.full(len(shapes), None, dtype=object)
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes)) if len(shapes) else np.zeros(0, dtype=bool)
    single = shapely.get_type_id(shapes) == _POINT
    points[known] = np.where(single, shapes, shapely.point_on_surface(shapes))[known]
    table = table.set_axis(pd.RangeIndex(2, 2 + len(table)))
    names, findings = _unique([str(column).strip() for column in table.columns], range(len(table.columns)))
    table = table.set_axis(names, axis=1)
    cells = {column: table[column].map(_cell).astype(object) for column in table.columns}
    clean = pd.DataFrame(cells, index=table.index, dtype=object) if cells else pd.DataFrame(index=table.index)
    for column in clean.columns:
        text = clean[column].astype("string").str.slice(0, _MAX_CELL).str.strip().astype(object)
        clean[column] = text.where(text.notna() & ~text.isin(["", "nan", "NaT", "None"]), None)
    if clean.columns.empty:
        clean["row"] = [str(row) for row in clean.index]
    several = int(
        (known & ~np.isin(np.array([shapely.get_type_id(s) if s is not None else -1 for s in shapes]), [_POINT])).sum()
    )
    if several:
        findings.append(
            Finding(
                None,
                "geometry",
                Text(f"{several} 行是线或面", f"{several} rows are lines or areas"),
                Text("各取其上一点", "A point on each was taken"),
            )
        )
    return RawFile(path.name, kind, encoding, clean, points, crs, findings)


_POINT: Final = 0


def _read_geojson(path: Path, encoding: str | None) -> RawFile:
    text, found = decode(path.read_bytes(), encoding)
    document = json.loads(text)
    features = document.get("features") if isinstance(document, dict) else None
    if isinstance(document, dict) and document.get("type") == "Feature":
        features = [document]
    if not isinstance(features, list):
        raise _refused(
            path,
            Text("不是 GeoJSON 要素集", "It is no GeoJSON feature collection"),
            Text("请导出为 FeatureCollection", "Export it as a FeatureCollection"),
        )
    features = [feature for feature in features if isinstance(feature, dict)]
    shapes = np.array(
        [_shape_of(feature.get("geometry")) for feature in features] or np.empty(0, dtype=object), dtype=object
    )
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
    return _with_points(path, "geojson", found, pd.DataFrame(rows, dtype=object), shapes, _stated_crs(document))


def _shape_of(geometry: Any) -> shapely.Geometry | None:
    try:
        return shapely.from_geojson(json.dumps(geometry)) if geometry else None
    except (shapely.errors.GEOSException, ValueError, TypeError):
        return None


def _stated_crs(document: Any) -> pyproj.CRS | None:
    """Return the system of an old GeoJSON's `crs` member; the standard's own default is what nobody can rely on."""
    name = ((document.get("crs") or {}).get("properties") or {}).get("name") if isinstance(document, dict) else None
    if not isinstance(name, str):
        return None
    try:
        return pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError:
        return None


def _read_shapefile(path: Path, encoding: str | None) -> RawFile:
    """Read a Shapefile from a folder of its own, so that GDAL sees nothing but its parts."""
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "data.shp"
        parts = {}
        for suffix in _SHAPEFILE_PARTS:
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
        found = encoding or _dbf_encoding(copy)
        frame = gpd.GeoDataFrame(
            pyogrio.read_dataframe(copy, encoding=found.upper() if found != "big5" else "CP950", use_arrow=False)
        )
    crs = frame.crs
    table = pd.DataFrame(frame.drop(columns="geometry"))
    raw = _with_points(path, "shapefile", found, table, frame.geometry.to_numpy(), crs)
    return RawFile(raw.name, raw.format, raw.encoding, raw.table, raw.points, raw.crs, [*findings, *raw.findings])


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


def _dbf_encoding(shp: Path) -> str:
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


def _read_geopackage(path: Path, encoding: str | None) -> RawFile:
    """Read the first layer of points of a GeoPackage through SQLite alone: no view or extension of it is run."""
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        layers = connection.execute(
            "SELECT table_name, column_name, srs_id, geometry_type_name FROM gpkg_geometry_columns"
        ).fetchall()
        layers = [layer for layer in layers if layer[0] in tables]
        if not layers:
            raise _refused(
                path, Text("其中没有图层", "It has no layer"), Text("请导出含点的图层", "Export a layer of points")
            )
        layers.sort(key=lambda layer: layer[3] not in ("POINT", "MULTIPOINT"))
        name, geometry, srs, _ = layers[0]
        rows = connection.execute(f"SELECT * FROM {_quoted(name)}")  # noqa: S608
        columns = [str(column[0]) for column in rows.description]
        table = pd.DataFrame(rows.fetchall(), columns=columns, dtype=object)
        definition = connection.execute(
            "SELECT organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs,)
        ).fetchone()
    shapes = np.array([_blob(blob) for blob in table[geometry]] or np.empty(0, dtype=object), dtype=object)
    crs = None
    if definition and definition[0] and definition[0].upper() != "NONE":
        try:
            crs = pyproj.CRS.from_authority(definition[0], definition[1])
        except pyproj.exceptions.CRSError:
            crs = None
    kept = table.drop(columns=geometry)
    kept = kept[[column for column in kept.columns if not kept[column].map(lambda cell: isinstance(cell, bytes)).any()]]
    raw = _with_points(path, "geopackage", "utf-8", kept, shapes, crs)
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


def _blob(blob: Any) -> shapely.Geometry | None:
    try:
        return geometry_of(blob) if isinstance(blob, bytes) and blob[:2] == b"GP" else None
    except (shapely.errors.GEOSException, IndexError):
        return None


def _read_parquet(path: Path, encoding: str | None) -> RawFile:
    try:
        frame = gpd.read_parquet(path)
    except ValueError:  # a plain table
        table = pd.read_parquet(path)
        cells = table.map(_cell)
        cells.index = pd.RangeIndex(2, 2 + len(cells))
        names, findings = _unique([str(column) for column in cells.columns], range(len(cells.columns)))
        return RawFile(path.name, "parquet", "utf-8", _clean(cells.set_axis(names, axis=1)), findings=findings)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return _with_points(path, "geoparquet", "utf-8", table, frame.geometry.to_numpy(), frame.crs)


def _read_kml(path: Path, encoding: str | None) -> RawFile:
    """Read the placemarks of a KML file; what it links to is not opened, and entities are refused."""
    root = ElementTree.parse(path).getroot()
    if root is None or _tag(root) != "kml":
        raise _refused(
            path,
            Text("不是 KML 文件", "It is no KML"),
            Text("请导出为 KML、GeoJSON 或 CSV", "Export it as KML, GeoJSON or CSV"),
        )
    rows: list[dict[str, Any]] = []
    shapes: list[shapely.Geometry | None] = []
    for place in (element for element in root.iter() if _tag(element) == "Placemark"):
        row: dict[str, Any] = {}
        shape = None
        for element in place.iter():
            tag = _tag(element)
            if tag in ("name", "description", "address") and element.text:
                row.setdefault(tag, element.text)
            elif tag == "Data":
                row[element.get("name", "")] = "".join(element.itertext()).strip()
            elif tag == "SimpleData":
                row[element.get("name", "")] = element.text
            elif tag == "coordinates" and shape is None and element.text:
                pairs = [tuple(map(float, part.split(",")[:2])) for part in element.text.split()]
                shape = shapely.Point(pairs[0]) if len(pairs) == 1 else shapely.LineString(pairs)
        rows.append(row)
        shapes.append(shape)
    found = np.array(shapes or np.empty(0, dtype=object), dtype=object)
    return _with_points(path, "kml", "utf-8", pd.DataFrame(rows, dtype=object), found, WGS84)


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


_BY_MAGIC: Final[dict[bytes, Callable[[Path, str | None], RawFile]]] = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _read_xls,
    b"SQLite format 3\x00": _read_geopackage,
    b"PAR1": _read_parquet,
    b"\x00\x00\x27\x0a": _read_shapefile,
}
