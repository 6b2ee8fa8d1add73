"""The JSON documents of stalls."""

from __future__ import annotations

from typing import Literal, TypedDict

from geo.kerbs.waterfall import FallDocument
from geo.rules.articles import ArticleDocument
from geo.rules.documents import ProfileDocument
from geo.stalls.supply_documents import DemandDocument, PitchesDocument, PlacesDocument, StandingPlace


class ZoneCounts(TypedDict):
    """
    The zones on streets of a tier.

    Attributes
    ----------
    zones
        Number of zones.
    pitches
        Pitches in them, likely.
    """

    zones: int
    pitches: int


class VerdictCounts(TypedDict):
    """
    The stalls by verdict.

    Attributes
    ----------
    allowed
        May stand in all hours in which stalls are taken to trade.
    other_hours
        May stand at other hours only.
    forbidden
        May never stand there.
    off_street
        Stand at no street: street rules say nothing of them.
    """

    allowed: int
    other_hours: int
    forbidden: int
    off_street: int


class StallsDocument(FallDocument):
    """
    A plan for stalls, as printed by `jiexu stalls --json`.

    Attributes
    ----------
    profile
        The rules.
    kerb_km
        Length of all kerbs, in kilometres.
    zones
        Number of zones.
    pitches
        Pitches in all zones, at any hour: low, likely, high.
    pitches_geometric
        The pitches that fit all zones without access gaps: the bound behind.
    capped_by
        How many of those each bound takes of the likely ones: `access_gaps`, `existing_places`, `street_share`, and
        `demand` or `quarter_share`.
    longest_row
        Pitches in the longest row between access gaps.
    likely_at_moment
        The likely ones in zones that are open at the moment.
    demand
        The demand, by quarter.
    stall_places
        The places that the city has, and their conflicts with the rules.
    moment
        The hours in which most pitches may be used; metres and pitches lost are those of this moment.
    per_tier
        Zones by tier of their street.
    stalls
        Stalls by verdict.
    displays
        Shops that may display goods outside.
    basis
        The articles of law behind the zones.
    """

    profile: ProfileDocument
    kerb_km: float
    zones: int
    pitches: PitchesDocument
    pitches_geometric: int
    capped_by: dict[str, int]
    longest_row: int
    likely_at_moment: int
    demand: DemandDocument
    stall_places: PlacesDocument
    moment: str
    per_tier: dict[str, ZoneCounts]
    stalls: VerdictCounts
    displays: int
    basis: list[ArticleDocument]


class RelocationDocument(TypedDict):
    """
    The summary of a relocation that the study keeps.

    Attributes
    ----------
    moved
        Stalls with a new place.
    moves
        Stalls that stand in the way.
    """

    moved: int
    moves: int


class SpokenRule(TypedDict):
    """
    A rule that speaks of a place.

    Attributes
    ----------
    id
        The rule's parameter, or the scope of a decision.
    says
        `forbids` or `allows`.
    hours
        When it does.
    distance_m
        Metres to its cause; of a rule that holds for the whole kerb, to the kerb.
    cause_id
        The id of what it keeps clear of.
    value
        The parameter's value.
    unit
        The parameter's unit.
    source
        The regulation, or the reason of the decision.
    status
        `sourced`, `assumption` or `decision`.
    """

    id: str
    says: str
    hours: str
    distance_m: float
    cause_id: object
    value: object
    unit: str | None
    source: str
    status: str


class NearestPlace(TypedDict):
    """
    The nearest place where it is allowed.

    Attributes
    ----------
    zone_id
        The zone; null for a display, and for a place that the city has.
    place_id
        The place, where it is one that the city has; else null.
    lon
        Longitude in degrees.
    lat
        Latitude in degrees.
    street_id
        Its street.
    name
        The street's name.
    walk_m
        Metres to walk there.
    hours
        When it is allowed there.
    at
        The next time from the moment asked about, in ISO 8601.
    """

    zone_id: str | None
    place_id: str | None
    lon: float
    lat: float
    street_id: str
    name: str | None
    walk_m: float
    hours: str
    at: str | None


class AnswerDocument(TypedDict):
    """
    The rules' answer for a place at a moment, as printed by `jiexu check --json`.

    Attributes
    ----------
    verdict
        `allowed`, `other_hours` or `forbidden`.
    hours
        When it is allowed there; empty for never.
    street_id
        The street asked about.
    name
        The street's name.
    tier
        The street's tier.
    segment_id
        The segment asked about.
    side
        `left` or `right` of the segment's drawing direction.
    offset_m
        Metres along the segment.
    distance_m
        Metres from the place to the kerb.
    rules
        Every rule that speaks, those that hold at the moment first.
    place
        The place that the city has there; null for none.
    nearest
        The nearest place where it is allowed; null where the place itself is, or none is within reach.
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


class MoveDocument(TypedDict):
    """
    A stall that stands in the way, and its new place.

    Attributes
    ----------
    stall_id
        The stall.
    to_kind
        `zone`, `place` (one that the city has), `hall`, or `none` for a stall without a place.
    to_id
        The zone, place or market hall.
    walk_m
        Metres on foot from the old place to the new one.
    reason
        Why it moves (`forbidden`, `zone_full`), or finds no place (`no_room`, `no_hall`).
    """

    stall_id: str
    to_kind: Literal["zone", "place", "hall", "none"]
    to_id: str | None
    walk_m: float | None
    reason: str


class ShortageDocument(TypedDict):
    """
    A street with stalls that find no place.

    Attributes
    ----------
    street_id
        The street; null for stalls that are on none.
    name
        Its name.
    stalls
        Stalls without a place.
    pitches
        Pitches that are missing.
    hall_places
        Places in market halls that are missing.
    """

    street_id: str | None
    name: str | None
    stalls: int
    pitches: int
    hall_places: int


class HallDocument(TypedDict):
    """
    A market hall.

    Attributes
    ----------
    facility_id
        The hall.
    name
        Its name.
    room
        Its places.
    assumed
        Whether the number of places is the profile's guess.
    taken
        Places that the relocation takes.
    """

    facility_id: str
    name: str | None
    room: int
    assumed: bool
    taken: int


class GuidanceDocument(TypedDict):
    """
    A relocation, as printed by `jiexu guide --json`.

    Attributes
    ----------
    moves
        The stalls that stand in the way.
    total_walk_m
        Sum of the walks, in metres.
    proven_gap_m
        Metres by which the sum may be above the least possible; 0 is proven best.
    moved
        Stalls with a new place.
    without_place
        Stalls without one.
    shortage
        Streets with stalls that find no place, the most first.
    halls
        The market halls.
    """

    moves: list[MoveDocument]
    total_walk_m: float
    proven_gap_m: float
    moved: int
    without_place: int
    shortage: list[ShortageDocument]
    halls: list[HallDocument]


class StepDocument(TypedDict):
    """
    An operator with whom a penalty step is due: a row printed by `jiexu steps --json`.

    Attributes
    ----------
    operator_id
        The operator; a stall without one stands for itself.
    stalls
        The operator's stalls in the way.
    stall_ids
        Their ids, between commas.
    offences
        Earlier offences by the stall list.
    recorded
        Steps recorded since.
    hardship
        Whether the operator is in hardship: the step is milder then.
    step
        The step that is due.
    last
        The newest recorded step.
    basis
        The articles of law behind the step.
    """

    operator_id: str
    stalls: int
    stall_ids: str
    offences: int
    recorded: int
    hardship: bool
    step: Literal["guidance", "warning", "light_penalty", "strict"]
    last: str | None
    basis: list[ArticleDocument]
