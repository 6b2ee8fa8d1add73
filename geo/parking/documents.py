"""The JSON documents of parking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

from geo.rules.articles import ArticleDocument
from geo.rules.documents import ProfileDocument


class BayCounts(TypedDict):
    """
    The bays that were placed.

    Attributes
    ----------
    all_day
        Bays that may be used at any hour.
    night
        Bays that may be used at night only.
    """

    all_day: int
    night: int


class CapacityDocument(TypedDict):
    """
    How many bays fit, by the error of estimated widths: low <= likely <= high.

    Attributes
    ----------
    low
        If estimated widths are too wide.
    likely
        If they are right: the rows of the layer `bays`, where no budget chooses among them.
    high
        If they are too narrow.
    """

    low: int
    likely: int
    high: int


class DifferenceDocument(TypedDict):
    """
    A difference of proposed and mapped parking on a stretch of kerb.

    Attributes
    ----------
    street
        The street's name.
    status
        `study` where only bays are proposed, `mapped` where only parking is mapped.
    cause
        The rule or circumstance that explains it.
    length_m
        Length of the stretch.
    segment_id
        Its segment.
    side
        `left` or `right` of the segment's drawing direction.
    from_m
        Metres along the segment where it begins.
    to_m
        Metres along the segment where it ends.
    """

    street: str | None
    status: Literal["study", "mapped"]
    cause: str
    length_m: float
    segment_id: str
    side: str
    from_m: float
    to_m: float


class AgreementDocument(TypedDict):
    """
    The agreement of the bays that fit with the parking that is mapped; no rule cuts a mapped side.

    Attributes
    ----------
    metres
        Metres of kerb with parking in both, in the study only, on the map only.
    cars
        Cars that park there by the study and by the map; `mapped_clear`: of the mapped ones, outside corners,
        driveways, crossings and stops.
    precision
        Share of the proposed kerb that is mapped as parking.
    recall
        Share of the kerb mapped as parking that is proposed.
    kerbs_mapped
        Kerbs on which the map says something of parking.
    kerbs
        All kerbs.
    causes
        Metres by status, then by cause.
    largest
        The largest differences.
    """

    metres: Mapping[str, float]
    cars: Mapping[str, int]
    precision: float | None
    recall: float | None
    kerbs_mapped: int
    kerbs: int
    causes: dict[str, dict[str, float]]
    largest: list[DifferenceDocument]


class NewBaysDocument(TypedDict):
    """
    The bays of some hours beside the parking that is there.

    Attributes
    ----------
    on_existing
        Bays of the layer on kerb with mapped or listed parking: they add nothing to it.
    new
        Bays of the layer elsewhere.
    new_capacity
        How many bays fit elsewhere, by the error of estimated widths; a budget does not matter.
    signs_m
        Metres of kerb that each rule of signs keeps from bays, whatever other rules say.
    """

    on_existing: int
    new: int
    new_capacity: CapacityDocument
    signs_m: dict[str, float]


class SupplyDocument(TypedDict):
    """
    The parking at kerbs that is there, and the bays that would be new beside it.

    Attributes
    ----------
    existing
        Cars that park at kerbs by the map and the study's list, by `day` and at `night`: fewer where a sign forbids
        parking in some of these hours.
    hours
        By hours of the bays: `all_day`, and `night` for the ones of the night only.
    """

    existing: dict[str, float]
    hours: dict[str, NewBaysDocument]


class NeedDocument(TypedDict):
    """
    Parking demand at a time.

    Attributes
    ----------
    cars
        Cars that look for a space.
    spaces
        Spaces that are there.
    """

    cars: float
    spaces: float


class StreetChoiceDocument(TypedDict):
    """
    A street in a choice of bays.

    Attributes
    ----------
    street_id
        The street.
    name
        Its name.
    cars
        Cars that look for a space along it at the time that counts.
    spaces
        Spaces within a walk that fall to them now.
    need
        Bays that it lacks: the difference, rounded up. No street gets more.
    room
        Bays of these hours that fit at its kerbs where nobody parks yet.
    bays
        Bays chosen on it.
    why
        Why it gets no more: `enough_spaces`, `need_met`, `parked_already`, `all_day_room`, `no_room`, `kerb_share`,
        `budget`, `served_nearby`.
    reason
        The same as a sentence in both languages.
    """

    street_id: str
    name: str | None
    cars: float
    spaces: float
    need: int
    room: int
    bays: int
    why: str
    reason: str


class ChoiceDocument(TypedDict):
    """
    The bays that relieve the most within a budget.

    Attributes
    ----------
    period
        The time that counts.
    budget
        The largest number of new bays.
    chosen
        Bays that were chosen.
    served_before
        Cars that find a space within a walk today.
    served_after
        Cars that find one with the chosen bays.
    relieved
        The difference of the two.
    bound
        No choice relieves more.
    proven_gap
        Cars by which the choice may fall short of the best; 0 is proven best.
    greedy_relieved
        Cars that the greedy choice relieves.
    mean_walk_m
        Mean walk from the space, in metres.
    streets
        The streets with cars that look for a space, the ones that lack most first; of the chosen streets only, where
        some were.
    nothing
        Why no bay was chosen, as a sentence in both languages; null where some were.
    """

    period: Literal["day", "night"]
    budget: int
    chosen: int
    served_before: int
    served_after: int
    relieved: int
    bound: int
    proven_gap: int
    greedy_relieved: int
    mean_walk_m: float
    streets: list[StreetChoiceDocument]
    nothing: str | None


class PlacedBays(TypedDict):
    """
    The bays that were placed, and the kerb that rules take.

    Attributes
    ----------
    profile
        The rules.
    bays
        Bays by hours.
    accessible
        Accessible ones among them.
    basis
        The articles of law behind the bays.
    capacity
        Bays that fit, on the chosen streets where some were, by hours: `all_day`, and `night` for the further ones that
        fit at night only.
    per_tier
        Bays by tier of their street.
    per_quarter
        Bays by quarter.
    streets
        Streets with bays.
    width_source
        Bays by the source of their carriageway's width.
    kerb_km
        Length of all kerbs, in kilometres.
    metres_lost
        Metres of kerb that each rule takes by day of what the rules before it left.
    bays_lost
        Bays that each rule takes of what the rules before it left.
    sole_metres
        Metres that each rule alone takes.
    free_m
        Metres of kerb left.
    """

    profile: ProfileDocument
    bays: BayCounts
    accessible: int
    basis: list[ArticleDocument]
    capacity: dict[str, CapacityDocument]
    per_tier: dict[str, int]
    per_quarter: dict[str, int]
    streets: int
    width_source: dict[str, int]
    kerb_km: float
    metres_lost: dict[str, float]
    bays_lost: dict[str, int]
    sole_metres: dict[str, float]
    free_m: float


class ChosenBays(TypedDict, total=False):
    """
    With a budget: the choice of bays.

    Attributes
    ----------
    choice
        The bays that relieve the most within a budget; only with one.
    """

    choice: ChoiceDocument


class BaysDocument(PlacedBays, ChosenBays):
    """
    Parking bays, as printed by `jiexu bays --json`.

    Attributes
    ----------
    agreement
        Agreement with the parking that is mapped.
    supply
        The parking at kerbs that is there, and the bays that would be new beside it.
    need
        Parking demand by `day` and at `night`.
    left_out
        Complaints that the demand leaves out, by reason.
    """

    agreement: AgreementDocument
    supply: SupplyDocument
    need: dict[str, NeedDocument]
    left_out: dict[str, int]
