"""Every colour and line width of the map, in one place."""

from __future__ import annotations

from typing import Any, Final

from geo.study.colours import (
    BAY_COLOURS,
    COVERAGE_COLOURS,
    DIFFERENCE_COLOURS,
    DISTRICT_COLOUR,
    EXCLUSION_COLOUR,
    FACILITY_COLOURS,
    HOT_COLOUR,
    INVENTORY_COLOURS,
    NEED_COLOUR,
    OTHER_COLOUR,
    PLACE_COLOUR,
    POINT_COLOURS,
    ROUND_COLOUR,
    SITE_COLOURS,
    TIER_COLOURS,
    TIER_WIDTHS,
    ZONE_COLOUR,
)

TIERS: Final[dict[str, dict[str, Any]]] = {
    tier: {"colour": colour, "width": TIER_WIDTHS[tier]} for tier, colour in TIER_COLOURS.items()
}
POINTS: Final = {kind: {"colour": colour} for kind, colour in POINT_COLOURS.items()}

FACILITIES: Final = FACILITY_COLOURS

COVERAGE: Final = {"in": COVERAGE_COLOURS["true"], "out": COVERAGE_COLOURS["false"]}
CATCHMENT: Final = COVERAGE["in"]
GAP: Final = COVERAGE["out"]
SITES: Final = SITE_COLOURS

OTHER: Final = OTHER_COLOUR

PLACES: Final = PLACE_COLOUR

ZONES: Final = {"proposed": ZONE_COLOUR, "accepted": "#00592d", "closed": "#a9cdb4"}

BAYS: Final = {**BAY_COLOURS, "accessible": "#e0a100"}

PRESSURE: Final = ("#9ecae1", "#fdd49e", "#fc8d59", NEED_COLOUR, "#5e0008")
"""From ample to none."""

DIFFERENCES: Final = DIFFERENCE_COLOURS

INVENTORY: Final = INVENTORY_COLOURS

HOTSPOTS: Final = {
    **{"d0": "#fde0c5", "d1": "#facba6", "d2": "#f2855d", "d3": "#d9333f", "d4": "#7f0d33"},
    **{"hot": HOT_COLOUR, "cluster": "#f5a623"},
    **{"new": "#7b2d8b", "intensifying": "#7f0d33", "persistent": "#d9333f", "sporadic": "#f2a65a"},
    "diminishing": "#5b8db8",
}
"""Of density from some to most; beyond chance; and by how it changes."""

DISTRICTS: Final = (
    *(DISTRICT_COLOUR, "#d95f02", "#7570b3", "#e7298a", "#66a61e"),
    *("#e6ab02", "#a6761d", "#1f78b4", "#b2182b", "#4d4d4d"),
)
ROUND: Final = ROUND_COLOUR

EXCLUSIONS: Final = {
    "tier": "#8f8f8f",
    "frontage": "#c2b8ac",
    "width": "#8c6bb1",
    "clearance": EXCLUSION_COLOUR,
    "decision": "#1a1a1a",
}
"""By group of rules, bottom first."""

GROUND: Final[dict[str, dict[str, Any]]] = {
    "light": {
        "background": "#f4f2ee",
        "muted": "#b9b4ab",
        "green": "#d9e7cf",
        "water": "#bcd7e8",
        "building": "#e2ddd5",
        "building_edge": "#d3ccc1",
        "river": "#bcd7e8",
        "rail": "#b9b3ab",
        "path": "#d8c9b4",
        "casing": "#ffffff",
        "label": "#333333",
        "halo": "#ffffff",
        "selected": "#111111",
        "point_edge": "#ffffff",
        "arrow": "#5a5348",
        "panel": "rgba(255,255,255,0.94)",
    },
    "dark": {
        "background": "#1d2126",
        "muted": "#5a616a",
        "green": "#24332a",
        "water": "#1f3a4d",
        "building": "#2b3138",
        "building_edge": "#363d46",
        "river": "#1f3a4d",
        "rail": "#4a5058",
        "path": "#4b463d",
        "casing": "#11151a",
        "label": "#e8e8e8",
        "halo": "#11151a",
        "selected": "#ffffff",
        "point_edge": "#11151a",
        "arrow": "#d9d2c5",
        "panel": "rgba(32,37,43,0.94)",
    },
}


CHARTS: Final = {
    "bar": "#5b7083",
    "all": "#8aa0b3",
    "taken": EXCLUSION_COLOUR,
    "left": ZONE_COLOUR,
    "rows": "#5b7c99",
    "curve": COVERAGE["in"],
    "estimate": HOT_COLOUR,
    "legend": "#555555",
}
"""Of the pages' charts."""

RESPONSES: Final = {"service": ZONE_COLOUR, "management": "#f2a65a", "enforcement": HOT_COLOUR, "": "#b8b8b8"}
"""By how complaints are answered; "" where that is unknown."""


def style(theme: str) -> dict[str, Any]:
    """Return all that the map's script needs to know of colours and widths, for `light` or `dark`."""
    return {"theme": theme, "tiers": TIERS, "points": POINTS, "ground": GROUND[theme]}
