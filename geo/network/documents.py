"""The JSON document of the network on foot."""

from __future__ import annotations

from typing import TypedDict


class WalkingDocument(TypedDict):
    """
    The ways that walks may use.

    Attributes
    ----------
    open_km
        Streets and paths that everybody walks, in kilometres.
    private_km
        Ways for people of their own addresses: walks begin and end there, and none leads through.
    closed_km
        Streets and paths that nobody walks.
    closed_classes
        Kilometres that nobody walks by OSM class: cycleways without a tag for people on foot, motorways, closed ways.
    rules
        The rules that say so; `jiexu rules --explain` gives their reasons.
    """

    open_km: float
    private_km: float
    closed_km: float
    closed_classes: dict[str, float]
    rules: list[str]
