"""Compose the map: folium objects with scripts and tiles from our own server, or from the file itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import folium

from geo.core.extents import unwrapped
from geo.core.text import Language, Text
from geo.study.schema import TIERS
from layers import palette
from layers.map.elements import MapFrame, VectorTiles
from layers.map_layer import MAX_ZOOM, Group
from layers.points import KINDS
from layers.registry import LAYERS

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


_WORDS: Final = {
    "unnamed": Text("未命名街道", "Unnamed street"),
    "north": Text("北", "North"),
    "legend": Text("图例", "Legend"),
    "credit": Text("© OpenStreetMap 贡献者", "© OpenStreetMap contributors"),
    "zoomIn": Text("放大", "Zoom in"),
    "zoomOut": Text("缩小", "Zoom out"),
    "whole": Text("全图", "Whole study"),
    "drag": Text("把选址拖到别处", "Drag the site to another place"),
    "picture": Text("将地图存为图片", "Save the map as a picture"),
}
_DRAW: Final = Text("圈画区域以选择街道（双击结束）", "Draw an area to select its streets (double click ends it)")
_SYNTHETIC: Final = Text("合成", "synthetic")


def compose_map(
    extent: tuple[float, float, float, float],
    tile_urls: Mapping[str, str],
    language: Language,
    synthetic: Mapping[str, int],
    theme: str = "light",
    assets_url: str = "assets",
    drawing: bool = True,
    hidden: Collection[str] = (),
) -> folium.Map:
    """
    Compose the map of a study.

    Nothing that a user or OpenStreetMap wrote goes into the result: folium renders its scripts as templates. Names
    travel as tile properties.

    Parameters
    ----------
    extent
        West, south, east, north in degrees; west is greater than east across the antimeridian.
    tile_urls
        The address of each layer's archive; layers without one are left out.
    language
        The reader's language.
    synthetic
        How many points of each kind are made up, for the legend.
    theme
        `light` or `dark`.
    assets_url
        Where the scripts are served, without the final slash.
    drawing
        Whether areas can be drawn.
    hidden
        Layers that the reader may not see: the legend does not have them.
    """
    west, south, east, north = extent = unwrapped(extent)
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
    words = {
        "language": language,
        **{key: text.pick(language) for key, text in _WORDS.items()},
        "draw": _DRAW.pick(language) if drawing else "",
    }
    codes: dict[str, list[str]] = {
        "tiers": [*TIERS],
        "points": [*KINDS],
        "alongKerbs": [layer.name for layer in LAYERS if layer.along_kerbs],
    }
    legend = legend_groups(language, synthetic, hidden)
    figure.add_child(MapFrame(palette.style(theme), legend, words, extent, MAX_ZOOM, _drawings(), codes))
    for layer in LAYERS:
        if layer.name in tile_urls:
            figure.add_child(VectorTiles(layer.name, tile_urls[layer.name], on_request=bool(layer.drawing)))
    return figure


def legend_groups(language: Language, synthetic: Mapping[str, int], hidden: Collection[str] = ()) -> list[Group]:
    """
    Return the legend: layers that are shown on request first, each with the entries that it has then.

    Parameters
    ----------
    language
        The reader's language.
    synthetic
        How many points of each kind are made up: their entries say so.
    hidden
        Layers that the reader may not see.
    """
    groups: list[Group] = []
    for layer in sorted(LAYERS, key=lambda layer: not layer.drawing):
        if layer.legend is None or layer.name in hidden:
            continue
        group = layer.legend(language)
        if synthetic.get(layer.name):
            for entry in group["entries"]:
                entry["label"] = f"{entry['label']} ({_SYNTHETIC.pick(language)})"
        if groups and groups[-1]["title"] == group["title"]:  # layers of one group
            groups[-1]["entries"] += group["entries"]
        else:
            groups.append(group)
    return groups


def _drawings() -> list[dict[str, Any]]:
    """Return every layer's drawing, bottom first; layers with rules in the script have no parts here."""
    return [{"layer": layer.name, "parts": [dict(part) for part in layer.drawing]} for layer in LAYERS]


def map_file(
    extent: tuple[float, float, float, float],
    archives: Mapping[str, Path],
    language: Language,
    synthetic: Mapping[str, int],
    state: Mapping[str, Any],
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
    extent, language, synthetic, theme
        As `compose_map` takes them.
    """
    names = {layer: archive.name for layer, archive in archives.items()}
    composed = compose_map(extent, names, language, synthetic, theme, "embedded", drawing=False)
    page = str(composed.get_root().render())
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
