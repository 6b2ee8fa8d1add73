"""Colours: all here, told apart, and none written in the pages."""

from __future__ import annotations

import re

import pytest

from geo.study.schema import POINT_KINDS, STUDY_LAYERS, TIERS
from layers import palette
from tests.conftest import ROOT


def test_the_map_and_qgis_draw_tiers_and_points_alike() -> None:
    style = STUDY_LAYERS["streets"].style
    assert style is not None
    assert {tier: symbol.colour for tier, symbol in style.by.items()} == {
        tier: look["colour"] for tier, look in palette.TIERS.items()
    }
    assert tuple(palette.TIERS) == TIERS
    assert tuple(palette.POINTS) == POINT_KINDS


@pytest.mark.parametrize("name", ["FACILITIES", "SITES", "ZONES", "BAYS", "DIFFERENCES", "EXCLUSIONS", "COVERAGE"])
def test_no_two_things_of_a_layer_look_alike(name: str) -> None:
    colours = list(getattr(palette, name).values())
    assert len(set(colours)) == len(colours)


def test_both_themes_have_the_same_grounds() -> None:
    assert set(palette.GROUND["light"]) == set(palette.GROUND["dark"])
    assert palette.style("dark")["ground"] == palette.GROUND["dark"]


def test_no_colour_is_written_in_the_pages() -> None:
    pages = list((ROOT / "dashboards").rglob("*.py"))
    assert len(pages) > 20
    assert [file.name for file in pages if re.search(r'"#[0-9a-fA-F]{6}"', file.read_text(encoding="utf-8"))] == []
