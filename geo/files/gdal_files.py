"""Read map formats of other programs through GDAL, from a folder of their own: nothing beside them is seen."""

from __future__ import annotations

import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import pyogrio.raw
import pyproj
import shapely

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.file_parts import copied_parts
from geo.files.layer_choice import Asked, Layer, chosen, dimension_of, with_parts
from geo.files.no_network import NO_NETWORK
from geo.files.raw_file import RawFile
from geo.files.row_geometry import Shapes, shapes_of_wkb
from geo.files.shaped_rows import Rows, joined
from geo.files.text_encoding import decode
from geo.study.findings import Finding

MAPINFO_PARTS: Final = (".tab", ".dat", ".map", ".id", ".ind", ".dbf")
INTERCHANGE_PARTS: Final = (".mif", ".mid")
GEODATABASE: Final = ".gdb"
_EXACT: Final = 2.0**53
"""Whole numbers beyond are no longer exact as floating-point numbers."""
_CHARSETS: Final = {"gb18030": "WindowsSimpChinese", "big5": "WindowsTradChinese", "utf-8": "UTF-8"}
_CHARSET: Final = re.compile(rb'(!charset\s+"?|Charset\s+")([A-Za-z0-9_-]*)', re.IGNORECASE)
_OUTSIDE: Final = re.compile(
    rb"^\s*(?:File|Open\s+Table|create\s+view|Type\s+(?!NATIVE|\"?DBF)\w+)\b", re.IGNORECASE | re.MULTILINE
)
_NO_HEADER: Final = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1018\n0\nENDSEC\n"
_GPX_PARTS: Final = ("route_points", "track_points")
_DRAWN: Final = (
    *("PaperSpace", "SubClasses", "Linetype", "EntityHandle", "BlockScale", "BlockAngle", "BlockOCSNormal"),
    *("BlockOCSCoords", "BlockAttributes", "Block", "AttributeTag"),
)
"""Columns that a drawing's reader adds."""
_CORNERS: Final = 4


class Format(NamedTuple):
    """
    A format that GDAL reads.

    Attributes
    ----------
    name
        Its name in findings and documents.
    suffix
        Of the file from which GDAL reads it.
    driver
        GDAL's name for it.
    options
        Of the driver.
    leave_out
        Layers that repeat others.
    """

    name: str
    suffix: str
    driver: str
    options: Mapping[str, str] = {}
    leave_out: tuple[str, ...] = ()


FORMATS: Final = {
    each.name: each
    for each in (
        Format("geodatabase", GEODATABASE, "OpenFileGDB"),
        Format("mapinfo", ".tab", "MapInfo File"),
        Format("mif", ".mif", "MapInfo File"),
        Format("dxf", ".dxf", "DXF", {"CLOSED_LINE_AS_POLYGON": "YES"}),
        Format("flatgeobuf", ".fgb", "FlatGeobuf"),
        Format("gml", ".gml", "GML", {"DOWNLOAD_SCHEMA": "NO", "WRITE_GFS": "NO"}),
        Format("gpx", ".gpx", "GPX", {}, _GPX_PARTS),
        Format("topojson", ".json", "TopoJSON"),
        Format("esrijson", ".json", "ESRIJSON"),
        Format("shapefile", ".shp", "ESRI Shapefile"),
    )
}


def read_geodatabase(path: Path, asked: Asked) -> RawFile:
    """Read a file geodatabase, a folder with the suffix `.gdb`."""
    with _folder() as folder:
        copy = folder / f"data{GEODATABASE}"
        copy.mkdir()
        for part in sorted(path.iterdir()):
            if part.is_file():
                _stand_in(part, copy / part.name)
        return _read(path, copy, FORMATS["geodatabase"], asked)


def read_mapinfo(path: Path, asked: Asked) -> RawFile:
    """Read a MapInfo table with its parts; a character set that it does not state is detected."""
    head = path.read_bytes()
    if _OUTSIDE.search(head):
        raise InputError(
            path,
            Text("这个 TAB 只引用别的数据", "This TAB only refers to other data"),
            Text("请在 MapInfo 中另存为普通表后打包提供", "Save it as a native table in MapInfo, and pack its parts"),
        )
    with _folder() as folder:
        parts = copied_parts(path, folder, MAPINFO_PARTS)
        data = parts.get(".dat") or parts.get(".dbf")
        if data is None or (".dat" in parts and ".map" not in parts):
            raise _lacking(path, ".dat, .map, .id")
        texts = head + b"\n" + bytes(byte if byte >= 32 else 32 for byte in data.read_bytes()[:400_000])
        stated = next(iter(_CHARSET.findall(head)), (b"", b"Neutral"))[1].decode("ascii", "replace")
        found = "utf-8"
        if asked.encoding is not None or stated.casefold() in ("neutral", ""):
            found = _encoding(texts, asked.encoding)
            (folder / "data.tab").write_bytes(_CHARSET.sub(rb"\g<1>" + _CHARSETS.get(found, "UTF-8").encode(), head))
        return replace(_read(path, folder / "data.tab", FORMATS["mapinfo"], asked), encoding=found)


def read_interchange(path: Path, asked: Asked) -> RawFile:
    """Read a MapInfo interchange file (MIF, MID), as UTF-8 whatever it says of itself."""
    with _folder() as folder:
        parts = copied_parts(path, folder, INTERCHANGE_PARTS)
        raw = b"\n".join(part.read_bytes() for part in parts.values())
        found = _encoding(raw, asked.encoding)
        records = sum(bool(line.strip()) for line in parts[".mid"].read_bytes().splitlines()) if ".mid" in parts else 0
        for part in parts.values():
            text = decode(part.read_bytes(), found)[0].encode("utf-8")
            part.write_bytes(_CHARSET.sub(rb"\g<1>UTF-8", text, count=1) if part.suffix == ".mif" else text)
        read = replace(_read(path, folder / "data.mif", FORMATS["mif"], asked), encoding=found)
    if ".mid" in parts:
        lost = max(records - len(read.table), 0)
        said = Text(
            f".mid 有 {records} 条记录，.mif 只有 {len(read.table)} 个图形",
            f"The .mid has {records} records, and the .mif {len(read.table)} shapes",
        )
        cut = [
            Finding(
                None, ".mif", said, Text("多出的记录未读取；请重新导出", "The others were not read; export it again")
            )
        ]
        return replace(read, unread=lost, findings=[*(cut if lost else []), *read.findings])
    missing = Finding(
        None, ".mid", Text("缺少 .mid 文件", "The .mid file is missing"), Text("没有属性", "It has no attributes")
    )
    return replace(read, findings=[missing, *read.findings])


def read_drawing(path: Path, asked: Asked) -> RawFile:
    """Read a DXF drawing: each of its drawing layers is a layer; closed outlines are areas."""
    raw = path.read_bytes()
    with _folder() as folder:
        copy = folder / "data.dxf"
        found = "utf-8"
        if raw.startswith(b"AutoCAD Binary DXF"):
            copy.write_bytes(raw)
        else:
            text, found = decode(raw, asked.encoding)
            text = text.replace("\r\n", "\n")
            has_header = re.search(r"^\s*2\s*\n\s*HEADER\s*$", text, re.MULTILINE) is not None
            copy.write_text(text if has_header else _NO_HEADER + text, encoding="utf-8")
        pyogrio.set_gdal_config_options({"DXF_ENCODING": "UTF-8"})
        format_ = FORMATS["dxf"]
        if asked.wanted == "points":  # the symbol of a stall is one point, and its attributes are columns
            format_ = format_._replace(options={**format_.options, "INLINE_BLOCKS": "FALSE"})
        with _quietly():
            rows = read_rows(copy, "entities", format_)
    return replace(_drawing(path, found, rows, asked), format="dxf")


def _drawing(path: Path, encoding: str, rows: Rows, asked: Asked) -> RawFile:
    """Return the rows of the drawing layers that hold the wanted kind, and of these layers that kind only."""
    shapes = rows.read.shapes
    table = _with_attributes(rows.table)
    names = table["Layer"].fillna("0").astype(str).to_numpy(dtype=object)
    if asked.wanted != "points":
        shapes = _closed(shapes)
    dimension = shapely.get_dimensions(shapes)
    layers: list[Layer] = []
    members: list[np.ndarray] = []
    for name in dict.fromkeys(names.tolist()):
        for kind in (0, 1, 2):
            inside = np.flatnonzero((names == name) & (dimension == kind))
            if len(inside):
                layers.append(Layer(name, len(inside), kind))
                members.append(inside)
    if asked.sheet is None:
        read = chosen(path, layers, asked)
    else:
        name = layers[chosen(path, layers, asked)[0]].name
        own = [number for number, layer in enumerate(layers) if layer.name == name]
        fit = chosen(path, [layers[number] for number in own], asked._replace(sheet=None))
        read = [own[number] for number in fit]
    at = np.sort(np.concatenate([members[number] for number in read]))
    kept = Rows("entities", table.iloc[at].reset_index(drop=True), Shapes(shapes[at], []), None)
    raw = joined(path, "dxf", encoding, [kept])
    return with_parts(raw, layers, read, asked)


def _with_attributes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of a drawing with the attributes of its blocks as columns, and without the reader's own."""
    kept = table.drop(columns=[column for column in _DRAWN if column in table])
    if "BlockAttributes" not in table:
        return kept
    cells: dict[str, list[str | None]] = {}
    for row, attributes in enumerate(table["BlockAttributes"]):
        for attribute in attributes if isinstance(attributes, Sequence | np.ndarray) else ():
            tag, _, value = str(attribute).partition(" ")
            cells.setdefault(tag, [None] * len(table))[row] = value
    return kept.assign(**{tag: values for tag, values in cells.items() if tag not in kept})


def _closed(shapes: np.ndarray) -> np.ndarray:
    """Return shapes with areas for closed lines, as circles are."""
    result = shapes.copy()
    lines = np.flatnonzero(shapely.get_type_id(shapes) == 1)
    rings = lines[shapely.is_closed(shapes[lines]) & (shapely.get_num_coordinates(shapes[lines]) >= _CORNERS)]
    result[rings] = shapely.polygons([shapely.get_coordinates(line) for line in shapes[rings]]) if len(rings) else []
    return result


def read_with_gdal(path: Path, asked: Asked, name: str, content: bytes | None = None) -> RawFile:
    """
    Read a file of one part.

    Parameters
    ----------
    path
        The file.
    asked
        The request.
    name
        Of its format, in `FORMATS`.
    content
        The bytes to read instead of the file's own.
    """
    format_ = FORMATS[name]
    with _folder() as folder:
        copy = folder / f"data{format_.suffix}"
        if content is None:
            _stand_in(path, copy)
        else:
            copy.write_bytes(content)
        return _read(path, copy, format_, asked)


def _read(path: Path, copy: Path, format_: Format, asked: Asked) -> RawFile:
    """Read the layers that are wanted."""
    pyogrio.set_gdal_config_options({"GML_SKIP_RESOLVE_ELEMS": "ALL", "OGR_GPX_N_MAX_LINKS": "1", **NO_NETWORK})
    with _quietly():
        try:
            layers = [_layer(copy, str(name), kind, format_) for name, kind in pyogrio.list_layers(copy)]
        except pyogrio.errors.DataSourceError as error:
            raise InputError(
                path,
                Text(f"文件已损坏（{format_.name}）", f"The file is damaged ({format_.name})"),
                Text("请重新导出，或转换为 GeoPackage", "Export it again, or convert it to GeoPackage"),
            ) from error
        read = chosen(path, layers, asked, format_.leave_out)
        rows = [read_rows(copy, layers[number].name, format_) for number in read]
    layers = [
        layer._replace(rows=len(rows[read.index(number)].table)) if number in read else layer
        for number, layer in enumerate(layers)
    ]
    single = len(layers) == 1
    raw = joined(path, format_.name, "utf-8", rows)
    return with_parts(raw, [layers[0]._replace(name=path.stem)] if single else layers, read, asked)


def _layer(copy: Path, name: str, kind: str | None, format_: Format) -> Layer:
    count = int(pyogrio.read_info(copy, layer=name, force_feature_count=True, **_options(format_))["features"])
    return Layer(name, max(count, 0), dimension_of(kind))


def _options(format_: Format) -> dict[str, Any]:
    return dict(format_.options)


def read_rows(copy: Path, name: str, format_: Format, encoding: str | None = None) -> Rows:
    """
    Read a layer; times stay as they are written, with whatever zone each has.

    Parameters
    ----------
    copy
        The file, in a folder of ours.
    name
        The layer.
    format_
        The format.
    encoding
        Of its texts, where the format does not say it.
    """
    told = {**_options(format_), **({} if encoding is None else {"encoding": encoding})}
    meta, _, blobs, fields = pyogrio.raw.read(copy, layer=name, datetime_as_string=True, **told)
    columns = [str(column) for column in meta["fields"]]
    count = len(blobs) if blobs is not None else len(fields[0]) if fields else 0
    cells = {number: _cells(values) for number, values in enumerate(fields)}
    table = pd.DataFrame(cells, index=pd.RangeIndex(count), dtype=object).set_axis(columns, axis=1)
    for number, (column, dtype) in enumerate(zip(columns, meta["dtypes"], strict=True)):
        values = np.asarray(fields[number])
        # a whole number beside an empty cell has become a floating-point one
        if values.dtype.kind == "f" and np.dtype(dtype).kind in "iu" and np.nanmax(np.abs(values), initial=0) >= _EXACT:
            exact = pyogrio.raw.read_arrow(copy, layer=name, columns=[column], read_geometry=False, **told)
            table[column] = np.array(exact[1].column(column).to_pylist(), dtype=object)
    shapes = shapes_of_wkb(blobs) if blobs is not None else Shapes(np.full(count, None, dtype=object), [])
    crs = pyproj.CRS.from_user_input(meta["crs"]) if meta["crs"] else None
    return Rows(name, table, shapes, crs)


def _cells(values: Any) -> np.ndarray:
    column = np.asarray(values)
    if column.dtype.kind == "M":
        return pd.Series(column).astype(str).to_numpy(dtype=object)
    return column.astype(object)


def _lacking(path: Path, parts: str) -> InputError:
    return InputError(
        path,
        Text(f"缺少同名的 {parts} 文件", f"Its parts {parts} are missing"),
        Text(
            "请把同名的各个文件放在一起，或打包成 ZIP", "Keep the files of one name together, or pack them into a ZIP"
        ),
    )


def _encoding(raw: bytes, said: str | None) -> str:
    """Return the encoding of a text that may be cut within a character."""
    if said is not None:
        return said
    for end in range(4):
        try:
            return decode(raw[: len(raw) - end])[1]
        except (UnicodeDecodeError, ValueError):
            continue
    return "gb18030"


def _stand_in(file: Path, at: Path) -> None:
    """Make a file appear in a folder of ours, without copying it where the system can."""
    try:
        at.symlink_to(file.resolve())
    except OSError:
        shutil.copyfile(file, at)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jiexu-") as folder:
        yield Path(folder)


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep GDAL's warnings to itself: a fault of a row is a finding."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
