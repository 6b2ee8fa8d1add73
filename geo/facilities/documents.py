"""The JSON documents of coverage and population."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from geo.core.vocabulary import FacilityKind
from geo.facilities.resident_documents import ResidentsDocument
from geo.network.documents import WalkingDocument
from geo.rules.documents import ProfileDocument
from geo.study.documents import FindingDocument


class StandardDocument(TypedDict):
    """
    The source of a standard.

    Attributes
    ----------
    source
        The standard, regulation or paper.
    status
        `sourced`, or `assumption` where nobody checked the source.
    value
        The profile's value, in metres.
    """

    source: str
    status: str
    value: float


class LifeCircle(TypedDict):
    """
    A life circle: a walk of so many minutes.

    Attributes
    ----------
    within_m
        Its standard, in metres on foot.
    share
        Share of demand with a facility within it.
    """

    within_m: float
    share: float


class DemandDocument(TypedDict):
    """
    The demand that is counted.

    Attributes
    ----------
    asked
        Residents, or points (stalls that need a hall, complaints).
    total
        All of it.
    sources
        Demand by source.
    calibrated
        Factor by which estimates were scaled to the known number of residents; 1 without one.
    synthetic
        Made-up points in it.
    left_out
        Points that it leaves out, by reason.
    """

    asked: Literal["residents", "points"]
    total: float
    sources: dict[str, float]
    calibrated: float
    synthetic: int
    left_out: dict[str, int]


class OwnFacilities(TypedDict):
    """
    The facilities of the kind.

    Attributes
    ----------
    count
        Facilities.
    listed
        Those from a list, not from OpenStreetMap.
    merged
        Entries that were the same place as another.
    capacity_known
        Facilities with a known capacity.
    hours_known
        Facilities with known opening hours.
    """

    count: int
    listed: int
    merged: int
    capacity_known: int
    hours_known: int


class WalkQuantiles(TypedDict):
    """
    Walks to the nearest facility, in metres; null beyond the search radius.

    Attributes
    ----------
    p10
        10 % of demand walks at most this far.
    p25
        25 % of demand walks at most this far.
    p50
        50 % of demand walks at most this far.
    p75
        75 % of demand walks at most this far.
    p90
        90 % of demand walks at most this far.
    """

    p10: float | None
    p25: float | None
    p50: float | None
    p75: float | None
    p90: float | None


class ServedTier(TypedDict):
    """
    Demand on streets of a tier.

    Attributes
    ----------
    group
        The tier.
    demand
        Demand in it.
    covered
        Demand with a facility within the standard.
    share
        Share that is covered.
    left_out
        Demand without one.
    """

    group: str
    demand: float
    covered: float
    share: float | None
    left_out: float


class ServedGroup(TypedDict):
    """
    Demand on a street or in a quarter.

    Attributes
    ----------
    group
        The street or quarter; null for demand in none.
    name
        Its name.
    demand
        Demand in it.
    covered
        Demand with a facility within the standard.
    share
        Share that is covered.
    left_out
        Demand without one.
    """

    group: str | None
    name: str | None
    demand: float
    covered: float
    share: float | None
    left_out: float


class CatchmentDocument(TypedDict):
    """
    A facility and its users.

    Attributes
    ----------
    facility_id
        The facility.
    kind
        Its kind.
    name
        Its name.
    demand
        Demand for which it is the nearest one.
    within_m
        The standard, in metres.
    capacity
        Its capacity.
    hours
        Its opening hours.
    source
        Where it comes from.
    """

    facility_id: str
    kind: str
    name: str | None
    demand: float
    within_m: float
    capacity: int | None
    hours: str | None
    source: str | None


class GapDocument(TypedDict):
    """
    Demand that is left out, near together.

    Attributes
    ----------
    gap_id
        Its number.
    kind
        The kind of facility.
    demand
        Demand in it.
    places
        Places of demand in it.
    walk_m
        Mean walk to the nearest facility, in metres; null beyond the search radius.
    streets
        Its main streets.
    quarter_id
        The quarter with most of it.
    """

    gap_id: str
    kind: str
    demand: float
    places: int
    walk_m: float | None
    streets: str
    quarter_id: str | None


class BalanceDocument(TypedDict):
    """
    Supply against demand in a quarter.

    Attributes
    ----------
    quarter_id
        The quarter.
    name
        Its name.
    cars_day
        Parking: cars that look for a space by day.
    off_street_day
        Parking: spaces off the street by day.
    bays_day
        Parking: bays decided on, by day.
    balance_day
        Parking: spaces and bays less cars by day.
    cars_night
        Parking: cars that look for a space at night.
    off_street_night
        Parking: spaces off the street at night.
    bays_night
        Parking: bays decided on, at night.
    balance_night
        Parking: spaces and bays less cars at night.
    stalls_to_halls
        Markets: stalls that move into halls.
    stalls_without_hall
        Markets: stalls that find no hall.
    hall_places
        Markets: places in halls.
    balance
        Markets: places less stalls.
    """

    quarter_id: str
    name: str | None
    cars_day: NotRequired[float]
    off_street_day: NotRequired[float]
    bays_day: NotRequired[float]
    balance_day: NotRequired[float]
    cars_night: NotRequired[float]
    off_street_night: NotRequired[float]
    bays_night: NotRequired[float]
    balance_night: NotRequired[float]
    stalls_to_halls: NotRequired[float]
    stalls_without_hall: NotRequired[float]
    hall_places: NotRequired[float]
    balance: NotRequired[float]


class CoverageDocument(TypedDict):
    """
    Coverage, as printed by `jiexu coverage --json`.

    Attributes
    ----------
    kind
        The kind of facility.
    within_m
        The standard, in metres on foot.
    within_source
        Source of the profile's standard.
    profile
        The rules.
    demand
        The demand that is counted.
    residents
        The evidence for residents; null where points are the demand.
    facilities
        The facilities.
    covered
        Demand with a facility within the standard.
    share
        Its share of all demand; a rough estimate where `residents` is not `enough`.
    life_circles
        The share of demand within each life circle: `minutes_5`, `minutes_10`, `minutes_15`.
    accepted
        Sites decided on.
    share_with_accepted
        Share covered with the sites decided on.
    walk_m
        Walks to the nearest facility.
    walking
        The ways that these walks may use.
    by_street
        Streets, the most left out first.
    by_quarter
        Quarters, the most left out first.
    by_tier
        Tiers, the most left out first.
    facilities_list
        The facilities with their users.
    gaps
        Demand that is left out, the most first.
    balance
        Supply against demand by quarter, the worst first; none for toilets.
    credit
        The credit that maps and documents must show.
    """

    kind: FacilityKind
    within_m: float
    within_source: StandardDocument
    profile: ProfileDocument
    demand: DemandDocument
    residents: ResidentsDocument | None
    facilities: OwnFacilities
    covered: float
    share: float
    life_circles: dict[str, LifeCircle]
    accepted: int
    share_with_accepted: float
    walk_m: WalkQuantiles
    walking: WalkingDocument
    by_street: list[ServedGroup]
    by_quarter: list[ServedGroup]
    by_tier: list[ServedTier]
    facilities_list: list[CatchmentDocument]
    gaps: list[GapDocument]
    balance: list[BalanceDocument]
    credit: str


class PopulationDocument(TypedDict):
    """
    The population that the study has, as printed by `jiexu population --json`.

    Attributes
    ----------
    rows
        Rows of population.
    residents
        Residents in them.
    total
        The known number of residents, if any.
    unread
        Columns of the file that nothing reads.
    findings
        Findings of the file.
    """

    rows: int
    residents: float
    total: float | None
    unread: list[str]
    findings: list[FindingDocument]
