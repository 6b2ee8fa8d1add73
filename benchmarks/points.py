"""A million complaints read, cleaned and located, against OSMnx's nearest edges."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure

_MAKE = """
import numpy as np, pandas as pd, shapely
from pathlib import Path
from geo.build import Inputs, build_study
from geo.study.file import read_layer
study, file, extract = map(Path, ({study!r}, {file!r}, {extract!r}))
build_study(study, Inputs(extract))
roads = read_layer(study, "roads")
rng = np.random.default_rng(721)
rows = rng.choice(len(roads), {count}, p=(roads["length_m"] / roads["length_m"].sum()).to_numpy())
on = shapely.line_interpolate_point(roads.geometry.to_numpy()[rows], rng.random({count}), normalized=True)
lonlat = shapely.get_coordinates(on) + rng.normal(0, 1e-4, ({count}, 2))
at = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.uniform(0, 5e7, {count})), unit="s")
words = np.where(rng.random({count}) < 0.1, "占道经营，电话13812345678请回电", "占道经营影响通行")
pd.DataFrame({{
    "工单编号": [f"T{{i}}" for i in range({count})],
    "诉求类型": rng.choice(["店外经营", "流动摊贩", "机动车违停", "其他"], {count}),
    "受理时间": at.strftime("%Y-%m-%d %H:%M:%S"),
    "办结时间": (at + pd.Timedelta(hours=30)).strftime("%Y-%m-%d %H:%M:%S"),
    "诉求内容": words,
    "经度": lonlat[:, 0].round(6),
    "纬度": lonlat[:, 1].round(6),
}}).to_csv(file, index=False)
"""
_PREPARE = """
import warnings
warnings.filterwarnings("ignore")
import time
from pathlib import Path
import geopandas as gpd
import shapely
from geo.points.imports import place_in
from geo.streets.locating import locate
from geo.points.reading import read_points
from geo.study.file import read_layer
from geo.study.reader import Study
study = Path({study!r})
roads = gpd.GeoDataFrame(read_layer(study, "roads"))
place, profile = place_in(Study(study)), Study(study).profile
"""
_READ = """
reading = read_points(Path({file!r}), "complaints", profile, place)
began = time.perf_counter()
points = locate(reading.points, roads, place.crs, profile)
took = time.perf_counter() - began
print(f"note: {{len(points):,}} rows, {{points['duplicate_of'].notna().sum():,}} repeated, system {{reading.system}}; "
      f"of it locating {{took:.2f}} s: {{len(points) / took:,.0f}} points a second")
"""
_OSMNX = """
import networkx, numpy, osmnx
graph = networkx.MultiDiGraph(crs=place.crs)
metric = roads.to_crs(place.crs)
numbers = {{}}
for key, line in enumerate(metric.geometry):
    ends = [numbers.setdefault(end, len(numbers)) for end in (line.coords[0], line.coords[-1])]
    graph.add_edge(*ends, key=key, geometry=line, length=line.length, osmid=key)
networkx.set_node_attributes(graph, {{number: {{"x": x, "y": y}} for (x, y), number in numbers.items()}})
reading = read_points(Path({file!r}), "complaints", profile, place)
xy = shapely.get_coordinates(reading.points.geometry.to_crs(place.crs).to_numpy())[:{some}]
began = time.perf_counter()
osmnx.distance.nearest_edges(graph, xy[:, 0], xy[:, 1])
took = time.perf_counter() - began
print(f"note: OSMnx nearest_edges: {{len(xy):,}} points in {{took:.2f}} s: {{len(xy) / took:,.0f}} points a second")
"""
COUNT = 1_000_000
FOR_OSMNX = 20_000


def main(extract: Path, count: int = COUNT) -> None:
    """Print the comparison."""
    with tempfile.TemporaryDirectory() as folder:
        study, file = str(Path(folder) / "study.gpkg"), str(Path(folder) / "complaints.csv")
        measure("", _MAKE.format(study=study, file=file, extract=str(extract), count=count), runs=1)
        print(f"# {count:,} complaints in CSV on {extract.name}: read, cleaned and located")
        prepare = _PREPARE.format(study=study)
        print(f"Jiexu  {measure(prepare, _READ.format(file=file), runs=1)}")
        measure(prepare, _OSMNX.format(file=file, some=FOR_OSMNX), runs=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
