"""What a map's folium objects put into the page."""

from __future__ import annotations

import json
import re

import folium

from layers.map.elements import MapFrame, VectorTiles
from layers.map_layer import Group


def rendered() -> str:
    figure = folium.Map(location=[0, 0], tiles=None)
    legend: list[Group] = [{"title": "</script>", "entries": []}]
    codes = {"tiers": ["a"], "points": ["p"], "alongKerbs": ["k"]}
    parts = [{"layer": "b", "parts": []}, {"layer": "a", "parts": []}]
    figure.add_child(MapFrame({"theme": "light"}, legend, {"north": "N"}, (1, 2, 3, 4), 14, parts, codes))
    figure.add_child(VectorTiles("shops", "/tiles/shops-1.pmtiles", on_request=True))
    figure.add_child(VectorTiles("streets", "/tiles/streets-1.pmtiles", on_request=False))
    return str(figure.get_root().render())


def test_the_frame_hands_over_what_the_script_needs_in_order() -> None:
    config = json.loads(re.search(r"jiexu\.frame\(\w+, (\{.*\})\);", rendered()).group(1))  # type: ignore[union-attr]
    assert [entry["layer"] for entry in config["drawings"]] == ["b", "a"], "bottom first, not by name"
    assert (config["tiers"], config["points"], config["alongKerbs"]) == (["a"], ["p"], ["k"])
    assert (config["extent"], config["dataZoom"]) == ([1, 2, 3, 4], 14)


def test_nothing_ends_the_script() -> None:
    assert re.findall(r'"title": "([^"]*)"', rendered()) == ["\\u003c/script\\u003e"]


def test_tiles_are_added_but_for_those_on_request() -> None:
    page = rendered()
    made = dict(re.findall(r'var (\w+) = jiexu\.make\(\{"layer": "(\w+)"', page))
    added = set(re.findall(r"(vector_tiles_\w+)\.addTo", page))
    assert {layer for name, layer in made.items() if name in added} == {"streets"}
