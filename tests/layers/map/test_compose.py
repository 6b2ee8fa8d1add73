"""The composed map loads nothing from elsewhere and carries no text from outside."""

from __future__ import annotations

import re

from layers.map.compose import compose_map, legend_groups
from layers.registry import BY_NAME

EXTENT = (24.93, 60.16, 24.95, 60.18)


def html(language: str = "en", **changes: object) -> str:
    options: dict[str, object] = {
        "extent": EXTENT,
        "tile_urls": {layer: f"/tiles/{layer}-abc.pmtiles" for layer in BY_NAME},
        "assets_url": "/assets",
        "language": language,
        "synthetic": {"complaints": 3},
    }
    return str(compose_map(**{**options, **changes}).get_root().render())  # type: ignore[arg-type]


def test_every_address_is_our_own() -> None:
    page = html()
    assert re.findall(r"(?:src|href)=\"(?!/assets/)[^\"]*\"", page) == []
    assert "http://" not in page
    assert "https://" not in page


def test_layers_lie_bottom_up_and_empty_ones_are_left_out() -> None:
    page = html(tile_urls={"streets": "/tiles/streets-abc.pmtiles", "context": "/tiles/context-abc.pmtiles"})
    assert re.findall(r'"layer": "(\w+)", "url"', page) == ["context", "streets"]


def test_the_legend_speaks_the_readers_language_and_names_synthetic_points() -> None:
    english, chinese = html("en"), html("zh")
    assert "Complaints (synthetic)" in english
    assert "Stalls (synthetic)" not in english
    assert "\\u793a\\u8303\\u8def" in chinese or "示范路" in chinese


def test_light_and_dark_differ() -> None:
    assert html(theme="dark") != html(theme="light")


def test_the_legend_starts_with_what_is_on_request_and_gathers_points() -> None:
    groups = legend_groups("en", {"stalls": 2})
    titles = [group["title"] for group in groups]
    assert len(set(titles)) == len(titles)
    assert titles[-2:] == ["Tiers", "Points"]
    assert all("layer" in group for group in groups[:-2])
    assert [entry["label"] for entry in groups[-1]["entries"]] == ["Complaints", "Stalls (synthetic)", "Parking"]
    assert legend_groups("en", {})[-1]["entries"][1]["label"] == "Stalls", "not kept from one map to the next"


def test_codes_that_tiles_number_are_handed_to_the_script() -> None:
    page = html()
    assert '"tiers": ["demonstration", "secondary", "back_street", "unclassified"]' in page
    assert '"points": ["complaints", "stalls", "parking"]' in page
    assert (
        '"alongKerbs": ["kerb_exclusions", "stall_zones", "parking_differences", "parking_inventory", "bays"]' in page
    )
