"""Read GeoPackages with their write-ahead logs through SQLite alone: no view or extension is run."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import pyproj

from geo.core.databases import address
from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.layer_choice import Asked, Layer, chosen, dimension_of, with_parts
from geo.files.raw_file import RawFile
from geo.files.row_geometry import Shapes, shapes_of_wkb
from geo.files.shaped_rows import Rows, joined
from geo.study.findings import Finding
from geo.study.geometry_blobs import wkb_of
from geo.study.sql import statement

WAL: Final = "-wal"
_WAL_MODE: Final = 2
"""Bytes 18 and 19 of a database that keeps changes in a log beside it (SQLite file format, 1.3.3)."""
_WAL_FRAME_AT: Final = 32
_TRIES: Final = 5
_SHORTEST: Final = 8
"""Bytes before a geometry: its header."""


class _Table(NamedTuple):
    name: str
    geometry: str | None
    srs: int | None
    kind: str | None


def read_geopackage(path: Path, asked: Asked) -> RawFile:
    """
    Read the layers of a GeoPackage that are wanted.

    Raises
    ------
    InputError
        If it has no layer.
    """
    with _settled(path) as (file, findings), closing(_opened(file)) as connection:
        tables = _tables(connection)
        layers = [Layer(table.name, _count(connection, table), dimension_of(table.kind)) for table in tables]
        read = chosen(path, layers, asked)
        rows = [_rows(connection, tables[number]) for number in read]
    raw = with_parts(joined(path, "geopackage", "utf-8", rows), layers, read, asked)
    return replace(raw, findings=[*findings, *raw.findings])


@contextmanager
def _settled(path: Path) -> Iterator[tuple[Path, list[Finding]]]:
    """
    Give a database with the content of its log, and the findings about the log.

    The file may be read-only, and another program may have it open: where there is a log, copies of both are read.
    """
    log = path.with_name(path.name + WAL)
    if not (log.is_file() and log.stat().st_size > _WAL_FRAME_AT):
        yield path, _without_log(path)
        return
    with tempfile.TemporaryDirectory(prefix="jiexu-") as folder:
        copy = Path(folder) / "data.gpkg"
        for _ in range(_TRIES):
            before = _state(path, log)
            if log.is_file():
                shutil.copyfile(log, copy.with_name(copy.name + WAL))
            shutil.copyfile(path, copy)
            if _state(path, log) == before:
                break
        else:
            raise InputError(
                path,
                Text("文件正被其他程序不断写入", "Another program keeps writing to the file"),
                Text("请在该程序中保存并关闭后重试", "Save and close it there, then try again"),
            )
        said = Text(
            "另有程序打开着该文件，部分内容在 -wal 文件中",
            "Another program has it open: some of it is in its -wal file",
        )
        yield copy, [Finding(None, WAL, said, Text("已一并读取", "That was read too"))]


def _state(*files: Path) -> list[tuple[int, int] | None]:
    states = [file.stat() if file.is_file() else None for file in files]
    return [None if state is None else (state.st_mtime_ns, state.st_size) for state in states]


def _without_log(path: Path) -> list[Finding]:
    """Return a finding for a file that may have lost its log on the way."""
    with path.open("rb") as file:
        head = file.read(20)
    if len(head) < 20 or head[18] != _WAL_MODE:
        return []
    said = Text(
        "写入方式为 WAL，但没有 -wal 文件", "It is written with a log (WAL), and its -wal file is not beside it"
    )
    done = Text(
        "未保存进主文件的修改读不到；若有程序仍打开着它，请关闭后重新复制",
        "Changes that are in its log only are missing; if a program has it open, close it there and copy it again",
    )
    return [Finding(None, WAL, said, done)]


def _opened(file: Path) -> sqlite3.Connection:
    log = file.with_name(file.name + WAL).is_file()
    mode = "rw" if log else "ro&immutable=1"
    connection = sqlite3.connect(address(file.resolve(), mode), uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    if log:
        connection.execute("PRAGMA query_only = ON")
    return connection


def _tables(connection: sqlite3.Connection) -> list[_Table]:
    """Return the layers that are tables: views are not run."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    layers = connection.execute("SELECT table_name, column_name, srs_id, geometry_type_name FROM gpkg_geometry_columns")
    found = [_Table(*row) for row in layers.fetchall() if row[0] in tables]
    known = {table.name for table in found}
    plain = connection.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'attributes'").fetchall()
    return found + [_Table(name, None, None, None) for (name,) in plain if name in tables and name not in known]


def _count(connection: sqlite3.Connection, table: _Table) -> int:
    return int(connection.execute(statement("SELECT count(*) FROM {table}", table=table.name)).fetchone()[0])


def _rows(connection: sqlite3.Connection, layer: _Table) -> Rows:
    rows = connection.execute(statement("SELECT * FROM {table}", table=layer.name))
    columns = [str(column[0]) for column in rows.description]
    table = pd.DataFrame(rows.fetchall(), columns=columns, dtype=object)
    read = Shapes(np.full(len(table), None, dtype=object), [])
    if layer.geometry is not None:
        read = shapes_of_wkb([None if blob is None else _wkb(blob) for blob in table[layer.geometry]])
        table = table.drop(columns=layer.geometry)
    table = table[
        [column for column in table.columns if not table[column].map(lambda cell: isinstance(cell, bytes)).any()]
    ]
    return Rows(layer.name, table, read, None if layer.srs is None else _crs(connection, layer.srs))


def _crs(connection: sqlite3.Connection, srs: int) -> pyproj.CRS | None:
    known = "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?"
    found = connection.execute(known, (srs,)).fetchone()
    if not found or srs <= 0:
        return None
    for read in (lambda: pyproj.CRS.from_authority(found[0], found[1]), lambda: pyproj.CRS.from_user_input(found[2])):
        try:
            return read()
        except (pyproj.exceptions.CRSError, TypeError):
            continue
    return None


def _wkb(blob: object) -> bytes:
    """Return the well-known binary of a geometry, empty for anything else, so that its row is named."""
    return wkb_of(blob) if isinstance(blob, bytes) and blob[:2] == b"GP" and len(blob) > _SHORTEST else b""
