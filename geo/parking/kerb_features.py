"""Features of pieces of kerb for the model of parking: the street's class, lanes and width, and places near by."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.core.arrays import Floats, Integers, members
from geo.core.metric_geometry import metric_shapes
from geo.kerbs.ground import KerbGround
from geo.kerbs.lines import Kerbs
from geo.kerbs.numbering import segment_of

PIECE_M: Final = 5.0
"""No piece is longer."""

CLASSES: Final = (
    *("primary", "secondary", "tertiary", "residential"),
    *("unclassified", "living_street", "service", "pedestrian"),
)
_FAST: Final = ("trunk", "motorway")

PLACES: Final = ("crossing", "signals", "bus_stop")

FEATURES: Final = (
    *(f"class_{name}" for name in CLASSES),
    *("class_fast", "link", "roundabout", "bridge", "tunnel", "oneway", "lanes", "cycle_lane", "cycle_track", "median"),
    *("near_junction", "near_driveway", *(f"near_{kind}" for kind in PLACES), "near_tram"),
    *("width", "width_known", "spare"),
)
"""The columns of `kerb_features`, in their order."""

_FAR_M: Final = 60.0
_NEAR_M: Final = 15.0
"""Nearness is exp(-distance / this)."""

_USUAL_LANES: Final = 2.0
_MOST_LANES: Final = 8.0
_USUAL_WIDTH_M: Final = 8.0
_WIDTHS_M: Final = (2.5, 40.0)
_LANE_M: Final = 3.0
_SPARE_M: Final = (-6.0, 9.0)


class KerbPieces(NamedTuple):
    """
    Kerbs in short pieces of equal length.

    Attributes
    ----------
    kerb
        Shape (p,): sorted.
    from_m, to_m
        Along the segment's centre line.
    """

    kerb: Integers
    from_m: Floats
    to_m: Floats

    @classmethod
    def of(cls, kerbs: Kerbs, at_most_m: float = PIECE_M) -> KerbPieces:
        """Cut all kerbs into pieces."""
        return cls.along(np.arange(len(kerbs)), kerbs.from_m, kerbs.to_m, at_most_m)

    @classmethod
    def along(cls, kerb: Integers, from_m: Floats, to_m: Floats, at_most_m: float = PIECE_M) -> KerbPieces:
        """Cut stretches of kerbs, sorted by kerb, into pieces; a stretch with its end before its beginning has none."""
        length = np.maximum(to_m - from_m, 0.0)
        stretch, number = members(np.ceil(length / at_most_m).astype(np.int64))
        step = length[stretch] / np.maximum(np.ceil(length / at_most_m)[stretch], 1)
        begin = from_m[stretch] + number * step
        return cls(kerb[stretch], begin, begin + step)

    @property
    def middle_m(self) -> Floats:
        """The middle of each piece along its segment."""
        return (self.from_m + self.to_m) / 2

    @property
    def length_m(self) -> Floats:
        """The length of each piece."""
        return self.to_m - self.from_m

    def where(self, chosen: NDArray[np.bool_] | Integers) -> KerbPieces:
        """Return the chosen pieces."""
        return KerbPieces(self.kerb[chosen], self.from_m[chosen], self.to_m[chosen])


def kerb_features(
    pieces: KerbPieces, ground: KerbGround, facilities: gpd.GeoDataFrame, context: gpd.GeoDataFrame
) -> Floats:
    """
    Return the features of pieces of kerb; none of them is read from a parking tag.

    Junctions are nodes where streets meet, not the ends of OSM ways: mappers cut ways where parking changes.

    Parameters
    ----------
    pieces
        Pieces of the ground's kerbs.
    ground
        The study's kerbs and obstacles.
    facilities, context
        The study's layers.

    Returns
    -------
    features
        Shape (p, f): the columns `FEATURES`.
    """
    kerbs, roads = ground.kerbs, ground.kerbs.roads
    kerb, row = pieces.kerb, segment_of(pieces.kerb)
    highway = roads["highway"].astype(str)
    plain = highway.str.removesuffix("_link").to_numpy(dtype=object)
    oneway = roads["oneway"].to_numpy(dtype=bool)
    lanes = roads["lanes"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    by_segment: dict[str, NDArray[np.generic]] = {
        **{f"class_{name}": plain == name for name in CLASSES},
        "class_fast": np.isin(plain.astype(str), _FAST),
        "link": highway.str.endswith("_link").to_numpy(),
        "oneway": oneway,
        # one-way streets count as the half of a street
        "lanes": np.nan_to_num(np.where(oneway, 2 * lanes, lanes), nan=_USUAL_LANES).clip(1.0, _MOST_LANES),
        **{name: roads[name].to_numpy(dtype=bool) for name in ("roundabout", "bridge", "tunnel")},
    }
    cycleway = roads[["cycleway_left", "cycleway_right"]].to_numpy(dtype=object).reshape(-1)
    known = np.repeat(roads["width_source"].isin(["tag", "survey"]).to_numpy(), 2) | kerbs.mapped
    width_m, of_kerb = kerbs.carriageway_m, np.repeat(lanes, 2)
    by_kerb: dict[str, NDArray[np.generic]] = {
        "cycle_lane": cycleway == "lane",
        "cycle_track": cycleway == "track",
        "median": ground.facing >= 0,
        "width": np.where(known, np.log(np.clip(width_m, *_WIDTHS_M) / _USUAL_WIDTH_M), 0.0),
        "width_known": known,
        "spare": np.where(known & np.isfinite(of_kerb), (width_m - _LANE_M * of_kerb).clip(*_SPARE_M), 0.0),
    }
    places = kerbs.points(kerb, pieces.middle_m)
    near = _junctions(kerbs, places)
    kinds, stands = facilities["kind"].to_numpy(dtype=object), facilities.geometry.to_numpy(dtype=object)
    for kind in PLACES:
        near[f"near_{kind}"] = _nearness(places, metric_shapes(stands[kinds == kind], kerbs.crs))
    tracks = context.geometry.to_numpy(dtype=object)[context["kind"].to_numpy(dtype=object) == "tram"]
    near["near_tram"] = _nearness(places, metric_shapes(tracks, kerbs.crs))
    columns = {
        **{name: values[row] for name, values in by_segment.items()},
        **{name: values[kerb] for name, values in by_kerb.items()},
        **near,
    }
    by_feature = np.empty((len(FEATURES), len(kerb)))
    for number, name in enumerate(FEATURES):
        by_feature[number] = columns[name]
    return by_feature.T


def junctions(kerbs: Kerbs) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the junctions of streets, and of driveways with a street, as metric points."""
    arms = kerbs.arms
    service = np.repeat((kerbs.roads["highway"] == "service").to_numpy(), 2)
    streets = np.bincount(arms.node, weights=~service, minlength=len(arms.node_xy))
    nodes = shapely.points(arms.node_xy)
    return nodes[streets >= 3], nodes[(streets < 3) & (arms.degree >= 3)]


def _junctions(kerbs: Kerbs, places: Floats) -> dict[str, Floats]:
    """Return the nearness of junctions of streets and of driveways."""
    of_streets, of_driveways = junctions(kerbs)
    return {"near_junction": _nearness(places, of_streets), "near_driveway": _nearness(places, of_driveways)}


def _nearness(places: Floats, shapes: NDArray[np.object_]) -> Floats:
    """Return how near the nearest shape is to each place, shape (p, 2): from 1 at it to 0 far from all."""
    result = np.zeros(len(places))
    if len(shapes) == 0 or len(places) == 0:
        return result
    if (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
        # no objects for millions of places
        away, _ = cKDTree(shapely.get_coordinates(shapes)).query(places, distance_upper_bound=_FAR_M)
        near = np.flatnonzero(away <= _FAR_M)
        result[near] = np.exp(-away[near] / _NEAR_M)
        return result
    (place, _), away = shapely.STRtree(shapes).query_nearest(
        shapely.points(places), max_distance=_FAR_M, return_distance=True, all_matches=False
    )
    result[place] = np.exp(-away / _NEAR_M)
    return result
