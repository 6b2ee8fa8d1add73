"""Surveyed widths stand over tags and guesses, and stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.errors import InputError
from geo.rules import Profile
from geo.streets.roads import make_roads
from geo.streets.surveyed_widths import read_widths, with_surveyed
from tests.support.drawn import CRS
from tests.support.lists import avenue


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "widths.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_widths_are_read_in_gbk_and_in_words(tmp_path: Path) -> None:
    read = read_widths(written(tmp_path, "路名,起点,止点,车行道宽度\n文峰大道,甲路,乙路,14.5米\n人民路,,,22\n", "gbk"))
    assert read.rows[["name", "from", "to", "width"]].to_numpy().tolist() == [
        ["文峰大道", "甲路", "乙路", 14.5],
        ["人民路", None, None, 22.0],
    ]


@pytest.mark.parametrize("width", ["", "abc", "-4", "0.2", "900"])
def test_a_row_without_a_width_is_refused_and_the_others_stay(width: str, tmp_path: Path) -> None:
    read = read_widths(written(tmp_path, f"street,width\nHigh Street,{width}\nMill Lane,7\n"))
    assert read.rows["name"].tolist() == ["Mill Lane"]
    assert read.findings[["layer", "row", "column"]].to_numpy().tolist() == [["roads", 2, "width"]]
    assert "metres" in read.findings["action"].iloc[0]


def test_a_file_without_widths_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="width"):
        read_widths(written(tmp_path, "street,colour\nHigh Street,red\n"))


def test_a_section_has_its_own_width(profile: Profile, tmp_path: Path) -> None:
    ways = avenue()
    roads = make_roads(ways, profile, Path("avenue.osm"))[0]
    listed = read_widths(written(tmp_path, "street,from,to,width\n文峰大道,甲路,丙路,18\n文峰大道,,,12\n"))
    found, findings = with_surveyed(roads, listed, profile, CRS)
    mine = found[found["name"] == "文峰大道"]
    assert set(mine["width_m"]) == {12.0, 18.0}, "the section's own stands over the whole street's, whatever the order"
    assert set(mine["width_source"]) == {"survey"}
    assert set(found.loc[found["name"] != "文峰大道", "width_source"]) == {"default"}
    assert findings.empty
