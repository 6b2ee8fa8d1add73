"""Judge all stalls of a study at once."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Integers, members
from geo.core.crs import to_metric
from geo.core.tolerances import ROUNDING
from geo.stalls.places import PLACES
from geo.stalls.plan import ORDER, Plan
from geo.stalls.positions import Free, KerbPositions, free_at, stretch_holding
from geo.stalls.verdicts import ALLOWED, FORBIDDEN, OFF_STREET, OTHER_HOURS, TOO_SHORT


class Judged(NamedTuple):
    """
    Verdicts on stalls.

    Attributes
    ----------
    verdict
        Shape (k,): one of `VERDICTS`, or `OFF_STREET`; None for a stall that was not located.
    reasons
        Shape (k,): the rules that forbid it in trading hours, between ", "; the stance that allows it where none does.
    zone
        Shape (k,): the zone that it stands in while it trades (a number of `Plan.zones`), or -1.
    place
        Shape (k,): the place of the city's own that it stands in (a number of `Plan.places`), or -1.
    """

    verdict: NDArray[np.object_]
    reasons: NDArray[np.object_]
    zone: Integers
    place: Integers


def judge(plan: Plan, stalls: pd.DataFrame) -> Judged:
    """
    Judge stalls by their places, in the trading hours of stalls (`stalls.trading_hours`).

    A stall is `allowed` where it may stand in all of those hours, `forbidden` where it may never, else `other_hours`.
    In a place that the city has (`stalls.place.within`) it may stand in the hours of the place, whatever the kerb says.
    One with an area larger than a pitch needs a zone as long as that area at the depth of a pitch.

    Parameters
    ----------
    plan
        Of the study.
    stalls
        Located: `segment_id`, `side`, `offset_m`, `distance_m`; `area_m2` where known.
    """
    size = len(stalls)
    verdict, reasons, zone = np.full(size, None, dtype=object), np.full(size, "", dtype=object), np.full(size, -1)
    located, asked, off_street = _positions(plan, stalls)
    verdict[off_street], reasons[off_street] = OFF_STREET, "kerb.asked_within"
    if len(located) == 0:
        return _in_places(plan, stalls, Judged(verdict, reasons, zone, np.full(size, -1)))
    trading = np.uint64(plan.slots.mask(plan.trading))
    free = _as_large(plan, free_at(plan, asked), stalls.iloc[located], int(trading))
    full = (free.mask & trading) == trading
    verdict[located] = np.select([full, free.mask > 0], [ALLOWED, OTHER_HOURS], FORBIDDEN)
    zone[located] = np.where(free.mask > 0, plan.zone_at(free.run, int(trading)), -1)
    texts = _forbidding(plan, asked, free, trading)
    reasons[located[full]] = [f"stalls.stance.{tier}" for tier in plan.tier[asked.kerb[full]]]
    reasons[located[texts.index.to_numpy(dtype=np.int64)]] = texts.to_numpy(dtype=object)
    return _in_places(plan, stalls, Judged(verdict, reasons, zone, np.full(size, -1)))


def _in_places(plan: Plan, stalls: pd.DataFrame, judged: Judged) -> Judged:
    """Return verdicts, with stalls in the city's own places judged by the hours of the place."""
    if len(plan.places) == 0 or not isinstance(stalls, gpd.GeoDataFrame) or len(stalls) == 0:
        return judged
    points = shapely.get_coordinates(shapely.centroid(stalls.geometry.to_numpy()))
    place = plan.places.holding(to_metric(points, plan.kerbs.crs))
    inside = place >= 0
    full = np.append(plan.places.open_in(plan.trading), False)[place]
    verdict, reasons = judged.verdict.copy(), judged.reasons.copy()
    better = inside & (full | ~np.isin(verdict, (ALLOWED, OTHER_HOURS)))
    verdict[better] = np.where(full, ALLOWED, OTHER_HOURS)[better]
    reasons[better] = PLACES
    return Judged(verdict, reasons, np.where(inside, -1, judged.zone), place)


def _as_large(plan: Plan, free: Free, stalls: pd.DataFrame, trading: int) -> Free:
    """Return when stalls of their areas are free: never where their zone is too short for one."""
    if plan.kind != "stall" or len(plan.zones.kerb) == 0:
        return free
    zone = plan.zone_at(free.run, trading)
    needed = plan.needed_m(stalls)
    none = (zone >= 0) & (plan.zones.length_m[zone] < needed - ROUNDING)
    return free._replace(
        mask=np.where(none, np.uint64(0), free.mask),
        too_short=np.where(none, free.mask | free.too_short, free.too_short),
    )


def _positions(plan: Plan, stalls: pd.DataFrame) -> tuple[Integers, KerbPositions, Integers]:
    """Return the stalls that stand at a kerb, their positions on it, and the stalls that stand at no street."""
    kerbs = plan.kerbs
    located = np.flatnonzero(stalls["segment_id"].isin(kerbs.row_of.index).to_numpy())
    if len(located) == 0:
        return located, KerbPositions(located, np.zeros(0), np.zeros(0)), located
    rows = stalls.iloc[located]
    kerb = kerbs.of(rows)
    away = rows["distance_m"].to_numpy(dtype=float) - kerbs.half_m[kerb]
    near = away <= float(plan.profile["kerb.asked_within"])
    kerb, offset_m = kerb[near], rows["offset_m"].to_numpy(dtype=float)[near]
    along = np.clip(offset_m, kerbs.from_m[kerb], np.maximum(kerbs.to_m, kerbs.from_m)[kerb])
    return located[near], KerbPositions(kerb, along, np.zeros(len(kerb))), located[~near]


def _forbidding(plan: Plan, asked: KerbPositions, free: Free, trading: np.uint64) -> pd.Series:
    """Return the rules that forbid positions in trading hours, between ", " in their order, by number of position."""
    piece = stretch_holding(plan.pieces.kerb, plan.pieces.from_m, asked)
    first = np.searchsorted(plan.pieces.piece, piece, "left")
    counts = np.where(piece >= 0, np.searchsorted(plan.pieces.piece, piece, "right") - first, 0)
    stall, number = members(counts)
    exclusion = plan.pieces.exclusion[first[stall] + number]
    then = (plan.exclusions.mask[exclusion] & trading) > 0
    spoken = pd.concat(
        [
            pd.DataFrame({"stall": stall[then], "rule": plan.exclusions.rule[exclusion[then]]}),
            pd.DataFrame({"stall": np.flatnonzero((free.too_short & trading) > 0), "rule": TOO_SHORT[plan.kind]}),
            pd.DataFrame({"stall": np.flatnonzero(piece < 0), "rule": "clearance.corner"}),
        ]
    )
    ranks = {name: rank for rank, name in enumerate((*ORDER, *TOO_SHORT.values()))}
    spoken["rank"] = spoken["rule"].map(ranks)
    spoken = spoken.drop_duplicates(["stall", "rule"]).sort_values(["stall", "rank"])
    return spoken.groupby("stall")["rule"].agg(", ".join)
