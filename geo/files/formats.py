"""Read tables and map files; the format is recognised from the content, not the suffix."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from geo.core.errors import InputError, no_file
from geo.core.text import Text
from geo.files.disguises import refuse_disguise
from geo.files.layer_choice import Asked, Wanted
from geo.files.raw_file import SAY_HEADERS, RawFile
from geo.files.reading_apart import apart
from geo.files.row_geometry import points_taken
from geo.files.text_encoding import ENCODINGS
from geo.files.text_geometry import with_text_geometry
from geo.files.workbook_size import refuse_excess
from geo.files.written_tables import written_table

Reader = Callable[[Path, Asked], RawFile]
GEODATABASE: Final = ".gdb"
"""The suffix of a file geodatabase, which is a folder."""
SUFFIXES: Final = (
    *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".geojson", ".json", ".geojsonl", ".ndjson", ".zip", ".shp"),
    *(".gpkg", ".parquet", ".geoparquet", ".kml", ".kmz", ".gml", ".gpx", ".xml", ".fgb", ".dxf", ".tab", ".mif"),
    *(".topojson", ".jsonl", ".geojsons"),
    *(".ods", ".xlsb", ".et", ".htm", ".html"),
)
_MAX_BYTES: Final = 2_000_000_000
_PANIC: Final = "PanicException"
"""The error of a library in Rust that gives up; it is no `Exception`."""


def _of(module: str, name: str) -> Callable[..., RawFile]:
    """Return a reader; its module is loaded when it reads."""

    def read(*given: Any, **options: Any) -> RawFile:
        found: RawFile = getattr(import_module(f"geo.files.{module}"), name)(*given, **options)
        return found

    return read


def _table(read: Callable[..., RawFile]) -> Reader:
    return lambda path, asked: read(path, asked.encoding)


def _book(read: Callable[..., RawFile]) -> Reader:
    return lambda path, asked: read(path, asked.encoding, sheets=asked.sheets, kind=asked.kind)


def _as(name: str) -> Reader:
    return lambda path, asked: _of("gdal_files", "read_with_gdal")(path, asked, name)


_BY_MAGIC: Final[dict[bytes, Reader]] = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _book(_of("spreadsheets", "read_xls")),
    b"SQLite format 3\x00": _of("geopackage_files", "read_geopackage"),
    b"PAR1": _table(_of("map_files", "read_parquet")),
    b"\x00\x00\x27\x0a": _table(_of("map_files", "read_shapefile")),
    b"fgb\x03fgb": _as("flatgeobuf"),
    b"AutoCAD Binary DXF": _of("gdal_files", "read_drawing"),
}
_BY_START: Final[tuple[tuple[re.Pattern[bytes], Reader], ...]] = (
    (re.compile(rb"\s*!table\b", re.IGNORECASE), _of("gdal_files", "read_mapinfo")),
    (
        re.compile(
            rb"\s*version\s+\d+\s*[\r\n]+\s*(?:charset|delimiter|coordsys|columns|unique|index|transform)\b",
            re.IGNORECASE,
        ),
        _of("gdal_files", "read_interchange"),
    ),
    (re.compile(rb"(?:\s*999[^\S\n]*\n[^\n]*\n)*\s*0\s*\n\s*SECTION\s*\n"), _of("gdal_files", "read_drawing")),
    (
        re.compile(
            rb"\s*<(?:\?xml|!DOCTYPE|!--|[a-z]+:?kml|kml|gpx|gml:|wfs:|ogr:|service_requests|OGRVRT)", re.IGNORECASE
        ),
        _of("xml_files", "read_xml"),
    ),
    (re.compile(rb"[\s\x1e]*[{\[]"), _of("json_files", "read_json")),
)
"""How text begins that is no table."""


@apart()
def read_file(
    path: Path | str,
    encoding: str | None = None,
    prefer_areas: bool = False,
    sheets: Sequence[str] = (),
    kind: str | None = None,
    wanted: Wanted | None = None,
) -> RawFile:
    """
    Read a file of rows.

    Parameters
    ----------
    path
        CSV or TSV (any delimiter), XLSX, XLS, ODS (or a web page or XML that calls itself so), GeoJSON (also a feature
        a line), records in JSON or XML, a zipped or loose Shapefile, MapInfo table or interchange file, a file
        geodatabase (a folder, or zipped), GeoPackage, GeoParquet, FlatGeobuf, GML, GPX, KML, KMZ, TopoJSON, Esri JSON
        or DXF.
    encoding
        One of `ENCODINGS`; by default it is detected.
    prefer_areas
        Whether areas are wanted and not a point of each row: then layers of areas are read before those of points,
        where a file has several layers.
    sheets
        The sheets or layers to read; by default all visible sheets with the wanted headers, all layers of the wanted
        kind of geometry.
    kind
        The kind of points that is wanted of a workbook with several tables.
    wanted
        The kind of geometry that is wanted, "all" for points, lines and areas alike; by default as `prefer_areas` says.

    Raises
    ------
    InputError
        If the file does not exist, is none of these, is damaged, or is empty. Nothing that a file refers to is opened.
    """
    path = Path(path)
    folder = path.is_dir() and path.suffix.lower() == GEODATABASE
    if not path.is_file() and not folder:
        raise no_file(path)
    if not folder and path.stat().st_size > _MAX_BYTES:
        raise InputError(
            path, Text("文件过大", "The file is too large"), Text("请分成几个文件", "Split it into several files")
        )
    if encoding is not None and encoding not in ENCODINGS:
        raise InputError(
            path,
            Text(f"未知编码 {encoding}", f"The encoding {encoding} is unknown"),
            Text(f"可用：{'、'.join(ENCODINGS)}", f"Use one of {', '.join(ENCODINGS)}"),
        )
    wanted = wanted or ("areas" if prefer_areas else "points")
    raw = _guarded(path, Asked(encoding, wanted, next(iter(sheets), None), tuple(sheets), kind))
    if raw.table.columns.empty:
        raise InputError(path, Text("文件中没有列", "The file has no columns"), SAY_HEADERS)
    if raw.shapes is not None and wanted == "points":
        return replace(raw, findings=[*raw.findings, *points_taken(raw.shapes)])
    return raw


def _guarded(path: Path, asked: Asked) -> RawFile:
    """Read a file; whatever a parser raises on a damaged one, a panic of a library in Rust too, is the file's fault."""
    try:
        return with_text_geometry(_reader(path)(path, asked))
    except InputError:
        raise
    except BaseException as error:
        kind = type(error).__name__
        if not isinstance(error, Exception) and kind != _PANIC:
            raise
        raise InputError(
            path,
            Text(f"文件已损坏（{kind}）", f"The file is damaged ({kind})"),
            Text("请重新导出，或另存为 CSV 或 XLSX", "Export it again, or save it as CSV or XLSX"),
        ) from error


def _reader(path: Path) -> Reader:
    """Choose a reader by the file's first bytes."""
    if path.is_dir():
        return _of("gdal_files", "read_geodatabase")
    refuse_disguise(path)
    refuse_excess(path)
    with path.open("rb") as file:
        head = file.read(4096)
    if head[:4] == b"PK\x03\x04" or head[:4] == b"PK\x05\x06":
        return _zipped(path)
    for magic, reader in _BY_MAGIC.items():
        if head.startswith(magic):
            return reader
    if (written := written_table(head)) is not None:
        return _book(written)
    start = _plain(head)
    return next(
        (reader for pattern, reader in _BY_START if pattern.match(start)), _table(_of("text_tables", "read_csv"))
    )


def _plain(head: bytes) -> bytes:
    """Return the beginning of a text in bytes that patterns of ASCII match: without mark, whatever its encoding."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _zipped(path: Path) -> Reader:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if "[Content_Types].xml" in names:
        return _book(
            _of("spreadsheets", "read_xlsb") if "xl/workbook.bin" in names else _of("spreadsheets", "read_xlsx")
        )
    if "content.xml" in names and "mimetype" in names:
        return _book(_of("spreadsheets", "read_ods"))
    return lambda file, asked: _of("archives", "read_archive")(
        file, asked, lambda inner, same: _reader(inner)(inner, same), SUFFIXES
    )
