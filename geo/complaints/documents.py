"""The JSON documents of complaints."""

from __future__ import annotations

from typing import TypedDict


class Around(TypedDict):
    """
    The day around which the density is taken.

    Attributes
    ----------
    at
        The day, in ISO 8601.
    days
        Time bandwidth in days.
    """

    at: str
    days: float


class HotStreet(TypedDict):
    """
    A street with hot segments.

    Attributes
    ----------
    street_id
        The street.
    name
        Its name.
    hot_m
        Length of its hot segments, in metres.
    complaints
        Complaints on the street.
    gi_z
        The largest Gi* of its segments, in standard deviations.
    p_value
        The smallest p of its segments.
    """

    street_id: str
    name: str | None
    hot_m: float
    complaints: int
    gi_z: float
    p_value: float


class ClusterDocument(TypedDict):
    """
    A cluster of complaints by the network scan.

    Attributes
    ----------
    cluster
        Its number.
    streets
        Its longest streets.
    segments
        Segments in it.
    complaints
        Complaints in it.
    expected
        Complaints expected there at the mean rate.
    p_value
        How likely chance alone gives such a cluster.
    """

    cluster: str
    streets: list[str]
    segments: int
    complaints: int
    expected: float
    p_value: float


class RepeatsDocument(TypedDict):
    """
    Recurring spots.

    Attributes
    ----------
    spots
        Spots with a relapse.
    relapses
        Complaints that are relapses.
    share
        Share of relapses among complaints that follow a closed one.
    """

    spots: int
    relapses: int
    share: float | None


class HotspotsDocument(TypedDict):
    """
    Hot spots: what `jiexu hotspots --json` prints.

    Attributes
    ----------
    complaints
        Complaints counted.
    category
        The category; null for all.
    months
        First and last month; null for all.
    when
        The day around which the density is taken; null for all days alike.
    bandwidth_m
        Bandwidth of the kernel, in metres.
    kernel
        The kernel.
    split
        How density is split at junctions.
    exposure
        What complaints are divided by.
    segments
        Segments of the study.
    hot
        Hot ones among them.
    streets
        Streets with hot segments, the most certain first.
    clusters
        Clusters.
    emerging
        Segments by kind of emerging hot spot.
    repeats
        Recurring spots.
    """

    complaints: int
    category: str | None
    months: list[str] | None
    when: Around | None
    bandwidth_m: float
    kernel: str
    split: str
    exposure: str
    segments: int
    hot: int
    streets: list[HotStreet]
    clusters: list[ClusterDocument]
    emerging: dict[str, int]
    repeats: RepeatsDocument


class ResponseShares(TypedDict):
    """
    Shares of the responses (the 721 method) in a group of complaints.

    Attributes
    ----------
    group
        The month, street or quarter; `all`.
    answered
        Complaints that say how they were answered.
    service
        Share answered by service.
    service_low
        Its 95 % interval, lower end.
    service_high
        Its 95 % interval, upper end.
    management
        Share answered by management.
    management_low
        Its 95 % interval, lower end.
    management_high
        Its 95 % interval, upper end.
    enforcement
        Share answered by enforcement.
    enforcement_low
        Its 95 % interval, lower end.
    enforcement_high
        Its 95 % interval, upper end.
    """

    group: str
    answered: int
    service: float
    service_low: float
    service_high: float
    management: float
    management_low: float
    management_high: float
    enforcement: float
    enforcement_low: float
    enforcement_high: float


class StreetShares(ResponseShares):
    """
    Shares of the responses on a street.

    Attributes
    ----------
    name
        The street's name.
    """

    name: str | None


class ClosingTimes(TypedDict):
    """
    Hours until complaints are closed; open ones are censored.

    Attributes
    ----------
    median
        Hours after which half are closed; null where fewer are.
    p90
        Hours after which nine in ten are closed.
    closed
        Closed complaints.
    open
        Open complaints.
    """

    median: float | None
    p90: float | None
    closed: int
    open: int


class AnswerTimes(TypedDict):
    """
    Hours until complaints are first answered.

    Attributes
    ----------
    median
        Hours after which half are answered; null where fewer are.
    p90
        Hours after which nine in ten are answered.
    answered
        Answered complaints.
    open
        Complaints not answered yet.
    """

    median: float | None
    p90: float | None
    answered: int
    open: int


class ChannelDocument(TypedDict):
    """
    Complaints that came through a channel.

    Attributes
    ----------
    channel
        The channel; empty where it is not known.
    complaints
        Complaints.
    open
        Open ones.
    within_limit
        Share closed in time, of those closed or overdue.
    median_hours
        Hours after which half are closed.
    p90_hours
        Hours after which nine in ten are closed.
    """

    channel: str
    complaints: int
    open: int
    within_limit: float | None
    median_hours: float | None
    p90_hours: float | None


class OverdueComplaint(TypedDict):
    """
    An open complaint past its limit.

    Attributes
    ----------
    complaint_id
        The complaint.
    category
        Its category.
    received_at
        When it was received, in ISO 8601.
    channel
        Its channel.
    segment_id
        Its segment.
    open_hours
        Hours for which it has been open.
    limit_hours
        Hours within which it was to be closed.
    """

    complaint_id: str
    category: str | None
    received_at: str
    channel: str | None
    segment_id: str | None
    open_hours: float
    limit_hours: float


class TierRate(TypedDict):
    """
    Complaints per kilometre and month on streets of a tier.

    Attributes
    ----------
    tier
        The tier.
    km
        Length of its streets, in kilometres.
    streets
        Number of its streets.
    complaints
        Complaints on them.
    rate
        Complaints per kilometre and month.
    low
        Its 95 % interval, lower end.
    high
        Its 95 % interval, upper end.
    """

    tier: str
    km: float
    streets: int
    complaints: int
    rate: float | None
    low: float | None
    high: float | None


class EffectDocument(TypedDict):
    """
    The effect of a decision on the complaints of its street, against comparable streets.

    Attributes
    ----------
    decision_id
        The decision.
    street_id
        Its street.
    name
        The street's name.
    what
        The measure.
    before
        Complaints on the street before it.
    after
        Complaints on the street after it.
    others_before
        Complaints on the comparable streets before it.
    others_after
        Complaints on the comparable streets after it.
    days
        Length of either time, in days.
    change
        Change beyond that of the comparable streets, as a share; null where too little is known.
    low
        Its 95 % interval, lower end.
    high
        Its 95 % interval, upper end.
    says
        The finding in words, Chinese and English.
    """

    decision_id: str
    street_id: str
    name: str | None
    what: str
    before: int
    after: int
    others_before: int
    others_after: int
    days: float
    change: float | None
    low: float | None
    high: float | None
    says: str


class SeasonDocument(TypedDict):
    """
    A month of the year.

    Attributes
    ----------
    month
        1 to 12.
    complaints
        Complaints in whole months.
    years
        Years in which the month is whole.
    per_month
        Complaints per month.
    """

    month: int
    complaints: int
    years: int
    per_month: float | None


class RepeatSpot(TypedDict):
    """
    A recurring spot.

    Attributes
    ----------
    category
        Category of its complaints.
    segment_id
        Its segment.
    reports
        Complaints there.
    relapses
        Relapses among them.
    first
        Time of the first complaint, in ISO 8601.
    last
        Time of the last complaint, in ISO 8601.
    complaint_ids
        Their ids, between commas.
    """

    category: str
    segment_id: str
    reports: int
    relapses: int
    first: str
    last: str
    complaint_ids: str


class AnsweringDocument(TypedDict):
    """
    The part on how complaints are answered.

    Attributes
    ----------
    target
        Target shares of the 721 method.
    shares
        Shares of all complaints; null where none says how it was answered.
    by_month
        Shares by month.
    by_street
        Shares by street, the most answered first.
    by_quarter
        Shares by quarter.
    """

    target: dict[str, float]
    shares: ResponseShares | None
    by_month: list[ResponseShares]
    by_street: list[StreetShares]
    by_quarter: list[ResponseShares]


class TimesDocument(TypedDict):
    """
    The part on how long complaints stay open.

    Attributes
    ----------
    hours
        Hours until complaints are closed.
    answer_hours
        Hours until complaints are first answered; null where the data do not say.
    channels
        Complaints by channel.
    overdue
        Open complaints past their limit, the longest overdue first.
    """

    hours: ClosingTimes
    answer_hours: AnswerTimes | None
    channels: list[ChannelDocument]
    overdue: list[OverdueComplaint]


class MeasuresDocument(TypedDict):
    """
    The part on what was done, and its effect.

    Attributes
    ----------
    ladder
        Recorded penalty steps by step.
    tiers
        Complaints per kilometre and month by tier.
    measures
        Effects of decisions.
    """

    ladder: dict[str, int]
    tiers: list[TierRate]
    measures: list[EffectDocument]


class PatternsDocument(TypedDict):
    """
    The part on when complaints come, and where they come again.

    Attributes
    ----------
    seasons
        Complaints by month of the year.
    weekday_hours
        Complaints by weekday, from Monday, and hour: 7 lists of 24.
    repeats
        Recurring spots, the most relapses first.
    """

    seasons: list[SeasonDocument]
    weekday_hours: list[list[int]]
    repeats: list[RepeatSpot]


class ResponseDocument(AnsweringDocument, TimesDocument, MeasuresDocument, PatternsDocument):
    """
    How complaints are answered: what `jiexu response --json` prints.

    Attributes
    ----------
    until
        Until when the complaints are known, in ISO 8601.
    """

    until: str | None


class DistrictDocument(TypedDict):
    """
    A supervisor's district.

    Attributes
    ----------
    district_id
        Its number.
    work
        Its work, by complaints and length.
    complaints
        Complaints in it.
    length_m
        Length of its streets, in metres.
    round_m
        Length of the walking round, in metres.
    stops
        Stops of the round.
    streets
        Its longest streets.
    """

    district_id: str
    work: float
    complaints: int
    length_m: float
    round_m: float
    stops: int
    streets: list[str]


class PriorityDocument(TypedDict):
    """
    Hours of the week in which a street gets complaints.

    Attributes
    ----------
    street_id
        The street.
    name
        Its name.
    weekday
        0 for Monday.
    from_hour
        The first hour.
    to_hour
        The hour at which it ends.
    complaints
        Complaints there and then.
    expected
        Complaints there and then, smoothed by those of all streets.
    """

    street_id: str
    name: str | None
    weekday: int
    from_hour: int
    to_hour: int
    complaints: int
    expected: float


class PatrolsDocument(TypedDict):
    """
    Patrols: what `jiexu patrols --json` prints.

    Attributes
    ----------
    people
        Supervisors.
    districts
        Their districts.
    balance
        Work of the heaviest district, by the mean.
    bound
        No division has a smaller balance.
    priorities
        Streets and hours of the week, the most urgent first.
    """

    people: int
    districts: list[DistrictDocument]
    balance: float
    bound: float
    priorities: list[PriorityDocument]
