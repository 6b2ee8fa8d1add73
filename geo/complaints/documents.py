"""The JSON documents of hot spots and patrols."""

from __future__ import annotations

from typing import TypedDict


class Around(TypedDict):
    """
    The day at the middle of the density.

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


class ChangeMonths(TypedDict):
    """
    The months of the classes of change.

    Attributes
    ----------
    change_months
        The first and the last whole month of the data, by which change is judged; null where no time is known.
    """

    change_months: list[str] | None


class HotspotsDocument(ChangeMonths):
    """
    Hot spots, as printed by `jiexu hotspots --json`.

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
    left_out
        Complaints of the question that count for nothing, by figure (`streets`, also for clusters; `density`;
        `emerging`; `repeats`) and reason: of a doubted time or place, without a place or a time, further reports of an
        event, in a month covered in part.
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
    left_out: dict[str, dict[str, int]]


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
        No division has a smaller balance.
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
    priorities: list[PriorityDocument]
    months: float
    left_out: dict[str, dict[str, int]]
