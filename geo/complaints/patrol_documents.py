"""The JSON documents of patrols."""

from __future__ import annotations

from typing import TypedDict


class UnreachedStreet(TypedDict):
    """
    A street that a round is for and does not walk along.

    Attributes
    ----------
    segment_id
        The segment.
    street_id
        Its street.
    name
        The street's name.
    length_m
        Length of the segment, in metres.
    reason
        Why, in both languages.
    """

    segment_id: str
    street_id: str
    name: str | None
    length_m: float
    reason: str


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
    passage_m
        Length of ways without streets of its own that link them into one piece, in metres.
    pieces
        Pieces that it is in; more than one only where the walking network itself is not in one piece.
    kept_m
        Length of its streets that were in it before, in metres; null without earlier districts.
    round_m
        Length of the walking round, in metres.
    required_m
        Length of the streets that the round is for, in metres: it walks along the whole of each.
    bound_m
        No round along those streets is shorter, in metres.
    stops
        Segments that the round is for.
    unreached
        Segments that it is for and cannot walk along.
    streets
        Its longest streets.
    """

    district_id: str
    work: float
    complaints: int
    length_m: float
    passage_m: float
    pieces: int
    kept_m: float | None
    round_m: float
    required_m: float
    bound_m: float
    stops: int
    unreached: list[UnreachedStreet]
    streets: list[str]


class KeptDistricts(TypedDict):
    """
    Earlier districts that were kept as far as possible.

    Attributes
    ----------
    before
        Districts before.
    ended
        Districts that ended.
    added
        Districts that are new.
    share
        Share of the length of streets with a district before that are still in it.
    share_of_staying
        The same share of the streets in districts that did not end; null where all ended.
    """

    before: int
    ended: list[str]
    added: list[str]
    share: float
    share_of_staying: float | None


class PriorityDocument(TypedDict):
    """
    Hours of the week with complaints on a street.

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
    Patrols, as printed by `jiexu patrols --json`.

    Attributes
    ----------
    people
        Supervisors.
    districts
        Their districts.
    balance
        Work of the heaviest district, by the mean.
    bound
        No division has a smaller balance: the mean, the heaviest segment, or the heaviest that must share a district.
    network_parts
        Parts of the walking network with streets to patrol; between them no way on foot is mapped.
    says
        What is not as it should be, in both languages.
    kept
        Districts kept from before; null where all were divided afresh.
    priorities
        Streets and hours of the week, the most urgent first.
    months
        Months that the complaints cover, by their undoubted times: work is complaints per month.
    left_out
        Complaints that count for nothing, by figure (`districts`, `priorities`) and reason.
    """

    people: int
    districts: list[DistrictDocument]
    balance: float
    bound: float
    network_parts: int
    says: list[str]
    kept: KeptDistricts | None
    priorities: list[PriorityDocument]
    months: float
    left_out: dict[str, dict[str, int]]
