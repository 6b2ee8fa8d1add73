"""How QGIS shows a study: the table `layer_styles`, with symbols, Chinese captions of columns and of coded values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as Xml

import pandas as pd
import pyogrio

from geo.study.layers.description import FLAG, Column, Layer, Style, Symbol, SymbolKind
from geo.study.schema import STUDY_LAYERS

STYLE_TABLE: Final = "layer_styles"

_VERSION: Final = "3.22"
"""Of QGIS: the oldest that reads all that is written here."""

_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"

_MARKS: Final[dict[SymbolKind, tuple[str, str, str]]] = {
    "line": ("SimpleLine", "line_color", "line_width"),
    "fill": ("SimpleFill", "color", "outline_width"),
    "marker": ("SimpleMarker", "color", "size"),
}
"""The class of a symbol's layer, and what its colour and size are called."""


def layer_styles(layers: Sequence[str] | None = None) -> pd.DataFrame:
    """
    Return the table `layer_styles` as QGIS reads it: one default style per layer and table.

    Tables have no symbols: their styles carry captions only.

    Parameters
    ----------
    layers
        Names of the layers; by default all.
    """
    described = [STUDY_LAYERS[name] for name in STUDY_LAYERS if layers is None or name in layers]
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [layer.name for layer in described],
            "f_geometry_column": ["" if layer.geometry is None else "geom" for layer in described],
            "styleName": "jiexu",
            "styleQML": [qml(layer) for layer in described],
            "styleSLD": "",
            "useAsDefault": True,
            "description": [str(layer.title) for layer in described],
            "owner": "jiexu",
            "ui": "",
            "update_time": pd.Series([dt.datetime.now(dt.UTC)] * len(described)).astype("datetime64[ms, UTC]"),
        }
    )


def write_styles(path: Path, layers: Sequence[str] | None = None) -> None:
    """
    Write the table `layer_styles` into a GeoPackage, with the columns that QGIS itself gives it.

    Parameters
    ----------
    path
        The GeoPackage; it has no such table yet.
    layers
        As `layer_styles` takes them.
    """
    styles = layer_styles(layers)
    if len(styles):
        options = {"FID": "id", "ASPATIAL_VARIANT": "GPKG_ATTRIBUTES"}
        pyogrio.write_dataframe(
            styles, path, driver="GPKG", layer=STYLE_TABLE, append=path.exists(), layer_options=options
        )


def qml(layer: Layer) -> str:
    """Return a layer's style as QGIS keeps it: symbols, captions of its columns, captions of coded values."""
    root = Xml.Element("qgis", version=_VERSION, styleCategories="Symbology|Fields|Forms")
    if layer.style is not None:
        _renderer(root, layer, layer.style)
    fields = Xml.SubElement(root, "fieldConfiguration")
    aliases = Xml.SubElement(root, "aliases")
    for number, (name, column) in enumerate(layer.columns.items(), start=1):  # 0 is the row's number
        Xml.SubElement(aliases, "alias", index=str(number), field=name, name=column.title.zh)
        if column.values and column.dtype != FLAG:  # a flag is a box to tick
            _value_map(fields, name, column)
    return _DOCTYPE + Xml.tostring(root, encoding="unicode")


def _value_map(fields: Xml.Element, name: str, column: Column) -> None:
    """Show a coded column by the captions of its values."""
    widget = Xml.SubElement(Xml.SubElement(fields, "field", name=name), "editWidget", type="ValueMap")
    config = Xml.SubElement(Xml.SubElement(widget, "config"), "Option", type="Map")
    pairs = Xml.SubElement(config, "Option", name="map", type="List")
    for value, caption in (column.values or {}).items():
        pair = Xml.SubElement(pairs, "Option", type="Map")
        Xml.SubElement(pair, "Option", name=caption.zh, value=value, type="QString")


def _renderer(root: Xml.Element, layer: Layer, style: Style) -> None:
    if style.column is None:
        renderer = Xml.SubElement(root, "renderer-v2", type="singleSymbol")
        symbols = [] if style.symbol is None else [style.symbol]
    else:
        renderer = Xml.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=style.column)
        categories = Xml.SubElement(renderer, "categories")
        captions = layer.values(style.column)
        for number, value in enumerate(style.by):
            label = str(captions[value]) if value in captions else value
            Xml.SubElement(categories, "category", render="true", symbol=str(number), value=value, label=label)
        symbols = list(style.by.values())
    drawn = Xml.SubElement(renderer, "symbols")
    for number, symbol in enumerate(symbols):
        _symbol(drawn, str(number), style.kind, symbol)


def _symbol(symbols: Xml.Element, name: str, kind: SymbolKind, symbol: Symbol) -> None:
    mark, colour, size = _MARKS[kind]
    outer = Xml.SubElement(symbols, "symbol", type=kind, name=name, alpha=str(symbol.opacity))
    inner = Xml.SubElement(outer, "layer", {"class": mark, "enabled": "1"})
    options = Xml.SubElement(inner, "Option", type="Map")
    said = {colour: _rgba(symbol.colour), size: str(symbol.size_mm), f"{size}_unit": "MM"}
    if kind == "marker":
        said["name"] = "circle"
    for key, value in said.items():
        Xml.SubElement(options, "Option", type="QString", name=key, value=value)


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"
