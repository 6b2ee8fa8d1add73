"""The JSON documents of tiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pandas as pd

from geo.core.records import document_rows
from geo.study.documents import FindingDocument, StudyFinding


class CalibrationBin(TypedDict):
    """
    Streets of about one stated confidence.

    Attributes
    ----------
    confidence
        Their stated confidence, on average.
    right
        Share of them whose tier was right.
    streets
        Streets.
    """

    confidence: float
    right: float
    streets: int


class Calibration(TypedDict):
    """
    Calibration of the stated confidence.

    Attributes
    ----------
    error
        Mean distance of stated confidence and observed accuracy.
    bins
        Streets by stated confidence.
    """

    error: float
    bins: list[CalibrationBin]


class Compared(TypedDict):
    """
    How well a method grades streets that it did not see.

    Attributes
    ----------
    accuracy
        Share of streets whose tier was right.
    log_loss
        Mean negative logarithm of the probability given to the right tier.
    """

    accuracy: float
    log_loss: float


class HeldOut(TypedDict):
    """
    Accuracy on listed streets that were held out.

    Attributes
    ----------
    accuracy
        Share of streets that got their listed tier.
    interval
        Its 95 % interval (Wilson); wider where streets of a group are right or wrong together.
    groups
        Streets or quarters that were held out, each as a whole.
    folds
        Folds of the cross-validation.
    """

    accuracy: float
    interval: list[float]
    groups: int
    folds: int


class HeldOutBy(TypedDict):
    """
    Accuracy of inferred tiers on this study's own list.

    Attributes
    ----------
    street
        Streets held out with all their sections; null where the list has too few streets.
    quarter
        Whole quarters held out, since neighbours tell on each other; null where there are too few.
    """

    street: HeldOut | None
    quarter: HeldOut | None


class GradingMethod(TypedDict):
    """
    How streets off the list were graded.

    Attributes
    ----------
    method
        `score` by the profile, or `model` that learned from the list.
    listed
        Listed streets to learn from.
    weights
        Points of 100 by ingredient.
    log_loss
        Mean negative logarithm of the probability given to the right tier.
    calibration
        Calibration of the stated confidence.
    folds
        Folds of the cross-validation.
    compared
        Both methods compared.
    """

    method: str
    listed: int
    weights: dict[str, float]
    log_loss: NotRequired[float]
    calibration: NotRequired[Calibration]
    folds: NotRequired[int]
    compared: NotRequired[dict[str, Compared]]


class GradingReport(GradingMethod):
    """
    How streets off the list were graded, and how well; a list too short to hold streets out says the method alone.

    Attributes
    ----------
    accuracy
        Share of listed streets that are graded right when held out.
    interval
        Its 95 % interval (Wilson).
    confusion
        Streets by listed tier, then by inferred tier.
    held_out
        Accuracy on held-out listed streets, by street and by quarter.
    accuracy_note
        The sentence on that accuracy, or why there is none, in Chinese and English.
    """

    held_out: NotRequired[HeldOutBy]
    accuracy_note: NotRequired[str]
    accuracy: NotRequired[float]
    interval: NotRequired[list[float]]
    confusion: NotRequired[dict[str, dict[str, int]]]


class WidthsDocument(TypedDict):
    """
    Surveyed widths, as printed by `jiexu widths --json`.

    Attributes
    ----------
    rows
        Rows read.
    segments
        Segments that have a surveyed width now.
    km
        Their length, in kilometres.
    unread
        Columns that nothing reads.
    findings
        Findings of the file.
    """

    rows: int
    segments: int
    km: float
    unread: list[str]
    findings: list[FindingDocument]


class GradedStreets(TypedDict):
    """
    The streets of a study.

    Attributes
    ----------
    total
        Streets.
    tier_source
        Streets by source of their tier.
    """

    total: int
    tier_source: dict[str, int]


class DoubtDocument(TypedDict):
    """
    A tier that a planner should look at again.

    Attributes
    ----------
    kind
        Kind of doubt.
    street_id
        The street.
    name
        Its name.
    reason
        The reason, Chinese and English.
    lon
        Longitude of a place on the street, in degrees.
    lat
        Latitude of it, in degrees.
    """

    kind: str
    street_id: str
    name: str | None
    reason: str
    lon: float
    lat: float


class GradeDocument(GradingMethod):
    """
    Graded streets, as printed by `jiexu grade --json`.

    Attributes
    ----------
    streets
        The streets.
    accuracy
        Share of listed streets that are graded right when held out; null where the list is too short.
    interval
        Its 95 % interval (Wilson).
    confusion
        Streets by listed tier, then by inferred tier.
    held_out
        Accuracy on held-out listed streets, by street and by quarter.
    accuracy_note
        The sentence on that accuracy, or why there is none, in Chinese and English; null in grades of older releases.
    doubts
        Doubtful tiers, the most pressing first.
    findings
        Findings on streets and decisions.
    left_out
        Complaints that the scores leave out, by reason.
    """

    streets: GradedStreets
    accuracy: float | None
    interval: list[float] | None
    confusion: dict[str, dict[str, int]] | None
    held_out: HeldOutBy
    accuracy_note: str | None
    doubts: list[DoubtDocument]
    findings: list[StudyFinding]
    left_out: dict[str, int]


def grade_document(
    report: GradingReport,
    streets: pd.DataFrame,
    doubts: pd.DataFrame,
    findings: pd.DataFrame,
    left_out: Mapping[str, int],
) -> GradeDocument:
    """
    Return graded streets as plain values, for a JSON document.

    Parameters
    ----------
    report
        As `geo.tiers.study.grade_study` returns.
    streets
        The study's layer.
    doubts
        As `geo.tiers.audit.audit_study` returns.
    findings
        The study's, of streets and decisions.
    left_out
        How many complaints the scores leave out, by reason.
    """
    sources = streets["tier_source"].value_counts()
    return {
        "streets": {"total": len(streets), "tier_source": {str(name): int(count) for name, count in sources.items()}},
        "accuracy": None,
        "interval": None,
        "confusion": None,
        "held_out": {"street": None, "quarter": None},
        "accuracy_note": None,
        **report,
        "doubts": document_rows(doubts, DoubtDocument),
        "findings": document_rows(findings, StudyFinding),
        "left_out": dict(left_out),
    }
