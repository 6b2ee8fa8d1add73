"""Every drawn layer has a style for GIS programs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from geo.study.schema import TIERS


def test_gis_programs_find_a_style_for_each_drawn_layer(built: Path) -> None:
    with sqlite3.connect(built) as connection:
        styles = dict(connection.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
    kerbs = {"kerbs", "kerb_exclusions", "stall_zones", "bays", "parking_need", "parking_differences"}
    facilities = {"coverage", "catchments", "coverage_gaps", "sites"}
    assert {"roads", "streets", "complaints", "stalls", "parking"} | kerbs | facilities == set(styles)
    assert 'attr="covered"' in styles["coverage"]
    assert all(tier in styles["roads"] for tier in TIERS)
