"""Pitches that demand and rules leave of a plan's zones: low, likely and high."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers
from geo.core.crs import to_degrees
from geo.core.text import Text
from geo.core.tolerances import ROUNDING
from geo.stalls.demand import Demand
from geo.stalls.rows import RowRules, room_in_rows
from geo.stalls.supply_documents import DemandDocument, QuarterPitches
from geo.study.layers import codes

if TYPE_CHECKING:
    from geo.stalls.plan import Plan

Cap = Literal["geometry", "street_share", "demand", "quarter_share"]
"""What bounds the pitches of a zone: see `geo.study.layers.codes.CAPS`."""

LEVELS: Final = ("low", "likely", "high")
"""The parameters' names of the three levels, in their order."""

CAPPED_BY: Final = {
    "access_gaps": Text("通行口", "access gaps"),
    "existing_places": Text("已有疏导点", "existing places"),
    "street_share": codes.CAPS["street_share"],
    "demand": codes.CAPS["demand"],
    "quarter_share": codes.CAPS["quarter_share"],
}
"""What takes pitches of those that fit the kerb."""

_BAND_M: Final = 50.0
"""Zones whose distances to the nearest stall differ by less are as near."""


class Supply(NamedTuple):
    """
    The pitches of a plan's zones.

    Attributes
    ----------
    low, likely, high
        Shape (z,): by zone, what demand, shares of frontage and access gaps leave.
    in_rows
        Shape (z,): how many fit in rows with access gaps.
    longest
        Shape (z,): in the longest row of the likely ones.
    capped_by
        Shape (z,): what bounds the likely ones.
    quarter
        Shape (z,): the number of each zone's quarter, a row of `quarters`.
    quarters
        `quarter_id`, `name`, `frontage_m`, `stalls`, `existing` (pitches in places that are there), `cap_low`,
        `cap_likely`, `cap_high`.
    taken
        By cap: how many of the pitches that fit the kerb without gaps it takes of the likely ones.
    by_demand
        Whether quarters are capped by their stalls; else by a share of their frontage.
    """

    low: Integers
    likely: Integers
    high: Integers
    in_rows: Integers
    longest: Integers
    capped_by: NDArray[np.object_]
    quarter: Integers
    quarters: pd.DataFrame
    taken: dict[str, int]
    by_demand: bool


class _Caps(NamedTuple):
    """The pitches that each street, shape (s,), and each quarter, shape (q,), may have at a level."""

    street: Integers
    quarter: Integers


def all_in_rows(plan: Plan) -> Supply:
    """Return the pitches of a plan's zones where no demand is asked about: all that stand in rows with access gaps."""
    zones, rules = plan.zones, RowRules.of(plan.profile)
    room = room_in_rows(zones, rules, plan.kerbs.length_m, plan.ground.joins)
    quarters = pd.DataFrame({"quarter_id": [None], "name": [None], "frontage_m": [float(_frontage(plan).sum())]})
    quarters = quarters.assign(stalls=0, existing=0, **{f"cap_{level}": int(room.sum()) for level in LEVELS})
    taken = {"access_gaps": int((zones.pitches - room).sum())}
    caps = np.full(len(room), "geometry", dtype=object)
    none = np.zeros(len(room), dtype=np.int64)
    return Supply(room, room, room, room, rules.longest(room), caps, none, quarters, taken, False)


def supply_of(plan: Plan, demand: Demand) -> Supply:
    """
    Return the pitches that demand and rules leave of the zones of a plan.

    Of each zone as many count as stand in rows with access gaps (`stalls.row`); of each street at most a share of its
    frontage (`stalls.supply.street_share`); of each quarter at most its stalls times `stalls.supply.factor`, less the
    pitches of places that are there; where the study has no stalls, at most `stalls.supply.quarter_share` of its
    frontage. Zones in which stalls stand come first, then accepted ones, then zones open in trading hours, the ones
    nearest to stalls, on streets that need no designation, the larger ones. A zone has none, or as many as its stance
    asks for (`stalls.min_pitches`).

    Parameters
    ----------
    plan
        Of stalls.
    demand
        The quarters, stalls and places of the study.
    """
    zones, kerbs, rules = plan.zones, plan.kerbs, RowRules.of(plan.profile)
    middle = to_degrees(kerbs.points(zones.kerb, (zones.from_m + zones.to_m) / 2), kerbs.crs)
    quarter = demand.quarter_numbers(middle, kerbs.crs)
    street_of_kerb = np.unique(plan.street_ids(np.arange(len(kerbs))).astype(str), return_inverse=True)[1]
    street = street_of_kerb[zones.kerb]
    frontage = _frontage(plan)
    quarters = demand.table(plan, frontage)
    caps = {level: _caps(plan, demand, quarters, street_of_kerb, frontage, rules, level) for level in LEVELS}
    for level in LEVELS:
        quarters[f"cap_{level}"] = caps[level].quarter

    in_rows = room_in_rows(zones, rules, kerbs.length_m, plan.ground.joins)
    room = np.maximum(in_rows - demand.occupied(plan), 0)
    seats = demand.seats(plan)
    order = _order(plan, demand, middle, seats, room)
    least = np.array([int(plan.profile[f"stalls.min_pitches.{s}"]) for s in ("designated", "orderly")])
    fewest = np.where(plan.stance[zones.kerb] == "designated", *least)
    found: list[Integers] = []
    given = np.zeros(len(room), dtype=np.int64)
    for level in LEVELS:
        # what a level has, the next one has too
        if not found:
            given = _filled(given, np.minimum(seats, room), street, quarter, caps[level], order, fewest)
        given = _filled(given, room, street, quarter, caps[level], order, fewest)
        found.append(given)
    low, likely, high = found
    within_street = np.minimum(room, _left(room, street, caps["likely"].street, order))
    by_quarter: Cap = "demand" if demand.by_stalls else "quarter_share"
    in_quarter = np.bincount(quarter, likely, minlength=len(quarters))
    full = (caps["likely"].quarter - in_quarter)[quarter] < np.where(likely > 0, 1, fewest)
    capped = np.select([likely >= room, full], ["geometry", by_quarter], default="street_share").astype(object)
    sums = [int(each.sum()) for each in (zones.pitches, in_rows, room, within_street, likely)]
    names = ("access_gaps", "existing_places", "street_share", by_quarter)
    taken = {name: before - after for name, before, after in zip(names, sums[:-1], sums[1:], strict=True)}
    return Supply(low, likely, high, in_rows, rules.longest(likely), capped, quarter, quarters, taken, demand.by_stalls)


def _frontage(plan: Plan) -> Floats:
    """Return the metres of each kerb, 0 at medians, shape (2 n,)."""
    kerbs = plan.kerbs
    metres = kerbs.kerb_metres(np.arange(len(kerbs)), kerbs.from_m, np.maximum(kerbs.from_m, kerbs.to_m))
    return np.where(plan.ground.facing >= 0, 0.0, metres)


def _caps(
    plan: Plan,
    demand: Demand,
    quarters: pd.DataFrame,
    street: Integers,
    frontage: Floats,
    rules: RowRules,
    level: str,
) -> _Caps:
    profile, module = plan.profile, max(rules.module_m, ROUNDING)

    def shared(metres: Floats, kind: str) -> Integers:
        share = float(profile[f"stalls.supply.{kind}.{level}"])
        return np.asarray(np.floor(metres * share / module + ROUNDING), dtype=np.int64)

    by_street = shared(np.bincount(street, weights=frontage).astype(float), "street_share")
    if demand.by_stalls:
        wanted = quarters["stalls"].to_numpy() * float(profile[f"stalls.supply.factor.{level}"])
        by_quarter = np.asarray(np.ceil(wanted - ROUNDING), dtype=np.int64)
    else:
        by_quarter = shared(quarters["frontage_m"].to_numpy(dtype=float), "quarter_share")
    return _Caps(by_street, np.maximum(by_quarter - quarters["existing"].to_numpy(dtype=np.int64), 0))


def _order(plan: Plan, demand: Demand, middle: Floats, seats: Integers, room: Integers) -> Integers:
    """Return zones in their order of precedence."""
    zones = plan.zones
    accepted = pd.notna(plan.zone_decisions)
    trading = np.uint64(plan.slots.mask(plan.trading))
    open_ = (zones.mask & trading) == trading
    away = np.floor(demand.metres_to_stalls(middle, plan.kerbs.crs) / _BAND_M)
    designated = plan.stance[zones.kerb] == "designated"
    return np.lexsort((np.arange(len(room)), -room, designated, away, ~open_, ~accepted, seats == 0))


def _left(room: Integers, group: Integers, cap: Integers, order: Integers) -> Integers:
    """Return the rest of each group's cap for its members, served one after the other."""
    by_group = order[np.argsort(group[order], kind="stable")]
    sorted_room, sorted_group = room[by_group], group[by_group]
    before = np.cumsum(sorted_room) - sorted_room
    first = np.searchsorted(sorted_group, sorted_group, "left")
    result = np.zeros(len(room), dtype=np.int64)
    if len(room):
        result[by_group] = np.maximum(cap[sorted_group] - (before - before[first]), 0)
    return result


def _filled(
    given: Integers,
    room: Integers,
    street: Integers,
    quarter: Integers,
    caps: _Caps,
    order: Integers,
    fewest: Integers,
) -> Integers:
    """Return the pitches of zones with more of them, in their order, within room and caps."""
    more = np.maximum(room - given, 0)
    for group, cap in ((street, caps.street), (quarter, caps.quarter)):
        used = np.bincount(group, weights=given, minlength=len(cap)).astype(np.int64)
        more = np.minimum(more, _left(more, group, np.maximum(cap - used, 0), order))
        more = np.where(_too_few(given + more, fewest), 0, more)
    return given + more


def _too_few(pitches: Integers, fewest: Integers) -> Flags:
    return np.asarray((pitches > 0) & (pitches < fewest))


def demand_document(plan: Plan) -> DemandDocument:
    """Return the demand and the pitches of each quarter as plain values."""
    supply, size = plan.supply, len(plan.supply.quarters)
    table = supply.quarters.assign(
        **{level: np.bincount(supply.quarter, getattr(supply, level), minlength=size) for level in LEVELS},
        geometric=np.bincount(supply.quarter, plan.zones.pitches, minlength=size),
    )
    some = (table["frontage_m"] > 0) | (table["stalls"] > 0) | (table["geometric"] > 0)
    rows: list[QuarterPitches] = [
        {
            "quarter_id": row["quarter_id"],
            "name": row["name"],
            "frontage_m": round(float(row["frontage_m"]), 1),
            "stalls": int(row["stalls"]),
            "existing": int(row["existing"]),
            "cap": {"low": int(row["cap_low"]), "likely": int(row["cap_likely"]), "high": int(row["cap_high"])},
            "pitches": {"low": int(row["low"]), "likely": int(row["likely"]), "high": int(row["high"])},
            "pitches_geometric": int(row["geometric"]),
        }
        for row in table[some].astype(object).where(table[some].notna(), None).to_dict("records")
    ]
    return {
        "by": "stalls" if supply.by_demand else "frontage",
        "stalls": int(table["stalls"].sum()),
        "existing": int(table["existing"].sum()),
        "per_quarter": rows,
    }
