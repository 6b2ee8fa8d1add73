"""The JSON documents of the supply of pitches, and of the city's own places."""

from __future__ import annotations

from typing import Literal, TypedDict


class PitchesDocument(TypedDict):
    """
    Pitches that demand and rules leave.

    Attributes
    ----------
    low
        At the low values of the rules `stalls.supply`.
    likely
        At the likely ones.
    high
        At the high ones.
    """

    low: int
    likely: int
    high: int


class QuarterPitches(TypedDict):
    """
    The pitches of a quarter.

    Attributes
    ----------
    quarter_id
        The quarter; null in a study without quarters.
    name
        Its name.
    frontage_m
        Metres of its kerb that may front something: all but medians.
    stalls
        Stalls of the study in it.
    existing
        Pitches in places that are there.
    cap
        The most that it may have, by level: of its stalls, or of its frontage.
    pitches
        The pitches of its zones, by level.
    pitches_geometric
        The pitches that fit its zones without access gaps.
    """

    quarter_id: str | None
    name: str | None
    frontage_m: float
    stalls: int
    existing: int
    cap: PitchesDocument
    pitches: PitchesDocument
    pitches_geometric: int


class DemandDocument(TypedDict):
    """
    The demand for pitches.

    Attributes
    ----------
    by
        `stalls` where quarters are bounded by their stalls, `frontage` where by a share of their frontage.
    stalls
        Stalls of the study.
    existing
        Pitches in places that are there.
    per_quarter
        The quarters with frontage, stalls or zones.
    """

    by: Literal["stalls", "frontage"]
    stalls: int
    existing: int
    per_quarter: list[QuarterPitches]


class ConflictDocument(TypedDict):
    """
    A conflict of a place that the city has with a rule.

    Attributes
    ----------
    place_id
        The place.
    name
        Its name.
    rule
        The rule.
    cause_id
        The id of what the rule is about: a facility, street or decision.
    hours
        When the rule forbids; some of it is within the hours of the place.
    """

    place_id: str
    name: str | None
    rule: str
    cause_id: str | None
    hours: str


class PlacesDocument(TypedDict):
    """
    The places for stalls that the city has.

    Attributes
    ----------
    places
        Number of places.
    pitches
        Pitches in them: as their files say, else as many as fit, else the profile's guess.
    in_conflict
        Places in conflict with a rule.
    conflicts
        The conflicts.
    """

    places: int
    pitches: int
    in_conflict: int
    conflicts: list[ConflictDocument]


class StandingPlace(TypedDict):
    """
    A place for stalls that the city has.

    Attributes
    ----------
    place_id
        Its id.
    name
        Its name.
    pitches
        Its pitches.
    hours
        Its hours.
    goods
        Goods on sale, as its file says.
    manager
        The office or company in charge.
    fee
        Its fee.
    conflicts
        The rules that it is in conflict with.
    """

    place_id: str
    name: str | None
    pitches: int
    hours: str
    goods: str | None
    manager: str | None
    fee: str | None
    conflicts: list[str]
