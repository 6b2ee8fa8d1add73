"""How GIS programs draw a study: the rows of the GeoPackage's `layer_styles`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

import pandas as pd

from geo.core.text import Text
from geo.core.vocabulary import KIND_NAMES, TIER_NAMES

TIER_COLOURS: Final = {
    "demonstration": "#b5123e",
    "secondary": "#e08a00",
    "back_street": "#1f78b4",
    "unclassified": "#9a9a9a",
}
"""From dark red to blue: told apart without red-green vision too, and the line's width differs as well."""

TIER_WIDTHS: Final = {"demonstration": 1.2, "secondary": 0.9, "back_street": 0.6, "unclassified": 0.3}
"""Relative line widths."""

BAY_COLOURS: Final = {"all_day": "#2f6fb7", "night": "#4b3f8f"}
BAY_NAMES: Final = {"all_day": Text("全天", "all day"), "night": Text("夜间", "at night")}

DIFFERENCE_COLOURS: Final = {"both": "#12805c", "study": "#7a3fb0", "mapped": "#1a1a1a"}
DIFFERENCE_NAMES: Final = {
    "both": Text("已标注，且可设泊位", "mapped, and bays fit"),
    "study": Text("可设泊位，地图未标注", "bays fit, none are mapped"),
    "mapped": Text("已标注，但不可设泊位", "mapped, but no bay fits"),
}

KERB_LINES: Final = {
    "kerbs": ("#555555", 0.2),
    "kerb_exclusions": ("#d9600e", 0.5),
    "stall_zones": ("#1fa05a", 1.0),
    "parking_need": ("#d7301f", 0.6),
}
"""Colour and width in millimetres of what runs along kerbs."""

COVERAGE_COLOURS: Final = {"true": "#2a9d8f", "false": "#d1495b"}
COVERAGE_NAMES: Final = {
    "true": Text("标准距离内", "within the standard"),
    "false": Text("超出标准距离", "beyond the standard"),
}
SITE_COLOURS: Final = {"proposed": "#f4a300", "accepted": "#1b4965", "closed": "#6b6b6b"}
SITE_NAMES: Final = {
    "proposed": Text("拟设", "proposed"),
    "accepted": Text("已采纳", "accepted"),
    "closed": Text("为此关闭", "closed for it"),
}

POINT_COLOURS: Final = {"complaints": "#d62728", "stalls": "#7b3fa0", "parking": "#0b6e4f"}


def layer_styles(layer: str | None = None) -> pd.DataFrame:
    """Return the table `layer_styles` as QGIS reads it: one default style per drawn layer, or that of one layer."""
    tiers = {tier: (str(TIER_NAMES[tier]), colour, TIER_WIDTHS[tier]) for tier, colour in TIER_COLOURS.items()}
    differences = {kind: (str(DIFFERENCE_NAMES[kind]), colour, 0.8) for kind, colour in DIFFERENCE_COLOURS.items()}
    bays = {hours: (str(BAY_NAMES[hours]), colour, 0.2) for hours, colour in BAY_COLOURS.items()}
    covered = {key: (str(COVERAGE_NAMES[key]), colour, 1.6) for key, colour in COVERAGE_COLOURS.items()}
    sites = {key: (str(SITE_NAMES[key]), colour, 4.0) for key, colour in SITE_COLOURS.items()}
    served, left_out = (
        {str(kind): (str(name), colour, 0.2) for kind, name in KIND_NAMES.items()}
        for colour in COVERAGE_COLOURS.values()
    )
    every = {
        "roads": _categories_qml("tier", "line", tiers),
        "streets": _categories_qml("tier", "line", tiers),
        **{kind: _point_qml(colour) for kind, colour in POINT_COLOURS.items()},
        "bays": _categories_qml("hours", "fill", bays),
        "catchments": _categories_qml("kind", "fill", served, 0.35),
        "coverage_gaps": _categories_qml("kind", "fill", left_out, 0.35),
        "coverage": _categories_qml("covered", "marker", covered),
        "sites": _categories_qml("status", "marker", sites),
        "parking_differences": _categories_qml("status", "line", differences),
        **{name: _line_qml(colour, width) for name, (colour, width) in KERB_LINES.items()},
    }
    rows = {name: qml for name, qml in every.items() if layer in (None, name)}
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


def _categories_qml(column: str, kind: str, entries: Mapping[str, tuple[str, str, float]], opacity: float = 1.0) -> str:
    """Return a style by the values of a column: label, colour and width in millimetres of each."""
    categories = "".join(
        f'<category render="true" symbol="{i}" value={quoteattr(value)} label={quoteattr(label)}/>'
        for i, (value, (label, _, _)) in enumerate(entries.items())
    )
    names = {
        "line": ("SimpleLine", "line_color", "line_width"),
        "fill": ("SimpleFill", "color", "outline_width"),
        "marker": ("SimpleMarker", "color", "size"),
    }
    symbol, colour_name, width_name = names[kind]
    symbols = "".join(
        f'<symbol type="{kind}" name="{i}" alpha="{opacity}"><layer class="{symbol}" enabled="1"><Option type="Map">'
        f'<Option type="QString" name="{colour_name}" value={quoteattr(_rgba(colour))}/>'
        f'<Option type="QString" name="{width_name}" value="{width}"/>'
        f'<Option type="QString" name="{width_name}_unit" value="MM"/></Option></layer></symbol>'
        for i, (_, colour, width) in enumerate(entries.values())
    )
    return _qml(
        f'<renderer-v2 type="categorizedSymbol" attr="{column}"><categories>{categories}</categories>'
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
