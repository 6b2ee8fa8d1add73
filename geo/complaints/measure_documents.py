"""The JSON document of measures against complaints: steps, rates by tier, effects of decisions."""

from __future__ import annotations

from typing import TypedDict


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


class MeasuresDocument(TypedDict):
    """
    The part on measures and their effect.

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
