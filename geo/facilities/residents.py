"""Where people live: homes by their floor, a population that is given, else the streets; each with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.core.arrays import Floats
from geo.core.crs import WGS84, to_degrees
from geo.core.errors import InputError
from geo.core.masking import mask
from geo.core.metric_geometry import metric_shapes
from geo.core.name_matching import normal_name
from geo.core.text import Text
from geo.files.crs_detection import StreetsIndex
from geo.files.place_files import read_placed
from geo.files.raster_files import RASTERS, read_raster
from geo.network.lixels import Lixels
from geo.points.cleaning import numbers
from geo.rules.loader import Profile
from geo.study.findings import Finding, findings_table
from geo.study.layers import codes
from geo.study.schema import SYNTHETIC, conform_geo

Shapes = NDArray[np.object_]

SOURCES: Final = codes.DEMAND_SOURCES
"""Where a place's demand comes from."""


RESIDENTS_TOTAL: Final = "residents_total"
"""The key of `about` under which a study keeps the known number of its residents."""


class Demand(NamedTuple):
    """
    Who needs a facility.

    Attributes
    ----------
    table
        `demand_id`, `demand` (people, stalls or complaints), `source` (one of `SOURCES`).
    shapes
        Shape (n,): homes, cells or points in the metric CRS.
    calibrated
        By what the estimate was multiplied so that its sum is the known one; 1 where none is.
    synthetic
        How many of the places are made up.
    """

    table: pd.DataFrame
    shapes: Shapes
    calibrated: float
    synthetic: int = 0

    @property
    def weight(self) -> Floats:
        """Shape (n,): how much demand there is at each place."""
        return self.table["demand"].to_numpy(dtype=float)


def residents(
    roads: gpd.GeoDataFrame,
    context: gpd.GeoDataFrame,
    population: gpd.GeoDataFrame,
    crs: pyproj.CRS,
    profile: Profile,
    total: float | None = None,
) -> Demand:
    """
    Estimate the residents of homes.

    A home's floor (footprint by `levels`, else `need.default_levels`) by `coverage.floor_per_person` are its residents.
    Where a population is given for an area, it is divided among the homes whose middle lies in it by their floor, or,
    where none does, along its streets; the points of a grid stand for its cells, a few points for themselves. Where
    neither homes nor a population are known at all, people are along the graded streets (`coverage.residents_per_km`).

    Parameters
    ----------
    roads, context
        The study's layers.
    population
        Its layer: areas and points with `residents`.
    crs
        Its metric CRS.
    profile
        `coverage.*`, `need.*`.
    total
        The known number of residents: the estimate is multiplied so that it is met.
    """
    homes = _homes(context, crs, profile)
    cells = _Cells(roads, crs, float(profile["need.cell"]))
    parts = [_given(population, homes, cells, crs)] if len(population) else []
    left = homes.table[~homes.taken]
    if len(left):
        parts.append((left[["demand_id", "demand", "source"]], homes.shapes[~homes.taken]))
    if not parts:
        people = cells.length_m / 1000 * float(profile["coverage.residents_per_km"])
        parts.append(cells.part(np.arange(len(cells.length_m)), people, "streets"))
    table = pd.concat([part[0] for part in parts], ignore_index=True)
    shapes = np.concatenate([part[1] for part in parts])
    some = (table["demand"] > 0).to_numpy()
    table, shapes = table[some].reset_index(drop=True), shapes[some]
    known = float(table["demand"].sum())
    factor = total / known if total is not None and known > 0 else 1.0
    return Demand(table.assign(demand=table["demand"] * factor), shapes, factor)


class _Homes(NamedTuple):
    """
    Homes (`demand_id`, `demand`, `source`, `floor`), and a flag for homes with a given population (from `_given`).
    """

    table: pd.DataFrame
    shapes: Shapes
    taken: NDArray[np.bool_]


def _homes(context: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> _Homes:
    use = context["use"]
    mine = (context["kind"] == "building") & use.isin(profile["need.dwellings"])
    mine &= ~use.isin(profile["need.no_demand"])
    rows = context[mine]
    shapes = metric_shapes(rows.geometry.to_numpy(dtype=object), crs) if len(rows) else np.zeros(0, dtype=object)
    floor = shapely.area(shapes) * rows["levels"].fillna(float(profile["need.default_levels"])).clip(lower=1.0)
    lonlat = shapely.get_coordinates(shapely.centroid(rows.geometry.to_numpy(dtype=object)))
    table = pd.DataFrame(
        {
            # a home is known by its place, so that its name outlives a new build
            "demand_id": [f"H{lon:.6f},{lat:.6f}" for lon, lat in lonlat],
            "demand": floor.to_numpy(dtype=float) / float(profile["coverage.floor_per_person"]),
            "source": np.where(rows["levels"].notna(), "levels", "floor"),
            "floor": floor.to_numpy(dtype=float),
        }
    )
    return _Homes(table, shapes, np.zeros(len(rows), dtype=bool))


class _Cells:
    """The graded streets that are open to walkers, in short pieces."""

    def __init__(self, roads: gpd.GeoDataFrame, crs: pyproj.CRS, at_most_m: float) -> None:
        graded = (roads["walk"] & (roads["tier"] != "unclassified")).to_numpy(dtype=bool)
        lixels = Lixels(roads, at_most_m, graded)
        self.places = lixels.middles(roads, crs)
        self.length_m = lixels.length_m
        segment = roads["segment_id"].to_numpy(dtype=object)[lixels.row]
        self._names = [f"S{name}+{number}" for name, number in zip(segment, lixels.number, strict=True)]

    def part(self, cells: NDArray[np.int64], people: Floats, source: str) -> tuple[pd.DataFrame, Shapes]:
        """Return cells as demand."""
        names = [self._names[cell] for cell in cells]
        return pd.DataFrame({"demand_id": names, "demand": people, "source": source}), self.places[cells]


def _given(population: gpd.GeoDataFrame, homes: _Homes, cells: _Cells, crs: pyproj.CRS) -> tuple[pd.DataFrame, Shapes]:
    """Divide a given population among homes, else streets; homes in its areas are `taken`."""
    shapes = _grounds(metric_shapes(population.geometry.to_numpy(dtype=object), crs))
    people = population["residents"].to_numpy(dtype=float)
    ids = population["population_id"].to_numpy(dtype=object)
    area = shapely.get_dimensions(shapes) == 2
    grounds, points = np.flatnonzero(area), np.flatnonzero(~area)
    tree = shapely.STRtree(shapes[grounds])

    def inside(places: Shapes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return pairs of place and area; where areas overlap, the first counts."""
        place, ground = tree.query(places, predicate="intersects")
        place, first = np.unique(place, return_index=True)
        return place, ground[first]

    home, ground = inside(shapely.centroid(homes.shapes))
    floor = homes.table["floor"].to_numpy(dtype=float)[home]
    sums = np.bincount(ground, weights=floor, minlength=len(grounds))
    homes.taken[home] = True
    rows = homes.table.iloc[home][["demand_id"]].assign(
        demand=people[grounds][ground] * floor / sums[ground], source="population"
    )
    parts = [(rows, homes.shapes[home])]
    empty = np.flatnonzero((sums == 0) & (people[grounds] > 0))
    cell, ground = inside(cells.places)
    along = np.isin(ground, empty)
    cell, ground = cell[along], ground[along]
    sums = np.bincount(ground, weights=cells.length_m[cell], minlength=len(grounds))
    parts.append(cells.part(cell, people[grounds][ground] * cells.length_m[cell] / sums[ground], "population_streets"))
    # an area without homes and streets keeps its people at a place of its own
    bare = grounds[empty[sums[empty] == 0]]
    alone = np.append(points, bare)
    table = pd.DataFrame({"demand_id": ids[alone], "demand": people[alone], "source": "population_points"})
    parts.append((table, shapely.point_on_surface(shapes[alone])))
    return pd.concat([part[0] for part in parts], ignore_index=True), np.concatenate([part[1] for part in parts])


_GRID: Final = 4
"""Fewer points are no grid: each stands for itself."""


def _grounds(shapes: Shapes) -> Shapes:
    """Return the points of a grid as squares, as wide as the grid's typical spacing: its cells; areas as they are."""
    points = np.flatnonzero(shapely.get_dimensions(shapes) == 0)
    if len(points) < _GRID:
        return shapes
    xy = shapely.get_coordinates(shapes[points])
    half = float(np.median(cKDTree(xy).query(xy, k=2)[0][:, 1])) / 2
    result = shapes.copy()
    if half > 0:
        result[points] = shapely.box(*(xy - half).T, *(xy + half).T)
    return result


def points_demand(rows: gpd.GeoDataFrame, source: str, crs: pyproj.CRS) -> Demand:
    """Return points as demand, one each: stalls that need a hall, complaints; the first column names them."""
    shapes = metric_shapes(rows.geometry.to_numpy(dtype=object), crs)
    table = pd.DataFrame({"demand_id": rows.iloc[:, 0].to_numpy(dtype=object), "demand": 1.0, "source": source})
    return Demand(table, shapes, 1.0, int((rows["source"] == SYNTHETIC).sum()))


# ---- a population that is given --------------------------------------------------------------------------------------

_FIELDS: Final = {
    "residents": (
        *("population", "pop", "people", "persons", "inhabitants", "value"),
        *("人口", "人口数", "总人口", "常住人口", "户籍人口", "居民数", "居民人口", "人数", "人口（人）"),
    ),
    "name": ("quarter", "community", "district", "名称", "社区", "社区名称", "街道", "小区", "小区名称", "片区"),
}


class Population(NamedTuple):
    """A population as it was read: the layer `population`, and the findings."""

    layer: gpd.GeoDataFrame
    findings: pd.DataFrame


def read_population(file: Path, quarters: gpd.GeoDataFrame, ground: StreetsIndex) -> Population:
    """
    Read a population by areas, points, quarters or cells of a raster.

    Areas or points have a number each; a table has quarters by name and a column `population` (人口); of a raster of
    people per cell (GeoTIFF) the cells around the study count.

    Parameters
    ----------
    file
        As `geo.files.place_files.read_placed` takes it, or `.tif`.
    quarters
        The study's layer, to which the names of a table belong.
    ground
        The study's streets: which coordinate system a table of places is in.

    Raises
    ------
    InputError
        If it cannot be read, has no column of people, or no usable row.
    """
    if file.suffix.lower() in RASTERS:
        lonlat, value = read_raster(file, ground)
        return _population(file, np.arange(1, len(value) + 1), None, value, shapely.points(lonlat), [])
    read = read_placed(file, _FIELDS, Text("人口", "population"), ground)
    found, geometry, findings = read.fields, read.geometry, read.findings
    if found["residents"].isna().all():
        raise InputError(
            file,
            Text("没有人口列", "There is no population column"),
            Text("请提供名为“人口”或 population 的列", "Name a column population or 人口"),
            column="population",
        )
    people = numbers(found["residents"], "population", findings, False).to_numpy(dtype=float, na_value=np.nan)
    _by_name(found["name"], geometry, quarters, findings)
    good = np.isfinite(people) & (people >= 0) & ~shapely.is_missing(geometry)
    if not good.any():
        raise InputError(
            file,
            Text("没有一行可用", "No row can be used"),
            Text(
                "每行请给出人口，以及经纬度、面或片区名称",
                "Give the population in each row, and coordinates, an area or the name of a quarter",
            ),
        )
    names = mask(found["name"]).to_numpy(dtype=object)[good]
    return _population(file, found.index.to_numpy()[good], names, people[good], geometry[good], findings)


def _population(
    file: Path,
    rows: NDArray[np.int64],
    names: NDArray[np.object_] | None,
    people: Floats,
    geometry: Shapes,
    findings: list[Finding],
) -> Population:
    ids = [f"P{row}" for row in rows]
    table = pd.DataFrame({"population_id": ids, "name": names, "residents": people, "source": file.name})
    made = gpd.GeoDataFrame(table, geometry=geometry, crs=WGS84)
    return Population(conform_geo(made, "population"), findings_table("population", findings, file.name))


def _by_name(names: pd.Series, geometry: Shapes, quarters: gpd.GeoDataFrame, findings: list[Finding]) -> None:
    """Give rows without a place the quarter of their name."""
    known = {normal_name(name): row for row, name in enumerate(quarters["name"]) if isinstance(name, str)}
    shapes = quarters.geometry.to_numpy(dtype=object)
    for row in np.flatnonzero(shapely.is_missing(geometry)):
        name = names.iloc[row] or ""
        if normal_name(name) in known:
            geometry[row] = shapes[known[normal_name(name)]]
            continue
        problem = Text(f"没有名为“{name}”的片区，也没有坐标", f"No quarter with the name “{name}”, and no coordinates")
        findings.append(Finding(int(names.index[row]), "name", problem, Text("该行未采用", "The row was left out")))


def place_of(shapes: Shapes, crs: pyproj.CRS) -> Floats:
    """Return a place of each shape of the metric CRS, in degrees, shape (n, 2)."""
    return to_degrees(shapely.get_coordinates(shapely.point_on_surface(shapes)), crs)
