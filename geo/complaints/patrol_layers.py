"""Layers and documents of districts and rounds, and earlier districts read back from their layer."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.complaints.patrol_documents import DistrictDocument, UnreachedStreet
from geo.complaints.rounds import Round, round_line
from geo.core.arrays import Flags, Floats, Integers
from geo.core.crs import WGS84, to_degrees
from geo.core.metric_geometry import metric_lines
from geo.core.records import document_rows
from geo.core.text import Text
from geo.network.graph import Network
from geo.streets.name_search import longest_names
from geo.study.schema import conform_geo

_SAME_M: Final = 0.5
"""The middle of a street is as near as this to the line of the district that it is in."""

_UNREACHED: Final = Text(
    "步行网络上没有路从该片区其他街道通往该路段全长（网络不相连，或隔着封闭的大门）",
    "no mapped way on foot leads from the other streets of the round to the whole of it: the network is not linked"
    " there, or a locked gate is in the way",
)


class Plan(NamedTuple):
    """
    Districts and rounds of all ways on foot.

    Attributes
    ----------
    ways
        The ways: streets, then paths.
    network
        On foot; its segments are the rows of `ways`.
    counts, work
        Shape (n,): complaints; work, 0 for ways that only link streets.
    district
        Shape (n,): the district of each way, -1 for ways that no district needs.
    names
        Of the districts.
    pieces
        Shape (k,): how many pieces each district is in on the network.
    rounds
        One for each district.
    """

    ways: gpd.GeoDataFrame
    network: Network
    counts: Floats
    work: Floats
    district: Integers
    names: list[str]
    pieces: Integers
    rounds: list[Round]

    @property
    def asked(self) -> Flags:
        """Tell the streets to patrol among the ways."""
        return (self.work > 0) & (self.district >= 0)

    def sums(self, values: Floats, chosen: Flags) -> Floats:
        """Return the sums of values of chosen ways by district."""
        return np.bincount(self.district[chosen], weights=values[chosen], minlength=len(self.names)).astype(float)

    def required_m(self) -> Floats:
        """Return the length of the streets that each round walks along."""
        return np.array([float(self.network.lengths_m[each.stops].sum()) for each in self.rounds])


def patrol_layers(plan: Plan, crs: pyproj.CRS) -> dict[str, pd.DataFrame]:
    """
    Return the layers `patrol_districts` and `patrol_rounds`.

    Parameters
    ----------
    plan
        The districts and rounds.
    crs
        The study's metric CRS.
    """
    districts = _figures(plan)
    rows = np.flatnonzero(plan.district >= 0)
    rows = rows[np.argsort(plan.district[rows], kind="stable")]
    shapes = shapely.multilinestrings(plan.ways.geometry.to_numpy()[rows], indices=plan.district[rows])
    circuits = pd.DataFrame(
        {
            "district_id": plan.names,
            "stops": [len(each.stops) for each in plan.rounds],
            "length_m": [each.length_m for each in plan.rounds],
            "required_m": np.round(plan.required_m(), 1),
            "bound_m": [each.bound_m for each in plan.rounds],
            "unreached": [len(each.unreached) for each in plan.rounds],
        }
    )
    walked = [_drawn(plan.network, each, crs) for each in plan.rounds]
    return {
        "patrol_districts": conform_geo(gpd.GeoDataFrame(districts, geometry=shapes, crs=WGS84), "patrol_districts"),
        "patrol_rounds": conform_geo(gpd.GeoDataFrame(circuits, geometry=walked, crs=WGS84), "patrol_rounds"),
    }


def _figures(plan: Plan) -> pd.DataFrame:
    """Return the work, complaints, lengths and pieces of each district."""
    metres = plan.ways["length_m"].to_numpy(dtype=float)
    passage = (plan.district >= 0) & ~plan.asked
    return pd.DataFrame(
        {
            "district_id": plan.names,
            "work": np.round(plan.sums(plan.work, plan.asked), 3),
            "complaints": plan.sums(plan.counts, plan.asked).astype(np.int64),
            "length_m": np.round(plan.sums(metres, plan.asked), 1),
            "passage_m": np.round(plan.sums(metres, passage), 1),
            "pieces": plan.pieces,
        }
    )


def _drawn(network: Network, found: Round, crs: pyproj.CRS) -> shapely.MultiLineString | None:
    line = round_line(network, found)
    if line is None:
        return None
    return shapely.MultiLineString([np.round(to_degrees(shapely.get_coordinates(line), crs), 8)])


def district_documents(plan: Plan, earlier: Integers | None, before: list[str]) -> list[DistrictDocument]:
    """
    Return the districts as they are printed.

    Parameters
    ----------
    plan
        The districts and rounds.
    earlier
        As `earlier_districts` returns; None where there is nothing to compare.
    before
        The names of the earlier districts.
    """
    metres = plan.ways["length_m"].to_numpy(dtype=float)
    kept: list[float | None] = [None] * len(plan.names)
    if earlier is not None:
        then = np.array([*before, ""], dtype=object)[earlier]
        same = plan.asked & (then == np.array([*plan.names, None], dtype=object)[plan.district])
        kept = np.round(plan.sums(metres, same), 1).tolist()
    table = _figures(plan).assign(
        kept_m=pd.Series(kept, dtype=object),
        round_m=[each.length_m for each in plan.rounds],
        required_m=np.round(plan.required_m(), 1),
        bound_m=[each.bound_m for each in plan.rounds],
        stops=[len(each.stops) for each in plan.rounds],
        unreached=[_unreached(plan.ways.iloc[each.unreached]) for each in plan.rounds],
        streets=[
            longest_names(plan.ways[plan.asked & (plan.district == number)], 4) for number in range(len(plan.names))
        ],
    )
    return document_rows(table, DistrictDocument)


def _unreached(ways: pd.DataFrame) -> list[UnreachedStreet]:
    return [
        {
            "segment_id": str(row.segment_id),
            "street_id": str(row.street_id),
            "name": row.name_of if isinstance(row.name_of, str) else None,
            "length_m": round(float(row.length_m), 1),
            "reason": str(_UNREACHED),
        }
        for row in ways.rename(columns={"name": "name_of"}).itertuples()
    ]


def earlier_districts(lines: np.ndarray, drawn: gpd.GeoDataFrame, crs: pyproj.CRS) -> Integers:
    """
    Return the row of `patrol_districts` that each way lies in, -1 for none.

    Parameters
    ----------
    lines
        Shape (n,): the ways in the metric CRS.
    drawn
        The layer, as it was written.
    crs
        The metric CRS.
    """
    known = drawn.geometry.notna().to_numpy()
    parts, of = shapely.get_parts(drawn.geometry.to_numpy()[known], return_index=True)
    result = np.full(len(lines), -1, dtype=np.int64)
    if len(parts) == 0 or len(lines) == 0:
        return result
    metric = metric_lines(parts, crs)
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    way, part = shapely.STRtree(metric).query(middles, predicate="dwithin", distance=_SAME_M)
    # where two streets lie on each other, the district's own is as long as the way
    order = np.lexsort((np.abs(shapely.length(lines[way]) - shapely.length(metric[part])), way))
    way, part = way[order], part[order]
    first = np.unique(way, return_index=True)[1]
    result[way[first]] = np.flatnonzero(known)[of[part[first]]]
    return result
