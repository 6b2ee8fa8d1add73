"""The official list beats inference; what does not fit is a finding, never silence."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.core.errors import InputError
from geo.core.vocabulary import tier_of
from geo.rules import Profile
from geo.tiers.official_list import read_tier_list
from tests.support.lists import graded_rows


def test_a_street_on_the_list_has_its_tier_and_the_row_as_reason(profile: Profile, tmp_path: Path) -> None:
    tags = [{"highway": "residential", "name": "文峰大道"}, {"highway": "primary", "name": "人民大道"}]
    streets, findings = graded_rows(tags, profile, "文峰大道,示范路\n", tmp_path)
    listed, other = streets.loc["文峰大道"], streets.loc["人民大道"]
    assert (listed["tier"], listed["tier_source"], listed["tier_confidence"]) == ("demonstration", "official", 1.0)
    assert "名单.csv 第 2 行" in listed["tier_reason"]
    assert (other["tier"], other["tier_source"]) == ("secondary", "inferred")
    assert 0 < other["tier_confidence"] < 1
    assert "points" in other["tier_reason"]
    assert findings.empty


def test_a_name_that_matches_no_street_is_a_finding_with_the_nearest_names(profile: Profile, tmp_path: Path) -> None:
    tags = [{"highway": "primary", "name": "红旗路"}, {"highway": "primary", "name": "解放大道"}]
    streets, findings = graded_rows(tags, profile, "红旗东路,次干道\n不存在的巷,示范路\n解放大道,示范路\n", tmp_path)
    assert findings["row"].tolist() == [2, 3]
    assert "No similar name" in findings["problem"].iloc[1]
    assert streets.loc["红旗路", "tier_source"] == "inferred"


def test_unknown_tiers_missing_names_and_repeated_rows_are_findings(profile: Profile, tmp_path: Path) -> None:
    tags = [{"highway": "tertiary", "name": "东风路"}]
    streets, findings = graded_rows(tags, profile, "东风路,特级\n,示范路\n东风路,示范路\n东风路,严控\n", tmp_path)
    assert sorted(findings["row"]) == [2, 3, 4]
    assert streets.loc["东风路", "tier"] == "secondary"


def test_a_name_that_is_two_streets_grades_both_and_says_so(profile: Profile, tmp_path: Path) -> None:
    tags = [{"highway": "tertiary", "name": "东风路"}] * 2
    streets, findings = graded_rows(tags, profile, "东风路,示范路\n", tmp_path)
    assert len(streets) == 2
    assert set(streets["tier"]) == {"demonstration"}
    assert "2" in findings["problem"].iloc[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_lists_come_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("道路名称\t类别\n文峰大道\t背街小巷\n".encode(encoding))
    assert read_tier_list(file).rows[["name", "tier"]].to_numpy().tolist() == [["文峰大道", "back_street"]]


def test_lists_come_as_excel_and_in_english(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    pd.DataFrame({"Street": ["High Street"], "Tier": ["Back street"]}).to_excel(file, index=False)
    assert read_tier_list(file).rows[["name", "tier"]].to_numpy().tolist() == [["High Street", "back_street"]]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", "路名,等级\n".encode(), b"\x00\x01\x02\x03" * 50])
def test_a_file_that_is_no_list_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_tier_list(file)
    assert "list.csv" in str(refused.value)


def test_an_excel_file_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"no zip")
    with pytest.raises(InputError):
        read_tier_list(file)


def test_tiers_are_known_by_all_their_names() -> None:
    assert [tier_of(word) for word in ("示范路", "严控", "Back Street", "特级")] == [
        "demonstration",
        "secondary",
        "back_street",
        None,
    ]
