"""The JSON documents of imports and of other lists of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from geo.files.crs_detection import VerdictDocument
from geo.files.questions import QuestionDocument
from geo.points.file_kind import KindDocument
from geo.points.unmapped import Unmapped
from geo.study.documents import StudyFinding


class PartDocument(TypedDict):
    """
    A sheet or layer of a file.

    Attributes
    ----------
    name
        Its name.
    rows
        Its rows.
    read
        Whether they are read.
    """

    name: str
    rows: int
    read: bool


class SheetDocument(TypedDict):
    """
    A sheet of a workbook.

    Attributes
    ----------
    sheet
        Its name.
    read
        Whether its rows were read.
    reason
        Why not: `empty`, `hidden`, `cover` (no headers), `other_headers`, `not_chosen`; "" where it was read.
    rows
        Its records; 0 where it was not looked at.
    hidden_rows
        Hidden rows among them; they are read.
    filtered
        Whether it has a filter.
    """

    sheet: str
    read: bool
    reason: str
    rows: int
    hidden_rows: int
    filtered: bool


class ImportDocument(TypedDict):
    """
    An import, as printed by `jiexu add --json`.

    Attributes
    ----------
    import_id
        Its number; null where nothing was stored.
    file
        Name of the file.
    format
        Format, as the content tells.
    encoding
        Encoding of its text.
    parts
        Sheets or layers of the file; empty where the format has none.
    kind
        The kind of its rows, with the evidence.
    mapping
        Column by field.
    unread
        Columns that nothing reads.
    crs
        The coordinate system, with the evidence.
    rows
        Rows of the file.
    added
        New rows.
    updated
        Changed rows.
    unchanged
        Rows known already.
    older
        Rows of an earlier state than the study's, which stays, or from before the day up to which texts and identifiers
        were removed.
    refused
        Rows left out.
    unplaced
        Rows kept without a place: they count in shares and times, not on the map.
    doubted
        Rows with warnings.
    questions
        What must be answered before the file is stored; empty where nothing is asked.
    unmapped
        Words for categories that no table knows, with counts.
    precision
        Points by how their place was found.
    findings
        Findings of the file.
    sheets
        The sheets of a workbook, read or not; empty for other files.
    """

    import_id: str | None
    file: str
    format: str
    encoding: str
    parts: list[PartDocument]
    kind: KindDocument
    mapping: Mapping[str, str]
    unread: list[str]
    crs: VerdictDocument
    rows: int
    added: int
    updated: int
    unchanged: int
    older: int
    refused: int
    unplaced: int
    doubted: int
    questions: list[QuestionDocument]
    unmapped: list[Unmapped]
    precision: dict[str, int]
    findings: list[StudyFinding]
    sheets: list[SheetDocument]


class CategoryWord(TypedDict):
    """
    A word for a category of complaints.

    Attributes
    ----------
    word
        The word, as files write it.
    category
        The category's code.
    own
        Whether it is the study's own, and not of the table that comes along.
    """

    word: str
    category: str
    own: bool


class CategoriesDocument(TypedDict):
    """
    The words for categories, as printed by `jiexu categories --json`.

    Attributes
    ----------
    words
        Words that stand for a category.
    unmapped
        Words of the study's complaints that stand for none, with counts.
    """

    words: list[CategoryWord]
    unmapped: list[Unmapped]


class Rating(TypedDict):
    """
    The mean of ratings.

    Attributes
    ----------
    rated
        Rows with a rating.
    mean
        Mean rating.
    low
        Its 95 % interval, lower end.
    high
        Its 95 % interval, upper end.
    """

    rated: int
    mean: float
    low: float | None
    high: float | None


class Ages(TypedDict):
    """
    Ages of open rows, in days.

    Attributes
    ----------
    median
        Median age.
    p90
        Age that nine in ten do not exceed.
    open
        Open rows.
    """

    median: float
    p90: float
    open: int


class Answered(TypedDict):
    """
    Closed rows, in working days from receipt to closing.

    Attributes
    ----------
    limit_days
        The limit.
    answered
        Closed rows.
    within_limit
        Rows closed within the limit.
    share
        Share closed within the limit.
    median_days
        Median of working days.
    """

    limit_days: int
    answered: int
    within_limit: int
    share: float
    median_days: float


class ListGroup(TypedDict):
    """
    A list's rows on a street or in a quarter.

    Attributes
    ----------
    group
        The street or quarter.
    name
        Its name.
    rows
        Rows there.
    rating
        Mean rating.
    rating_low
        Its 95 % interval, lower end.
    rating_high
        Its 95 % interval, upper end.
    overdue
        Overdue rows.
    """

    group: str
    name: str | None
    rows: int
    rating: float | None
    rating_low: float | None
    rating_high: float | None
    overdue: int


class OverdueRow(TypedDict):
    """
    An open row past its time.

    Attributes
    ----------
    other_id
        The row.
    name
        Its name.
    street_id
        Its street.
    due_at
        When it was due, in ISO 8601.
    days
        Days overdue.
    """

    other_id: str
    name: str | None
    street_id: str | None
    due_at: str
    days: float


class ListDocument(TypedDict):
    """
    The figures of a list: a row printed by `jiexu lists --json`.

    Attributes
    ----------
    list
        The list: a category, or a file.
    rows
        Rows.
    synthetic
        Made-up ones among them.
    at
        The moment of ages and of what is overdue, in ISO 8601.
    by_street
        Rows by street.
    by_quarter
        Rows by quarter.
    status
        Rows by status.
    rating
        The mean of ratings; null without any.
    age_days
        Ages of open rows; null without any.
    answered
        Closed rows; null without any.
    left_out
        Rows that count for nothing, by figure (`by_street`, `by_quarter`, `age_days`, `answered`, `overdue`) and by
        reason.
    overdue
        Open rows past their time, the longest overdue first.
    """

    list: str
    rows: int
    synthetic: int
    at: str
    by_street: Sequence[ListGroup]
    by_quarter: Sequence[ListGroup]
    status: dict[str, int]
    rating: Rating | None
    age_days: Ages | None
    answered: Answered | None
    left_out: dict[str, dict[str, int]]
    overdue: Sequence[OverdueRow]
