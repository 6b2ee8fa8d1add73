"""Compose the map: folium objects whose scripts and tiles come from our own server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import folium

from layers import palette, points, streets
from layers.elements import MapFrame, VectorTiles
from layers.tiles import CUTTERS, MAX_ZOOM

SCRIPTS: Final = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "protomaps-leaflet.js": "protomaps-leaflet/dist/protomaps-leaflet.js",
}
"""Third-party files by the name that the map asks for, below `node_modules`."""

ASSETS: Final = Path(__file__).parent / "assets"
"""The map's own script and style sheet."""


def compose_map(
    extent: tuple[float, float, float, float],
    tile_urls: Mapping[str, str],
    assets_url: str,
    translate: Callable[[str], str],
    synthetic: Mapping[str, int],
    theme: str = "light",
) -> folium.Map:
    """
    Compose the map of a study.

    Nothing that a user or OpenStreetMap wrote goes into the result: folium renders its scripts as templates. Names
    travel as tile properties.

    Parameters
    ----------
    extent
        West, south, east, north in degrees.
    tile_urls
        The address of each layer's archive; layers without one are left out.
    assets_url
        Where the scripts are served, without the final slash.
    translate
        From English to the reader's language.
    synthetic
        How many points of each kind are made up, for the legend.
    theme
        `light` or `dark`.
    """
    west, south, east, north = extent
    figure = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        max_zoom=19,
        min_zoom=8,
    )
    figure.default_js = [
        ("leaflet", f"{assets_url}/leaflet.js"),
        ("protomaps", f"{assets_url}/protomaps-leaflet.js"),
        ("jiexu", f"{assets_url}/jiexu-map.js"),
    ]
    figure.default_css = [("leaflet_css", f"{assets_url}/leaflet.css"), ("jiexu_css", f"{assets_url}/jiexu-map.css")]
    legend = [streets.legend(translate), points.legend(translate, synthetic)]
    words = {
        "unnamed": translate("Unnamed street"),
        "north": translate("North"),
        "legend": translate("Legend"),
        "credit": translate("© OpenStreetMap contributors"),
        "zoomIn": translate("Zoom in"),
        "zoomOut": translate("Zoom out"),
        "whole": translate("Whole study"),
    }
    figure.add_child(MapFrame(palette.style(theme), legend, words, extent, MAX_ZOOM))
    for layer in CUTTERS:
        if layer in tile_urls:
            figure.add_child(VectorTiles(layer, tile_urls[layer], MAX_ZOOM))
    return figure
