"""The JSON documents of sites."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from geo.core.vocabulary import FacilityKind
from geo.facilities.resident_documents import ResidentsDocument
from geo.rules.documents import ProfileDocument

StoppedBy = Literal["number", "no_gain", "budget", "all_covered"]
"""The reason for no more sites: as many as asked for; more gain nothing; money; all that can be is covered."""


class CandidatesDocument(TypedDict):
    """
    The candidate sites.

    Attributes
    ----------
    number
        Candidates.
    source
        Where they come from.
    """

    number: int
    source: str


class SiteDocument(TypedDict):
    """
    A site, or a facility to close.

    Attributes
    ----------
    site_id
        Kind and a hash of its place; of a facility to close, its id.
    kind
        The kind of facility.
    model
        Model by which it was chosen.
    rank
        Order by gain.
    source
        Where the candidate comes from.
    name
        Name of the place.
    street_id
        The nearest street.
    gain
        Gain over the sites above.
    demand
        Demand that would use it.
    chosen_share
        Share of simulations in which it is chosen.
    capacity
        Its capacity.
    price
        Its price, in units of the budget.
    status
        `closed` for a facility to close.
    decision_id
        The decision, where there is one.
    lon
        Longitude in degrees.
    lat
        Latitude in degrees.
    """

    site_id: str
    kind: str
    model: str | None
    rank: int | None
    source: str | None
    name: str | None
    street_id: str | None
    gain: float | None
    demand: float | None
    chosen_share: float | None
    capacity: int | None
    price: float | None
    status: Literal["proposed", "accepted", "closed"]
    decision_id: str | None
    lon: float
    lat: float


class CurvePoint(TypedDict):
    """
    Coverage with the first new sites in their order; beyond the choice, with the next best ones.

    Attributes
    ----------
    count
        New sites: the first so many of `sites`.
    covered
        Demand covered; without new sites, by what stays.
    share
        Its share of all demand.
    walk_m
        Mean walk in metres, for the model `median`.
    best
        Demand covered by the best choice of so many, whatever they cost; null where it was not computed.
    gap
        Share by which the first so many may fall short of the best choice; 0 is proven best. Null where it was not
        computed, or the proof is refused.
    gain
        Demand that the last one adds: the `gain` of the site of this rank.
    """

    count: int
    covered: float
    share: float
    walk_m: float | None
    best: float | None
    gap: float | None
    gain: NotRequired[float]


class StabilityDocument(TypedDict):
    """
    How stable the choice is if demand or walks are wrong.

    Attributes
    ----------
    draws
        Simulations that were made in time.
    off_by
        Share by which demand or walks vary.
    worst_regret
        Share by which the choice falls short of the best at worst.
    """

    draws: int
    off_by: float
    worst_regret: float


class SitesDocument(TypedDict):
    """
    New sites, as printed by `jiexu site --json`.

    Attributes
    ----------
    kind
        The kind of facility.
    asked
        Whose demand counts: residents, or points.
    model
        The model.
    count
        New facilities at most.
    proposed
        New facilities: no more than gain anything.
    stopped_by
        The reason for no more: `number`, `no_gain`, `budget` or `all_covered`.
    seconds
        Limit of computing time for all of it, in seconds.
    computing_s
        Computing time of all of it, in seconds.
    not_done
        Work that the limit cut short, in Chinese and English.
    within_m
        The standard, in metres on foot.
    budget
        The budget, if any.
    with_capacity
        Whether facilities take no more than their capacity.
    profile
        The rules.
    candidates
        The candidates.
    objective
        The model's objective: demand covered, or walking.
    bound
        No choice is better than this.
    proven_gap
        Share by which the choice may fall short of the best; 0 is proven best. Null where the proof is refused.
    proven
        Whether it is proven best; never where the proof is refused.
    residents
        The evidence for residents; without enough of it the proof is refused. Null where points are the demand.
    refused
        The sentence that says why there is no proof, with the remedy, in Chinese and English.
    demand
        All demand.
    covered_before
        Demand covered by what is there or decided on.
    share_before
        Its share of all demand.
    covered
        Demand covered with the choice.
    share
        Its share of all demand.
    walk_m
        Mean walk in metres, for the model `median`.
    out_of_reach
        Demand that no candidate and no facility reaches.
    sites
        The new sites, in the order of their gain.
    closed
        Facilities to close.
    curve
        The best choices of fewer and more new facilities.
    stability
        How stable the choice is.
    credit
        The credit that maps and documents must show.
    """

    kind: FacilityKind
    asked: Literal["residents", "points"]
    model: str
    count: int
    proposed: int
    stopped_by: StoppedBy
    seconds: float
    computing_s: NotRequired[float]
    not_done: list[str]
    within_m: float
    budget: float | None
    with_capacity: bool
    profile: ProfileDocument
    candidates: CandidatesDocument
    objective: float
    bound: float
    proven_gap: float | None
    proven: bool
    residents: ResidentsDocument | None
    refused: str | None
    demand: float
    covered_before: float
    share_before: float
    covered: float
    share: float
    walk_m: float | None
    out_of_reach: float
    sites: list[SiteDocument]
    closed: list[SiteDocument]
    curve: list[CurvePoint]
    stability: StabilityDocument
    credit: str


class TrialDocument(TypedDict):
    """
    Facilities at tried places, beside standing and accepted ones.

    Attributes
    ----------
    covered
        Demand covered.
    share
        Its share of all demand.
    gain
        Demand that they add.
    """

    covered: float
    share: float
    gain: float
