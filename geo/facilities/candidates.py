"""Where a facility might go: junctions, kerbs, car parks, empty land, or places that the user gives."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.errors import InputError
from geo.core.masking import mask
from geo.core.metric_geometry import metric_lines, metric_shapes
from geo.core.text import Text
from geo.files.crs_detection import Ground
from geo.files.place_files import read_placed
from geo.network.graph import Network
from geo.network.lixels import Lixels
from geo.points.cleaning import numbers
from geo.rules.loader import Profile
from geo.study.findings import Finding

Source = Literal["junctions", "kerbs", "lots", "vacant"]
SOURCES: Final[tuple[Source, ...]] = ("junctions", "kerbs", "lots", "vacant")

Shapes = NDArray[np.object_]

_FIELDS: Final = {
    "name": ("title", "parcel", "site", "名称", "地块", "地块名称", "地块编号", "位置", "地址"),
    "capacity": ("容量", "规模", "摊位数", "车位数", "蹲位数", "服务人口"),
    "price": ("cost", "造价", "费用", "投资", "成本", "预算"),
}


class Candidates(NamedTuple):
    """
    Places for a facility.

    Attributes
    ----------
    table
        `source`, `name`, `capacity` (how much demand it takes; NaN: no limit), `price` (1 where nobody says).
    shapes
        Shape (m,): points and areas in the metric CRS.
    """

    table: pd.DataFrame
    shapes: Shapes


def _of(shapes: Shapes, source: str, names: NDArray[np.object_] | None = None) -> Candidates:
    called = np.full(len(shapes), None, dtype=object) if names is None else names
    table = pd.DataFrame({"source": source, "name": called, "capacity": np.nan, "price": 1.0})
    return Candidates(table, shapes)


def junctions(network: Network, roads: gpd.GeoDataFrame, profile: Profile) -> Candidates:
    """Return junctions and ends of streets that are open to walkers, one where several are close together."""
    public = ~network.private  # a private drive makes no junction
    degree = np.bincount(np.concatenate([network.tail[public], network.head[public]]), minlength=network.size)
    streets = int(roads["walk"].sum())  # the network's first segments; paths follow
    on_street = np.zeros(network.size, dtype=bool)
    mine = network.segment < streets
    on_street[network.tail[mine]] = on_street[network.head[mine]] = True
    xy = network.node_xy[(degree != 2) & on_street]
    return _of(shapely.points(_thinned(xy, float(profile["sites.apart"]))), "junctions")


def _thinned(xy: NDArray[np.float64], apart_m: float) -> NDArray[np.float64]:
    """Return one place for each square of the size `apart_m`."""
    if len(xy) == 0:
        return xy
    square = np.floor((xy - xy.min(axis=0)) / max(apart_m, 1.0)).astype(np.int64)
    _, first = np.unique(square, axis=0, return_index=True)
    return xy[np.sort(first)]


def kerbs(roads: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> Candidates:
    """Return places along both kerbs of graded streets, every few metres."""
    graded = (roads["walk"] & (roads["tier"] != "unclassified")).to_numpy(dtype=bool)
    lixels = Lixels(roads, float(profile["sites.kerb_step"]), graded)
    every = np.arange(len(lixels))
    lines = metric_lines(roads.geometry.to_numpy(), crs)[lixels.row]
    length = shapely.length(lines)
    share = lixels.middle_m(every) / np.maximum(roads["length_m"].to_numpy(dtype=float)[lixels.row], 1e-9)
    at = share * length
    here, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, np.clip(at + step, 0, length)))
        for step in (-0.5, 0.5)
    )
    along = ahead - here
    aside = np.column_stack([-along[:, 1], along[:, 0]]) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    half = roads["width_m"].fillna(0.0).to_numpy(dtype=float)[lixels.row] / 2
    middle = (here + ahead) / 2
    both = np.concatenate([middle + aside * half[:, None], middle - aside * half[:, None]])
    names = np.tile(roads["name"].to_numpy(dtype=object)[lixels.row], 2)
    return _of(shapely.points(both), "kerbs", names)


def lots(areas: gpd.GeoDataFrame, crs: pyproj.CRS) -> Candidates:
    """Return the car parks that are mapped as areas: on their ground something else might stand."""
    mine = areas[areas["kind"] == "parking"]
    return _of(metric_shapes(mine.geometry.to_numpy(dtype=object), crs), "lots")


def vacant(context: gpd.GeoDataFrame, crs: pyproj.CRS) -> Candidates:
    """Return the empty land that is mapped."""
    mine = context[context["kind"] == "vacant"]
    names = mine["name"].to_numpy(dtype=object)
    return _of(metric_shapes(mine.geometry.to_numpy(dtype=object), crs), "vacant", names)


def read_candidates(file: Path, ground: Ground, crs: pyproj.CRS) -> Candidates:
    """
    Read candidates: areas or points, with `name`, `capacity` (how much demand each takes) and `price` if known.

    Parameters
    ----------
    file
        As `geo.files.place_files.read_placed` takes it.
    ground
        The study's streets.
    crs
        Its metric CRS.

    Raises
    ------
    InputError
        If it cannot be read, has no usable row, or a price or a capacity that is no number.
    """
    read = read_placed(file, _FIELDS, Text("候选地", "candidates"), ground)
    there = ~shapely.is_missing(read.geometry)
    if not there.any():
        raise InputError(
            file,
            Text("没有一行有位置", "No row has a place"),
            Text("请提供面，或经纬度两列", "Give areas, or longitude and latitude"),
        )
    problems: list[Finding] = []
    values = {name: numbers(read.fields[name], name, problems) for name in ("capacity", "price")}
    if problems:
        first = problems[0]
        raise InputError(file, first.problem, Text("请改正该单元格", "Correct this cell"), first.row, first.column)
    table = pd.DataFrame(
        {
            "source": "file",
            "name": mask(read.fields["name"]).to_numpy(dtype=object)[there],
            "capacity": values["capacity"].to_numpy(dtype=float, na_value=np.nan)[there],
            "price": values["price"].to_numpy(dtype=float, na_value=1.0)[there],
        }
    )
    return Candidates(table, metric_shapes(read.geometry[there], crs))


def drawn(corners: NDArray[np.float64], crs: pyproj.CRS) -> Candidates:
    """Return land that somebody drew, given by its corners in degrees, shape (k, 2), as one candidate."""
    return _of(metric_shapes(np.array([shapely.Polygon(corners)], dtype=object), crs), "drawn")
