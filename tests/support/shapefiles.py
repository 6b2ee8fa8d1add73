"""Shapefiles written byte by byte, as other programs leave them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import shapely

LON, LAT = 24.9435, 60.1690
WGS84: Final = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
_TYPES: Final = {"Point": 1, "LineString": 3, "Polygon": 5}


def write_shapefile(
    file: Path,
    fields: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
    encoding: str = "gbk",
    cpg: bytes | None = None,
    language: int = 0,
    shapes: Sequence[shapely.Geometry] | None = None,
) -> Path:
    """
    Write a Shapefile.

    Parameters
    ----------
    file
        Its `.shp`.
    fields
        Names and widths; texts that are wider are cut at the byte.
    rows
        Texts.
    encoding
        Of names and texts.
    cpg
        The content of the `.cpg`; None for none.
    language
        The byte of the language driver.
    shapes
        By default points beside each other.
    """
    names = [(name.encode(encoding)[:10], width) for name, width in fields]
    cells = [[cell.encode(encoding)[:width] for cell, (_, width) in zip(row, fields, strict=True)] for row in rows]
    write_table(file.with_suffix(".dbf"), names, cells, language)
    shapes = shapes or [shapely.Point(LON + number * 1e-5, LAT) for number in range(len(rows))]
    write_shapes(file, shapes)
    file.with_suffix(".prj").write_text(WGS84)
    if cpg is not None:
        file.with_suffix(".cpg").write_bytes(cpg)
    return file


def write_table(
    file: Path, fields: Sequence[tuple[bytes, int]], rows: Sequence[Sequence[bytes]], language: int = 0
) -> None:
    """Write a dBase table of texts."""
    length = 1 + sum(width for _, width in fields)
    head = struct.pack("<4BIHH17xB2x", 3, 126, 11, 27, len(rows), 33 + 32 * len(fields), length, language)
    for name, width in fields:
        head += name[:10].ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
    body = b"".join(
        b" " + b"".join(cell.ljust(width) for cell, (_, width) in zip(row, fields, strict=True)) for row in rows
    )
    file.write_bytes(head + b"\r" + body + b"\x1a")


def write_shapes(file: Path, shapes: Sequence[shapely.Geometry]) -> None:
    """Write the shapes and their index."""
    kind = _TYPES[shapes[0].geom_type]
    contents = [struct.pack("<i", kind) + _content(shape) for shape in shapes]
    records, index, at = b"", b"", 50
    for number, content in enumerate(contents, 1):
        records += struct.pack(">2i", number, len(content) // 2) + content
        index += struct.pack(">2i", at, len(content) // 2)
        at += 4 + len(content) // 2
    box = struct.pack("<8d", *shapely.total_bounds(shapes), 0, 0, 0, 0)
    for suffix, body in ((".shp", records), (".shx", index)):
        head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50 + len(body) // 2) + struct.pack("<2i", 1000, kind)
        file.with_suffix(suffix).write_bytes(head + box + body)


def _content(shape: shapely.Geometry) -> bytes:
    if shape.geom_type == "Point":
        return struct.pack("<2d", shape.x, shape.y)
    xy = shapely.get_coordinates(shape if shape.geom_type == "LineString" else shape.exterior.reverse())
    head = struct.pack("<4d", *shape.bounds) + struct.pack("<3i", 1, len(xy), 0)
    return head + b"".join(struct.pack("<2d", *pair) for pair in xy)


def packed(file: Path, within: str = "数据/") -> Path:
    """Pack the parts of a Shapefile, in a folder of the archive."""
    to = file.with_suffix(".zip")
    with zipfile.ZipFile(to, "w") as archive:
        for part in sorted(file.parent.iterdir()):
            if part.stem == file.stem and part != to:
                archive.write(part, within + part.name)
    return to
