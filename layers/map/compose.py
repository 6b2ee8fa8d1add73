"""Compose the map: folium objects whose scripts and tiles come from our own server, or from the file itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import folium

from layers import (
    bays,
    coverage,
    facilities,
    hotspots,
    kerb_exclusions,
    other,
    palette,
    parking_differences,
    parking_need,
    patrols,
    points,
    sites,
    stall_zones,
    streets,
)
from layers.map.elements import MapFrame, VectorTiles
from layers.map.tiles import CUTTERS
from layers.zooms import MAX_ZOOM

OWN: Final = Path(__file__).parent.parent / "assets"
NODE_MODULES: Final = OWN / "vendor" / "node_modules"
ASSETS: Final[dict[str, Path]] = {
    "leaflet.js": NODE_MODULES / "leaflet/dist/leaflet.js",
    "leaflet.css": NODE_MODULES / "leaflet/dist/leaflet.css",
    "protomaps-leaflet.js": NODE_MODULES / "protomaps-leaflet/dist/protomaps-leaflet.js",
    "pmtiles.js": NODE_MODULES / "pmtiles/dist/pmtiles.js",
    "leaflet-geoman.js": NODE_MODULES / "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.min.js",
    "leaflet-geoman.css": NODE_MODULES / "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css",
    **{file.name: file for file in OWN.iterdir() if file.is_file()},
}
"""The map's scripts and style sheets by the name that it asks for."""

_SCRIPTS = ("leaflet.js", "protomaps-leaflet.js", "jiexu-tools.js", "jiexu-map.js")
_SHEETS = ("leaflet.css", "jiexu-map.css")


def compose_map(
    extent: tuple[float, float, float, float],
    tile_urls: Mapping[str, str],
    translate: Callable[[str], str],
    synthetic: Mapping[str, int],
    language: str = "en",
    theme: str = "light",
    assets_url: str = "/assets",
    drawing: bool = True,
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
    translate
        From English to the reader's language.
    synthetic
        How many points of each kind are made up, for the legend.
    language
        The reader's language, for the page and its tools.
    theme
        `light` or `dark`.
    assets_url
        Where the scripts are served, without the final slash.
    drawing
        Whether areas can be drawn.
    """
    west, south, east, north = extent
    figure = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        fade_animation=False,
        max_zoom=19,
        min_zoom=8,
    )
    figure.default_js = [(name, f"{assets_url}/{name}") for name in _SCRIPTS]
    figure.default_css = [(name, f"{assets_url}/{name}") for name in _SHEETS]
    legend = [
        stall_zones.legend(translate),
        kerb_exclusions.legend(translate),
        hotspots.legend(translate),
        patrols.legend(translate),
        bays.legend(translate),
        parking_need.legend(translate),
        parking_differences.legend(translate),
        coverage.legend(translate),
        coverage.catchment_legend(translate),
        coverage.gap_legend(translate),
        sites.legend(translate),
        streets.legend(translate),
        points.legend(translate, synthetic),
        facilities.legend(translate),
        other.legend(translate),
    ]
    words = {
        "language": language,
        "unnamed": translate("Unnamed street"),
        "north": translate("North"),
        "legend": translate("Legend"),
        "credit": translate("© OpenStreetMap contributors"),
        "zoomIn": translate("Zoom in"),
        "zoomOut": translate("Zoom out"),
        "whole": translate("Whole study"),
        "draw": translate("Draw an area to select its streets (double click ends it)") if drawing else "",
        "drag": translate("Drag the site to another place"),
        "picture": translate("Save the map as a picture"),
    }
    figure.add_child(MapFrame(palette.style(theme), legend, words, extent, MAX_ZOOM, _drawings()))
    for layer, cutter in CUTTERS.items():
        if layer in tile_urls:
            figure.add_child(VectorTiles(layer, tile_urls[layer], on_request=bool(cutter.drawing)))
    return figure


def _drawings() -> list[dict[str, Any]]:
    """Return every layer's drawing, bottom first; those with rules in the script have no parts here."""
    return [{"layer": layer, "parts": [dict(part) for part in cutter.drawing]} for layer, cutter in CUTTERS.items()]


def map_file(
    extent: tuple[float, float, float, float],
    archives: Mapping[str, Path],
    translate: Callable[[str], str],
    synthetic: Mapping[str, int],
    state: Mapping[str, Any],
    language: str = "en",
    theme: str = "light",
) -> str:
    """
    Return the map as one HTML page that works offline: scripts and tiles are inside it.

    Parameters
    ----------
    archives
        The PMTiles archive of each layer.
    state
        What to show, as the map's script takes it (visible tiers, points, categories, note and file name).
    extent, translate, synthetic, language, theme
        As `compose_map` takes them.
    """
    names = {layer: archive.name for layer, archive in archives.items()}
    page = str(
        compose_map(extent, names, translate, synthetic, language, theme, "embedded", drawing=False).get_root().render()
    )
    # what follows is put in after folium: it renders the page's scripts as templates, and these carry names
    for name in _SCRIPTS:
        page = page.replace(f'<script src="embedded/{name}"></script>', f"<script>{_text(name)}</script>")
    for name in _SHEETS:
        page = page.replace(f'<link rel="stylesheet" href="embedded/{name}"/>', f"<style>{_text(name)}</style>")
    tiles = {archive.name: base64.b64encode(archive.read_bytes()).decode() for archive in archives.values()}
    head = "".join(
        (
            f"<script>{_text('pmtiles.js')}</script>",
            f'<script type="application/json" id="jiexu-state">{_block(state)}</script>',
            f'<script type="application/json" id="jiexu-tiles">{_block(tiles)}</script>',
            f"<script>{_text('jiexu-embedded.js')}</script>",
        )
    )
    return page.replace("<head>", f"<head>{head}", 1)


def _text(name: str) -> str:
    return ASSETS[name].read_text(encoding="utf-8").replace("</script", "<\\/script")


def _block(value: Any) -> str:
    """Return JSON that cannot end the block it stands in."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
