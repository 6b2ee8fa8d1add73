"""The folium objects that a map of vector tiles is made of. They carry ids, addresses and styles of ours only."""

from __future__ import annotations

from typing import Any

from branca.element import MacroElement
from folium.map import Layer
from jinja2 import Template

from layers.map_layer import Group


class VectorTiles(Layer):
    """
    One layer of vector tiles.

    Parameters
    ----------
    layer
        The layer's name, which chooses its drawing rules in `jiexu-map.js`.
    url
        The address of its PMTiles archive.
    on_request
        Whether the script loads it only when it is asked for.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = jiexu.make({{ this.config | tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, layer: str, url: str, on_request: bool) -> None:
        super().__init__(name=layer, control=False, show=not on_request)
        self._name = "VectorTiles"
        self.config: dict[str, Any] = {"layer": layer, "url": url}


class MapFrame(MacroElement):
    """
    The frame of every map: style, credit, scale bar, north, legend, and messages to and from the page around it.

    Parameters
    ----------
    style
        As `layers.palette.style` returns.
    legend
        Groups of entries.
    words
        The few words that the script shows, in the reader's language.
    extent
        West, south, east, north of the study, in degrees.
    data_zoom
        The nearest zoom that archives of tiles hold.
    drawings
        `{"layer", "parts"}` of each layer, bottom first: what `layers.map_layer.MapLayer.drawing` says. A list, since
        templates sort the keys of mappings.
    codes
        What tiles number and the script names: `tiers` (in the order of their numbers), `points` (layers of points),
        `alongKerbs` (layers for which streets make room).
    """

    _template = Template(
        """
        {% macro header(this, kwargs) %}
        <style>html, body { height: 100%; margin: 0; }</style>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        jiexu.frame({{ this._parent.get_name() }}, {{ this.config | tojson }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        style: dict[str, Any],
        legend: list[Group],
        words: dict[str, str],
        extent: tuple[float, float, float, float],
        data_zoom: int,
        drawings: list[dict[str, Any]],
        codes: dict[str, list[str]],
    ) -> None:
        super().__init__()
        self._name = "MapFrame"
        self.config = {
            "style": style,
            "legend": legend,
            "words": words,
            "extent": extent,
            "dataZoom": data_zoom,
            "drawings": drawings,
            **codes,
        }
