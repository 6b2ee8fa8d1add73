"""Where stalls may stand: what every rule takes from every kerb at every hour, and the zones that are left."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers, members
from geo.core.errors import RuleError
from geo.core.opening_hours import Slots, Window, parse_windows
from geo.core.text import Text
from geo.core.tolerances import ROUNDING
from geo.kerbs.decided import Decided
from geo.kerbs.exclusions import Exclusions, Masks, Runs, cut, holds, runs
from geo.kerbs.ground import KerbGround
from geo.kerbs.numbering import left_and_right, side_of
from geo.kerbs.obstacles import Clearance, clearances
from geo.kerbs.plan import KerbPlan, Zones
from geo.rules import Profile
from geo.streets.segment_tags import highway_class
from geo.study.schema import TIERS

UseKind = Literal["stall", "display"]
"""What would stand at the kerb: a stall, or goods on display outside a shop."""


_GROUP: Final[dict[UseKind, str]] = {"stall": "stalls", "display": "display"}


_OBSTACLES: Final = (
    *("corner", "driveway", "crossing", "level_crossing", "bus_stop", "hydrant"),
    *("fire_station", "fuel", "hospital", "school", "station", "entrance", "bay"),
)


_NOT_FOR_DISPLAY: Final = ("entrance", "bay")
"""A shop's display stands at its own entrance and on the pavement."""


ORDER: Final = (
    "kerb.median_within",
    "stalls.on_bridges",
    "stalls.in_tunnels",
    *(f"{group}.stance.{tier}" for tier in TIERS for group in _GROUP.values()),
    "pavement.clear",
    "display.min_depth",
    "fire_lane.clear_width",
    *(f"clearance.{kind}" for kind in _OBSTACLES),
    *(f"{group}.hours.{tier}" for tier in TIERS for group in _GROUP.values()),
    "decisions",
    "stalls.designation",
    "stalls.min_pitches.designated",
    "stalls.min_pitches.orderly",
)
"""The rules that take kerb away, in the order in which a waterfall shows what each takes; all are parameters of the
profile but `decisions`: zones that were rejected."""


class Plan(KerbPlan):
    """
    What the rules say of every kerb of a study.

    Parameters
    ----------
    ground
        The kerbs and their obstacles.
    profile
        The rules.
    decided
        What was accepted or rejected.
    kind
        What would stand there.

    Attributes
    ----------
    place, depth_m
        Shape (2 n,): where things would stand (`pavement`, `carriageway` or None) and how deep they may be.
    pavement_m
        Shape (2 n,).
    """

    order = ORDER

    def __init__(
        self, ground: KerbGround, profile: Profile, decided: Decided | None = None, kind: UseKind = "stall"
    ) -> None:
        group = _GROUP[kind]
        windows = {path: parse_windows(leaf.value) for path, leaf in profile.leaves.items() if leaf.unit == "hours"}
        super().__init__(ground, profile, _slots(profile, windows))
        self.kind = kind
        self._hours = {path: self.slots.mask(window) for path, window in windows.items()}
        stance = {tier: str(profile[f"{group}.stance.{tier}"]) for tier in TIERS}
        self.stance = np.array([stance[tier] for tier in self.tier], dtype=object)
        classes = highway_class(self.kerbs.roads["highway"])
        default = profile.group("pavement.width")
        assumed = np.repeat([float(default[name]) for name in classes], 2)
        self.pavement_m = np.where(np.isnan(ground.pavement_m), assumed, ground.pavement_m)
        self.place, self.depth_m, too_narrow = self._room()
        found = [*self._whole_kerbs(group), too_narrow, *clearances(self.kerbs, ground.surveyed, self._clearances())]
        self.decided = decided or Decided.none()
        if kind == "stall":
            found.append(self.decided.rejected)
        exclusions = self.clipped(found)
        exclusions = self.clipped([exclusions, self._other_side(exclusions)])
        if kind == "stall":
            exclusions = self.clipped([exclusions, *self._not_designated(exclusions)])
        self.settle(exclusions)

    @property
    def trading(self) -> tuple[Window, ...]:
        """When stalls are taken to trade."""
        return parse_windows(self.profile["stalls.trading_hours"])

    def open_hours(self, tier: str) -> int:
        """Return in which slots a tier's own hours allow the use."""
        return self._hours[f"{_GROUP[self.kind]}.hours.{tier}"]

    def _clearances(self) -> dict[str, Clearance]:
        """Return the clearance of each kind of obstacle that counts, in the slots in which it holds."""
        rules = {
            kind: f"clearance.{kind}" for kind in _OBSTACLES if self.kind == "stall" or kind not in _NOT_FOR_DISPLAY
        }
        return {
            kind: Clearance(rule, float(self.profile[rule]), self._hours.get(f"clearance_hours.{kind}", self.slots.all))
            for kind, rule in rules.items()
        }

    def _whole_kerbs(self, group: str) -> list[Exclusions]:
        """Return what excludes whole kerbs: no frontage, bridges, tunnels, the tier's stance and its hours."""
        every = self.slots.all
        found = self.without_frontage("stalls")
        for tier in TIERS:
            mine = np.flatnonzero(self.tier == tier)
            if self.profile[f"{group}.stance.{tier}"] == "forbidden":
                found.append(self.whole(mine, f"{group}.stance.{tier}", self.street_ids(mine), every))
            elif closed := every & ~self._hours[f"{group}.hours.{tier}"]:
                found.append(self.whole(mine, f"{group}.hours.{tier}", self.street_ids(mine), closed))
        return found

    # ---- where there is room across the street ------------------------------------------------------------------

    def _room(self) -> tuple[NDArray[np.object_], Floats, Exclusions]:
        """Return the place and depth of things at each kerb, and the kerbs where there is none for them."""
        profile = self.profile
        place = np.full(len(self.kerbs), None, dtype=object)
        spare = self.pavement_m - float(profile["pavement.clear"])
        forbidden = self.stance == "forbidden"
        if self.kind == "display":
            depth = np.minimum(float(profile["display.depth"]), spare)
            least = float(profile["display.min_depth"])
            # where there is no pavement at all, displays stand at the edge of the carriageway beside the fire lane
            beside = np.minimum(float(profile["display.depth"]), self._carriageway_spare / 2)
            shared = (self.pavement_m <= 0) & ~forbidden
            depth = np.where(shared, beside, depth)
            place[depth >= least] = "pavement"
            place[shared & (depth >= least)] = "carriageway"
            none = np.flatnonzero((depth < least) & ~forbidden)
            return place, depth, self.whole(none, "display.min_depth", self.segment_ids(none), self.slots.all)
        depth_m = float(profile["stalls.pitch.depth"])
        place[spare >= depth_m - ROUNDING] = "pavement"
        allowed = {tier: bool(profile[f"stalls.carriageway.{tier}"]) for tier in TIERS}
        may = np.array([allowed[tier] for tier in self.tier], dtype=bool) & (place == None)  # noqa: E711
        fits = self._carriageway_spare >= depth_m - ROUNDING
        place[may & fits] = "carriageway"
        narrow = np.flatnonzero(~may & (place == None) & ~forbidden)  # noqa: E711
        lane = np.flatnonzero(may & ~fits & ~forbidden)
        none = np.concatenate([narrow, lane])
        rule = np.repeat(np.array(["pavement.clear", "fire_lane.clear_width"], dtype=object), [len(narrow), len(lane)])
        return place, np.full(len(self.kerbs), depth_m), self.whole(none, rule, self.segment_ids(none), self.slots.all)

    @cached_property
    def _carriageway_spare(self) -> Floats:
        """Shape (2 n,): what the carriageway has beyond the fire lane."""
        return self.carriageway_m - float(self.profile["fire_lane.clear_width"])

    def _other_side(self, exclusions: Exclusions) -> Exclusions:
        """Return the kerbs of streets too narrow for stalls at both edges of the carriageway, on the worse side."""
        depth, on_it = self.depth_m, self.place == "carriageway"
        (left, right), (left_m, right_m) = left_and_right(on_it), left_and_right(depth)
        both = np.repeat(left & right, 2)
        narrow = both & (self._carriageway_spare < np.repeat(left_m, 2) + np.repeat(right_m, 2) - ROUNDING)
        out = self.worse_side(narrow, exclusions)
        return self.whole(out, "fire_lane.clear_width", self.segment_ids(out), self.slots.all)

    # ---- decisions and designated places --------------------------------------------------------------------------

    def _not_designated(self, exclusions: Exclusions) -> list[Exclusions]:
        """Return what is left of kerbs where only designated places count, but is none, or too short to be one."""
        found = []
        every, kerbs = self.slots.all, self.kerbs
        if self.profile["stalls.designation"] == "accepted":
            pieces = cut(kerbs.from_m, kerbs.to_m, self.decided.accepted.within(kerbs.from_m, kerbs.to_m))
            covered = np.isin(np.arange(len(pieces.kerb)), pieces.piece)
            out = (self.stance[pieces.kerb] == "designated") & ~covered
            kerb, from_m, to_m = pieces.kerb[out], pieces.from_m[out], pieces.to_m[out]
            found.append(Exclusions.of(kerb, from_m, to_m, "stalls.designation", self.street_ids(kerb), every))
            exclusions = self.clipped([exclusions, *found])
        pieces = cut(kerbs.from_m, kerbs.to_m, exclusions)
        zones = self.zones_of(runs(pieces, np.uint64(every) & ~pieces.excluded(exclusions.mask)))
        for stance in ("designated", "orderly"):
            least = int(self.profile[f"stalls.min_pitches.{stance}"])
            few = (zones.pitches < least) & (self.stance[zones.kerb] == stance)
            kerb = zones.kerb[few]
            rule = f"stalls.min_pitches.{stance}"
            small = Exclusions.of(kerb, zones.from_m[few], zones.to_m[few], rule, self.street_ids(kerb), every)
            found.append(small._replace(mask=zones.mask[few]))
        return found

    # ---- what is left ---------------------------------------------------------------------------------------------

    def pitches(self, length_m: Floats) -> Integers:
        """Return how many pitches fit stretches of kerb."""
        pitch, gap = (float(self.profile[f"stalls.pitch.{part}"]) for part in ("length", "gap"))
        if pitch + gap <= 0:
            return np.zeros(len(length_m), dtype=np.int64)
        return np.asarray(np.maximum(np.floor((length_m + gap) / (pitch + gap) + ROUNDING), 0.0), dtype=np.int64)

    @cached_property
    def usable(self) -> Masks:
        """In which slots each stretch of `free` is in a zone; of displays, in which it is free."""
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
                new = np.ones(len(open_), dtype=bool)
                new[1:] = (np.diff(open_) != 1) | (free.kerb[open_[1:]] != free.kerb[open_[:-1]])
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
        """What zones are called: by segment, side and beginning, so that the name outlives a new plan."""
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


def _slots(profile: Profile, windows: Mapping[str, tuple[Window, ...]]) -> Slots:
    try:
        return Slots(windows.values())
    except ValueError as error:
        raise RuleError(
            profile.name,
            "hours",
            Text(
                f"各规则的时段把一周切成了 {error} 段，过多", f"The hours of all rules cut the week into {error} parts"
            ),
            Text("请把相近的时刻统一，至多 63 段", "Let nearby times be one: 63 parts at most"),
        ) from error
