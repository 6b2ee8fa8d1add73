"""How GIS programs draw a study: the rows of the GeoPackage's `layer_styles`."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import quoteattr

import pandas as pd

from geo.tiers import TIER_NAMES

TIER_COLOURS: Final = {
    "demonstration": "#b5123e",
    "secondary": "#e08a00",
    "back_street": "#1f78b4",
    "unclassified": "#9a9a9a",
}
"""From dark red to blue: told apart without red-green vision too, and the line's width differs as well."""

TIER_WIDTHS: Final = {"demonstration": 1.2, "secondary": 0.9, "back_street": 0.6, "unclassified": 0.3}
"""Relative line widths."""

BAY_COLOUR: Final = "#3b6fb5"

KERB_LINES: Final = {
    "kerbs": ("#555555", 0.2),
    "kerb_exclusions": ("#d9600e", 0.5),
    "stall_zones": ("#1fa05a", 1.0),
}
"""Colour and width in millimetres of what runs along kerbs."""

POINT_COLOURS: Final = {"complaints": "#d62728", "stalls": "#7b3fa0", "parking": "#0b6e4f"}


def layer_styles() -> pd.DataFrame:
    """Return the table `layer_styles` as QGIS reads it, one default style per drawn layer."""
    rows = {
        "roads": _tier_qml(1),
        "streets": _tier_qml(1),
        **{kind: _point_qml(colour) for kind, colour in POINT_COLOURS.items()},
        "bays": _polygon_qml(BAY_COLOUR),
        **{layer: _line_qml(colour, width) for layer, (colour, width) in KERB_LINES.items()},
    }
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": list(rows),
            "f_geometry_column": "geom",
            "styleName": "jiexu",
            "styleQML": list(rows.values()),
            "styleSLD": "",
            "useAsDefault": True,
            "description": "Jiexu",
            "owner": "jiexu",
        }
    )


def _tier_qml(scale: float) -> str:
    categories = "".join(
        f'<category render="true" symbol="{i}" value={quoteattr(tier)} '
        f"label={quoteattr(f'{TIER_NAMES[tier].zh} {TIER_NAMES[tier].en}')}/>"
        for i, tier in enumerate(TIER_COLOURS)
    )
    symbols = "".join(
        f'<symbol type="line" name="{i}" alpha="1"><layer class="SimpleLine" enabled="1"><Option type="Map">'
        f'<Option type="QString" name="line_color" value={quoteattr(_rgba(colour))}/>'
        f'<Option type="QString" name="line_width" value="{TIER_WIDTHS[tier] * scale}"/>'
        f'<Option type="QString" name="line_width_unit" value="MM"/></Option></layer></symbol>'
        for i, (tier, colour) in enumerate(TIER_COLOURS.items())
    )
    return _qml(
        f'<renderer-v2 type="categorizedSymbol" attr="tier"><categories>{categories}</categories>'
        f"<symbols>{symbols}</symbols></renderer-v2>"
    )


def _line_qml(colour: str, width_mm: float) -> str:
    return _qml(
        '<renderer-v2 type="singleSymbol"><symbols><symbol type="line" name="0" alpha="1">'
        '<layer class="SimpleLine" enabled="1"><Option type="Map">'
        f'<Option type="QString" name="line_color" value={quoteattr(_rgba(colour))}/>'
        f'<Option type="QString" name="line_width" value="{width_mm}"/>'
        '<Option type="QString" name="line_width_unit" value="MM"/></Option></layer></symbol></symbols></renderer-v2>'
    )


def _polygon_qml(colour: str) -> str:
    return _qml(
        '<renderer-v2 type="singleSymbol"><symbols><symbol type="fill" name="0" alpha="0.8">'
        '<layer class="SimpleFill" enabled="1"><Option type="Map">'
        f'<Option type="QString" name="color" value={quoteattr(_rgba(colour))}/>'
        '<Option type="QString" name="outline_width" value="0.2"/></Option></layer></symbol></symbols></renderer-v2>'
    )


def _point_qml(colour: str) -> str:
    return _qml(
        '<renderer-v2 type="singleSymbol"><symbols><symbol type="marker" name="0" alpha="1">'
        '<layer class="SimpleMarker" enabled="1"><Option type="Map"><Option type="QString" name="name" value="circle"/>'
        f'<Option type="QString" name="color" value={quoteattr(_rgba(colour))}/>'
        '<Option type="QString" name="size" value="2"/></Option></layer></symbol></symbols></renderer-v2>'
    )


def _qml(renderer: str) -> str:
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version=\"3.28\">{renderer}</qgis>"


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"
