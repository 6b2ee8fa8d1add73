"""Display outside shops (外摆): how far out and how long each shop may show its goods, and when."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.core.arrays import Floats, Integers, members
from geo.core.crs import WGS84, to_metric
from geo.core.metric_geometry import metric_shapes
from geo.kerbs.lines import Kerbs
from geo.kerbs.numbering import segment_of
from geo.rules.loader import Profile
from geo.stalls.plan import Plan
from geo.streets.locating import locate
from geo.study.schema import conform_geo

_IN_BUILDING_M = 3.0
"""A shop mapped this near to a building is in it."""


def shop_displays(plan: Plan, facilities: gpd.GeoDataFrame, context: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Return the layer `shop_displays`: one row per shop that fronts a kerb on a tier that allows display.

    A shop's frontage is its share of its building's front on that kerb, at most `display.frontage_at_most`; of a shop
    without a building, as long as the profile says. What may be used of it is the longest stretch in front of the shop
    that no rule forbids, at most `display.length_share` of the frontage.

    Parameters
    ----------
    plan
        Of kind `display`.
    facilities, context
        The study's layers: shops, and buildings.
    """
    kerbs, profile = plan.kerbs, plan.profile
    shops = facilities[facilities["kind"] == "shop"][["facility_id", "geometry"]].reset_index(drop=True)
    shops = gpd.GeoDataFrame(shops, geometry="geometry", crs=WGS84)
    if shops.empty or len(kerbs) == 0:
        return conform_geo(gpd.GeoDataFrame({"facility_id": []}, geometry=[], crs=WGS84), "shop_displays")
    located = locate(shops, kerbs.roads, kerbs.crs, profile)
    kerb = kerbs.of(located)
    near = located["distance_m"].to_numpy() <= kerbs.half_m[kerb] + float(profile["display.shop_within"])
    near &= plan.stance[kerb] != "forbidden"
    located, kerb = located[near].reset_index(drop=True), kerb[near]
    begin, end = _frontages(kerbs, located, kerb, context, profile)
    # what is free in front of it: the longest stretch of one set of hours
    free = plan.free
    shop, stretch = _meeting(free.kerb, kerb)
    low, high = np.maximum(free.from_m[stretch], begin[shop]), np.minimum(free.to_m[stretch], end[shop])
    useful = (high > low) & (free.value[stretch] > 0)
    shop, stretch, low, high = shop[useful], stretch[useful], low[useful], high[useful]
    order = np.lexsort((low - high, shop))
    first = order[np.unique(shop[order], return_index=True)[1]] if len(order) else order
    length, mask = np.zeros(len(kerb)), np.zeros(len(kerb), dtype=np.uint64)
    length[shop[first]], mask[shop[first]] = (high - low)[first], free.value[stretch[first]]
    frontage = end - begin
    length = np.minimum(length, frontage * float(profile["display.length_share"]))
    hours = {value: plan.slots.text(int(value)) for value in np.unique(mask)}
    some = length > 0
    table = pd.DataFrame(
        {
            "facility_id": located["facility_id"],
            "street_id": plan.street_ids(kerb),
            **{column: located[column] for column in ("segment_id", "side", "offset_m", "distance_m")},
            "frontage_m": np.round(frontage, 2),
            "length_m": np.round(length, 2),
            "depth_m": np.where(some, np.round(plan.depth_m[kerb], 2), 0.0),
            "hours": [hours[value] for value in mask],
            "rules": [f"display.stance.{tier}, display.depth, display.length_share" for tier in plan.tier[kerb]],
        }
    )
    return conform_geo(gpd.GeoDataFrame(table, geometry=located.geometry.to_numpy(), crs=WGS84), "shop_displays")


def _frontages(
    kerbs: Kerbs, shops: gpd.GeoDataFrame, kerb: Integers, context: gpd.GeoDataFrame, profile: Profile
) -> tuple[Floats, Floats]:
    """Return from where to where along its kerb each shop fronts it."""
    offset = shops["offset_m"].to_numpy(dtype=float)
    half = float(profile["display.frontage"]) / 2
    begin, end = offset - half, offset + half
    buildings = context[(context["kind"] == "building") & (context.geom_type.isin(["Polygon", "MultiPolygon"]))]
    if buildings.empty:
        return begin, end
    places = shapely.points(to_metric(shapely.get_coordinates(shops.geometry.to_numpy()), kerbs.crs))
    shapes = metric_shapes(buildings.geometry.to_numpy(), kerbs.crs)
    tree = shapely.STRtree(shapes)
    shop, building = tree.query_nearest(places, max_distance=_IN_BUILDING_M, all_matches=False)
    if len(shop) == 0:
        return begin, end
    # the building's front: what its corners span along the kerb; shops of one building and kerb share it
    front = pd.DataFrame({"shop": shop, "building": building, "kerb": kerb[shop], "offset": offset[shop]})
    front = front.sort_values(["building", "kerb", "offset"]).reset_index(drop=True)
    fronts = front[["building", "kerb"]].drop_duplicates().reset_index(drop=True)
    corners, of = shapely.get_coordinates(shapes[fronts["building"].to_numpy()], return_index=True)
    lines = kerbs.lines[segment_of(fronts["kerb"].to_numpy())]
    along = shapely.line_locate_point(lines[of], shapely.points(corners))
    starts = np.searchsorted(of, np.arange(len(fronts)))
    fronts["low"], fronts["high"] = np.minimum.reduceat(along, starts), np.maximum.reduceat(along, starts)
    front = front.merge(fronts, on=["building", "kerb"])
    group = front.groupby(["building", "kerb"])["shop"]
    share = (front["high"] - front["low"]) / group.transform("size")
    begin[front["shop"]] = front["low"] + group.cumcount() * share
    end[front["shop"]] = front["low"] + (group.cumcount() + 1) * share
    most = float(profile["display.frontage_at_most"]) / 2
    return np.maximum(begin, np.minimum(offset, end) - most), np.minimum(end, np.maximum(offset, begin) + most)


def _meeting(stretches: Integers, kerb: Integers) -> tuple[Integers, Integers]:
    """Return the pairs of kerbs asked about and the stretches (sorted by kerb) on them."""
    first, last = np.searchsorted(stretches, kerb, "left"), np.searchsorted(stretches, kerb, "right")
    asked, number = members(last - first)
    return asked, first[asked] + number
