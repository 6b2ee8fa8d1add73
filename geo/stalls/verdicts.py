"""Ask of any place at any hour whether something may stand there, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.core.arrays import Floats
from geo.core.crs import WGS84, to_degrees, to_metric
from geo.core.errors import InputError
from geo.core.opening_hours import DAY, DAY_KINDS, Window, day_kind
from geo.core.text import Text
from geo.kerbs.exclusions import holds
from geo.kerbs.numbering import SIDES, both_sides, segment_of, side_of
from geo.network.graph import Network
from geo.network.searches import distances
from geo.network.snapping import snap
from geo.rules.loader import Profile
from geo.stalls.documents import AnswerDocument, NearestPlace, SpokenRule
from geo.stalls.places import PLACES, standing_place
from geo.stalls.plan import GROUP, ORDER, Plan
from geo.stalls.positions import KerbPositions, free_at
from geo.stalls.supply_documents import StandingPlace
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

_PLACE_REACH_M: Final = 500.0
"""The street of a place that the city has may be this far away: a square, a yard."""

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
    place
        The place that the city has there, or None.
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
    place: StandingPlace | None
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
            "place": self.place,
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

    A place is allowed where it lies on a free stretch of kerb that at least one pitch fits, and in a place that the
    city has for stalls, in its hours.

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
    xy = to_metric(np.array([[lon, lat]]), plan.kerbs.crs)[0]
    place = int(plan.places.holding(xy[None])[0])
    asked = _nearest_kerb(plan, lon, lat, _PLACE_REACH_M if place >= 0 else 0.0)
    free = free_at(plan, asked)
    slot = plan.slots.at(at)
    mask = int(free.mask[0])
    verdict = ALLOWED if mask >> slot & 1 else OTHER_HOURS if mask else FORBIDDEN
    hours = plan.slots.text(mask) if mask else ""
    if place >= 0 and verdict != ALLOWED:
        # the city's own place counts, whatever the kerb says
        own = plan.places.hours[place]
        verdict = ALLOWED if is_open(plan.places.windows[place], at) else OTHER_HOURS
        hours = own if not hours else hours if hours == own else f"{own}; {hours}"
    kerb = int(asked.kerb[0])
    roads = plan.kerbs.roads
    own = roads.iloc[segment_of(kerb)]
    spoken = _spoken_rules(plan, asked, xy=xy, too_short=int(free.too_short[0]), slot=slot)
    if place >= 0:
        away = float(shapely.distance(plan.places.shapes[place], shapely.points(xy)))
        spoken.append(_Spoken(PLACES, "allows", plan.places.hours[place], away, str(plan.places.ids[place])))
    nearest = None
    if verdict != ALLOWED:
        nearest = _nearest_free(plan, lon, lat, at, network())
    return Answer(
        verdict=verdict,
        hours=hours,
        street_id=str(own["street_id"]),
        name=own["name"],
        tier=str(own["tier"]),
        segment_id=str(own["segment_id"]),
        side=SIDES[side_of(kerb)],
        offset_m=round(float(asked.along_m[0]), 2),
        distance_m=round(float(asked.away_m[0]), 2),
        rules=[each.document(plan.profile, _sources(plan, place, reasons)) for each in spoken],
        place=None if place < 0 else standing_place(plan, place),
        nearest=nearest,
    )


def _sources(plan: Plan, place: int, reasons: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the sources of decisions and of the city's own places, by their ids."""
    if place < 0:
        return reasons or {}
    return {**(reasons or {}), str(plan.places.ids[place]): str(plan.places.table["source"].iloc[place])}


def _nearest_kerb(plan: Plan, lon: float, lat: float, least_m: float = 0.0) -> KerbPositions:
    kerbs, profile = plan.kerbs, plan.profile
    place = shapely.points(to_metric(np.array([[lon, lat]]), kerbs.crs))[0]
    within = max(float(profile["kerb.asked_within"]), least_m)
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
            "status": leaf.status if leaf else "sourced" if self.rule == PLACES else "decision",
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
    return next_open(plan.slots.week(mask), at)


def next_open(windows: Sequence[Window], at: dt.datetime) -> dt.datetime | None:
    """Return the next moment within windows from `at` on, within a week."""
    for day in range(8):
        midnight = dt.datetime.combine(at.date() + dt.timedelta(days=day), dt.time(), at.tzinfo)
        base = DAY_KINDS.index(day_kind(midnight)) * DAY
        for begin, end in windows:
            first, last = max(begin, base), min(end, base + DAY)
            if first >= last:
                continue
            opens = midnight + dt.timedelta(minutes=first - base)
            closes = midnight + dt.timedelta(minutes=last - base)
            if closes > at:
                return max(opens, at)
    return None


def is_open(windows: Sequence[Window], at: dt.datetime) -> bool:
    """Tell whether a moment lies within windows."""
    return next_open(windows, at) == at


def _nearest_free(plan: Plan, lon: float, lat: float, at: dt.datetime, network: Network) -> NearestPlace | None:
    """
    Return the nearest stretch or place of the city's own that is open at the moment; where none is within reach, the
    nearest at any hour.
    """
    there = plan.free if plan.kind == "display" else plan.zones
    masks = plan.free.value if plan.kind == "display" else plan.zones.mask
    some = np.flatnonzero(masks > 0)
    kerb, middle, masks = there.kerb[some], ((there.from_m + there.to_m) / 2)[some], masks[some]
    places = plan.places
    if len(kerb) + len(places) == 0 or network.size == 0:
        return None
    lonlat = to_degrees(np.concatenate([plan.kerbs.points(kerb, middle), places.middle]), plan.kerbs.crs)
    spots, off = snap(network, gpd.GeoSeries(shapely.points(lonlat), crs=WGS84))
    start, away = snap(network, gpd.GeoSeries(shapely.points([[lon, lat]]), crs=WGS84))
    pairs = distances(network, start, spots, limit=float(plan.profile["guide.within"]))
    if pairs.empty:
        return None
    target = pairs["target"].to_numpy()
    walk = pairs["cost"].to_numpy() + off[target] + away[0]
    now = np.concatenate(
        [holds(masks, plan.slots.at(at)), np.array([is_open(each, at) for each in places.windows], dtype=bool)]
    )
    best = int(np.lexsort((walk, ~now[target]))[0])
    number = int(target[best])
    found: NearestPlace = {
        "zone_id": None,
        "place_id": None,
        "lon": round(float(lonlat[number, 0]), 7),
        "lat": round(float(lonlat[number, 1]), 7),
        "street_id": "",
        "name": None,
        "walk_m": round(float(walk[best]), 1),
        "hours": "",
        "at": None,
    }
    if number < len(kerb):
        mask = int(masks[number])
        road = plan.kerbs.roads.iloc[segment_of(int(kerb[number]))]
        found |= {"street_id": str(road["street_id"]), "name": road["name"], "hours": plan.slots.text(mask)}
        found["zone_id"] = str(plan.zone_ids[some[number]]) if plan.kind == "stall" else None
        when = next_time(plan, mask, at)
    else:
        place = number - len(kerb)
        row = places.table.iloc[place]
        roads = plan.kerbs.roads
        on = roads[roads["segment_id"] == row["segment_id"]]
        found |= {"place_id": str(places.ids[place]), "hours": places.hours[place]}
        found |= {"street_id": str(on["street_id"].iloc[0]) if len(on) else "", "name": row["name"]}
        when = next_open(places.windows[place], at)
    found["at"] = when.isoformat(timespec="minutes") if when else None
    return found
