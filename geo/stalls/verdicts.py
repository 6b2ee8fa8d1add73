"""Ask of any place at any hour whether something may stand there, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.core.arrays import Floats
from geo.core.crs import WGS84, to_degrees, to_metric
from geo.core.errors import InputError
from geo.core.opening_hours import day_kind
from geo.core.text import Text
from geo.kerbs.exclusions import holds
from geo.kerbs.numbering import SIDES, both_sides, segment_of, side_of
from geo.network.graph import Network
from geo.network.searches import distances
from geo.network.snapping import snap
from geo.rules.loader import Profile
from geo.stalls.documents import AnswerDocument, NearestPlace, SpokenRule
from geo.stalls.plan import GROUP, ORDER, Plan
from geo.stalls.positions import KerbPositions, free_at
from geo.study.layers import codes

ALLOWED: Final = "allowed"
OTHER_HOURS: Final = "other_hours"
FORBIDDEN: Final = "forbidden"
VERDICTS: Final = (ALLOWED, OTHER_HOURS, FORBIDDEN)
OFF_STREET: Final = "off_street"
"""The verdict of a stall that stands at no street: street rules say nothing of it."""

VERDICT_NAMES: Final = codes.VERDICT_NAMES

TOO_SHORT: Final = {"stall": "stalls.pitch.length", "display": "display.length_share"}
"""The rule that speaks where the kerb between exclusions is too short for one."""

_AT_THE_END_M: Final = 1e-3
"""A position this near to the end of an exclusion is asked about as if within it."""


class Answer(NamedTuple):
    """
    The verdict on a place at a moment, with its rules and the nearest place allowed.

    Attributes
    ----------
    verdict
        One of `VERDICTS`.
    hours
        When it is allowed there (`geo.core.opening_hours.Slots.text`), "" for never.
    street_id, name, tier, segment_id, side, offset_m, distance_m
        The kerb that was asked about, and how far from it the place is.
    rules
        Every rule that speaks, those that hold at the moment first.
    nearest
        The nearest place where it is allowed, by walking; or None.
    """

    verdict: str
    hours: str
    street_id: str
    name: str | None
    tier: str
    segment_id: str
    side: str
    offset_m: float
    distance_m: float
    rules: list[SpokenRule]
    nearest: NearestPlace | None

    def as_dict(self) -> AnswerDocument:
        """Return the answer as plain values, for a JSON document."""
        return {
            "verdict": self.verdict,
            "hours": self.hours,
            "street_id": self.street_id,
            "name": self.name,
            "tier": self.tier,
            "segment_id": self.segment_id,
            "side": self.side,
            "offset_m": self.offset_m,
            "distance_m": self.distance_m,
            "rules": self.rules,
            "nearest": self.nearest,
        }


def check(
    plan: Plan,
    lon: float,
    lat: float,
    at: dt.datetime,
    network: Callable[[], Network],
    reasons: dict[str, str] | None = None,
) -> Answer:
    """
    Say whether a stall (or a display, as the plan's kind is) may stand at a place at a moment.

    A place is allowed where it lies on a free stretch of kerb that at least one pitch fits.

    Parameters
    ----------
    plan
        Of the study.
    lon, lat
        In degrees, WGS 84.
    at
        The moment, on the study's own clock.
    network
        Makes the network on foot; it is asked only where another place is looked for.
    reasons
        Of decisions, by their ids: they are the source of what a decision forbids.

    Raises
    ------
    InputError
        For a place that is at no street of the study (`kerb.asked_within`).
    """
    asked = _nearest_kerb(plan, lon, lat)
    free = free_at(plan, asked)
    slot = plan.slots.at(at)
    mask = int(free.mask[0])
    verdict = ALLOWED if mask >> slot & 1 else OTHER_HOURS if mask else FORBIDDEN
    kerb = int(asked.kerb[0])
    roads = plan.kerbs.roads
    own = roads.iloc[segment_of(kerb)]
    xy = to_metric(np.array([[lon, lat]]), plan.kerbs.crs)[0]
    spoken = _spoken_rules(plan, asked, xy=xy, too_short=int(free.too_short[0]), slot=slot)
    nearest = None
    if verdict != ALLOWED:
        nearest = _nearest_free(plan, lon, lat, at, network())
    return Answer(
        verdict=verdict,
        hours=plan.slots.text(mask) if mask else "",
        street_id=str(own["street_id"]),
        name=own["name"],
        tier=str(own["tier"]),
        segment_id=str(own["segment_id"]),
        side=SIDES[side_of(kerb)],
        offset_m=round(float(asked.along_m[0]), 2),
        distance_m=round(float(asked.away_m[0]), 2),
        rules=[each.document(plan.profile, reasons or {}) for each in spoken],
        nearest=nearest,
    )


def _nearest_kerb(plan: Plan, lon: float, lat: float) -> KerbPositions:
    kerbs, profile = plan.kerbs, plan.profile
    place = shapely.points(to_metric(np.array([[lon, lat]]), kerbs.crs))[0]
    within = float(profile["kerb.asked_within"])
    reach = within + float(kerbs.half_m.max(initial=0.0)) if np.isfinite(lon) and np.isfinite(lat) else 0.0
    row = kerbs.tree.query(place, predicate="dwithin", distance=reach) if reach else np.zeros(0, dtype=np.int64)
    kerb = both_sides(row)
    kerb = np.sort(kerb[kerbs.to_m[kerb] > kerbs.from_m[kerb]])
    lines = kerbs.line_of(kerb)
    away = shapely.distance(lines, place)
    if len(kerb) == 0 or away.min() > within:
        raise InputError(
            f"{lon:.6f}, {lat:.6f}",
            Text("该位置不在任何街道旁", "This place is at no street of the study"),
            Text(
                f"请给出离路缘 {within:.0f} 米以内的经纬度（WGS 84），先经度后纬度",
                f"Give longitude, then latitude (WGS 84), of a place within {within:.0f} m of a kerb",
            ),
        )
    service = (kerbs.roads["highway"] == "service").to_numpy()[segment_of(kerb)]
    best = int(np.argmin(away + np.where(service, float(profile["points.service_way"]), 0.0)))
    one = kerb[best : best + 1]
    start = kerbs.at_kerb(one, kerbs.from_m[one])
    along = kerbs.centre_metres(one, start + shapely.line_locate_point(lines[best], place))
    return KerbPositions(one, np.clip(along, kerbs.from_m[one], kerbs.to_m[one]), away[best : best + 1])


@dataclass(frozen=True)
class _Spoken:
    """A rule that speaks of a place: whether it `forbids` or `allows`, when, how far from its cause, and the cause."""

    rule: str
    says: str
    hours: str
    distance_m: float
    cause: object = None

    def document(self, profile: Profile, reasons: Mapping[str, str]) -> SpokenRule:
        """Return the rule as `Answer.rules` has it; `reasons` are the sources of exclusions by decisions."""
        leaf = profile.leaves.get(self.rule)
        return {
            "id": self.rule,
            "says": self.says,
            "hours": self.hours,
            "distance_m": round(self.distance_m, 2),
            "cause_id": self.cause,
            "value": leaf.value if leaf else None,
            "unit": leaf.unit if leaf else None,
            "source": leaf.source if leaf else reasons.get(str(self.cause), str(self.cause)),
            "status": leaf.status if leaf else "decision",
        }


def _spoken_rules(plan: Plan, asked: KerbPositions, *, xy: Floats, too_short: int, slot: int) -> list[_Spoken]:
    """
    Return the rules at a position, the ones that hold in the slot first.

    Parameters
    ----------
    plan, asked
        The plan, and one position.
    xy
        Shape (2,): the place that was asked about, metric.
    too_short
        The slots in which the free stretch there is too short for one pitch.
    slot
        The moment.
    """
    found, kerb, along, away = plan.exclusions, asked.kerb[0], asked.along_m[0], float(asked.away_m[0])
    reached = (found.from_m <= along + _AT_THE_END_M) & (found.to_m >= along - _AT_THE_END_M)
    here = np.flatnonzero((found.kerb == kerb) & reached)
    ranks = {rule: rank for rank, rule in enumerate(ORDER)}
    later = {number: not int(found.mask[number]) >> slot & 1 for number in here}
    spoken = []
    for number in sorted(here, key=lambda n: (later[n], ranks[str(found.rule[n])], n)):
        place = found.cause_xy[number]
        distance_m = float(np.hypot(*(place - xy))) if np.isfinite(place[0]) else away
        hours = plan.slots.text(int(found.mask[number]))
        spoken.append(_Spoken(str(found.rule[number]), "forbids", hours, distance_m, found.cause[number]))
    tier = str(plan.tier[kerb])
    if too_short:
        spoken.append(_Spoken(TOO_SHORT[plan.kind], "forbids", plan.slots.text(too_short), away))
    if plan.stance[kerb] != "forbidden":
        hours = plan.slots.text(plan.open_hours(tier))
        spoken.append(_Spoken(f"{GROUP[plan.kind]}.stance.{tier}", "allows", hours, away))
    return spoken


def next_time(plan: Plan, mask: int, at: dt.datetime) -> dt.datetime | None:
    """Return the next moment of a mask from `at` on, within a week."""
    for day in range(8):
        midnight = dt.datetime.combine(at.date() + dt.timedelta(days=day), dt.time(), at.tzinfo)
        for begin, end in plan.slots.windows(mask, day_kind(midnight)):
            opens = midnight + dt.timedelta(minutes=begin)
            if midnight + dt.timedelta(minutes=end) > at:
                return max(opens, at)
    return None


def _nearest_free(plan: Plan, lon: float, lat: float, at: dt.datetime, network: Network) -> NearestPlace | None:
    """Return the nearest stretch that is free at the moment; where none is within reach, the nearest at any hour."""
    there = plan.free if plan.kind == "display" else plan.zones
    masks = plan.free.value if plan.kind == "display" else plan.zones.mask
    some = masks > 0
    kerb, middle, masks = there.kerb[some], ((there.from_m + there.to_m) / 2)[some], masks[some]
    if len(kerb) == 0 or network.size == 0:
        return None
    lonlat = to_degrees(plan.kerbs.points(kerb, middle), plan.kerbs.crs)
    places, off = snap(network, gpd.GeoSeries(shapely.points(lonlat), crs=WGS84))
    start, away = snap(network, gpd.GeoSeries(shapely.points([[lon, lat]]), crs=WGS84))
    pairs = distances(network, start, places, limit=float(plan.profile["guide.within"]))
    if pairs.empty:
        return None
    target = pairs["target"].to_numpy()
    walk = pairs["cost"].to_numpy() + off[target] + away[0]
    open_ = holds(masks[target], plan.slots.at(at))
    best = int(np.lexsort((walk, ~open_))[0])
    number = int(target[best])
    mask = int(masks[number])
    road = plan.kerbs.roads.iloc[segment_of(int(kerb[number]))]
    when = next_time(plan, mask, at)
    return {
        "zone_id": str(plan.zone_ids[number]) if plan.kind == "stall" else None,
        "lon": round(float(lonlat[number, 0]), 7),
        "lat": round(float(lonlat[number, 1]), 7),
        "street_id": str(road["street_id"]),
        "name": road["name"],
        "walk_m": round(float(walk[best]), 1),
        "hours": plan.slots.text(mask),
        "at": when.isoformat(timespec="minutes") if when else None,
    }
