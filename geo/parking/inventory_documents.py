"""The JSON documents of the inventory of parking."""

from __future__ import annotations

from typing import Literal, TypedDict

from geo.rules.documents import ProfileDocument
from geo.study.documents import TextDocument


class SpacesDocument(TypedDict):
    """
    Cars that park at kerbs: low <= likely <= high.

    Attributes
    ----------
    low
        The fewest: mapped kerb with longer gaps, corners and the like free; by the model, the end of its interval.
    likely
        The most likely number; by the model, the expected one.
    high
        The most.
    """

    low: int
    likely: int
    high: int


class InventoryGroupDocument(TypedDict):
    """
    The kerb of one source and kind.

    Attributes
    ----------
    source
        `mapped`, `listed` (the study's own list of parking) or `model`.
    kind
        `parallel`, `diagonal`, `perpendicular`; `separate` (mapped apart, no bays found); `none` (mapped as no
        parking); `unlikely` (by the model only).
    km
        Its length at the kerb.
    sides
        Sides of segments with such kerb.
    spaces
        Cars that park there; null where their number is not known.
    """

    source: Literal["mapped", "listed", "model"]
    kind: str
    km: float
    sides: int
    spaces: SpacesDocument | None


class MeasuredDocument(TypedDict):
    """
    A share as measured on streets left out.

    Attributes
    ----------
    value
        The share; null where there was nothing to divide by.
    low
        The lower end of its 95 % interval, by bootstrap over streets; null where there is none.
    high
        The upper end.
    """

    value: float | None
    low: float | None
    high: float | None


class ElsewhereDocument(TypedDict):
    """
    The accuracy of the model in another place, with no tag of that place seen.

    Attributes
    ----------
    precision
        Share of the kerb that it calls parking that is tagged as such.
    recall
        Share of the kerb tagged as parking that it finds.
    f1
        The harmonic mean of both.
    """

    precision: float | None
    recall: float | None
    f1: float | None


class SideAccuracyDocument(TypedDict):
    """
    The accuracy of the model on streets that it has not seen.

    Attributes
    ----------
    measured_on
        `study`: on this study's own tagged streets, five folds, each judged by models that saw no tag of its street;
        `other_places`: the study has too few tagged streets (`inventory.least_streets`), and the figures are those of
        the places that the model learned on, each with no tag of it seen. Of this study nothing was measured then.
    streets
        Tagged streets of this study.
    km
        The length of their tagged sides.
    parked_from
        Kerb with at least this probability counts as parking.
    precision
        Share of the kerb that it calls parking that is tagged as such; only of this study.
    recall
        Share of the kerb tagged as parking that it finds; only of this study.
    f1
        The harmonic mean of both; only of this study.
    level
        Share of streets whose capacity is to lie within its interval (`inventory.level`).
    coverage
        Share of streets left out whose mapped capacity does.
    places
        Of other places, by name.
    """

    measured_on: Literal["study", "other_places"]
    streets: int
    km: float
    parked_from: float
    precision: MeasuredDocument
    recall: MeasuredDocument
    f1: MeasuredDocument
    level: float
    coverage: float | None
    places: dict[str, ElsewhereDocument]


class ParkingDocument(TypedDict):
    """
    The inventory of parking, as printed by `jiexu parking --json`.

    Attributes
    ----------
    profile
        The rules.
    sides
        Sides of segments by the source of their answer: `mapped`, `listed`, `model`, and `unknown` for no answer. A
        side with several counts in each.
    groups
        The kerb by source and kind.
    spaces
        Cars that park at kerbs by source, and `all` of them. The interval of the model's is by simulation over its
        errors on streets left out; only the intervals of streets were tested.
    unknown
        Sides without an answer by reason: `class` (of no class that the model learned on), `tunnel`, `closed` (to
        cars), `roundabout`, `remote` (further from every junction than `inventory.junction_within`).
    accuracy
        The accuracy of the model.
    left_out
        Rows of the study's list of on-street parking that are left out, by reason.
    limits
        When not to use it.
    """

    profile: ProfileDocument
    sides: dict[str, int]
    groups: list[InventoryGroupDocument]
    spaces: dict[str, SpacesDocument]
    unknown: dict[str, int]
    accuracy: SideAccuracyDocument
    left_out: dict[str, int]
    limits: list[TextDocument]
