"""The classes that describe a layer of the map, and the parts of its legend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NotRequired, TypedDict

import geopandas as gpd
from freestiler import FreestileLayer

from geo.core.text import Language, Text
from geo.study.results import MadeOf
from geo.study.schema import STUDY_LAYERS

MIN_ZOOM: Final = 9
MAX_ZOOM: Final = 14
"""The zooms that archives of tiles hold. Nearer the map enlarges the tiles, whose units are below half a metre then."""

Part = Mapping[str, Any]
"""A part of a layer as the map's script draws it: see docs/develop/add-a-layer.md."""


class Entry(TypedDict):
    """
    One line of the legend.

    `open` is the number (property `p`) with which it is shown, where the layer holds at times or has several views.
    """

    label: str
    kind: str
    colour: str
    width: NotRequired[float]
    open: NotRequired[int]


class Group(TypedDict):
    """
    A layer's part of the legend.

    It is shown with `layer` where that is on request; with `streets` unless streets are grey; else always.
    """

    title: str
    entries: list[Entry]
    layer: NotRequired[str]
    streets: NotRequired[bool]


@dataclass(frozen=True)
class MapLayer:
    """
    A layer of the map.

    Attributes
    ----------
    name
        In addresses, in the map's script and, where the study has a layer of that name, in the side bar.
    source
        The layer of the study, or the view of one (`geo.study.versions.VIEWS`), that it is cut from.
    tiles
        From that layer's rows to tile layers by name: ids and numbers; names only to be shown as text.
    drawing
        How the map's script draws it; such a layer is shown on request. Without, the script has rules of its own.
    legend
        Its part of the legend, or None.
    along_kerbs
        Whether it is drawn along kerbs: streets make room for it, when near.
    """

    name: str
    source: str
    tiles: Callable[[gpd.GeoDataFrame], dict[str, FreestileLayer]]
    drawing: Sequence[Part] = ()
    legend: Callable[[Language], Group] | None = None
    along_kerbs: bool = False

    @property
    def made_of(self) -> MadeOf:
        """The inputs of its tiles."""
        return MadeOf(layers=(self.source,))


def title_of(layer: str, language: Language) -> str:
    """Return the title of a layer of the study."""
    return STUDY_LAYERS[layer].title.pick(language)


def captions(layer: str, column: str, language: Language) -> dict[str, str]:
    """Return the captions of a coded column's values, as a line of the legend starts."""
    return {value: sentence(text.pick(language)) for value, text in STUDY_LAYERS[layer].values(column).items()}


def named(noun: Text, value: Text) -> Text:
    """Return the name of a value of a thing: “Zone, proposed”."""
    return Text(f"{noun.zh}（{value.zh}）", f"{noun.en}, {value.en}")


def sentence(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
