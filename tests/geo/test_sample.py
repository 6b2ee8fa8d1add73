"""The sample's files are the same every time, and say that they are made up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo.build import Inputs
from geo.sample import SYNTHETIC_LABEL, write_sample
from geo.study.file import read_layer
from geo.study.schema import POINT_KINDS, SYNTHETIC


def test_the_sample_is_the_same_every_time(sample: Inputs, tmp_path: Path) -> None:
    write_sample(tmp_path)
    for file in sample.points.values():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_every_made_up_point_says_so(sample: Inputs, built: Path) -> None:
    for kind in POINT_KINDS:
        points = read_layer(built, kind)
        assert set(points["source"]) == {SYNTHETIC}, kind
        assert set(pd.read_csv(sample.points[kind])["数据来源"]) == {SYNTHETIC_LABEL}, kind


def test_the_list_of_tiers_has_a_slip_and_a_tier_that_does_not_exist(sample: Inputs, built: Path) -> None:
    assert sample.tiers is not None
    assert len(pd.read_csv(sample.tiers)) == 18
    streets = read_layer(built, "streets").drop_duplicates("name").set_index("name")["tier"]
    tiers = {"Mannerheimintie": "demonstration", "Bulevardi": "secondary", "Annankatu": "back_street"}
    assert streets[list(tiers)].to_dict() == tiers
    doubts = read_layer(built, "findings").query("layer == 'streets'")
    assert len(doubts) == 2
