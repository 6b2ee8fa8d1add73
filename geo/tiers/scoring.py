"""The transparent score: how strictly a street should be kept, in points per ingredient."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.crs import to_metric
from geo.core.metric_geometry import metric_lines, unit_vectors
from geo.core.node_ids import line_ends
from geo.network.betweenness import PIVOTS, betweenness
from geo.network.graph import Positions, driving, walking
from geo.network.searches import nearest
from geo.network.snapping import midpoints, snap
from geo.points.cases import placed_cases
from geo.rules.loader import Profile
from geo.streets.segment_tags import highway_class
from geo.study.schema import INGREDIENTS, conform

ATTRACTORS: Final = ("school", "hospital", "station", "market")
_FRONTAGE: Final = ("shop", "entrance")


class Surroundings(NamedTuple):
    """
    Inputs of the score besides the streets themselves.

    Attributes
    ----------
    facilities
        Points with `kind`.
    paths
        Footpaths, with `walk`.
    complaints
        Points with `segment_id`; empty where a study has none.
    quarters
        The study's layer, by which inference is tested; None where nobody knows them.
    """

    facilities: gpd.GeoDataFrame
    paths: gpd.GeoDataFrame
    complaints: pd.DataFrame
    quarters: gpd.GeoDataFrame | None = None


def measure_segments(
    roads: gpd.GeoDataFrame, around: Surroundings, profile: Profile, crs: pyproj.CRS, pivots: int = PIVOTS
) -> pd.DataFrame:
    """
    Measure the ingredients of the score for each segment.

    Parameters
    ----------
    roads
        `highway`, `oneway`, `drive`, `walk`, `length_m`, `segment_id` and geometry in WGS 84.
    around
        Facilities, paths, complaints.
    profile
        `network.drive.speed`, `tiers.score.*`.
    crs
        The study's metric CRS.
    pivots
        As `geo.network.betweenness.betweenness` takes it.

    Returns
    -------
    measured
        By row of `roads`: `traffic` (betweenness on the drive network without service ways, as the share of the road
        length that has less, 0 to 1), `frontage` (shops and entrances), `attractors` (kinds of `ATTRACTORS` within the
        walk), `complaints` (how many, without those of a doubted time or place).
    """
    reported = placed_cases(around.complaints).rows["segment_id"].value_counts()
    return pd.DataFrame(
        {
            "traffic": _traffic(roads, profile, crs, pivots),
            "frontage": _frontage(roads, around.facilities, profile, crs),
            "attractors": _attractors(roads, around, profile, crs),
            "complaints": roads["segment_id"].map(reported).fillna(0).astype(int),
        },
        index=roads.index,
    )


def _traffic(roads: gpd.GeoDataFrame, profile: Profile, crs: pyproj.CRS, pivots: int) -> NDArray[np.float64]:
    through = roads["drive"] & (roads["highway"] != "service")
    streets = roads[through]
    speeds = highway_class(streets["highway"]).map(profile.group("network.drive.speed")).to_numpy(dtype=float)
    result = np.zeros(len(roads))
    if len(streets) == 0:
        return result
    network = driving(streets, crs, speeds)
    share = np.zeros(len(streets))
    np.maximum.at(share, network.segment, betweenness(network, pivots).share)
    length = streets["length_m"].to_numpy()
    order = np.argsort(share, kind="stable")
    less = np.cumsum(length[order]) - length[order]
    # of equal shares, all have the same length below them: roads that nothing passes have none
    first = np.searchsorted(share[order], share[order], "left")
    rank = np.empty(len(streets))
    rank[order] = less[first] / max(length.sum(), 1e-9)
    result[through.to_numpy()] = rank
    return result


def _frontage(
    roads: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame, profile: Profile, crs: pyproj.CRS
) -> NDArray[np.int64]:
    points = facilities.geometry[facilities["kind"].isin(_FRONTAGE)]
    kept = np.flatnonzero(~roads["highway"].isin(profile["tiers.ungraded_highways"]))
    count = np.zeros(len(roads), dtype=np.int64)
    if len(points) and len(kept):
        tree = shapely.STRtree(metric_lines(roads.geometry.to_numpy()[kept], crs))
        places = shapely.points(to_metric(shapely.get_coordinates(points.to_numpy()), crs))
        within = profile["tiers.score.frontage.within"]
        _, nearest = tree.query_nearest(places, max_distance=within, all_matches=False)
        count += np.bincount(kept[nearest], minlength=len(roads))
    return count


def _attractors(roads: gpd.GeoDataFrame, around: Surroundings, profile: Profile, crs: pyproj.CRS) -> NDArray[np.int64]:
    """Count the kinds within a walk of each segment's middle; a segment that nobody may walk has none."""
    network = walking(roads, around.paths, crs)
    walkable = np.flatnonzero(roads["walk"])
    count = np.zeros(len(roads), dtype=np.int64)
    middle = midpoints(network)
    targets = Positions(middle.segment[: len(walkable)], middle.offset_m[: len(walkable)])
    for kind in ATTRACTORS:
        points = around.facilities.geometry[around.facilities["kind"] == kind]
        if len(points) and len(walkable):
            position, _ = snap(network, points)
            found, _ = nearest(network, position, targets, profile["tiers.score.attractors.within"])
            count[walkable] += found >= 0
    return count


def score_streets(
    streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, measured: pd.DataFrame, profile: Profile, crs: pyproj.CRS
) -> pd.DataFrame:
    """
    Give each street its points.

    Parameters
    ----------
    streets
        `street_id`, `highway`, `length_m`.
    roads
        `street_id`, `highway`, `oneway`, `width_m`, `length_m` and geometry.
    measured
        As `measure_segments` returns, by row of `roads`.
    profile
        `tiers.score.*`: each ingredient's weight is what it gives at most.
    crs
        The study's metric CRS.

    Returns
    -------
    scores
        By row of `streets`: the columns of the table `street_scores`. `width_m` is of both carriageways together,
        `traffic` the length-weighted mean, `attractors` the mean number of kinds within a walk, `complaints_per_km`
        missing where the study has none.
    """
    street = pd.Index(streets["street_id"]).get_indexer(pd.Index(roads["street_id"]))
    length = roads["length_m"].to_numpy()
    n = len(streets)
    # ramps and side lanes say nothing of a street's width and traffic
    side = roads["highway"].str.endswith("_link").to_numpy(dtype=bool) | (roads["highway"] == "service").to_numpy()
    only_side = np.bincount(street, weights=~side, minlength=n) == 0
    counted = np.where(side & ~only_side[street], 0.0, length)
    total = np.maximum(np.bincount(street, weights=length, minlength=n), 1e-9)
    main = np.maximum(np.bincount(street, weights=counted, minlength=n), 1e-9)

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        result: NDArray[np.float64] = np.bincount(street, weights=values * counted, minlength=n) / main
        return result

    width = mean(roads["width_m"].to_numpy()) * _carriageways(street, n, roads, counted, main, crs)
    traffic = mean(measured["traffic"].to_numpy())
    frontage = np.bincount(street, weights=measured["frontage"], minlength=n) / total * 100
    attractors = np.bincount(street, weights=measured["attractors"] * length, minlength=n) / total
    complaints = np.bincount(street, weights=measured["complaints"], minlength=n) / total * 1000
    city = measured["complaints"].sum() / max(length.sum(), 1e-9) * 1000

    weight = profile.group("tiers.score.weight")
    low, high = profile["tiers.score.width.none_below"], profile["tiers.score.width.full_from"]
    share = {
        "class": streets["highway"].map(profile.group("tiers.score.class")).to_numpy(dtype=float),
        "traffic": traffic,
        "width": np.clip((width - low) / max(high - low, 1e-9), 0, 1),
        "frontage": np.clip(frontage / profile["tiers.score.frontage.full_from"], 0, 1),
        "attractors": attractors / len(ATTRACTORS),
        "complaints": np.clip(complaints / max(profile["tiers.score.complaints.full_from"] * city, 1e-9), 0, 1),
    }
    table = pd.DataFrame(
        {
            "street_id": streets["street_id"].to_numpy(),
            "width_m": width.round(1),
            "traffic": traffic.round(3),
            "frontage_per_100m": frontage.round(2),
            "attractors": attractors.round(2),
            "complaints_per_km": complaints.round(2) if city else np.nan,
            **{f"{name}_points": (share[name] * weight[name]).round(1) for name in INGREDIENTS},
        },
        index=streets.index,
    )
    table["score"] = table[[f"{name}_points" for name in INGREDIENTS]].sum(axis=1).round(1)
    return conform(table, "street_scores").set_axis(table.index)


def _carriageways(
    street: NDArray[np.int64],
    n: int,
    roads: gpd.GeoDataFrame,
    counted: NDArray[np.float64],
    main: NDArray[np.float64],
    crs: pyproj.CRS,
) -> NDArray[np.float64]:
    """
    Return how many carriageways each street has on average, 1 to 2.

    One-way segments that run in opposite directions cancel out: a street is dual as far as its one-way length has no
    common direction.
    """
    lines = roads.geometry.to_numpy()
    ends = [to_metric(lonlat, crs) for lonlat in line_ends(lines)]
    direction = unit_vectors(ends[1] - ends[0])
    oneway = np.where(roads["oneway"], counted, 0.0)
    east, north = (np.bincount(street, weights=oneway * part, minlength=n) for part in direction.T)
    length = np.bincount(street, weights=oneway, minlength=n)
    common = np.hypot(east, north) / np.maximum(length, 1e-9)
    result: NDArray[np.float64] = 1 + length / main * (1 - common)
    return result
