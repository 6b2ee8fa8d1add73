"""Read XML: KML, GML, GPX, and flat records as Open311 sends them; links are not followed, entities are refused."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd
import shapely
from defusedxml import ElementTree

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.gdal_files import read_with_gdal
from geo.files.layer_choice import Asked
from geo.files.raw_file import RawFile
from geo.files.row_geometry import Shapes, read_shapes
from geo.files.shaped_rows import with_shapes
from geo.files.text_encoding import decode

_DECLARED: Final = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9_.-]+)["']""")
_OF_CHINA: Final = {
    "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "cp936": "gb18030", "big5": "big5", "cp950": "big5",
}  # fmt: skip
_GML: Final = b"http://www.opengis.net/gml"
_PAIR: Final = re.compile(r"[-+0-9.eE]+\s*,\s*[-+0-9.eE]+(?:\s*,\s*[-+0-9.eE]*)?")
_ROUND: Final = ("Polygon", "LinearRing")
_SINGLE: Final = ("Point", "LineString", *_ROUND, "Track")
_RING: Final = 3


def read_xml(path: Path, asked: Asked) -> RawFile:
    """
    Read an XML file, as its root says.

    Raises
    ------
    InputError
        If it is none of these.
    """
    content, encoding = _utf8(path.read_bytes(), asked.encoding)
    kind = _checked_root(content)
    if kind == "kml":
        raw = _read_kml(path, content)
    elif kind == "gpx":
        raw = read_with_gdal(path, asked, "gpx", content)
    elif kind == "osm":
        raise InputError(
            path,
            Text("这是 OpenStreetMap 数据", "It is an OpenStreetMap extract"),
            Text("请用 jiexu build 建立研究文件", "Make a study of it with: jiexu build"),
        )
    elif _GML in content[:20_000] and kind != "OGRVRTDataSource":
        raw = read_with_gdal(path, asked, "gml", content)
    else:
        raw = _read_records(path, content)
    return replace(raw, encoding=encoding)


def _utf8(content: bytes, said: str | None) -> tuple[bytes, str]:
    """Return XML in an encoding that parsers know, and the encoding that it was in."""
    match = _DECLARED.search(content[:400])
    stated = _OF_CHINA.get(match[1].decode("ascii").lower()) if match else None
    encoding = said or stated
    if encoding is None or encoding == "utf-8" or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content, "utf-8"
    text = decode(content, encoding)[0]
    return re.sub(r"""(<\?xml[^>]*encoding\s*=\s*)["'][^"']*["']""", r'\1"UTF-8"', text, count=1).encode(), encoding


def _checked_root(content: bytes) -> str:
    """Return the name of the root; a document that ends too early, or has entities, is refused by the parser."""
    root = ""
    for event, element in ElementTree.iterparse(io.BytesIO(content), events=("start", "end")):
        root = root or _tag(element)
        if event == "end":
            element.clear()
    return root


def _parsed(content: bytes) -> Element:
    root: Element | None = ElementTree.fromstring(content)
    if root is None:
        raise ValueError("no root")
    return root


def _read_kml(path: Path, content: bytes) -> RawFile:
    """Read the placemarks of a KML file; a placemark's folder is a column where there are several folders."""
    root = _parsed(content)
    places = [element for element in root.iter() if _tag(element) == "Placemark"]
    table = pd.DataFrame([_kml_row(place) for place in places], dtype=object)
    folders = _folders(root)
    if len({folders.get(id(place)) for place in places}) > 1 and "folder" not in table:
        table["folder"] = [folders.get(id(place)) for place in places]
    return with_shapes(path, "kml", "utf-8", table, read_shapes(places, _kml_shape), WGS84)


def _folders(root: Element) -> dict[int, str]:
    """Return the name of the innermost folder of each placemark that stands in one."""
    found: dict[int, str] = {}
    waiting: list[tuple[Element, str | None]] = [(root, None)]
    while waiting:
        element, name = waiting.pop()
        if _tag(element) == "Folder":
            own = next((child.text for child in element if _tag(child) == "name" and child.text), None)
            name = own.strip() if own else name
        if _tag(element) == "Placemark":
            if name is not None:
                found[id(element)] = name
            continue
        waiting += [(child, name) for child in element]
    return found


def _kml_row(place: Element) -> dict[str, str | None]:
    row: dict[str, str | None] = {}
    for element in place.iter():
        tag = _tag(element)
        if tag in ("name", "description", "address", "phoneNumber", "when") and element.text:
            row.setdefault(tag, element.text)
        elif tag == "Data":
            row[element.get("name", "")] = "".join(element.itertext()).strip()
        elif tag == "SimpleData":
            row[element.get("name", "")] = element.text
    return row


def _kml_shape(place: Element) -> shapely.Geometry | None:
    """Return the geometry of a placemark; of several, all."""
    shapes = [shape for element in _outermost(place) if (shape := _kml_single(element)) is not None]
    if len(shapes) < 2:
        return shapes[0] if shapes else None
    return shapely.GeometryCollection(shapes)


def _outermost(element: Element) -> list[Element]:
    """Return the geometries within an element, without parts of others."""
    found: list[Element] = []
    for child in element:
        found += [child] if _tag(child) in _SINGLE else _outermost(child)
    return found


def _kml_single(element: Element) -> shapely.Geometry | None:
    kind = _tag(element)
    if kind in _ROUND:
        rings = [_kml_pairs(part) for part in element.iter() if _tag(part) == "coordinates" and part.text]
        return shapely.Polygon(_ring(rings[0]), [_ring(ring) for ring in rings[1:]]) if rings else None
    if kind == "Track":
        pairs = [tuple(map(float, (part.text or "").split()[:2])) for part in element if _tag(part) == "coord"]
    else:
        pairs = [pair for part in element.iter() if _tag(part) == "coordinates" for pair in _kml_pairs(part)]
    if not pairs:
        return None
    return shapely.Point(pairs[0]) if len(pairs) == 1 else shapely.LineString(pairs)


def _ring(pairs: Sequence[tuple[float, ...]]) -> Sequence[tuple[float, ...]]:
    if len(pairs) < _RING:
        raise ValueError("number of points")
    return pairs


def _kml_pairs(element: Element) -> list[tuple[float, ...]]:
    text = (element.text or "").strip()
    found = _PAIR.findall(text)
    if text and not found:
        raise ValueError("no coordinates")
    return [tuple(float(part) for part in pair.split(",")[:2]) for pair in found]


def _read_records(path: Path, content: bytes) -> RawFile:
    """Read flat records: the elements of one name that stand side by side the most often, each with texts in it."""
    root = _parsed(content)
    best: tuple[int, list[Element]] = (0, [])
    waiting = [root]
    while waiting:
        element = waiting.pop()
        names = Counter(_tag(child) for child in element if _is_record(child))
        for name, count in names.items():
            if count > best[0]:
                best = (count, [child for child in element if _tag(child) == name])
        waiting += [child for child in element if len(child)]
    if not best[0]:
        raise InputError(
            path,
            Text("不是可读的 XML", "It is no XML that can be read"),
            Text("请导出为 GML、KML、GeoJSON 或 CSV", "Export it as GML, KML, GeoJSON or CSV"),
        )
    table = pd.DataFrame([_record_cells(record) for record in best[1]], dtype=object)
    raw = with_shapes(path, "xml", "utf-8", table, Shapes(np.full(len(table), None, dtype=object), []), None)
    return replace(raw, points=None, shapes=None)


def _is_record(element: Element) -> bool:
    """Tell whether an element is a record: most of its children are texts with a name."""
    leaves = sum(len(child) == 0 for child in element)
    return leaves > 1 and 2 * leaves > len(element)


def _record_cells(record: Element) -> dict[str, str | None]:
    """Return texts by name; of a name that is repeated, all with semicolons between; attributes count too."""
    cells: dict[str, str | None] = {_local(name): value for name, value in record.attrib.items()}
    for child in record.iter():
        if child is record or len(child):
            continue
        text, name = (child.text or "").strip() or None, _tag(child)
        before = cells.get(name)
        cells[name] = text if before is None else f"{before}; {text}" if text else before
    return cells


def _tag(element: Element) -> str:
    return _local(str(element.tag))


def _local(name: str) -> str:
    return name.rpartition("}")[2]
