"""An import is one transaction: the same file adds nothing, a newer one updates, and it goes as a whole."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.build import Inputs, build_study
from geo.core.chinese_datums import wgs84_to_gcj02
from geo.core.errors import InputError, StudyError
from geo.points.import_removal import remove_import
from geo.points.imports import add_points
from geo.points.reading import Options
from geo.rules import Profile
from geo.study.figures import info
from geo.study.file import about, connect, read_layer
from tests.support.points import places


def write(folder: Path, rows: pd.DataFrame, name: str = "投诉.csv") -> Path:
    rows.to_csv(folder / name, index=False, encoding="gbk")
    return folder / name


def test_a_newer_export_updates_and_the_same_file_adds_nothing(study: Path, profile: Profile, tmp_path: Path) -> None:
    rows = places(study, 30)
    before = len(read_layer(study, "complaints"))
    file = write(tmp_path, rows)
    first = add_points(study, file, "complaints", profile, by="李")
    assert (first.added, first.updated, first.reading.refused) == (30, 0, 0)
    again = add_points(study, file, "complaints", profile)
    assert (again.import_id, again.added, again.unchanged) == (None, 0, 30)
    assert len(read_layer(study, "complaints")) == before + 30

    newer = write(
        tmp_path,
        pd.concat([rows.assign(诉求类型=["店外经营"] * 3 + ["流动摊贩"] * 27), places(study, 31).tail(1)]),
        "b.csv",
    )
    second = add_points(study, newer, "complaints", profile)
    assert (second.added, second.updated, second.unchanged) == (1, 3, 27)
    complaints = read_layer(study, "complaints").set_index("complaint_id")
    assert complaints.loc[["A0", "A1", "A2"], "category"].tolist() == ["outside_trading"] * 3
    assert complaints.loc["A3", "category"] == "unlicensed_stall"
    assert len(complaints) == before + 31

    assert remove_import(study, str(second.import_id)) == 4
    complaints = read_layer(study, "complaints").set_index("complaint_id")
    assert complaints.loc["A0", "category"] == "unlicensed_stall"
    assert complaints.loc["A0", "import_id"] == first.import_id
    assert len(complaints) == before + 30
    assert remove_import(study, str(first.import_id)) == 30
    assert len(read_layer(study, "complaints")) == before
    with pytest.raises(StudyError, match="no import"):
        remove_import(study, "I0099")


def test_a_file_that_an_earlier_version_imported_adds_nothing(study: Path, profile: Profile, tmp_path: Path) -> None:
    """Rows without an identifier have one of 40 bits in a study of version 0.1; they are known by it."""
    rows = places(study, 12).drop(columns="工单编号")
    rows = pd.concat([rows, rows.head(1)])  # one row stands twice
    file = write(tmp_path, rows)
    first = add_points(study, file, "complaints", profile)
    former = dict(zip(first.points["complaint_id"], first.reading.former["0.1"], strict=True))
    assert all(len(old.partition("-")[0]) == 11 for old in former.values())
    with connect(study) as connection:
        connection.executemany(
            "UPDATE complaints SET complaint_id = ? WHERE complaint_id = ?", [(old, new) for new, old in former.items()]
        )
    before = read_layer(study, "complaints")
    again = add_points(study, file, "complaints", profile)
    assert (again.import_id, again.added, again.updated, again.unchanged) == (None, 0, 0, 13)
    longer = write(tmp_path, pd.concat([rows, places(study, 13).tail(1).drop(columns="工单编号")]), "b.csv")
    later = add_points(study, longer, "complaints", profile)
    assert (later.added, later.updated, later.unchanged) == (1, 0, 13)
    after = read_layer(study, "complaints")
    assert set(before["complaint_id"]) < set(after["complaint_id"])
    new = after.loc[after["import_id"] == later.import_id, "complaint_id"].tolist()
    assert [len(name) for name in new] == [25]


def test_an_import_counts_on_its_streets_and_outlives_a_rebuild(
    study: Path, sample: Inputs, profile: Profile, tmp_path: Path
) -> None:
    rows = places(study, 25)
    counts = read_layer(study, "streets").set_index("street_id")["complaints"]
    outcome = add_points(study, write(tmp_path, rows), "complaints", profile)
    after = read_layer(study, "streets").set_index("street_id")["complaints"]
    assert after.sum() == counts.sum() + 25
    build_study(study, Inputs(sample.osm))
    imports = read_layer(study, "imports")
    assert outcome.import_id in set(imports["import_id"])
    complaints = read_layer(study, "complaints")
    assert (complaints["import_id"] == outcome.import_id).sum() == 25
    assert read_layer(study, "streets")["complaints"].sum() == after.sum()


def test_gcj02_is_found_out_or_asked_about(study: Path, profile: Profile, tmp_path: Path) -> None:
    """Helsinki knows no GCJ-02, so both readings are one; a stated system is taken at its word."""
    rows = places(study, 12)
    outcome = add_points(study, write(tmp_path, rows), "complaints", profile, dry_run=True)
    assert outcome.reading.verdict is not None
    assert outcome.reading.verdict.sure
    assert outcome.as_dict()["crs"]["system"] == "WGS84"
    swapped = write(tmp_path, rows.rename(columns={"经度": "纬度", "纬度": "经度"}), "swapped.csv")
    found = add_points(study, swapped, "complaints", profile, dry_run=True)
    assert str(found.reading.system) == "WGS84 (lat, lon)"
    assert found.points.geometry.x.between(24, 26).all()
    assert wgs84_to_gcj02(found.points.get_coordinates().to_numpy()) is not None


def test_too_close_to_tell_is_asked_and_nothing_is_stored(study: Path, profile: Profile, tmp_path: Path) -> None:
    west, south, east, north = info(study)["extent"]
    rows = pd.DataFrame(
        {
            "id": range(40),
            "lon": [west + (east - west) * (i % 7) / 7 for i in range(40)],
            "lat": [south + (north - south) * (i % 5) / 5 for i in range(40)],
        }
    )
    half = rows.copy()
    half.loc[:25, ["lon", "lat"]] = [2.35, 48.85]
    before = about(study)
    with pytest.raises(InputError, match="--crs"):
        add_points(study, write(tmp_path, half), "complaints", profile)
    assert about(study) == before
    assert add_points(study, tmp_path / "投诉.csv", "complaints", profile, Options(crs="WGS84")).added == 40


def test_a_mapping_is_remembered_for_files_of_one_make(study: Path, profile: Profile, tmp_path: Path) -> None:
    rows = places(study, 10).rename(columns={"诉求类型": "大项", "工单编号": "流水"})
    plain = add_points(study, write(tmp_path, rows), "complaints", profile, dry_run=True)
    assert "category" not in plain.reading.mapping
    said = Options(mapping={"category": "大项", "complaint_id": "流水"})
    assert add_points(study, tmp_path / "投诉.csv", "complaints", profile, said).added == 10
    later = write(tmp_path, rows.assign(流水=[f"B{i}" for i in range(10)]), "later.csv")
    outcome = add_points(study, later, "complaints", profile)
    assert outcome.reading.mapping["category"] == "大项"
    assert "B3" in set(read_layer(study, "complaints")["complaint_id"])
    with pytest.raises(InputError, match="no column"):
        add_points(study, later, "complaints", profile, Options(mapping={"text": "没有这列"}))


def test_facilities_and_other_lists_come_in_too(study: Path, sample: Inputs, profile: Profile, tmp_path: Path) -> None:
    rows = places(study, 5)[["经度", "纬度"]].assign(名称="南关市场", 类型="农贸市场", 摊位数="120 个")
    before = len(read_layer(study, "facilities"))
    assert add_points(study, write(tmp_path, rows, "f.csv"), "facilities", profile).added == 5
    mine = read_layer(study, "facilities").query("import_id.notna()")
    assert (mine["kind"].unique().tolist(), mine["capacity"].unique().tolist()) == (["market"], [120])
    shops = places(study, 6)[["经度", "纬度"]].assign(店名="小吃店", 星级="四星", 申请时间="2025年3月1日上午9时")
    outcome = add_points(study, write(tmp_path, shops, "o.csv"), "other", profile)
    assert outcome.added == 6
    assert read_layer(study, "other")["segment_id"].notna().all()
    build_study(study, sample)
    assert len(read_layer(study, "facilities")) == before + 5
    assert len(read_layer(study, "other")) == 6
