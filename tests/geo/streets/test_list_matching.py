"""The rows of a list find their streets; what they do not find is a finding."""

from __future__ import annotations

from pathlib import Path

from geo.rules import Profile
from geo.streets.layer import streets_layer
from geo.streets.list_matching import match_list
from geo.streets.roads import make_roads
from geo.streets.street_lists import read_list
from geo.tiers.official_list import TIERS_OF_STREETS
from tests.support.lists import avenue


def test_rows_mean_whole_streets_or_sections_and_unknown_names_are_findings(profile: Profile, tmp_path: Path) -> None:
    file = tmp_path / "名单.csv"
    file.write_text(
        "路名,等级,起点,止点\n文峰大道,示范路,,\n文峰大道,次干道,甲路,乙路\n甲路,背街小巷,,\n环城北路,次干道,,\n甲路,次干道,,\n",
        encoding="utf-8",
    )
    roads, crs = make_roads(avenue(), profile, file)
    listed = read_list(file, TIERS_OF_STREETS)
    matches, findings = match_list(listed, TIERS_OF_STREETS, streets_layer(roads), roads, profile, crs)
    assert [(match.name, match.how, match.label != "") for match in matches] == [
        ("文峰大道", "exact", False),
        ("文峰大道", "exact", True),
        ("甲路", "exact", False),
        ("甲路", "exact", False),
    ]
    section = matches[1].mask
    assert section is not None
    assert set(roads["name"][section]) == {"文峰大道"}
    assert section.sum() == 2, "one segment of each carriageway"
    texts = findings["problem"].str.cat(sep=" ")
    assert "环城北路" in texts
    assert "甲路" in texts, "a street that stands twice is said to"
    assert len(findings) == 2
