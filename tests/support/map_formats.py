"""The same rows in every map format that offices keep."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pyogrio
import shapely

LON, LAT = 24.9435, 60.1690
"""A place on the sample's streets."""
NAMES: Final = ["占道经营", "店外经营"]
POINTS: Final = [shapely.Point(LON, LAT), shapely.Point(LON + 0.0003, LAT)]
AREAS: Final = [shapely.box(LON, LAT, LON + 0.001, LAT + 0.001), shapely.box(LON, LAT, LON + 0.002, LAT + 0.002)]
LINES: Final = [
    shapely.LineString([(LON, LAT), (LON + 0.001, LAT)]),
    shapely.LineString([(LON, LAT), (LON, LAT + 0.01)]),
]


def rows(shapes: list[Any], crs: Any = 4326) -> gpd.GeoDataFrame:
    """Return two rows with an identifier, a text and a shape."""
    return gpd.GeoDataFrame({"id": ["1", "2"], "text": NAMES}, geometry=shapes, crs=crs)


def written(folder: Path, suffix: str, frame: gpd.GeoDataFrame) -> Path:
    """Write rows as a file with a suffix; the formats of several parts into a folder of their own."""
    file = folder / f"rows{suffix}"
    if suffix in (".tab", ".mif"):
        pyogrio.write_dataframe(frame, file, driver="MapInfo File", layer_options={"ENCODING": "CP936"})
    elif suffix == ".gdb":
        pyogrio.write_dataframe(frame, file, driver="OpenFileGDB", layer="rows")
    elif suffix == ".fgb":
        pyogrio.write_dataframe(frame, file, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    elif suffix == ".gml":
        pyogrio.write_dataframe(frame, file, driver="GML")
        file.with_suffix(".xsd").unlink()
    elif suffix in (".geojsonl", ".ndjson", ".geojsons"):
        features = [json.dumps(feature, ensure_ascii=False) for feature in json.loads(frame.to_json())["features"]]
        mark = "\x1e" if suffix == ".geojsons" else ""
        file.write_text("".join(f"{mark}{feature}\n" for feature in features), encoding="utf-8")
    elif suffix == ".kml":
        pyogrio.write_dataframe(frame, file, driver="LIBKML")
    elif suffix == ".kmz":
        written(folder, ".kml", frame)
        with zipfile.ZipFile(file, "w") as archive:
            archive.write(folder / "rows.kml", "doc.kml")
    elif suffix == ".gpkg":
        pyogrio.write_dataframe(frame, file, driver="GPKG", layer="rows")
    else:
        pyogrio.write_dataframe(frame, file)
    return file


def packed(file: Path, within: str = "") -> Path:
    """Return an archive of a file with its parts, or of a folder."""
    target = file.with_name("packed.zip")
    members = sorted(file.iterdir()) if file.is_dir() else sorted(file.parent.glob(f"{file.stem}.*"))
    top = f"{file.name}/" if file.is_dir() else ""
    with zipfile.ZipFile(target, "w") as archive:
        for member in members:
            if member != target:
                archive.write(member, f"{within}{top}{member.name}")
    return target


DRAWING: Final = """0
SECTION
2
ENTITIES
0
LWPOLYLINE
8
疏导点
90
4
70
1
10
{x0}
20
{y0}
10
{x1}
20
{y0}
10
{x1}
20
{y1}
10
{x0}
20
{y1}
0
CIRCLE
8
广场
10
{x0}
20
{y0}
40
30
0
LINE
8
道路
10
{x0}
20
{y0}
11
{x1}
21
{y1}
0
POINT
8
摊位
10
{x0}
20
{y0}
0
POINT
8
摊位
10
{x1}
20
{y0}
0
POINT
8
井盖
10
{x1}
20
{y1}
0
ENDSEC
0
EOF
"""


SYMBOLS: Final = """0
SECTION
2
BLOCKS
0
BLOCK
8
0
2
STALL
70
2
10
0
20
0
0
LINE
8
0
10
0
20
0
11
1
21
1
0
ATTDEF
8
0
10
0
20
0
40
1
1

3
no
2
编号
70
0
0
ENDBLK
8
0
0
ENDSEC
0
SECTION
2
ENTITIES
{inserts}0
ENDSEC
0
EOF
"""
_INSERT: Final = """0
INSERT
8
摊位
66
1
2
STALL
10
{x}
20
{y}
0
ATTRIB
8
摊位
10
{x}
20
{y}
40
1
1
{number}
2
编号
0
SEQEND
8
摊位
"""


def symbols(folder: Path, points: list[tuple[float, float]]) -> Path:
    """Write a DXF drawing with a symbol at each point, numbered by an attribute."""
    file = folder / "symbols.dxf"
    inserts = "".join(_INSERT.format(x=x, y=y, number=f"T{n}") for n, (x, y) in enumerate(points, 1))
    file.write_text(SYMBOLS.format(inserts=inserts), encoding="gb18030")
    return file


def drawing(folder: Path, x: float, y: float, encoding: str = "gb18030", head: str = "") -> Path:
    """Write a DXF drawing of 100 m with its corner at a place: two areas, a line and points on two layers."""
    file = folder / "drawing.dxf"
    text = head + DRAWING.format(x0=x, y0=y, x1=x + 100, y1=y + 100)
    file.write_text(text, encoding=encoding)
    return file


Maker = Callable[[Path], Path]
