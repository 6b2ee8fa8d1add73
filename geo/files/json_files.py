"""Read JSON: GeoJSON, also a feature a line, records of open data and of Open311, TopoJSON and Esri's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyproj

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.gdal_files import read_with_gdal
from geo.files.layer_choice import Asked
from geo.files.raw_file import RawFile
from geo.files.row_geometry import FIRST_ROW, Shapes, shapes_of_geojson
from geo.files.shaped_rows import with_shapes
from geo.files.text_encoding import decode
from geo.study.findings import Finding

_RECORD_SEPARATOR: Final = "\x1e"
"""Stands before each text of a sequence (RFC 7464, RFC 8142)."""
_DEEPEST: Final = 3
"""How deep in a document its list of records may stand."""
_GEOMETRIES: Final = (
    *("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"),
)
_NO_RECORD: Final = Text("不是一条记录", "It is no record")
_NOT_READ: Final = Text("该行未读取；请改正后重新导出", "The record was not read; correct it and export it again")


def read_json(path: Path, asked: Asked) -> RawFile:
    """
    Read a JSON document, or a sequence of them.

    Raises
    ------
    InputError
        If it has neither features nor records.
    """
    content = path.read_bytes()
    text, found = decode(content, asked.encoding)
    document, broken = _documents(text)
    kind = _of_other_kind(document)
    if kind is not None:
        content = _without_links(document, text).encode("utf-8")
        return replace(read_with_gdal(path, asked, kind, content), encoding=found)
    records = _records(document)
    if records is None:
        raise InputError(
            path,
            Text("不是 GeoJSON 要素集，也没有记录", "It is no GeoJSON feature collection, and has no records"),
            Text("请导出为 FeatureCollection，或记录的数组", "Export it as a FeatureCollection or a list of records"),
        )
    rows = np.array([isinstance(record, dict) and number not in broken for number, record in enumerate(records)], bool)
    usable = [record if good else {} for record, good in zip(records, rows, strict=True)]
    features = any(_is_feature(record) for record in usable)
    given = [_geometry(record) for record in usable]
    shapes = shapes_of_geojson(given)
    table = pd.DataFrame([_feature_cells(record) if features else _flat(record) for record in usable], dtype=object)
    if not features:
        table = table.set_axis(_short(table.columns.tolist()), axis=1)
    shaped = features or any(geometry is not None for geometry in given)
    raw = _as_file(path, "geojson" if features else "json", found, table, shapes if shaped else None, document)
    lost = np.flatnonzero(~rows)
    findings = [Finding(int(row) + FIRST_ROW, "", broken.get(int(row), _NO_RECORD), _NOT_READ) for row in lost]
    kept = raw.table.drop(index=lost + FIRST_ROW)
    return replace(raw, table=kept, findings=[*findings, *raw.findings], unread=len(lost))


def _as_file(
    path: Path, kind: str, encoding: str, table: pd.DataFrame, shapes: Shapes | None, document: Any
) -> RawFile:
    """Return rows as a file; as a table where none of them has a geometry of its own."""
    crs = _stated_crs(document) if shapes is not None and isinstance(document, dict) else None
    none = Shapes(np.full(len(table), None, dtype=object), [])
    raw = with_shapes(path, kind, encoding, table, none if shapes is None else shapes, crs)
    return raw if shapes is not None else replace(raw, points=None, shapes=None)


def _documents(text: str) -> tuple[Any, dict[int, Text]]:
    """
    Return a document, or the documents of a sequence as a list, and the faults of lines by position.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if _RECORD_SEPARATOR not in text[:100]:
        try:
            return json.loads(text), {}
        except json.JSONDecodeError as error:
            single = error
        pieces = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    else:
        single = None
        pieces = [(number, part) for number, part in enumerate(text.split(_RECORD_SEPARATOR)) if part.strip()]
    documents: list[Any] = []
    broken: dict[int, Text] = {}
    for number, piece in pieces:
        try:
            documents.append(json.loads(piece))
        except (json.JSONDecodeError, RecursionError):
            broken[len(documents)] = Text(f"第 {number} 行不是 JSON", f"Line {number} is no JSON")
            documents.append(None)
    good = sum(isinstance(document, dict) for document in documents)
    if 2 * good <= len(documents):  # a damaged document rather than a sequence
        raise single or ValueError("no sequence of JSON texts")
    return documents, broken


def _of_other_kind(document: Any) -> str | None:
    """Return the format of a document that GDAL reads, None for any other."""
    if not isinstance(document, dict):
        return None
    if document.get("type") == "Topology":
        return "topojson"
    features = document.get("features")
    esri = isinstance(features, list) and features and isinstance(features[0], dict) and "attributes" in features[0]
    return "esrijson" if esri or ("geometryType" in document and "spatialReference" in document) else None


def _without_links(document: dict[str, Any], text: str) -> str:
    """Return a document without an address in the place of its coordinate system: GDAL would ask for it."""
    crs = document.get("crs")
    if crs is None or (isinstance(crs, dict) and str(crs.get("type")).casefold() in ("name", "epsg")):
        return text
    return json.dumps({key: value for key, value in document.items() if key != "crs"}, ensure_ascii=False)


def _records(document: Any, depth: int = 0) -> list[Any] | None:
    """Return the features or records of a document: itself, or its longest list of objects."""
    if isinstance(document, list):
        return document if any(isinstance(item, dict) for item in document) or (not document and not depth) else None
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("features"), list):
        return list(document["features"])
    if _is_feature(document) or _is_geometry(document):
        return [document]
    if depth == _DEEPEST:
        return None
    lists = [found for value in document.values() if (found := _records(value, depth + 1))]
    return max(lists, key=len, default=None)


def _is_feature(record: Any) -> bool:
    return isinstance(record, dict) and record.get("type") == "Feature"


def _is_geometry(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("type") in _GEOMETRIES
        and ("coordinates" in value or "geometries" in value)
    )


def _geometry(record: Mapping[str, Any]) -> Any:
    """Return the geometry of a feature, or of a record that has one among its members; None where it has none."""
    if _is_geometry(record):
        return record
    if _is_feature(record) or "geometry" in record:
        return record.get("geometry") or None
    return next((value for value in record.values() if _is_geometry(value)), None)


def _feature_cells(feature: Mapping[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties")
    cells = {str(key): _cell(value) for key, value in properties.items()} if isinstance(properties, dict) else {}
    if "id" in feature and "id" not in cells:
        cells["id"] = _cell(feature["id"])
    return cells


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of a record; members of an object within it are called `object.member`."""
    return dict(_members(record, "", 0))


def _members(record: Mapping[str, Any], before: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        if _is_geometry(value) or (key in ("type", "coordinates", "geometries") and _is_geometry(record)):
            continue
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _members(value, f"{before}{key}.", depth + 1)
        else:
            yield f"{before}{key}", _cell(value)


def _short(names: Sequence[str]) -> list[str]:
    """Return names without the objects that they stand in, where that leaves no two alike."""
    last = [name.rpartition(".")[2] or name for name in names]
    return [short if last.count(short) == 1 else name for name, short in zip(names, last, strict=True)]


def _stated_crs(document: Mapping[str, Any]) -> pyproj.CRS | None:
    """Return the system of an old GeoJSON's `crs` member; None where there is none: nobody can rely on the default."""
    stated = document.get("crs")
    properties = stated.get("properties") if isinstance(stated, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        return None
    try:
        return pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError:
        return None
