"""The JSON documents of hot spots."""

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
    A street that is high itself, or in a hot neighbourhood.

    Attributes
    ----------
    street_id
        The street.
    name
        Its name.
    high
        Whether it is high itself: above comparable streets beyond chance.
    hot_neighbourhood
        Whether a stretch of it is in a hot neighbourhood, by its own complaints or by those nearby.
    complaints
        Complaints on the street.
    places
        Places that they are about: many reports of one place are one, in all tests.
    rate
        Complaints per exposure (kilometre) and month.
    rate_low, rate_high
        Its 95 % interval, exact where each complaint has its own place, wider where places are reported again.
    highway
        The class of road that comparable streets have; all streets where too few have it.
    comparable
        Comparable streets.
    ratio
        Its places per exposure by those of comparable streets together; null where they have no complaints.
    ratio_low, ratio_high
        Its exact 95 % interval; null for no end.
    ratio_sure
        The lower limit of the rate drawn towards the mean (empirical Bayes), by the mean: the order of the table.
    ratio_p
        How likely chance gives as many at the rate of the others.
    change
        `worse`, `better` or `same` than before; null where nothing can be said.
    hot_m
        Length of its stretches in hot neighbourhoods, in metres.
    gi_z
        The excess of its clearest neighbourhood (Gi* of places, weighted by exposure), in standard deviations.
    p_value
        How likely chance gives as many places there: exact.
    near_complaints, near_places
        Complaints in that neighbourhood, and the places that they are about.
    near_expected
        Places expected there, by exposure.
    near_ratio
        Places by those expected.
    near_low, near_high
        Its exact interval, widened because the neighbourhood was chosen for being clear; null for no end.
    """

    street_id: str
    name: str | None
    high: bool
    hot_neighbourhood: bool
    complaints: int
    places: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    highway: str | None
    comparable: int
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    ratio_sure: float
    ratio_p: float
    change: str | None
    hot_m: float
    gi_z: float
    p_value: float
    near_complaints: int
    near_places: int
    near_expected: float
    near_ratio: float | None
    near_low: float | None
    near_high: float | None


class ChangedStreet(TypedDict):
    """
    A street with more complaints than before, or with fewer.

    Attributes
    ----------
    street_id
        The street.
    name
        Its name.
    since
        The first month of the time compared with all before.
    months
        Months of that time.
    before, after
        Complaints before and since, one for each place and month.
    before_per_month, after_per_month
        By month.
    ratio
        Complaints by day since, by those before; null where there were none.
    low, high
        Its exact 95 % interval, widened for the periods that were tried; null for no end.
    p_value
        How likely chance gives a change as clear against the rest of the city.
    city_ratio
        The same ratio of all complaints in the city.
    relative
        The ratio by that of the rest of the city: season, reporting and growth of the whole city are no change.
    relative_low, relative_high
        Its interval, as of the ratio.
    year_ratio, year_low, year_high
        Against the same months of the year before, by that of the rest of the city too; null where the data have none.
    """

    street_id: str
    name: str | None
    since: str
    months: int
    before: int
    after: int
    before_per_month: float | None
    after_per_month: float | None
    ratio: float | None
    low: float | None
    high: float | None
    p_value: float
    city_ratio: float | None
    relative: float | None
    relative_low: float | None
    relative_high: float | None
    year_ratio: float | None
    year_low: float | None
    year_high: float | None


class ChangeDocument(TypedDict):
    """
    The comparison of streets with their own past.

    Attributes
    ----------
    first_month, last_month
        Of the whole months that complaints cover.
    whole_months
        How many they are.
    tested
        Streets compared.
    too_few
        Streets with too few complaints to compare.
    least_complaints
        How many a street needs.
    dispersion
        By how much more than chance complaints vary from month to month; the tests know it.
    says
        Why nothing was compared, in both languages; null where something was.
    """

    first_month: str | None
    last_month: str | None
    whole_months: int
    tested: int
    too_few: int
    least_complaints: int
    dispersion: float
    says: str | None


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
    places
        Places that they are about: what is compared with chance.
    expected
        Places expected there at the mean rate.
    ratio
        Places by those expected.
    low, high
        Its exact 95 % interval; null for no end.
    p_value
        How likely chance alone gives such a cluster.
    """

    cluster: str
    streets: list[str]
    segments: int
    complaints: int
    places: int
    expected: float
    ratio: float | None
    low: float | None
    high: float | None
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


class StreetsDocument(TypedDict):
    """
    The tables of streets of `jiexu hotspots --json`.

    Attributes
    ----------
    high
        Segments that are high themselves: above comparable ones beyond chance.
    span_months
        Months that rates are by; 1 where times are not known or cover less.
    streets
        Streets that are high themselves, the furthest above comparable ones first; then streets in hot neighbourhoods.
    worse
        Streets with more complaints than in their own past, the clearest first.
    better
        Streets with fewer.
    change
        How many streets were compared with their past.
    """

    high: int
    span_months: float
    streets: list[HotStreet]
    worse: list[ChangedStreet]
    better: list[ChangedStreet]
    change: ChangeDocument


class ChangeMonths(TypedDict):
    """
    The months of the classes of change.

    Attributes
    ----------
    change_months
        The first and the last whole month of the data, by which change is judged; null where no time is known.
    """

    change_months: list[str] | None


class HotspotsDocument(StreetsDocument, ChangeMonths):
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
        Segments in hot neighbourhoods among them.
    hot_m
        Length of street in hot neighbourhoods, in metres.
    neighbourhood_m
        How far a neighbourhood reaches along the streets.
    places
        Places that complaints are about.
    scatter_m
        How far reports of one place lie apart by the data; 0 where their positions agree.
    repeated
        Share of complaints that are further reports of a place.
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
    hot_m: float
    neighbourhood_m: float
    places: int
    scatter_m: float
    repeated: float
    clusters: list[ClusterDocument]
    emerging: dict[str, int]
    repeats: RepeatsDocument
    left_out: dict[str, dict[str, int]]
