"""Room for parking bays: the kerb taken by every parking rule, by day or at night."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.line_ends import both_ends, line_of
from geo.core.opening_hours import Slots, parse_windows
from geo.core.tolerances import ROUNDING
from geo.kerbs.exclusions import Exclusions, Runs
from geo.kerbs.ground import KerbGround
from geo.kerbs.numbering import kerb_of, left_and_right, segment_of, side_of
from geo.kerbs.obstacles import Clearance, clearances, inside
from geo.kerbs.plan import KerbPlan, Zones
from geo.kerbs.road_kinds import ROAD_KINDS, beside_barriers
from geo.kerbs.ways import WAY_RULE, ways_across
from geo.parking.standing import SIGN_RULES, closed_by_sign
from geo.rules.loader import Profile
from geo.streets.car_access import closed_to_cars
from geo.study.schema import TIERS

BayHours = Literal["all_day", "night"]

_STANDARD: Final = (
    *("corner", "driveway", "crossing", "signals", "level_crossing"),
    *("bus_stop", "hydrant", "fire_station", "first_aid", "fuel", "kerb_extension", "parking_obstacle"),
)
_STRICT: Final = ("corner", "level_crossing", "bus_stop", "hydrant", "fire_station", "first_aid", "fuel")
"""Obstacles for which the strict reading has its own clearance."""

_WIDTHS: Final = ("one_side_two_way", "both_sides_two_way", "one_side_one_way", "both_sides_one_way")

BAY_ORDER: Final = (
    *(f"bay.on_{kind}" for kind in ROAD_KINDS),
    "bay.access",
    "bay.at_works",
    *SIGN_RULES,
    *(f"bay.tiers.{tier}" for tier in TIERS),
    "kerb.median_within",
    "bay.on_bridges",
    "bay.in_tunnels",
    "bay.strict.bridge",
    "bay.strict.tunnel",
    "bay.strict.narrow",
    "bay.cycle_lane.beside",
    *(f"bay.min_carriageway_width.{width}" for width in _WIDTHS),
    *(f"bay.night_carriageway_width.{width}" for width in _WIDTHS),
    "bay.night_through_traffic",
    "fire_lane.clear_width",
    *(f"bay.aisle.{way}" for way in ("parallel", "angled_30", "angled_45", "angled_60", "perpendicular")),
    "bay.cycle_lane.width",
    "bay.beside_barriers",
    *(f"clearance.{kind}" for kind in _STANDARD),
    *(f"bay.strict.{kind}" for kind in _STRICT),
    "bay.bend_radius",
    "bay.strict.bend",
    "bay.tram_tracks",
    WAY_RULE,
    "decisions",
    "bay.overlaps",
)
"""The rules that take kerb from bays, in the order in which a waterfall shows what each takes."""


class BayRoom(KerbPlan):
    """
    The room for bays at every kerb of a study, under the parking rules.

    Parameters
    ----------
    ground
        The kerbs and their obstacles.
    profile
        `bay.*`, `clearance.*`, `fire_lane.*`, `need.night`.
    hours
        All day, or at night: then the night's widths and through traffic count.
    traffic
        Shape (n,): the through traffic of each segment's street, from 0 to 1 (of `street_scores`); for the night.
    rails
        Tram tracks in the metric CRS.
    kept
        Zones for stalls that were accepted: they stay.
    widths
        What to multiply the half widths of carriageways by, shape (2 n,): for low and high capacities.
    standing
        `standing` of another room of the same ground and rules: it depends neither on hours nor on widths.

    Attributes
    ----------
    standing
        The kerb that obstacles, bends, tracks and other ways take.
    sides
        Shape (n,): on how many sides of each carriageway its width allows bays: 0, 1 or 2.
    """

    order = BAY_ORDER

    def __init__(
        self,
        ground: KerbGround,
        profile: Profile,
        hours: BayHours = "all_day",
        traffic: Floats | None = None,
        rails: NDArray[np.object_] | None = None,
        kept: Exclusions | None = None,
        widths: Floats | None = None,
        standing: Exclusions | None = None,
    ) -> None:
        super().__init__(ground, profile, Slots([]))
        self.hours = hours
        self._scale = np.ones(len(self.kerbs)) if widths is None else widths
        self.orientation = str(profile["bay.orientation"])
        self.depth_m, self.pitch_m, self.lean_m = _shape(profile, self.orientation)
        self.gap_m = float(profile["bay.gap"])
        if standing is None:
            reach = self.lean_m + float(profile[WAY_RULE])
            across = ways_across(self.kerbs, ground.ways, reach, self.slots.all, self.depth_m, self.own_line_counts)
            standing = self.clipped([*self._obstacles(), *_bends(self), *_tracks(self, rails), across])
        self.standing = standing
        found = [*self._streets(traffic), standing]
        if kept is not None:
            found.append(kept)
        exclusions = self.clipped(found)
        self.sides, too_narrow = _by_width(self, exclusions)
        self.settle(self.clipped([exclusions, too_narrow]))

    @property
    def kerb_groups(self) -> Integers:
        """Shape (2 n,): the group of each kerb: rows go on from kerb to kerb within it."""
        return self.ground.joins.chained

    @cached_property
    def own_line_counts(self) -> NDArray[np.bool_]:
        """
        Shape (2 n,): whether bays keep clear of their own street's centre line.

        Rows along the kerb do where the line is drawn off the middle, nearer to a mapped kerb than a bay is deep.
        """
        return self.kerbs.mapped & (self.orientation == "parallel")

    @property
    def orientation_rule(self) -> str:
        """The parameter that gives a bay's size along the kerb."""
        return _sizes(self.profile, self.orientation)[0].removeprefix("bay.")

    @property
    def size_m(self) -> tuple[float, float]:
        """A bay's length and width."""
        length, width = _sizes(self.profile, self.orientation)
        return float(self.profile[length]), float(self.profile[width])

    @property
    def width_m(self) -> Floats:
        """Shape (2 n,): the width that counts of each kerb's carriageway."""
        return np.asarray(self.carriageway_m * self._scale)

    def zones_of(self, free: Runs) -> Zones:
        """
        Return the stretches of kerb that take bays; `pitches` are bays.

        A row goes on where the kerb does (`geo.kerbs.rows`); a bay belongs to the stretch in which its middle lies.
        """
        return self._rows(free)[0]

    @cached_property
    def zones(self) -> Zones:
        """`zones_of` all that is free."""
        return self._placed[0]

    @cached_property
    def begin_m(self) -> Floats:
        """How far after each of `zones` its first bay begins; before it, if negative."""
        return self._placed[1]

    @cached_property
    def row_ends(self) -> NDArray[np.bool_]:
        """Shape (z, 2): whether the first and the last bay of each of `zones` stand at an end of their whole row."""
        return self._placed[2]

    @cached_property
    def _placed(self) -> tuple[Zones, Floats, NDArray[np.bool_]]:
        return self._rows(self.free)

    def _rows(self, free: Runs) -> tuple[Zones, Floats, NDArray[np.bool_]]:
        row_end, step = float(self.profile["bay.row_end"]), self.pitch_m + self.gap_m
        open_ = free.value > 0
        chains = self.ground.joins.chains(free, open_, self.lean_m > 0)
        room = chains.total_m - 2 * row_end - self.lean_m + self.gap_m
        fit = np.where(open_, np.maximum(np.floor(room / step + ROUNDING), 0), 0).astype(np.int64)
        middle = row_end + self.pitch_m / 2
        # the bays whose middles lie within the stretch, numbered along the chain
        number = [
            np.clip(np.ceil((end_m - middle) / step - ROUNDING), 0, fit).astype(np.int64)
            for end_m in (chains.before_m, chains.before_m + chains.own_m)
        ]
        at_chains_end = chains.before_m + chains.own_m >= chains.total_m - ROUNDING
        number[1] = np.where(at_chains_end, fit, number[1])
        bays = number[1] - number[0]
        ahead = row_end + number[0] * step - chains.before_m
        back = chains.own_m + chains.before_m - (row_end + (number[1] - 1) * step + self.pitch_m)
        begin = np.where(chains.reverse, back, ahead) - chains.lead_m
        ends = np.stack([number[0] == 0, number[1] == fit], axis=1)
        ends = np.where(chains.reverse[:, None], ends[:, ::-1], ends)
        metres = self.kerbs.kerb_metres(free.kerb, free.from_m, free.to_m)
        row = np.flatnonzero(bays > 0)
        return (
            Zones(free.kerb[row], free.from_m[row], free.to_m[row], free.value[row], metres[row], bays[row], row, row),
            begin[row],
            ends[row],
        )

    def _streets(self, traffic: Floats | None) -> list[Exclusions]:
        """
        Return the kerbs that carry no bays by their carriageway: class, access, works, tier, medians, bridges, tunnels,
        signs, barriers, through traffic at night.
        """
        every = self.slots.all
        by_night = self.hours == "night"
        # cars that may drive on a pedestrian street at night may stand there then
        kinds = tuple(kind for kind in ROAD_KINDS if not (by_night and kind == "pedestrian"))
        found = [*self.unsuited("bay", kinds), *self.without_frontage("bay")]
        windows = parse_windows(self.profile["need.night"]) if by_night else None
        closed = np.flatnonzero(np.repeat(closed_to_cars(self.kerbs.roads, self.profile["bay.access"], windows), 2))
        found.append(self.whole(closed, "bay.access", self.segment_ids(closed), every))
        signed, rule = closed_by_sign(self.kerbs.roads, self.profile, windows)
        found.append(self.whole(signed, rule, self.segment_ids(signed), every))
        if not self.profile["bay.beside_barriers"]:
            found.append(self.stretches(beside_barriers(self.kerbs, self.ground.barriers), "bay.beside_barriers"))
        if not self.profile["bay.cycle_lane.beside"]:
            lanes = np.flatnonzero(self.cycle_lane)
            found.append(self.whole(lanes, "bay.cycle_lane.beside", self.segment_ids(lanes), every))
        for tier in TIERS:
            if not self.profile[f"bay.tiers.{tier}"]:
                mine = np.flatnonzero(self.tier == tier)
                found.append(self.whole(mine, f"bay.tiers.{tier}", self.street_ids(mine), every))
        if self.profile["bay.reading"] == "strict":
            for column in ("bridge", "tunnel"):
                there = np.flatnonzero(np.repeat(self.kerbs.roads[column].to_numpy(dtype=bool), 2))
                found.append(self._beside(there, f"bay.strict.{column}"))
            narrow = np.flatnonzero(self.width_m < float(self.profile["bay.strict.narrow"]))
            found.append(self.whole(narrow, "bay.strict.narrow", self.segment_ids(narrow), every))
        if self.hours == "night" and traffic is not None:
            busy = np.flatnonzero(np.repeat(traffic >= float(self.profile["bay.night_through_traffic"]), 2))
            found.append(self.whole(busy, "bay.night_through_traffic", self.street_ids(busy), every))
        return found

    @cached_property
    def cycle_lane(self) -> NDArray[np.bool_]:
        """Shape (2 n,): whether a kerb has a cycle lane on the carriageway."""
        kinds = self.kerbs.roads[["cycleway_left", "cycleway_right"]].to_numpy(dtype=object)
        return np.asarray((kinds == "lane").reshape(-1))

    def _beside(self, kerb: Integers, rule: str) -> Exclusions:
        """Return exclusions of the kerbs, and of others within a rule's distance of their ends along the streets."""
        arm = both_ends(segment_of(kerb)).T.ravel()
        side = np.tile(side_of(kerb), 2)
        length = self.kerbs.segment_m
        # from the segment's own start over its whole length, and on beyond its end
        reach = length[line_of(arm)] + float(self.profile[rule])
        spread = self.kerbs.arms.spread(arm, side, reach, np.tile(kerb, 2), length)
        on, from_m, to_m = spread.stretches(length)
        return Exclusions.of(on, from_m, to_m, rule, self.segment_ids(spread.cause), self.slots.all)

    def _obstacles(self) -> list[Exclusions]:
        profile, every = self.profile, self.slots.all
        rules = {kind: f"clearance.{kind}" for kind in _STANDARD}
        if profile["bay.reading"] == "strict":
            rules |= {kind: f"bay.strict.{kind}" for kind in _STRICT}
        kinds: Mapping[str, Clearance] = {
            kind: Clearance(rule, float(profile[rule]), every) for kind, rule in rules.items()
        }
        return clearances(self.kerbs, self.ground.surveyed, kinds)


def _bends(room: BayRoom) -> list[Exclusions]:
    """Return the stretches where the centre line bends too sharply: around its vertices."""
    radius = float(room.profile["bay.bend_radius"])
    row, along, bend = room.kerbs.centre.bends()
    sharp = bend < radius
    strict = room.profile["bay.reading"] == "strict"
    reach = float(room.profile["bay.strict.bend"]) if strict else 0.0
    row, at = row[sharp], along[sharp]
    half = room.kerbs.centre.bend_span(row, at)
    found = []
    for side in (0, 1):
        kerb = kerb_of(row, side)
        cause = room.segment_ids(kerb)
        found.append(Exclusions.of(kerb, at - half[0], at + half[1], "bay.bend_radius", cause, room.slots.all))
        if strict:
            found.append(Exclusions.of(kerb, at - reach, at + reach, "bay.strict.bend", cause, room.slots.all))
    return found


def _tracks(room: BayRoom, rails: NDArray[np.object_] | None) -> list[Exclusions]:
    """Return the kerbs where a bay would stand too near to a tram's track."""
    if rails is None or len(rails) == 0 or len(room.kerbs) == 0:
        return []
    near = room.depth_m + float(room.profile["bay.tram_tracks"])
    zones = shapely.buffer(rails, near, quad_segs=4)
    asked, row = room.kerbs.tree.query(rails, predicate="dwithin", distance=near + float(room.kerbs.half_m.max()))
    _, kerb, from_m, to_m = inside(room.kerbs, zones[asked], row)
    return [Exclusions.of(kerb, from_m, to_m, "bay.tram_tracks", "tram", room.slots.all)]


def _by_width(room: BayRoom, exclusions: Exclusions) -> tuple[Integers, Exclusions]:
    """Return on how many sides each carriageway takes bays, and the kerbs that its width excludes."""
    roads, profile = room.kerbs.roads, room.profile
    group = "bay.min_carriageway_width" if room.hours == "all_day" else "bay.night_carriageway_width"
    one_way = np.repeat(roads["oneway"].to_numpy(dtype=np.int64), 2)
    width = room.width_m
    rules = {
        sides: np.array([f"{group}.{sides}_{way}" for way in ("two_way", "one_way")], dtype=object)
        for sides in ("one_side", "both_sides")
    }
    least = {sides: np.array([float(profile[name]) for name in names])[one_way] for sides, names in rules.items()}
    free = {"one_side": width - room.depth_m, "both_sides": width - 2 * room.depth_m}
    others = ("fire_lane.clear_width", f"bay.aisle.{room.orientation}")
    lanes = np.repeat(room.cycle_lane.reshape(-1, 2).sum(axis=1), 2) * float(profile["bay.cycle_lane.width"])
    rule, too_narrow = {}, {}
    for sides in ("one_side", "both_sides"):
        name = rules[sides][one_way]
        short = width < least[sides] - ROUNDING
        for other in others:
            too_little = free[sides] < float(profile[other]) - ROUNDING
            name[too_little & ~short] = other
            short |= too_little
        # cycle lanes between bays and traffic take of what vehicles pass on, not of the fire lane
        crowded = (lanes > 0) & (free[sides] - lanes < float(profile[others[1]]) - ROUNDING)
        name[crowded & ~short] = "bay.cycle_lane.width"
        short |= crowded
        rule[sides], too_narrow[sides] = name, short
    none = too_narrow["one_side"]
    narrow = ~none & too_narrow["both_sides"]
    out = np.flatnonzero(none)
    other_side = room.worse_side(narrow, exclusions)
    found = [
        room.whole(out, rule["one_side"][out], room.segment_ids(out), room.slots.all),
        room.whole(other_side, rule["both_sides"][other_side], room.segment_ids(other_side), room.slots.all),
    ]
    return left_and_right(np.where(none, 0, np.where(narrow, 1, 2)))[0], room.clipped(found)


def _shape(profile: Profile, orientation: str) -> tuple[float, float, float]:
    """
    Return how deep bays reach into the carriageway, how much kerb each takes, and by how much the last leans over it.
    """
    length, width = (float(profile[rule]) for rule in _sizes(profile, orientation))
    if orientation == "parallel":
        return width, length, 0.0
    angle = np.radians({"angled_30": 30, "angled_45": 45, "angled_60": 60}.get(orientation, 90))
    lean = float(length * np.cos(angle))
    return float(length * np.sin(angle) + width * np.cos(angle)), float(width / np.sin(angle)), max(lean, 0.0)


def _sizes(profile: Profile, orientation: str) -> tuple[str, str]:
    """Return the parameters that give a bay's length and width: by its vehicles, by its angle, and at a wall."""
    if profile["bay.vehicle"] == "large":
        return "bay.large.length", "bay.large.width"
    if orientation == "parallel":
        return "bay.length", "bay.width"
    return "bay.wall_length" if profile["bay.against_wall"] else "bay.angled_length", "bay.angled_width"
