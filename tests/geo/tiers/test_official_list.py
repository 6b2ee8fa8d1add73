"""The official list is read with its tiers in Chinese or English; an unknown tier is that row's finding."""

from __future__ import annotations

from pathlib import Path

from geo.tiers.official_list import read_tier_list


def test_tiers_are_read_in_both_languages_and_an_unknown_one_is_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "名单.csv"
    file.write_text("路名,等级\n文峰大道,示范路\n甲路,back street\n乙路,特级\n", encoding="gb18030")
    found = read_tier_list(file)
    assert found.file == "名单.csv"
    assert found.rows["name"].tolist() == ["文峰大道", "甲路"]
    assert found.rows["tier"].tolist() == ["demonstration", "back_street"]
    assert found.findings["row"].tolist() == [4]
    assert "特级" in found.findings["problem"].iloc[0]
