"""The JSON document of how complaints are answered, in its parts."""

from __future__ import annotations

from typing import TypedDict

from geo.complaints.measure_documents import MeasuresDocument
from geo.rules.articles import ArticleDocument


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
    left_out
        Complaints of the channel that count for nothing, by reason.
    """

    channel: str
    complaints: int
    open: int
    within_limit: float | None
    median_hours: float | None
    p90_hours: float | None
    left_out: dict[str, int]


class OverdueComplaint(TypedDict):
    """
    An open complaint past its due time or its limit.

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
    due_at
        When it was to be closed, in ISO 8601.
    open_hours
        Hours for which it has been open.
    limit_hours
        Hours from its receipt within which it was to be closed.
    limit_from
        Where they are from: `file` (its due time), `rules` (the limit of its category).
    """

    complaint_id: str
    category: str | None
    received_at: str
    channel: str | None
    segment_id: str | None
    due_at: str
    open_hours: float
    limit_hours: float
    limit_from: str


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


class CategoryBasis(TypedDict):
    """
    A category of complaints, and its legal basis.

    Attributes
    ----------
    category
        The category.
    complaints
        Complaints of it.
    basis
        The articles of law that they are about.
    """

    category: str
    complaints: int
    basis: list[ArticleDocument]


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
    categories
        The categories with their legal bases, the most complaints first.
    """

    target: dict[str, float]
    shares: ResponseShares | None
    by_month: list[ResponseShares]
    by_street: list[StreetShares]
    by_quarter: list[ResponseShares]
    categories: list[CategoryBasis]


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
        Open complaints past their due time or limit, the longest overdue first.
    """

    hours: ClosingTimes
    answer_hours: AnswerTimes | None
    channels: list[ChannelDocument]
    overdue: list[OverdueComplaint]


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


class WithoutPlace(TypedDict):
    """
    Complaints without a place.

    Attributes
    ----------
    cases
        How many there are.
    counted_in
        Figures that count them.
    not_counted_in
        Figures that do not.
    """

    cases: int
    counted_in: list[str]
    not_counted_in: list[str]


class ResponseDocument(AnsweringDocument, TimesDocument, MeasuresDocument, PatternsDocument):
    """
    How complaints are answered, as printed by `jiexu response --json`.

    Attributes
    ----------
    at
        The moment for which ages are taken and complaints are open or overdue, in ISO 8601: `--at`, else now.
    since
        The first undoubted time of receipt, in ISO 8601.
    until
        The last undoubted time in the data, in ISO 8601: rates are per month from `since` to the last receipt.
    days_behind
        Days from `until` to `at`: complaints that are open in the data may have been closed meanwhile.
    without_place
        Complaints without a place, and the figures that count them.
    left_out
        Complaints that count for nothing, by figure and reason.
    """

    at: str
    since: str | None
    until: str | None
    days_behind: float | None
    without_place: WithoutPlace
    left_out: dict[str, dict[str, int]]
