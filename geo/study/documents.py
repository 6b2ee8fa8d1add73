"""The JSON documents of a study: figures, findings, decisions, imports."""

from __future__ import annotations

from typing import Literal, TypedDict

from geo.rules.documents import ProfileDocument


class TextDocument(TypedDict):
    """
    A text in both languages.

    Attributes
    ----------
    zh
        Chinese.
    en
        English.
    """

    zh: str
    en: str


class CalendarDocument(TypedDict):
    """
    A calendar of holidays.

    Attributes
    ----------
    name
        Its country's or region's code.
    known_until
        The last year whose moved working days are known; null where no yearly notice moves any.
    text
        What it knows, in words.
    """

    name: str
    known_until: int | None
    text: TextDocument


class PlaceDocument(TypedDict):
    """
    A study's place in the world.

    Attributes
    ----------
    country
        ISO 3166-1 code.
    region
        ISO 3166-1 code of a region of its own; empty elsewhere.
    timezone
        Name of the time zone.
    calendar
        Calendar of holidays.
    national_grid
        EPSG code of the national grid.
    drives_on
        Side of driving.
    """

    country: str
    region: str
    timezone: str
    calendar: CalendarDocument
    national_grid: str | None
    drives_on: Literal["left", "right"]


class RoadLengths(TypedDict):
    """
    Lengths of roads, in kilometres.

    Attributes
    ----------
    tier
        By tier.
    tier_source
        By source of the tier.
    """

    tier: dict[str, float]
    tier_source: dict[str, float]


class TierFigures(TypedDict):
    """
    The figures of a tier.

    Attributes
    ----------
    km
        Length of its roads, in kilometres.
    complaints
        Complaints on them.
    complaints_per_km
        The same per kilometre.
    stalls
        Stalls on them.
    stalls_per_km
        The same per kilometre.
    parking
        Parking on them.
    parking_per_km
        The same per kilometre.
    """

    km: float
    complaints: int
    complaints_per_km: float | None
    stalls: int
    stalls_per_km: float | None
    parking: int
    parking_per_km: float | None


class FiguresDocument(TypedDict):
    """
    A study's figures, as printed by `jiexu info --json`.

    Attributes
    ----------
    study
        The file's name.
    built_at
        Time of the last build, in ISO 8601.
    layers
        Rows by layer.
    streets_km
        Lengths of roads.
    per_tier
        Figures by tier.
    left_out
        Points that the figures by tier leave out, by kind and reason: of a doubted time or place, or without a place.
    synthetic
        Made-up points by layer.
    extent
        West, south, east, north in degrees; west is greater than east across the antimeridian.
    metric_crs
        The CRS in which lengths and areas are computed.
    scale_error
        Worst relative error of lengths in that CRS within the extent: 0.001 where 1,000 m are wrong by 1 m;
        null where a study of an earlier version has no bound.
    place
        Place in the world.
    osm_date
        Date of the OpenStreetMap data.
    osm_source
        Their source.
    profile
        The rules.
    findings
        Findings by layer.
    credit
        The credit that maps and documents must show.
    """

    study: str
    built_at: str
    layers: dict[str, int]
    streets_km: RoadLengths
    per_tier: dict[str, TierFigures]
    left_out: dict[str, dict[str, int]]
    synthetic: dict[str, int]
    extent: list[float]
    metric_crs: str
    scale_error: float | None
    place: PlaceDocument
    osm_date: str | None
    osm_source: str | None
    profile: ProfileDocument
    findings: dict[str, int]
    credit: str


class FindingDocument(TypedDict):
    """
    A finding of a reader: something repaired, refused or doubted.

    Attributes
    ----------
    sheet
        The sheet of the row, in a workbook with several; else null.
    row
        Row of the file, as a spreadsheet counts.
    column
        Column of the file.
    problem
        The problem, Chinese and English.
    action
        How it was treated, Chinese and English.
    """

    sheet: str | None
    row: int | None
    column: str | None
    problem: str
    action: str


class StudyFinding(FindingDocument):
    """
    A finding as the study keeps it.

    Attributes
    ----------
    layer
        The layer that it is about.
    source
        Name of the file.
    import_id
        The import that it came with.
    """

    layer: str
    source: str
    import_id: str | None


class DecisionDocument(TypedDict):
    """
    A decision: a row printed by `jiexu decisions --json`.

    Attributes
    ----------
    decision_id
        D and a number.
    kind
        What it is about: `tier`, `zone`, `step`, `site`, `bays`.
    at
        When it was taken, in ISO 8601.
    by
        Who took it.
    subject
        Id of what it was taken on.
    subject_name
        Its name then.
    before
        The tier or status before.
    after
        The tier or status after.
    reason
        The reason.
    undoes
        The decision that it undoes.
    lon
        Longitude of where it was taken, in degrees.
    lat
        Latitude of where it was taken, in degrees.
    section
        The section that it is about.
    part
        The section's lines (WKT); of a site, the kind of facility.
    street_id
        The street that it belongs to now.
    stands
        Whether it counts: no later decision undoes it.
    """

    decision_id: str
    kind: str
    at: str
    by: str | None
    subject: str | None
    subject_name: str | None
    before: str | None
    after: str | None
    reason: str | None
    undoes: str | None
    lon: float | None
    lat: float | None
    section: str | None
    part: str | None
    street_id: str | None
    stands: bool


class ImportRecord(TypedDict):
    """
    An import: a row printed by `jiexu imports --json`.

    Attributes
    ----------
    import_id
        I and a number.
    at
        When, in ISO 8601.
    by
        Who imported.
    kind
        The layer of its rows.
    file
        Name of the file.
    sha256
        The file's checksum.
    format
        Format, as the content tells.
    encoding
        Encoding of its text.
    crs
        Coordinate system of the file.
    mapping
        Field to column, as JSON.
    rows
        Rows of the file.
    added
        New rows.
    updated
        Changed rows.
    refused
        Rows left out.
    doubted
        Rows with warnings.
    """

    import_id: str
    at: str
    by: str | None
    kind: str
    file: str
    sha256: str
    format: str
    encoding: str
    crs: str | None
    mapping: str
    rows: int
    added: int
    updated: int
    refused: int
    doubted: int


class CommentDocument(TypedDict):
    """
    A comment between colleagues: a row printed by `jiexu comments --json`.

    Attributes
    ----------
    comment_id
        C and a number.
    subject
        Id of the street or zone.
    subject_name
        Its name then.
    text
        The remark, personal data masked.
    by
        Who said it.
    at
        When, in ISO 8601.
    done_by
        Who marked it as done.
    done_at
        When it was marked as done; None for an open one.
    """

    comment_id: str
    subject: str
    subject_name: str | None
    text: str
    by: str | None
    at: str
    done_by: str | None
    done_at: str | None
