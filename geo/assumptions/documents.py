"""The JSON document of a ranking of assumptions."""

from __future__ import annotations

from typing import TypedDict

from geo.rules.documents import ProfileDocument, StatusCounts


class MoveDocument(TypedDict):
    """
    A figure under another value of an assumption.

    Attributes
    ----------
    figure
        `tiers_changed` (share of the streets' length), `pitches`, `display_m`, `bays_all_day`, `bays_night`,
        `cars_without_space_day`, `cars_without_space_night`, `covered_KIND` (share of residents).
    value
        The assumption's other value.
    before
        The figure under the study's rules.
    after
        The figure under the other value.
    change
        By how much it moves, as a share of `before`; of `tiers_changed`, the share itself.
    """

    figure: str
    value: object
    before: float
    after: float
    change: float


class AssumptionDocument(TypedDict):
    """
    An assumption, and how much it moves.

    Attributes
    ----------
    rank
        From 1: the assumption that moves a figure the most.
    path
        The parameter.
    value
        Its value.
    unit
        Its unit.
    moved_to
        The other values that were tried.
    stated_range
        Whether these are the ends of a range that the profile states.
    effect
        The greatest change of any figure.
    moves
        The figures that move, the most first.
    source
        What the value was taken from.
    """

    rank: int
    path: str
    value: object
    unit: str
    moved_to: list[object]
    stated_range: bool
    effect: float
    moves: list[MoveDocument]
    source: str


class UnmeasuredDocument(TypedDict):
    """
    An assumption that was not moved.

    Attributes
    ----------
    path
        The parameter.
    why
        `not_read` (no answer that is measured reads it on this study), or `a_list` (it is no number, flag or choice).
    """

    path: str
    why: str


class AssumptionsDocument(TypedDict):
    """
    The assumptions of a study's rules by how much they move, as printed by `jiexu rules STUDY --assumptions --json`.

    Attributes
    ----------
    profile
        The rules.
    on
        The day on which they hold.
    counts
        The parameters of the profile by status.
    figures
        The figures under the study's rules.
    assumptions
        Those that were moved, the most influential first.
    unmeasured
        Those that were not.
    runs
        How often an answer was computed.
    """

    profile: ProfileDocument
    on: str
    counts: StatusCounts
    figures: dict[str, float]
    assumptions: list[AssumptionDocument]
    unmeasured: list[UnmeasuredDocument]
    runs: int
