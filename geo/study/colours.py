"""The colours of the study's layers, for GIS programs and for the map of the pages."""

from __future__ import annotations

from typing import Final

TIER_COLOURS: Final = {
    "demonstration": "#b5123e",
    "secondary": "#e08a00",
    "back_street": "#1f78b4",
    "unclassified": "#9a9a9a",
}
"""From dark red to blue: told apart without red-green vision too, and the line's width differs as well."""

TIER_WIDTHS: Final = {"demonstration": 1.2, "secondary": 0.9, "back_street": 0.6, "unclassified": 0.3}
"""Relative line widths."""

POINT_COLOURS: Final = {"complaints": "#d62728", "stalls": "#7b3fa0", "parking": "#0b6e4f"}
OTHER_COLOUR: Final = "#6d4c8d"

FACILITY_COLOURS: Final = {
    "market": "#c2185b",
    "parking": "#1565c0",
    "toilet": "#5d4037",
    "school": "#f9a825",
    "hospital": "#c62828",
    "station": "#37474f",
    "bus_stop": "#00838f",
}

ZONE_COLOUR: Final = "#1fa05a"
PLACE_COLOUR: Final = "#00695c"
EXCLUSION_COLOUR: Final = "#d9600e"
KERB_COLOUR: Final = "#555555"

BAY_COLOURS: Final = {"all_day": "#2f6fb7", "night": "#4b3f8f"}
DIFFERENCE_COLOURS: Final = {"both": "#12805c", "study": "#7a3fb0", "mapped": "#1a1a1a"}
INVENTORY_COLOURS: Final = {
    "mapped": "#12507b",
    "listed": "#00838f",
    "separate": "#7d8fa1",
    "forbidden": "#b5123e",
    "likely": "#6fa8dc",
    "unlikely": "#c3c7cc",
}
NEED_COLOUR: Final = "#d7301f"

HOT_COLOUR: Final = "#c2002f"
DISTRICT_COLOUR: Final = "#1b9e77"
ROUND_COLOUR: Final = "#111111"

COVERAGE_COLOURS: Final = {"true": "#2a9d8f", "false": "#d1495b"}
SITE_COLOURS: Final = {"proposed": "#f4a300", "accepted": "#1b4965", "closed": "#6b6b6b"}

PATH_COLOUR: Final = "#a08a6a"
AREA_COLOUR: Final = "#8a8a8a"
