"""Guide stalls that stand in the way to places with room: the shortest walks for all of them together, proven."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers
from geo.core.crs import WGS84, to_degrees
from geo.core.records import document_rows
from geo.core.tolerances import ROUNDING
from geo.network.graph import Network
from geo.network.searches import distances
from geo.network.snapping import snap
from geo.stalls.assignment import assign
from geo.stalls.documents import GuidanceDocument, HallDocument, MoveDocument, ShortageDocument
from geo.stalls.judging import Judged
from geo.stalls.places import Places, groups_of
from geo.stalls.plan import Plan
from geo.stalls.verdicts import ALLOWED, FORBIDDEN, OTHER_HOURS


class Guidance(NamedTuple):
    """
    Where the stalls that stand in the way should go.

    Attributes
    ----------
    moves
        The study's table `moves`: `stall_id`, `street_id` (where it is now), `to_kind` (zone, place, hall or none),
        `to_id`, `walk_m`, `reason` (`forbidden`, `zone_full`, or for those without a place `no_room` and `no_hall`).
    total_walk_m, gap_m
        The sum of the walks, and by how much it may be above the least possible (0: proven).
    shortage
        By street, where somebody finds no place: `street_id`, `name`, `stalls`, `pitches` and `hall_places` that would
        end it.
    halls
        The market halls: `facility_id`, `name`, `room`, `assumed` (whether the room is the profile's guess), `taken`.
    """

    moves: pd.DataFrame
    total_walk_m: float
    gap_m: float
    shortage: pd.DataFrame
    halls: pd.DataFrame


def needs_hall(goods: pd.Series, words: Sequence[str]) -> NDArray[np.bool_]:
    """Tell whether goods are sold in halls only: goods with one of the words."""
    text = goods.astype("string").fillna("").str.casefold()
    found = np.zeros(len(goods), dtype=bool)
    for word in words:
        # a Latin word is a whole word: "meat" is not in "meatless"
        pattern = rf"\b{word.casefold()}\b" if word.isascii() else word
        found |= text.str.contains(pattern, regex=True).to_numpy(dtype=bool)
    return found


def guide(
    plan: Plan, judged: Judged, stalls: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame, network: Network
) -> Guidance:
    """
    Assign stalls that stand in the way to zones, places of the city's own and market halls with room, by walking.

    In the way are stalls where none may stand at any hour, and those for which their zone has no pitch left (the ones
    with the most offences go). Stalls in zones keep their pitches. Zones count that are open in the trading hours.

    Parameters
    ----------
    plan, judged
        The plan, and what it says of `stalls`.
    stalls
        The study's layer, located.
    facilities
        Of which those of kind `market` are halls.
    network
        On foot.
    """
    profile, crs = plan.profile, plan.kerbs.crs
    trading = np.uint64(plan.slots.mask(plan.trading))
    zones = np.flatnonzero((plan.zones.mask & trading) == trading)
    places = np.flatnonzero(plan.places.open_in(plan.trading))
    moving, reason = _in_the_way(plan, judged, stalls)
    room = np.concatenate(
        [
            _left(plan.supply.likely, judged.zone[~moving])[zones],
            _left(plan.places.pitches, judged.place[~moving])[places],
        ]
    )

    halls = _halls(facilities, int(profile["guide.hall_places"]))
    movers = np.flatnonzero(moving)
    middle = (plan.zones.from_m + plan.zones.to_m)[zones] / 2
    spots = np.concatenate([plan.kerbs.points(plan.zones.kerb[zones], middle), plan.places.middle[places]])
    to = np.concatenate([to_degrees(spots, crs), shapely.get_coordinates(halls["geometry"].to_numpy())])
    who, place, walk = _walks(network, stalls.geometry.iloc[movers], to, float(profile["guide.within"]))
    hall_only = needs_hall(stalls["goods"].iloc[movers], profile["guide.hall_goods"])
    possible = (place >= len(spots)) | ~hall_only[who] if len(who) else np.zeros(0, dtype=bool)
    possible &= _long_enough(plan, stalls.iloc[movers], zones, who, place)
    sold = _sold_there(plan.places, stalls["goods"].iloc[movers], who, places, place - len(zones))
    at_place = (place >= len(zones)) & (place < len(spots))
    possible = np.where(at_place, sold, possible)
    all_room = np.concatenate([room, halls["room"].to_numpy()])
    solved = assign(who[possible], place[possible], walk[possible], len(movers), all_room)

    names = np.concatenate([plan.zone_ids[zones], plan.places.ids[places], halls["facility_id"].to_numpy(dtype=object)])
    cost = dict(zip(zip(who.tolist(), place.tolist(), strict=True), walk.tolist(), strict=True))
    placed = solved.place >= 0
    to_id = np.full(len(movers), None, dtype=object)
    to_id[placed] = names[solved.place[placed]]
    street = plan.kerbs.roads.set_index("segment_id")["street_id"].reindex(stalls["segment_id"].iloc[movers]).to_numpy()
    moves = pd.DataFrame(
        {
            "stall_id": stalls["stall_id"].iloc[movers].to_numpy(),
            "street_id": street,
            "to_kind": np.select(
                [~placed, solved.place < len(zones), solved.place < len(spots)], ["none", "zone", "place"], "hall"
            ),
            "to_id": to_id,
            "walk_m": [round(cost[i, int(p)], 1) if p >= 0 else np.nan for i, p in enumerate(solved.place)],
            "reason": np.where(placed, reason[movers], np.where(hall_only, "no_hall", "no_room")),
        }
    )
    taken = np.bincount(solved.place[placed], minlength=len(all_room))[len(spots) :]
    halls = halls.drop(columns="geometry").assign(taken=taken)
    return Guidance(moves, solved.total, solved.gap, _shortage(plan, moves), halls)


def _left(pitches: Integers, standing: Integers) -> Integers:
    """Return the pitches left beside stalls that stand there already (their zone or place, -1 for none)."""
    taken = np.bincount(standing[standing >= 0], minlength=len(pitches))
    return np.asarray(np.maximum(pitches - taken, 0))


def _sold_there(places: Places, goods: pd.Series, who: Integers, open_: Integers, number: Integers) -> Flags:
    """
    Tell of pairs of a stall and a place of the city's own whether its goods may be sold there.

    Goods that need a hall are sold in places for such goods only; goods of other groups than the place's, nowhere.
    """
    if len(open_) == 0 or len(who) == 0:
        return np.zeros(len(who), dtype=bool)
    words = places.profile["guide.hall_goods"]
    at = open_[np.clip(number, 0, len(open_) - 1)]
    for_hall = ~needs_hall(goods, words)[who] | needs_hall(places.table["goods"], words)[at]
    own = groups_of(goods, places.profile)
    fits = [
        not own[stall] or not places.groups[place] or bool(own[stall] & places.groups[place])
        for stall, place in zip(who.tolist(), at.tolist(), strict=True)
    ]
    return np.asarray(for_hall & np.array(fits, dtype=bool))


def _long_enough(plan: Plan, stalls: pd.DataFrame, zones: Integers, who: Integers, place: Integers) -> Flags:
    """Tell of pairs of a stall and a place whether the zone is long enough for the stall's area; halls are."""
    needed = plan.needed_m(stalls)
    length = np.append(plan.zones.length_m[zones], np.inf)
    return np.asarray(length[np.minimum(place, len(zones))] >= needed[who] - ROUNDING)


def _halls(facilities: gpd.GeoDataFrame, places: int) -> pd.DataFrame:
    """Return the market halls: `facility_id`, `name`, `room`, whether that is `assumed`, and the geometry."""
    halls = facilities[facilities["kind"] == "market"].reset_index(drop=True)
    room = halls["capacity"].fillna(places).astype(np.int64)
    known = halls[["facility_id", "name"]].assign(room=room, assumed=halls["capacity"].isna())
    return pd.DataFrame(known).assign(geometry=halls.geometry.to_numpy())


def _in_the_way(plan: Plan, judged: Judged, stalls: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Return a flag for each stall in the way, and the reason."""
    reason = np.full(len(stalls), "", dtype=object)
    moving = judged.verdict == FORBIDDEN
    reason[moving] = "forbidden"
    # zones, then places of the city's own
    spot = np.where(judged.place >= 0, len(plan.zones.kerb) + judged.place, judged.zone)
    every = np.concatenate([plan.supply.in_rows, plan.places.pitches])
    inside = np.flatnonzero(np.isin(judged.verdict, (ALLOWED, OTHER_HOURS)) & (spot >= 0))
    offences = stalls["offences"].fillna(0).to_numpy(dtype=float)[inside]
    order = np.lexsort((np.arange(len(inside)), offences, spot[inside]))
    mine = spot[inside][order]
    first = np.searchsorted(mine, mine)
    surplus = inside[order][np.arange(len(mine)) - first >= every[mine]]
    moving[surplus] = True
    reason[surplus] = "zone_full"
    return moving, reason


def _walks(network: Network, stalls: gpd.GeoSeries, to: Floats, within_m: float) -> tuple[Integers, Integers, Floats]:
    """Return stall, place and walk of all pairs within reach."""
    none = np.zeros(0, dtype=np.int64)
    if len(stalls) == 0 or len(to) == 0 or network.size == 0:
        return none, none, none.astype(float)
    starts, away = snap(network, stalls)
    places, off = snap(network, gpd.GeoSeries(shapely.points(to), crs=WGS84))
    # searched from the fewer side: ways on foot are as long in both directions
    if len(stalls) <= len(to):
        pairs = distances(network, starts, places, limit=within_m)
        who, place = pairs["start"].to_numpy(), pairs["target"].to_numpy()
    else:
        pairs = distances(network, places, starts, limit=within_m)
        who, place = pairs["target"].to_numpy(), pairs["start"].to_numpy()
    walk = pairs["cost"].to_numpy(dtype=float) + away[who] + off[place]
    near = walk <= within_m
    return who[near], place[near], walk[near]


def _shortage(plan: Plan, moves: pd.DataFrame) -> pd.DataFrame:
    left = moves[moves["to_kind"] == "none"]
    hall = left["reason"] == "no_hall"
    table = pd.DataFrame(
        {"street_id": left["street_id"], "stalls": 1, "pitches": (~hall).astype(int), "hall_places": hall.astype(int)}
    )
    sums = table.groupby("street_id", as_index=False, dropna=False).sum()
    names = plan.kerbs.roads.drop_duplicates("street_id").set_index("street_id")["name"]
    sums.insert(1, "name", sums["street_id"].map(names))
    return sums.sort_values(["stalls", "street_id"], ascending=[False, True]).reset_index(drop=True)


def guidance_document(guidance: Guidance) -> GuidanceDocument:
    """Return guidance as plain values, for a JSON document."""
    placed = guidance.moves["to_kind"] != "none"
    return {
        "moves": document_rows(guidance.moves, MoveDocument),
        "total_walk_m": round(guidance.total_walk_m, 1),
        "proven_gap_m": round(guidance.gap_m, 6),
        "moved": int(placed.sum()),
        "without_place": int((~placed).sum()),
        "shortage": document_rows(guidance.shortage, ShortageDocument),
        "halls": document_rows(guidance.halls, HallDocument),
    }
