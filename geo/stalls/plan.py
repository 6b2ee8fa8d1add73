"""A plan of stalls or displays: exclusions of every kerb at every hour by rule, and the zones left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers, members, run_starts
from geo.core.crs import WGS84
from geo.core.opening_hours import Slots, Window, parse_windows
from geo.kerbs.decided import Decided
from geo.kerbs.exclusions import Masks, Runs, holds
from geo.kerbs.ground import KerbGround
from geo.kerbs.numbering import side_of
from geo.kerbs.plan import KerbPlan, Zones
from geo.kerbs.road_kinds import ROAD_KINDS
from geo.kerbs.ways import WAY_RULE
from geo.rules.loader import Profile
from geo.stalls.demand import Demand
from geo.stalls.places import Places
from geo.stalls.rows import RowRules
from geo.stalls.supply import Supply, all_in_rows, supply_of
from geo.study.schema import TIERS, conform_geo

UseKind = Literal["stall", "display"]
"""What would stand at the kerb: a stall, or goods on display outside a shop."""

GROUP: Final[dict[UseKind, str]] = {"stall": "stalls", "display": "display"}
"""The group of rules of each use."""

OBSTACLES: Final = (
    *("corner", "driveway", "crossing", "level_crossing", "bus_stop", "hydrant"),
    *("fire_station", "first_aid", "fuel", "hospital", "school", "station", "entrance", "bay"),
)
"""Kinds of obstacles with a clearance."""

ORDER: Final = (
    *(f"stalls.on_{kind}" for kind in ROAD_KINDS),
    "stalls.at_works",
    "kerb.median_within",
    "stalls.on_bridges",
    "stalls.in_tunnels",
    *(f"{group}.stance.{tier}" for tier in TIERS for group in GROUP.values()),
    "pavement.clear",
    "display.min_depth",
    "fire_lane.clear_width",
    "stalls.beside_barriers",
    *(f"clearance.{kind}" for kind in OBSTACLES),
    WAY_RULE,
    *(f"{group}.hours.{tier}" for tier in TIERS for group in GROUP.values()),
    "decisions",
    "stalls.designation",
    "stalls.min_pitches.designated",
    "stalls.min_pitches.orderly",
)
"""The rules that take kerb away, in the order in which a waterfall shows what each takes; all are parameters of the
profile but `decisions`: zones that were rejected."""


@dataclass(frozen=True)
class Standing:
    """
    Where things would stand at each kerb, shape (2 n,) each.

    Attributes
    ----------
    stance
        What the tier's rules say of the use: `forbidden`, `designated`, `orderly` and so on.
    pavement_m
        The width of the pavement.
    place
        `pavement`, `carriageway` or None.
    depth_m
        How deep things may be there.
    """

    stance: NDArray[np.object_]
    pavement_m: Floats
    place: NDArray[np.object_]
    depth_m: Floats


class Plan(KerbPlan):
    """
    A plan of stalls or displays at every kerb of a study, as made by `geo.stalls.planning.make_plan`.

    Parameters
    ----------
    ground
        The kerbs and their obstacles.
    profile
        The rules.
    slots
        The times of the week between which no rule changes.
    kind
        What would stand there.
    hours
        By parameter: in which slots its hours hold.
    standing
        Where things would stand.
    decided
        What was accepted or rejected.
    demand
        The demand for pitches; without it, zones have all that stand in rows.

    Attributes
    ----------
    stance, pavement_m, place, depth_m
        As `Standing` has them.
    """

    order = ORDER

    def __init__(
        self,
        ground: KerbGround,
        profile: Profile,
        slots: Slots,
        kind: UseKind,
        hours: Mapping[str, int],
        standing: Standing,
        decided: Decided,
        demand: Demand | None = None,
    ) -> None:
        super().__init__(ground, profile, slots)
        self.kind, self.hours, self.decided, self.demand = kind, hours, decided, demand
        self.stance, self.pavement_m = standing.stance, standing.pavement_m
        self.place, self.depth_m = standing.place, standing.depth_m

    @property
    def trading(self) -> tuple[Window, ...]:
        """When stalls are taken to trade."""
        return parse_windows(self.profile["stalls.trading_hours"])

    def open_hours(self, tier: str) -> int:
        """Return the slots of a tier's own hours for the use."""
        return self.hours[f"{GROUP[self.kind]}.hours.{tier}"]

    def pitches(self, length_m: Floats) -> Integers:
        """Return how many pitches fit stretches of kerb without access gaps."""
        return RowRules.of(self.profile).unbroken(length_m)

    def needed_m(self, stalls: pd.DataFrame) -> Floats:
        """Return the length of kerb that stalls need: a pitch's, or more where their known `area_m2` is larger."""
        length, depth = (float(self.profile[f"stalls.pitch.{part}"]) for part in ("length", "depth"))
        least = np.full(len(stalls), length)
        if "area_m2" not in stalls or depth <= 0:
            return least
        return np.maximum(np.nan_to_num(stalls["area_m2"].to_numpy(dtype=float)) / depth, least)

    @cached_property
    def places(self) -> Places:
        """The places for stalls that the city has."""
        table = None if self.demand is None else self.demand.places
        known = gpd.GeoDataFrame(geometry=[], crs=WGS84) if table is None else table
        return Places(conform_geo(known, "stall_places"), self.kerbs.crs, self.profile)

    @cached_property
    def supply(self) -> Supply:
        """The pitches of zones that demand and rules leave."""
        return all_in_rows(self) if self.demand is None else supply_of(self, self.demand)

    @cached_property
    def zone_decisions(self) -> NDArray[np.object_]:
        """The decision that accepted at least half of each zone, or None."""
        kerb, from_m, to_m = self.zones.kerb, self.zones.from_m, self.zones.to_m
        result = np.full(len(kerb), None, dtype=object)
        accepted = self.decided.accepted
        for number in range(len(accepted.kerb)):  # decisions of people: few
            here = np.flatnonzero(kerb == accepted.kerb[number])
            shared = np.minimum(to_m[here], accepted.to_m[number]) - np.maximum(from_m[here], accepted.from_m[number])
            result[here[shared * 2 >= to_m[here] - from_m[here]]] = accepted.cause[number]
        return result

    @cached_property
    def usable(self) -> Masks:
        """The slots of each stretch of `free` within a zone; of displays, its free slots."""
        if self.kind == "display":
            return self.free.value
        usable = np.zeros(len(self.free.kerb), dtype=np.uint64)
        zones = self.zones
        which, number = members(zones.last - zones.first + 1)
        np.bitwise_or.at(usable, zones.first[which] + number, zones.mask[which])
        return usable

    def zone_at(self, run: Integers, when: int) -> Integers:
        """Return the zone that holds each stretch of `free` in the slots of a mask, or -1."""
        zone = np.full(len(self.free.kerb) + 1, -1)
        zones, open_ = self.zones, (self.zones.mask & np.uint64(when)) > 0
        for number in np.flatnonzero(open_ & (zones.first < zones.last)):  # few
            zone[zones.first[number] : zones.last[number] + 1] = number
        single = np.flatnonzero(open_ & (zones.first == zones.last))
        zone[zones.first[single]] = single
        return zone[run]

    def zones_of(self, free: Runs) -> Zones:
        """
        Return the zones that free stretches make.

        A stretch that takes a pitch is one. Shorter ones that follow each other, free in different hours, make one in
        the hours that they share.
        """
        metres = self.kerbs.kerb_metres(free.kerb, free.from_m, free.to_m)
        pitches = self.pitches(metres)
        own = np.flatnonzero((free.value > 0) & (pitches > 0))
        short = np.flatnonzero((free.value > 0) & (pitches == 0))
        joint: dict[tuple[int, int], int] = {}
        if (np.diff(short) == 1).any():
            for slot in range(len(self.slots)):
                open_ = short[holds(free.value[short], slot)]
                # stretches that follow each other: their numbers less their ranks stay the same
                new = run_starts(open_ - np.arange(len(open_)), free.kerb[open_])
                first = np.flatnonzero(new)
                if len(first) == len(open_):
                    continue
                last = np.append(first[1:], len(open_)) - 1
                long = np.add.reduceat(metres[open_], first)
                for one, two in zip(first[fits := self.pitches(long) > 0], last[fits], strict=True):
                    key = int(open_[one]), int(open_[two])
                    joint[key] = joint.get(key, 0) | 1 << slot
        ends = np.array(sorted(joint), dtype=np.int64).reshape(-1, 2)
        masks = np.array([joint[int(one), int(two)] for one, two in ends], dtype=np.uint64)
        begin, end = np.concatenate([own, ends[:, 0]]), np.concatenate([own, ends[:, 1]])
        mask = np.concatenate([free.value[own], masks])
        order = np.lexsort((end, begin))
        begin, end, mask = begin[order], end[order], mask[order]
        kerb, from_m, to_m = free.kerb[begin], free.from_m[begin], free.to_m[end]
        length = self.kerbs.kerb_metres(kerb, from_m, to_m)
        return Zones(kerb, from_m, to_m, mask, length, self.pitches(length), begin, end)

    @cached_property
    def zone_ids(self) -> NDArray[np.object_]:
        """The identifiers of zones, made of segment, side and beginning, so that they outlive a new plan."""
        zones = self.zones
        segment = self.segment_ids(zones.kerb)
        decimetres = np.round(zones.from_m * 10).astype(np.int64)
        names = [f"Z{s}{'LR'[side_of(int(k))]}{d}" for s, k, d in zip(segment, zones.kerb, decimetres, strict=True)]
        again: dict[str, int] = {}
        for number, name in enumerate(names):
            again[name] = again.get(name, 0) + 1
            if again[name] > 1:  # another at the same place in other hours
                names[number] = f"{name}.{again[name]}"
        return np.array(names, dtype=object)
