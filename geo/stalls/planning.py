"""The planning of stalls and displays: every rule's exclusions from the kerbs, and the plan that they leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.core.arrays import Integers
from geo.core.errors import RuleError
from geo.core.opening_hours import Slots, TooManySlotsError, Window, parse_windows
from geo.core.text import Text
from geo.core.tolerances import ROUNDING
from geo.kerbs.decided import Decided
from geo.kerbs.exclusions import Exclusions, cut, runs
from geo.kerbs.ground import KerbGround
from geo.kerbs.numbering import left_and_right
from geo.kerbs.obstacles import Clearance, clearances
from geo.kerbs.road_kinds import ROAD_KINDS, beside_barriers
from geo.kerbs.ways import WAY_RULE
from geo.rules.loader import Profile
from geo.stalls.demand import Demand
from geo.stalls.plan import GROUP, OBSTACLES, Plan, Standing, UseKind
from geo.streets.segment_tags import highway_class
from geo.study.schema import TIERS

_NOT_FOR_DISPLAY: Final = ("entrance", "bay")
"""A shop's display stands at its own entrance and on the pavement."""

_HOURS_OF: Final = ("stalls", "display", "clearance_hours")
"""The groups of rules whose hours cut the week."""


def make_plan(
    ground: KerbGround,
    profile: Profile,
    decided: Decided | None = None,
    kind: UseKind = "stall",
    demand: Demand | None = None,
) -> Plan:
    """
    Plan the use of every kerb of a study under rules.

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
    demand
        The demand for pitches; without it, zones have all that stand in rows.

    Raises
    ------
    RuleError
        If the hours of all rules cut the week into too many parts.
    """
    windows = {path: parse_windows(value) for path, value in profile.of_unit("hours", _HOURS_OF).items()}
    slots = _slots(profile, windows)
    hours = {path: slots.mask(window) for path, window in windows.items()}
    standing, none, rule = _standing(ground, profile, kind, ground.kerbs.tier)
    plan = Plan(ground, profile, slots, kind, hours, standing, decided or Decided.none(), demand)
    too_narrow = plan.whole(none, rule, plan.segment_ids(none), slots.all)
    found = [*_whole_kerbs(plan), too_narrow, *clearances(plan.kerbs, ground.surveyed, _clearances(plan))]
    if kind == "stall":
        found.append(plan.decided.rejected)
    exclusions = plan.clipped(found)
    exclusions = plan.clipped([exclusions, _other_side(plan, exclusions)])
    if kind == "stall":
        exclusions = plan.clipped([exclusions, *_not_designated(plan, exclusions)])
    plan.settle(exclusions)
    return plan


def _slots(profile: Profile, windows: Mapping[str, tuple[Window, ...]]) -> Slots:
    try:
        return Slots(windows.values())
    except TooManySlotsError as error:
        raise RuleError(
            profile.name,
            "hours",
            Text(
                f"各规则的时段把一周切成了 {error.count} 段，过多",
                f"The hours of all rules cut the week into {error.count} parts",
            ),
            Text("请把相近的时刻统一，至多 63 段", "Merge nearby times: at most 63 parts"),
        ) from error


def _standing(
    ground: KerbGround, profile: Profile, kind: UseKind, tier: NDArray[np.object_]
) -> tuple[Standing, Integers, NDArray[np.object_]]:
    """Return where things would stand, the kerbs with no room for them, and the rule that leaves each none."""
    stances = {name: str(profile[f"{GROUP[kind]}.stance.{name}"]) for name in TIERS}
    stance = np.array([stances[name] for name in tier], dtype=object)
    classes = highway_class(ground.kerbs.roads["highway"])
    default = profile.group("pavement.width")
    assumed = np.repeat([float(default[name]) for name in classes], 2)
    pavement_m = np.where(np.isnan(ground.pavement_m), assumed, ground.pavement_m)
    spare = pavement_m - float(profile["pavement.clear"])
    beyond_lane = ground.kerbs.carriageway_m - float(profile["fire_lane.clear_width"])
    forbidden = stance == "forbidden"
    place = np.full(len(stance), None, dtype=object)
    if kind == "display":
        depth = np.minimum(float(profile["display.depth"]), spare)
        least = float(profile["display.min_depth"])
        # where there is no pavement at all, displays stand at the edge of the carriageway beside the fire lane
        beside = np.minimum(float(profile["display.depth"]), beyond_lane / 2)
        shared = (pavement_m <= 0) & ~forbidden
        depth = np.where(shared, beside, depth)
        place[depth >= least] = "pavement"
        place[shared & (depth >= least)] = "carriageway"
        none = np.flatnonzero((depth < least) & ~forbidden)
        rule = np.full(len(none), "display.min_depth", dtype=object)
        return Standing(stance, pavement_m, place, depth), none, rule
    depth_m = float(profile["stalls.pitch.depth"])
    on_pavement = spare >= depth_m - ROUNDING
    allowed = {name: bool(profile[f"stalls.carriageway.{name}"]) for name in TIERS}
    may = np.array([allowed[name] for name in tier], dtype=bool) & ~on_pavement
    fits = beyond_lane >= depth_m - ROUNDING
    place[on_pavement] = "pavement"
    place[may & fits] = "carriageway"
    narrow = np.flatnonzero(~may & ~on_pavement & ~forbidden)
    lane = np.flatnonzero(may & ~fits & ~forbidden)
    rule = np.repeat(np.array(["pavement.clear", "fire_lane.clear_width"], dtype=object), [len(narrow), len(lane)])
    depths = np.full(len(stance), depth_m)
    return Standing(stance, pavement_m, place, depths), np.concatenate([narrow, lane]), rule


def _clearances(plan: Plan) -> dict[str, Clearance]:
    """Return the clearance of each kind of obstacle, with its slots."""
    rules = {kind: f"clearance.{kind}" for kind in OBSTACLES if plan.kind == "stall" or kind not in _NOT_FOR_DISPLAY}
    return {
        kind: Clearance(rule, float(plan.profile[rule]), plan.hours.get(f"clearance_hours.{kind}", plan.slots.all))
        for kind, rule in rules.items()
    }


def _whole_kerbs(plan: Plan) -> list[Exclusions]:
    """Return the exclusions of whole kerbs: no frontage, bridges, tunnels, the tier's stance and its hours."""
    every, group = plan.slots.all, GROUP[plan.kind]
    # a pedestrian street is what displays outside shops are for
    kinds = ROAD_KINDS if plan.kind == "stall" else tuple(kind for kind in ROAD_KINDS if kind != "pedestrian")
    found = [*plan.unsuited("stalls", kinds), *plan.without_frontage("stalls"), *_barred(plan)]
    for tier in TIERS:
        mine = np.flatnonzero(plan.tier == tier)
        if plan.profile[f"{group}.stance.{tier}"] == "forbidden":
            found.append(plan.whole(mine, f"{group}.stance.{tier}", plan.street_ids(mine), every))
        elif closed := every & ~plan.hours[f"{group}.hours.{tier}"]:
            found.append(plan.whole(mine, f"{group}.hours.{tier}", plan.street_ids(mine), closed))
    return found


def _barred(plan: Plan) -> list[Exclusions]:
    """Return the kerbs with stalls on the carriageway behind a barrier, and the places of other ways across kerbs."""
    across = plan.ground.crossed(float(plan.profile[WAY_RULE]))
    across = across._replace(mask=np.full(len(across.kerb), plan.slots.all, dtype=np.uint64))
    if plan.profile["stalls.beside_barriers"]:
        return [across]
    barred = plan.stretches(beside_barriers(plan.kerbs, plan.ground.barriers), "stalls.beside_barriers")
    return [across, barred.where(plan.place[barred.kerb] == "carriageway")]


def _other_side(plan: Plan, exclusions: Exclusions) -> Exclusions:
    """Return the kerbs of streets too narrow for stalls at both edges of the carriageway, on the worse side."""
    depth, on_it = plan.depth_m, plan.place == "carriageway"
    spare = plan.carriageway_m - float(plan.profile["fire_lane.clear_width"])
    (left, right), (left_m, right_m) = left_and_right(on_it), left_and_right(depth)
    both = np.repeat(left & right, 2)
    narrow = both & (spare < np.repeat(left_m, 2) + np.repeat(right_m, 2) - ROUNDING)
    out = plan.worse_side(narrow, exclusions)
    return plan.whole(out, "fire_lane.clear_width", plan.segment_ids(out), plan.slots.all)


def _not_designated(plan: Plan, exclusions: Exclusions) -> list[Exclusions]:
    """Return the free stretches of designated-only kerbs that are not designated, or too short for a place."""
    found = []
    every, kerbs = plan.slots.all, plan.kerbs
    if plan.profile["stalls.designation"] == "accepted":
        pieces = cut(kerbs.from_m, kerbs.to_m, plan.decided.accepted.within(kerbs.from_m, kerbs.to_m))
        covered = np.isin(np.arange(len(pieces.kerb)), pieces.piece)
        out = (plan.stance[pieces.kerb] == "designated") & ~covered
        kerb, from_m, to_m = pieces.kerb[out], pieces.from_m[out], pieces.to_m[out]
        found.append(Exclusions.of(kerb, from_m, to_m, "stalls.designation", plan.street_ids(kerb), every))
        exclusions = plan.clipped([exclusions, *found])
    pieces = cut(kerbs.from_m, kerbs.to_m, exclusions)
    zones = plan.zones_of(runs(pieces, np.uint64(every) & ~pieces.excluded(exclusions.mask)))
    for stance in ("designated", "orderly"):
        least = int(plan.profile[f"stalls.min_pitches.{stance}"])
        few = (zones.pitches < least) & (plan.stance[zones.kerb] == stance)
        kerb = zones.kerb[few]
        rule = f"stalls.min_pitches.{stance}"
        small = Exclusions.of(kerb, zones.from_m[few], zones.to_m[few], rule, plan.street_ids(kerb), every)
        found.append(small._replace(mask=zones.mask[few]))
    return found
