"""Read tables and map files; the format is recognised from the content, not the suffix."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.archives import checked_members
from geo.files.disguises import refuse_disguise
from geo.files.map_files import SHAPEFILE_PARTS, read_geojson, read_geopackage, read_kml, read_parquet, read_shapefile
from geo.files.raw_file import SAY_HEADERS, RawFile
from geo.files.row_geometry import points_taken
from geo.files.spreadsheets import read_ods, read_xls, read_xlsx
from geo.files.text_encoding import ENCODINGS
from geo.files.text_tables import read_csv
from geo.files.written_tables import read_html, read_xml, written_table
from geo.study.findings import Finding

SUFFIXES: Final = (
    *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".geojson", ".json", ".zip", ".shp", ".gpkg"),
    *(".parquet", ".geoparquet", ".kml"),
    *(".ods", ".xlsb", ".et", ".htm", ".html"),
)
_WORKBOOKS: Final = (read_xlsx, read_xls, read_ods, read_html, read_xml)
_MAX_BYTES: Final = 2_000_000_000
_BY_MAGIC: Final[dict[bytes, Callable[..., RawFile]]] = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": read_xls,
    b"SQLite format 3\x00": read_geopackage,
    b"PAR1": read_parquet,
    b"\x00\x00\x27\x0a": read_shapefile,
}


def read_file(
    path: Path | str,
    encoding: str | None = None,
    prefer_areas: bool = False,
    sheets: Sequence[str] = (),
    kind: str | None = None,
) -> RawFile:
    """
    Read a file of rows.

    Parameters
    ----------
    path
        CSV or TSV (any delimiter), XLSX, XLS, ODS (or a web page or XML that calls itself so), GeoJSON, a zipped or
        loose Shapefile, GeoPackage, GeoParquet or KML.
    encoding
        One of `ENCODINGS`; by default it is detected.
    prefer_areas
        Whether areas are wanted and not a point of each row: then a layer of areas is read before one of points, where
        a file has several layers.
    sheets
        The sheets of a workbook to read; by default all visible ones with the wanted headers.
    kind
        The kind of points that is wanted of a workbook with several tables.

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
        raise InputError(
            path, Text("文件过大", "The file is too large"), Text("请分成几个文件", "Split it into several files")
        )
    if encoding is not None and encoding not in ENCODINGS:
        raise InputError(
            path,
            Text(f"未知编码 {encoding}", f"The encoding {encoding} is unknown"),
            Text(f"可用：{'、'.join(ENCODINGS)}", f"Use one of {', '.join(ENCODINGS)}"),
        )
    try:
        raw = _reader(path, prefer_areas, sheets, kind)(path, encoding)
    except InputError:
        raise
    except Exception as error:  # whatever a damaged file makes a parser raise is the file's fault
        raise InputError(
            path,
            Text(f"文件已损坏（{type(error).__name__}）", f"The file is damaged ({type(error).__name__})"),
            Text("请重新导出，或另存为 CSV 或 XLSX", "Export it again, or save it as CSV or XLSX"),
        ) from error
    if raw.table.columns.empty:
        raise InputError(path, Text("文件中没有列", "The file has no columns"), SAY_HEADERS)
    if raw.shapes is not None and not prefer_areas:
        return replace(raw, findings=[*raw.findings, *points_taken(raw.shapes)])
    return raw


def _reader(
    path: Path, prefer_areas: bool, sheets: Sequence[str] = (), kind: str | None = None
) -> Callable[[Path, str | None], RawFile]:
    """Choose a reader by the file's first bytes."""
    refuse_disguise(path)
    reader = _by_content(path)
    if reader in _WORKBOOKS:
        return partial(reader, sheets=sheets, kind=kind)
    several = reader in (read_geopackage, _read_archive)
    return partial(reader, prefer_areas=prefer_areas) if several else reader


def _by_content(path: Path) -> Callable[..., RawFile]:
    with path.open("rb") as file:
        head = file.read(2048)
    if head[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        if "[Content_Types].xml" in names:
            return read_xlsx
        return read_ods if "content.xml" in names and "mimetype" in names else _read_archive
    for magic, reader in _BY_MAGIC.items():
        if head.startswith(magic):
            return reader
    if (written := written_table(head)) is not None:
        return written
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"<?xml", b"<kml", b"<!DOCTYPE")):
        return read_kml
    return {b"{": read_geojson, b"[": read_geojson}.get(start[:1], read_csv)


def _read_archive(path: Path, encoding: str | None, prefer_areas: bool = False) -> RawFile:
    """Read the Shapefile, or else the one file, of an archive; nothing else of it is unpacked."""
    members = [m for m in checked_members(path) if not m.is_dir() and "__MACOSX" not in m.filename]
    by_suffix: dict[str, list[zipfile.ZipInfo]] = {}
    for member in members:
        by_suffix.setdefault(PurePosixPath(member.filename).suffix.lower(), []).append(member)
    main = by_suffix.get(".shp") or next(
        (by_suffix[suffix] for suffix in SUFFIXES if suffix in by_suffix and suffix not in (".zip", ".txt")), None
    )
    if not main:
        raise InputError(
            path,
            Text("压缩包中没有可读的文件", "The archive has no file that can be read"),
            Text("请放入 Shapefile、CSV 或 GeoJSON", "Put a Shapefile, a CSV or a GeoJSON into it"),
        )
    first = main[0]
    stem = str(PurePosixPath(first.filename).with_suffix(""))
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        for member in members:
            name = PurePosixPath(member.filename)
            if member is first or (str(name.with_suffix("")) == stem and name.suffix.lower() in SHAPEFILE_PARTS):
                # the name is ours: an archive's own could be anything
                (Path(folder) / f"data{name.suffix.lower()}").write_bytes(archive.read(member))
        inner = Path(folder) / f"data{PurePosixPath(first.filename).suffix.lower()}"
        raw = _reader(inner, prefer_areas)(inner, encoding)
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
    return replace(raw, name=path.name, findings=findings)
