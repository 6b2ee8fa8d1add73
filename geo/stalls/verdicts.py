"""Ask of any place at any hour whether something may stand there, and why; judge all stalls of a study at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers, members
from geo.core.crs import WGS84, to_degrees, to_metric
from geo.core.errors import InputError
from geo.core.opening_hours import DAY
from geo.core.text import Text
from geo.kerbs.exclusions import holds
from geo.kerbs.numbering import SIDES, both_sides, segment_of, side_of
from geo.network.graph import Network
from geo.network.searches import distances
from geo.network.snapping import snap
from geo.rules.loader import Profile
from geo.stalls.documents import AnswerDocument, NearestPlace, SpokenRule
from geo.stalls.plan import GROUP, ORDER, Plan
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
    What the rules say of a place at a moment.

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


class KerbPositions(NamedTuple):
    """Positions on kerbs, shape (k,) each: `kerb`, `along_m` on the segment's centre line, `away_m` from the kerb."""

    kerb: Integers
    along_m: Floats
    away_m: Floats


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
    free = _free_at(plan, asked)
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


class _Free(NamedTuple):
    """In which slots positions are free, in which their stretch is too short for one pitch, and which that is."""

    mask: NDArray[np.uint64]
    too_short: NDArray[np.uint64]
    run: Integers


def _free_at(plan: Plan, asked: KerbPositions) -> _Free:
    free = plan.free
    number = _holding(free.kerb, free.from_m, asked)
    there = number >= 0
    if len(free.kerb) == 0:
        none = np.zeros(len(asked.kerb), dtype=np.uint64)
        return _Free(none, none, number)
    mask = np.where(there, plan.usable[number], np.uint64(0))
    return _Free(mask, np.where(there, free.value[number] & ~plan.usable[number], np.uint64(0)), number)


def _holding(kerb: Integers, from_m: Floats, asked: KerbPositions) -> Integers:
    """Return which of the stretches, sorted by kerb and place and without gaps, holds each position; -1 for none."""
    if len(kerb) == 0:
        return np.full(len(asked.kerb), -1)
    span = float(max(from_m.max(), asked.along_m.max(initial=0.0))) + 1.0
    number = np.searchsorted(kerb * span + from_m, asked.kerb * span + np.maximum(asked.along_m, 0.0), "right") - 1
    number = np.maximum(number, 0)
    # a position before the first stretch of its kerb lies at its beginning
    number = np.where((kerb[number] < asked.kerb) & (number + 1 < len(kerb)), number + 1, number)
    return np.where(kerb[number] == asked.kerb, number, -1)


@dataclass(frozen=True)
class _Spoken:
    """A rule that speaks of a place: whether it `forbids` or `allows`, when, how far from its cause, and the cause."""

    rule: str
    says: str
    hours: str
    distance_m: float
    cause: object = None

    def document(self, profile: Profile, reasons: Mapping[str, str]) -> SpokenRule:
        """Return it as `Answer.rules` has it; `reasons` are the sources of what decisions forbid."""
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
    Return the rules that speak of a position: those that hold in the slot first.

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
    """Return the next moment from `at` on in which a mask holds, within a week."""
    for day in range(8):
        midnight = dt.datetime.combine(at.date() + dt.timedelta(days=day), dt.time(), at.tzinfo)
        base = DAY if midnight.weekday() >= 5 else 0
        for begin, end in plan.slots.windows(mask):
            if begin // DAY != base // DAY:
                continue
            opens = midnight + dt.timedelta(minutes=begin % DAY)
            closes = midnight + dt.timedelta(minutes=(end - 1) % DAY + 1)
            if closes > at:
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


class Judged(NamedTuple):
    """
    Attributes
    ----------
    verdict
        Shape (k,): one of `VERDICTS`, or `OFF_STREET`; None for a stall that was not located.
    reasons
        Shape (k,): the rules that forbid it in trading hours, between ", "; the stance that allows it where none does.
    zone
        Shape (k,): the zone that it stands in while it trades (a number of `Plan.zones`), or -1.
    """

    verdict: NDArray[np.object_]
    reasons: NDArray[np.object_]
    zone: Integers


def judge(plan: Plan, stalls: pd.DataFrame) -> Judged:
    """
    Judge stalls by where they stand, in the hours in which stalls are taken to trade (`stalls.trading_hours`).

    A stall is `allowed` where it may stand in all of those hours, `forbidden` where it may never, else `other_hours`.

    Parameters
    ----------
    plan
        Of the study.
    stalls
        Located: `segment_id`, `side`, `offset_m`, `distance_m`.
    """
    size = len(stalls)
    verdict, reasons, zone = np.full(size, None, dtype=object), np.full(size, "", dtype=object), np.full(size, -1)
    kerbs = plan.kerbs
    located = np.flatnonzero(stalls["segment_id"].isin(kerbs.row_of.index).to_numpy())
    if len(located) == 0:
        return Judged(verdict, reasons, zone)
    rows = stalls.iloc[located]
    kerb = kerbs.of(rows)
    away = rows["distance_m"].to_numpy(dtype=float) - kerbs.half_m[kerb]
    near = away <= float(plan.profile["kerb.asked_within"])
    verdict[located[~near]], reasons[located[~near]] = OFF_STREET, "kerb.asked_within"
    located, kerb, rows = located[near], kerb[near], rows[near]
    along = np.clip(
        rows["offset_m"].to_numpy(dtype=float), kerbs.from_m[kerb], np.maximum(kerbs.to_m, kerbs.from_m)[kerb]
    )
    asked = KerbPositions(kerb, along, np.zeros(len(kerb)))
    free = _free_at(plan, asked)
    trading = np.uint64(plan.slots.mask(plan.trading))
    full = (free.mask & trading) == trading
    verdict[located] = np.select([full, free.mask > 0], [ALLOWED, OTHER_HOURS], FORBIDDEN)
    zone[located] = plan.zone_at(free.run, int(trading))

    # the rules that hold while it trades; what allows it, where none does
    piece = _holding(plan.pieces.kerb, plan.pieces.from_m, asked)
    first = np.searchsorted(plan.pieces.piece, piece, "left")
    counts = np.where(piece >= 0, np.searchsorted(plan.pieces.piece, piece, "right") - first, 0)
    stall, number = members(counts)
    exclusion = plan.pieces.exclusion[first[stall] + number]
    then = (plan.exclusions.mask[exclusion] & trading) > 0
    spoken = pd.DataFrame({"stall": stall[then], "rule": plan.exclusions.rule[exclusion[then]]})
    extra = np.flatnonzero((free.too_short & trading) > 0)
    junction = np.flatnonzero(piece < 0)
    spoken = pd.concat(
        [
            spoken,
            pd.DataFrame({"stall": extra, "rule": TOO_SHORT[plan.kind]}),
            pd.DataFrame({"stall": junction, "rule": "clearance.corner"}),
        ]
    )
    ranks = {name: rank for rank, name in enumerate((*ORDER, *TOO_SHORT.values()))}
    spoken["rank"] = spoken["rule"].map(ranks)
    spoken = spoken.drop_duplicates(["stall", "rule"]).sort_values(["stall", "rank"])
    texts = spoken.groupby("stall")["rule"].agg(", ".join)
    reasons[located[full]] = [f"stalls.stance.{tier}" for tier in plan.tier[kerb[full]]]
    reasons[located[texts.index.to_numpy(dtype=np.int64)]] = texts.to_numpy(dtype=object)
    return Judged(verdict, reasons, zone)
