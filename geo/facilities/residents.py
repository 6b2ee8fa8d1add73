"""Where people live: homes by their floor, a population that is given, else the streets; each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.core.arrays import Floats
from geo.core.crs import to_degrees
from geo.core.metric_geometry import metric_shapes
from geo.core.text import Text
from geo.facilities.resident_documents import ResidentsDocument
from geo.network.lixels import Lixels
from geo.rules.loader import Profile
from geo.study.layers import codes
from geo.study.schema import SYNTHETIC

Shapes = NDArray[np.object_]

SOURCES: Final = codes.DEMAND_SOURCES
"""Where a place's demand comes from."""

_HOME: Final = "H"
"""The ids of homes begin with this."""

_GRID: Final = 4
"""Fewer points are no grid: each stands for itself."""

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
    left_out
        How many points it leaves out, by reason.
    """

    table: pd.DataFrame
    shapes: Shapes
    calibrated: float
    synthetic: int = 0
    left_out: Mapping[str, int] = MappingProxyType({})

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


def homes_evidence(
    demand: pd.DataFrame, roads: gpd.GeoDataFrame, population: pd.DataFrame, total: float | None, profile: Profile
) -> ResidentsDocument:
    """
    Return the evidence for residents: the streets with mapped homes, a population, a total; and whether it is enough.

    Parameters
    ----------
    demand
        `demand_id`, `street_id` and `demand`, as `residents` makes the first.
    roads
        The study's layer.
    population
        Its table `population`.
    total
        The known number of residents.
    profile
        `coverage.homes_least`.
    """
    walked = roads[roads["walk"]]
    graded = walked[walked["tier"] != "unclassified"]
    length = (graded if len(graded) else walked).groupby("street_id")["length_m"].sum()
    homes = demand.loc[demand["demand_id"].str.startswith(_HOME), "street_id"].dropna().unique()
    has = length.index.isin(homes)
    share = float(has.mean()) if len(has) else 0.0
    least = float(profile["coverage.homes_least"])
    given = float(population["residents"].sum()) > 0
    enough = given or total is not None or share >= least
    return {
        "streets": len(has),
        "with_homes": int(has.sum()),
        "streets_with_homes": round(share, 4),
        "length_with_homes": round(float(length[has].sum() / max(float(length.sum()), 1e-9)), 4),
        "least": least,
        "population": given,
        "total": total,
        "enough": enough,
        "refused": None if enough else str(_refused(share, least)),
    }


def _refused(share: float, least: float) -> Text:
    return Text(
        f"只有 {share:.0%} 的街道有已测绘的住宅（规则 coverage.homes_least：{least:.0%}），居民数是粗略估计，"
        "所列比例不能当作事实，选址也不能称为最优；请用 jiexu population 导入人口数据，或用 --total 给出居民总数",
        f"Homes are mapped on {share:.0%} of the streets only (rule coverage.homes_least: {least:.0%}): residents are "
        "a rough estimate, shares are no facts, and no choice of sites is called optimal; import a population "
        "with jiexu population, or give the number of residents with --total",
    )


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
            "demand_id": [f"{_HOME}{lon:.6f},{lat:.6f}" for lon, lat in lonlat],
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


def inner_lonlat(shapes: Shapes, crs: pyproj.CRS) -> Floats:
    """Return a point on each shape of the metric CRS, in degrees, shape (n, 2)."""
    return to_degrees(shapely.get_coordinates(shapely.point_on_surface(shapes)), crs)
