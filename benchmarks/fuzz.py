"""
Mutated files of every kind: each is read, or refused with a sentence, within memory and time.

`python -m benchmarks.fuzz N [SEED]` tries N of them, prints the counts by kind and the faults, and ends with 1 if
there are any. A file that went wrong is kept in the folder for temporary files, and named.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import openpyxl
import osmium
import pandas as pd
import shapely
import xlwt
from tqdm import tqdm

from benchmarks.mutations import mutated
from geo.core.crs import WGS84, metric_crs
from geo.core.errors import JiexuError
from geo.files.crs_detection import StreetsIndex, streets_index
from geo.files.raster_files import read_raster
from geo.files.reading_apart import pool
from geo.points.options import Options
from geo.points.reading import read_points
from geo.rules.loader import Profile, load_profile
from geo.streets.extract import open_extract, read_ways
from geo.streets.features import read_features
from geo.streets.roads import make_roads

LON, LAT = 116.35, 40.0
SECONDS: Final = 30.0
"""The longest that a small file may take; half as much more on the clock, where others compute too."""
_ROWS: Final = 12
_SLOW_KINDS: Final = ("xlsx", "xls")
"""Kinds with more files: most faults were of readers of workbooks."""


class Seed(NamedTuple):
    """A file that is right: its name, its content, and its reading."""

    name: str
    content: bytes
    read: Callable[[Path], Any]


class Outcome(NamedTuple):
    """The outcome of one mutated file: `read`, `refused` or a fault of ours, with its seconds."""

    kind: str
    number: int
    came: str
    seconds: float
    trace: str = ""


@cache
def _profile() -> Profile:
    return load_profile()


@cache
def _streets() -> StreetsIndex:
    lines = np.array([shapely.LineString([(LON - 0.01, LAT), (LON + 0.01, LAT)])], dtype=object)
    return streets_index(lines, metric_crs(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01))


def _as_points(file: Path) -> object:
    return read_points(file, "complaints", _profile(), options=Options(crs="WGS84"))


def _as_raster(file: Path) -> object:
    return read_raster(file, _streets())


def _as_extract(file: Path) -> object:
    profile = _profile()
    with open_extract(file) as extract:
        ways = read_ways(extract, profile["roads.kept_highways"])
        read_features(extract, profile.group("facilities.kinds"), profile.group("context.kinds"))
    return make_roads(ways, profile, file)


def _table() -> pd.DataFrame:
    rows = range(_ROWS)
    return pd.DataFrame(
        {
            "工单编号": [f"A{row:04}" for row in rows],
            "受理时间": [f"2025-03-{row + 1:02} 08:{row:02}" for row in rows],
            "诉求类型": ["占道经营", "停车", "店外经营"] * (_ROWS // 3),
            "内容": [f"市民反映第 {row} 处，占道“严重”，影响通行" for row in rows],
            "经度": [LON + row / 1000 for row in rows],
            "纬度": [LAT + row / 1000 for row in rows],
        }
    )


def _layer() -> gpd.GeoDataFrame:
    table = _table()
    points = shapely.points(table["经度"], table["纬度"])
    return gpd.GeoDataFrame(table[["工单编号", "受理时间", "内容"]], geometry=points, crs=WGS84)


def _written(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # field names of a shapefile are cut
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("投诉", 0)
    table = _table()
    for row in [table.columns.tolist(), *table.to_numpy().tolist()]:
        sheet.append(row)
    sheet.merge_cells("C2:C3")
    book.save(path)


def _xls(path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("投诉")
    table = _table()
    for number, row in enumerate([table.columns.tolist(), *table.to_numpy().tolist()]):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.save(str(path))


def _ods(path: Path) -> None:
    table = _table()
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in [table.columns.tolist(), *table.to_numpy().tolist()]
    )
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)


def _shapefile(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        names = {"工单编号": "id", "受理时间": "received", "内容": "text"}
        _layer().rename(columns=names).to_file(Path(folder) / "投诉.shp", encoding="UTF-8")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)


def _kml(path: Path) -> None:
    places = "".join(
        f"<Placemark><name>{row.工单编号}</name><description>{row.内容}</description>"
        f"<Point><coordinates>{row.经度},{row.纬度},0</coordinates></Point></Placemark>"
        for row in _table().itertuples()
    )
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    path.write_text(f"{head}{places}</Document></kml>", encoding="utf-8")


def _gpx(path: Path) -> None:
    points = "".join(
        f'<wpt lat="{row.纬度}" lon="{row.经度}"><name>{row.工单编号}</name></wpt>' for row in _table().itertuples()
    )
    head = '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    path.write_text(f"{head}{points}</gpx>", encoding="utf-8")


def _dxf(path: Path) -> None:
    _layer()[["geometry"]].to_file(path, driver="DXF", engine="pyogrio")


def _tif(path: Path) -> None:
    import rasterio  # noqa: PLC0415 (an extra)
    from rasterio.transform import from_origin  # noqa: PLC0415

    values = np.arange(400, dtype="float32").reshape(20, 20)
    options = {"driver": "GTiff", "width": 20, "height": 20, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    place = from_origin(LON - 0.01, LAT + 0.01, 0.001, 0.001)
    with rasterio.open(path, "w", transform=place, compress="deflate", **options) as target:
        target.write(values, 1)


def _osm(path: Path) -> None:
    _write_osm(osmium.io.File(str(path)))


def _pbf(path: Path) -> None:
    _write_osm(osmium.io.File(str(path)))


def _plain_pbf(path: Path) -> None:
    """Write without compression, so that mutations reach the objects."""
    _write_osm(osmium.io.File(str(path), "pbf,pbf_compression=none"))


def _write_osm(file: osmium.io.File) -> None:
    edit = osmium.osm.mutable
    with osmium.SimpleWriter(file) as writer:
        for number in range(1, 26):
            row, column = divmod(number - 1, 5)
            tags = {"highway": "crossing"} if number == 13 else {}
            writer.add_node(
                edit.Node(id=number, location=(LON + column / 1000, LAT + row / 1000), tags=tags, version=1)
            )
        for number in range(5):
            tags = {"highway": ("primary", "residential")[number % 2], "name": f"{number}号路", "width": "9"}
            writer.add_way(edit.Way(id=number + 1, nodes=[5 * number + n for n in range(1, 6)], tags=tags, version=1))
            tags = {"highway": "residential", "lanes": "2"}
            writer.add_way(edit.Way(id=number + 6, nodes=[number + 5 * n for n in range(1, 6)], tags=tags, version=1))
        house = {"building": "yes", "addr:housenumber": "1", "addr:street": "0号路"}
        for number in (11, 12):  # in order: nodes, then ways, then relations
            writer.add_way(edit.Way(id=number, nodes=[1, 2, 7, 6, 1], tags=house if number == 11 else {}, version=1))
        park = {"type": "multipolygon", "leisure": "park"}
        writer.add_relation(edit.Relation(id=1, members=[("w", 12, "outer")], tags=park, version=1))


@cache
def seeds() -> dict[str, Seed]:
    """Return a right file of each kind, by the kind."""
    csv = _table().to_csv(index=False)
    layer = _layer()
    made = {
        "csv": ("a.csv", csv.encode(), _as_points),
        "csv-gbk": ("a.csv", csv.encode("gb18030"), _as_points),
        "csv-utf-16": ("a.csv", csv.encode("utf-16"), _as_points),
        "xlsx": ("a.xlsx", _written(_xlsx, "a.xlsx"), _as_points),
        "xls": ("a.xls", _written(_xls, "a.xls"), _as_points),
        "ods": ("a.ods", _written(_ods, "a.ods"), _as_points),
        "geojson": ("a.geojson", layer.to_json().encode(), _as_points),
        "json": ("a.json", json.dumps(json.loads(_table().to_json(orient="records"))).encode(), _as_points),
        "shapefile": ("a.zip", _written(_shapefile, "a.zip"), _as_points),
        "gpkg": ("a.gpkg", _written(lambda path: layer.to_file(path, layer="a"), "a.gpkg"), _as_points),
        "parquet": ("a.parquet", _written(layer.to_parquet, "a.parquet"), _as_points),
        "kml": ("a.kml", _written(_kml, "a.kml"), _as_points),
        "gpx": ("a.gpx", _written(_gpx, "a.gpx"), _as_points),
        "dxf": ("a.dxf", _written(_dxf, "a.dxf"), _as_points),
        "osm": ("a.osm", _written(_osm, "a.osm"), _as_extract),
        "pbf": ("a.osm.pbf", _written(_pbf, "a.osm.pbf"), _as_extract),
        "pbf-plain": ("a.osm.pbf", _written(_plain_pbf, "a.osm.pbf"), _as_extract),
    }
    if find_spec("rasterio") is not None:
        made["tif"] = ("a.tif", _written(_tif, "a.tif"), _as_raster)
    return {kind: Seed(*parts) for kind, parts in made.items()}


def kinds(count: int) -> Iterator[str]:
    """Return the kinds of so many files, each as often as others; workbooks twice."""
    every = [kind for kind in seeds() for _ in range(2 if kind in _SLOW_KINDS else 1)]
    return (every[number % len(every)] for number in range(count))


def tried(kind: str, number: int, folder: Path, start: int = 0) -> Outcome:
    """Return the outcome of one mutated file, written into a folder."""
    seed = seeds()[kind]
    others = [other.content for other in seeds().values()]
    file = folder / seed.name
    file.write_bytes(mutated(seed.content, f"{start}/{kind}/{number}", others))
    began, trace = time.perf_counter(), ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seed.read(file)
        came = "read"
    except JiexuError as error:
        came = "refused"
        if not (error.sentence("zh").strip() and error.sentence("en").strip()):
            came, trace = "no sentence", repr(error)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic is no Exception
        came, trace = type(error).__name__, traceback.format_exc()
    return Outcome(kind, number, came, time.perf_counter() - began, trace)


def run(count: int, start: int = 0, keep: Path | None = None) -> list[Outcome]:
    """Try so many files; keep the faulty ones in a folder."""
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for number, kind in tqdm(enumerate(kinds(count)), total=count, file=sys.stderr, disable=count < 1000):
            outcome = tried(kind, number, Path(folder), start)
            outcomes.append(outcome)
            if keep is not None and faulty([outcome]):
                file = Path(folder) / seeds()[kind].name
                file.replace(keep / f"{kind}-{number}{''.join(file.suffixes)}")
    return outcomes


def faulty(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the files that were neither read nor refused with a sentence, or took too long."""
    return [one for one in outcomes if one.came not in ("read", "refused") or one.seconds > 1.5 * SECONDS]


def peak_gb() -> float:
    """Return the most memory of a process that read a file; the pool ends with it."""
    import resource  # noqa: PLC0415 (not on Windows)

    pool().close()
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6


def main(count: int, start: int = 0) -> int:
    """Print the counts of so many files; return 1 if any went wrong."""
    keep = Path(tempfile.mkdtemp(prefix="jiexu-fuzz-"))
    began = time.perf_counter()
    outcomes = run(count, start, keep)
    table = pd.DataFrame([(one.kind, one.came) for one in outcomes], columns=["kind", "came"])
    print(pd.crosstab(table["kind"], table["came"], margins=True).to_string())
    slowest = max(outcomes, key=lambda one: one.seconds)
    print(f"{time.perf_counter() - began:,.0f} s; slowest {slowest.seconds:.1f} s ({slowest.kind}-{slowest.number})")
    wrong = faulty(outcomes)
    for came, times in Counter((one.kind, one.came) for one in wrong).most_common():
        print("wrong:", *came, times)
    for one in wrong[:20]:
        print(f"{keep}/{one.kind}-{one.number} {one.seconds:.1f} s\n{one.trace}")
    if not wrong:
        keep.rmdir()
    if sys.platform != "win32":
        print(f"most memory of a reader: {peak_gb():.2f} GB")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3] or ["1000"])))
