"""Surveyed widths stand over tags and guesses, and stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.build import Inputs, add_widths, build_study, grade_study
from geo.core.errors import InputError
from geo.parking.study import plan_bays
from geo.rules import Profile
from geo.streets.roads import make_roads
from geo.streets.surveyed_widths import read_widths, with_surveyed
from geo.study.file import read_layer
from tests.support.drawn import CRS
from tests.support.lists import avenue


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "widths.csv"
    file.write_bytes(text.encode(encoding))
    return file


def longest(study: Path) -> str:
    streets = read_layer(study, "streets")
    return str(streets[streets["name"].notna()].sort_values("length_m")["name"].iloc[-1])


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


def test_surveyed_widths_sharpen_the_capacity_and_stay_through_a_rebuild(
    study: Path, sample: Inputs, tmp_path: Path, profile: Profile
) -> None:
    street = longest(study)
    rows_before = read_layer(study, "roads")
    file = written(tmp_path, f"street,width\n{street},13\nNo Such Street,9\nMill Lane,wide\n")
    summary = add_widths(study, file)
    assert summary["rows"] == 2
    assert [finding["row"] for finding in summary["findings"]] == [4, 3]
    roads = read_layer(study, "roads")
    mine = roads["name"] == street
    assert mine.any()
    assert set(roads.loc[mine, "width_m"]) == {13.0}
    assert set(roads.loc[mine, "width_source"]) == {"survey"}
    mine = roads["width_source"] == "survey"
    assert set(roads.loc[mine, "street_id"]) == set(roads.loc[roads["name"] == street, "street_id"])
    assert (roads.loc[~mine, "width_m"].to_numpy() == rows_before.loc[~mine, "width_m"].to_numpy()).all()
    assert "survey" in plan_bays(study)["width_source"]

    add_widths(study, written(tmp_path, f"street,width\n{street},14\n"))
    table = read_layer(study, "surveyed_widths")
    assert table.loc[table["name"] == street, "width_m"].tolist() == [14.0], "a later survey of the same street counts"
    assert len(table) == 2
    grade_study(study, profile)
    assert len(read_layer(study, "surveyed_widths")) == 2
    build_study(study, sample)
    roads = read_layer(study, "roads")
    assert set(roads.loc[roads["name"] == street, "width_m"]) == {14.0}
    found = read_layer(study, "findings")
    assert (found["layer"] == "roads").any(), "the street that nobody found is still said"
