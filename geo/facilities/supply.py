"""Markets, car parks and toilets of the extract and of the city's own lists, each once, with their entrances."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Integers
from geo.core.metric_geometry import metric_shapes
from geo.core.name_matching import similarity
from geo.core.vocabulary import FacilityKind
from geo.rules.loader import Profile

Shapes = NDArray[np.object_]


_ALIKE: Final = 0.5
"""Names that are no more alike than this are of different places (东 and 西 market are 0.5)."""


_WITHIN_M: Final = 1.0
"""A point this near to an area lies in it."""


class Supply(NamedTuple):
    """
    The facilities of a kind.

    Attributes
    ----------
    table
        `facility_id`, `name`, `capacity`, `hours`, `access`, `source`, `import_id`, and `merged` (the ids of entries
        that are the same place, or None).
    shapes
        Shape (f,): points and areas in the metric CRS.
    lonlat
        Shape (f, 2): a place of each, in degrees.
    """

    table: pd.DataFrame
    shapes: Shapes
    lonlat: NDArray[np.float64]


def supply(
    kind: FacilityKind,
    facilities: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    parking: gpd.GeoDataFrame,
    crs: pyproj.CRS,
    profile: Profile,
) -> Supply:
    """
    Return the facilities of a kind that are open to everybody.

    A point within an area of the same kind is that area; an entry of a list within `coverage.same_within` of a mapped
    facility is that facility, unless both have names that differ, and each is the other's nearest. What the list says
    of capacity, hours and name stands over what is mapped.

    Parameters
    ----------
    kind
        Market, parking or toilet.
    facilities, areas, parking
        The study's `facilities`, `facility_areas` and `parking`; of the last, what is off the street.
    crs
        Its metric CRS.
    profile
        `coverage.*`.
    """
    mine = facilities[(facilities["kind"] == kind) & ~facilities["access"].isin(profile[f"coverage.closed.{kind}"])]
    columns = ["facility_id", "name", "capacity", "hours", "access", "source", "import_id"]
    rows = pd.DataFrame(mine[columns]).reset_index(drop=True)
    places = mine.geometry.to_numpy(dtype=object)
    if kind == "parking":
        lots = parking[parking["kind"] == "off_street"]
        own = pd.DataFrame(lots).rename(columns={"parking_id": "facility_id"}).reindex(columns=columns)
        own["import_id"] = own["import_id"].fillna("list")
        rows = pd.concat([part for part in (rows, own) if len(part)] or [rows], ignore_index=True)
        places = np.concatenate([places, shapely.centroid(lots.geometry.to_numpy(dtype=object))])
    lonlat = shapely.get_coordinates(places)
    shapes = metric_shapes(places, crs) if len(places) else places
    ground = areas[areas["facility_id"].isin(rows["facility_id"])].drop_duplicates("facility_id")
    number = pd.Index(ground["facility_id"]).get_indexer(pd.Index(rows["facility_id"]))
    has = np.flatnonzero(number >= 0)
    if len(has):
        shapes = shapes.copy()
        shapes[has] = metric_shapes(ground.geometry.to_numpy(dtype=object)[number[has]], crs)
    leader = _same(rows, shapes, float(profile["coverage.same_within"]))
    return _merged(rows, shapes, lonlat, leader)


def _same(rows: pd.DataFrame, shapes: Shapes, within_m: float) -> Integers:
    """Return for each row the row that it is the same place as: itself, an area that it lies in, its mapped self."""
    leader = np.arange(len(rows))
    if len(rows) < 2:
        return leader
    listed = rows["import_id"].notna().to_numpy()
    area = shapely.get_dimensions(shapes) == 2
    inner, outer = np.flatnonzero(~area & ~listed), np.flatnonzero(area & ~listed)
    if len(outer):
        point, ground = shapely.STRtree(shapes[outer]).query_nearest(
            shapes[inner], max_distance=_WITHIN_M, all_matches=False
        )
        leader[inner[point]] = outer[ground]
    ours = np.flatnonzero(listed)
    mapped = np.flatnonzero(~listed & (leader == np.arange(len(rows))))
    names = rows["name"].to_numpy(dtype=object)
    while len(ours) and len(mapped):
        entry, place = shapely.STRtree(shapes[mapped]).query(shapes[ours], predicate="dwithin", distance=within_m)
        apart = shapely.distance(shapes[ours[entry]], shapes[mapped[place]])
        told = [
            not (isinstance(a, str) and isinstance(b, str)) or similarity(a, b) > _ALIKE
            for a, b in zip(names[ours[entry]], names[mapped[place]], strict=True)
        ]
        kept = np.array(told, dtype=bool) if told else np.zeros(0, dtype=bool)
        entry, place, apart = entry[kept], place[kept], apart[kept]
        if len(entry) == 0:
            break
        # each is the other's nearest: those are the same; the others look again among what is left
        order = np.lexsort((place, apart))
        best_of_entry = pd.Series(order).groupby(entry[order]).first()
        best_of_place = pd.Series(order).groupby(place[order]).first()
        both = np.intersect1d(best_of_entry.to_numpy(), best_of_place.to_numpy())
        leader[ours[entry[both]]] = mapped[place[both]]
        ours = np.delete(ours, np.unique(entry[both]))
        mapped = np.delete(mapped, np.unique(place[both]))
    return leader


def _merged(rows: pd.DataFrame, shapes: Shapes, lonlat: NDArray[np.float64], leader: Integers) -> Supply:
    """Return each place once; values of a list come first, then the mapped place's, then its other entries'."""
    own = leader == np.arange(len(rows))
    listed = rows["import_id"].notna().to_numpy()
    ordered = rows.assign(leader=leader, rank=np.where(listed, 0, np.where(own, 1, 2)))
    ordered = ordered.sort_values(["leader", "rank"], kind="stable")
    # the first that is known, entry by entry
    best = ordered.groupby("leader")[["name", "capacity", "hours", "access"]].first()
    heads = np.flatnonzero(own)
    best = best.reindex(heads)
    sources = ordered.groupby("leader")["source"].agg(lambda names: " + ".join(dict.fromkeys(names.dropna())))
    others = rows[~own].assign(leader=leader[~own]).groupby("leader")["facility_id"].agg(", ".join)
    table = best.reset_index(drop=True)
    table.insert(0, "facility_id", rows["facility_id"].to_numpy(dtype=object)[heads])
    table["source"] = sources.reindex(heads).to_numpy(dtype=object)
    table["import_id"] = rows["import_id"].to_numpy(dtype=object)[heads]
    table["merged"] = others.reindex(heads).to_numpy(dtype=object)
    return Supply(table, shapes[heads], lonlat[heads])
