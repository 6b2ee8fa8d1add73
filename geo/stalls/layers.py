"""A plan of the kerbs as layers of a study, and the kerb taken by each of its rules."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.crs import WGS84, to_degrees
from geo.core.tolerances import ROUNDING
from geo.kerbs.exclusions import holds
from geo.kerbs.layers import MILLIMETRES, references, stretch_lines
from geo.stalls.plan import Plan
from geo.study.schema import conform_geo


def kerb_layer(plan: Plan) -> gpd.GeoDataFrame:
    """
    Return the layer `kerbs`: every side of every carriageway, between its corners.

    `from_m` and `to_m` are along the segment's centre line, `length_m` is at the kerb itself; `source` says whether its
    place is `mapped` or comes from the carriageway's width (`tag`, `lanes`, `default`).
    """
    kerbs = plan.kerbs
    kerb = np.flatnonzero(kerbs.to_m - kerbs.from_m > ROUNDING)
    from_m, to_m = kerbs.from_m[kerb], kerbs.to_m[kerb]
    table = pd.DataFrame(
        {
            **references(plan, kerb, from_m, to_m),
            "length_m": np.round(kerbs.kerb_metres(kerb, from_m, to_m), MILLIMETRES),
            "source": kerbs.source[kerb],
            "pavement_m": plan.pavement_m[kerb],
            "place": plan.place[kerb],
            "depth_m": plan.depth_m[kerb],
        }
    )
    return conform_geo(gpd.GeoDataFrame(table, geometry=stretch_lines(kerbs, kerb, from_m, to_m), crs=WGS84), "kerbs")


def exclusion_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Return the layer `kerb_exclusions`: every stretch that a rule takes, with its cause and its hours."""
    kerbs, found = plan.kerbs, plan.exclusions
    hours = {mask: plan.slots.text(int(mask)) for mask in np.unique(found.mask)}
    place = np.full((len(found.kerb), 2), np.nan)
    known = np.isfinite(found.cause_xy[:, 0])
    if known.any():
        place[known] = to_degrees(found.cause_xy[known], kerbs.crs)
    table = pd.DataFrame(
        {
            **references(plan, found.kerb, found.from_m, found.to_m),
            "rule": found.rule,
            "cause_id": found.cause,
            "hours": pd.Series(found.mask).map(hours).to_numpy(dtype=object),
            "cause_lon": place[:, 0],
            "cause_lat": place[:, 1],
        }
    )
    lines = stretch_lines(kerbs, found.kerb, found.from_m, found.to_m)
    return conform_geo(gpd.GeoDataFrame(table, geometry=lines, crs=WGS84), "kerb_exclusions")


def zone_layer(plan: Plan) -> gpd.GeoDataFrame:
    """
    Return the layer `stall_zones`: stretches of kerb where at least one pitch fits, with their hours.

    `pitches` are what demand and rules leave (`geo.stalls.supply`), with `pitches_low` and `pitches_high`;
    `pitches_geometric` fit the kerb without access gaps. `rules` are those that made the zone: the tier's stance and
    hours, where its stalls stand, and what closes it at times. `status` is `accepted` where a decision says so, else
    `proposed`.
    """
    kerbs, zones = plan.kerbs, plan.zones
    kerb, from_m, to_m = zones.kerb, zones.from_m, zones.to_m
    hours = {mask: plan.slots.text(int(mask)) for mask in np.unique(zones.mask)}
    table = pd.DataFrame(references(plan, kerb, from_m, to_m))
    table["zone_id"] = plan.zone_ids
    table["hours"] = pd.Series(zones.mask).map(hours).to_numpy(dtype=object)
    supply = plan.supply
    table["pitches"], table["pitches_low"], table["pitches_high"] = supply.likely, supply.low, supply.high
    table["pitches_geometric"], table["row_pitches"] = zones.pitches, supply.longest
    table["capped_by"] = supply.capped_by
    table["quarter_id"] = supply.quarters["quarter_id"].to_numpy(dtype=object)[supply.quarter]
    goods = {stance: ", ".join(plan.profile[f"stalls.goods.{stance}"]) for stance in ("designated", "orderly")}
    table["goods"] = [goods[stance] for stance in plan.stance[kerb]]
    table["length_m"] = np.round(zones.length_m, MILLIMETRES)
    table["place"] = plan.place[kerb]
    table["rules"] = _rules_of_zones(plan)
    table["basis"] = ", ".join(plan.profile.basis("zone"))
    decision = plan.zone_decisions
    table["decision_id"] = decision
    table["status"] = np.where(pd.isna(decision), "proposed", "accepted")
    lines = stretch_lines(kerbs, kerb, from_m, to_m)
    return conform_geo(gpd.GeoDataFrame(table, geometry=lines, crs=WGS84), "stall_zones")


def place_layer(plan: Plan, conflicts: pd.DataFrame) -> gpd.GeoDataFrame:
    """
    Return the layer `stall_places` with the rules that each place is in conflict with.

    Parameters
    ----------
    plan
        Of stalls.
    conflicts
        As `geo.stalls.places.conflicts_of` returns.
    """
    rules = conflicts.drop_duplicates(["place", "rule"]).groupby("place")["rule"].agg(", ".join)
    table = plan.places.table.reset_index(drop=True)
    return conform_geo(table.assign(conflicts=rules.reindex(table.index).to_numpy(dtype=object)), "stall_places")


def _rules_of_zones(plan: Plan) -> NDArray[np.object_]:
    kerb = plan.zones.kerb
    tier = plan.tier[kerb]
    stand = np.where(plan.place[kerb] == "pavement", "pavement.clear", "fire_lane.clear_width")
    rules = np.array([f"stalls.stance.{t}, stalls.hours.{t}, {s}" for t, s in zip(tier, stand, strict=True)], object)
    # clearances that hold at times only close a zone, but take nothing of it
    timed = plan.exclusions.mask[plan.pieces.exclusion] != np.uint64(plan.slots.all)
    rule = plan.exclusions.rule[plan.pieces.exclusion]
    timed &= np.array([str(name).startswith("clearance.") for name in rule], dtype=bool)
    zone = plan.zone_at(plan.free.piece[plan.pieces.piece[timed]], plan.slots.all)
    pairs = pd.DataFrame({"zone": zone, "rule": rule[timed]})
    pairs = pairs[pairs["zone"] >= 0].drop_duplicates().sort_values(["zone", "rule"])
    for row, names in pairs.groupby("zone")["rule"]:
        rules[int(str(row))] += ", " + ", ".join(names)
    return rules


def fullest_slot(plan: Plan) -> int:
    """Return the slot with the most usable pitches; of several, the longest one in the week."""
    zones = plan.zones
    open_ = [int(zones.pitches[holds(zones.mask, slot)].sum()) for slot in range(len(plan.slots))]
    return max(range(len(open_)), key=lambda slot: (open_[slot], plan.slots.shares[slot]))
