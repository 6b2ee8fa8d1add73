"""Streets of a study are graded again, with a new list, after surveys, and all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geo.build import Inputs, build_study
from geo.core.errors import InputError
from geo.parking.study import plan_bays
from geo.rules import Profile
from geo.study.file import about, read_layer
from geo.study.reader import Study
from geo.tiers.result import TIERS
from geo.tiers.study import add_widths, grade_study, kept_list


def written(folder: Path, text: str) -> Path:
    file = folder / "list.csv"
    file.write_text(text, encoding="utf-8")
    return file


def longest(study: Path) -> str:
    streets = read_layer(study, "streets")
    return str(streets[streets["name"].notna()].sort_values("length_m")["name"].iloc[-1])


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


def tier_of(study: Path, name: str) -> set[tuple[str, str]]:
    streets = read_layer(study, "streets")
    mine = streets[streets["name"] == name]
    return set(zip(mine["tier"], mine["tier_source"], strict=True))


def test_a_new_list_replaces_the_old_and_stays_until_the_next(study: Path, tmp_path: Path, profile: Profile) -> None:
    file = written(tmp_path, "路名,等级\nBulevardi,背街小巷\nNo Such Street,示范路\n")
    report = grade_study(study, profile, file)
    assert tier_of(study, "Bulevardi") == {("back_street", "official")}
    assert (read_layer(study, "streets")["tier_source"] == "official").sum() == 1
    known = TIERS.known(Study(study))
    assert known.fresh
    assert known.summary == json.loads(json.dumps(report))
    assert known.repeat is not None
    assert known.repeat["command"] == "jiexu grade study.gpkg --list list.csv"
    grade_study(study, profile)
    assert tier_of(study, "Bulevardi") == {("back_street", "official")}
    findings = read_layer(study, "findings")
    lost = findings[(findings["layer"] == "streets") & findings["problem"].str.contains("No Such Street")]
    assert lost["row"].tolist() == [3], "said once, however often streets are graded"


def test_a_list_that_cannot_be_read_leaves_the_study_untouched(study: Path, tmp_path: Path, profile: Profile) -> None:
    before = about(study)
    with pytest.raises(InputError):
        grade_study(study, profile, written(tmp_path, "colour,shape\nred,round\n"))
    assert about(study) == before


def test_the_official_list_that_a_study_keeps_carries_its_refused_rows_on() -> None:
    rows = pd.DataFrame({"file": ["名单.csv"] * 2, "row": [2, 4], "name": ["甲路", "乙路"]})
    refused = {"row": 3, "column": "等级", "problem": "p", "action": "a", "source": "名单.csv"}
    findings = pd.DataFrame([{"layer": "streets", **refused}, {"layer": "streets", **refused, "row": 4}])
    kept = kept_list(rows, pd.concat([findings, findings.assign(layer="stalls")]))
    assert kept.file == "名单.csv"
    assert kept.rows["name"].tolist() == ["甲路", "乙路"]
    assert kept.findings[["layer", "row"]].to_numpy().tolist() == [["streets", 3]]
    assert kept_list(rows.iloc[:0], findings.iloc[:0]).file == ""
