"""The classes that describe a layer: its columns, codes and style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from geo.core.text import Text

TEXT: Final = "object"
FLAG: Final = "bool"
NUMBER: Final = "float64"
COUNT: Final = "Int64"
MOMENT: Final = "datetime64[ms, UTC]"

Geometry = Literal["Point", "LineString", "Polygon", "MultiLineString", "MultiPolygon", "Unknown"]
"""What a layer's rows are drawn as; `Unknown` for layers that mix kinds."""

SymbolKind = Literal["marker", "line", "fill"]


@dataclass(frozen=True)
class Column:
    """
    One column of a layer.

    Attributes
    ----------
    title
        Its caption, where people read it: forms, QGIS, documents.
    meaning
        What its values say, in one sentence.
    dtype
        Its type in pandas: one of `TEXT`, `FLAG`, `NUMBER`, `COUNT` (with gaps), `MOMENT`, or `int64`.
    unit
        Of its numbers, or None.
    values
        The caption of each coded value, or None for a column that is not coded. (A flag's are `true` and `false`.)
    """

    title: Text
    meaning: Text
    dtype: str = TEXT
    unit: str | None = None
    values: Mapping[str, Text] | None = None


@dataclass(frozen=True)
class Symbol:
    """A mark: colour (`#rrggbb`), width of the line or size of the marker in millimetres, and opacity."""

    colour: str
    size_mm: float
    opacity: float = 1.0


@dataclass(frozen=True)
class Style:
    """
    How GIS programs draw a layer: all rows alike, or by the values of a column.

    Attributes
    ----------
    kind
        What a symbol is.
    symbol
        Of all rows alike; None where `by` says.
    column
        The column by whose values rows are drawn.
    by
        The symbol of each of its values; their captions are the column's.
    """

    kind: SymbolKind
    symbol: Symbol | None = None
    column: str | None = None
    by: Mapping[str, Symbol] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """
    One layer or table of the study file.

    Attributes
    ----------
    name
        In the file.
    title
        Its caption, where people read it: side bar, legend, QGIS, documents.
    row
        What a row is.
    geometry
        What a row is drawn as, or None for a table.
    columns
        By name, in order, besides the geometry.
    style
        How GIS programs draw it, or None.
    guide
        The page of `docs/guide` that tells more, without its suffix.
    """

    name: str
    title: Text
    row: Text
    geometry: Geometry | None
    columns: Mapping[str, Column]
    style: Style | None = None
    guide: str | None = None

    def values(self, column: str) -> Mapping[str, Text]:
        """Return the captions of a coded column's values; empty for one that is not coded."""
        return self.columns[column].values or {}
