"""A doubted row in a real study moves no figure: neither clock, nor rate, nor total."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.complaints.patrol_study import plan_patrols
from geo.complaints.study import find_hotspots, response_of
from geo.core.errors import StudyError
from geo.facilities.facility_study import FacilityStudy
from geo.network.on_foot import network_of
from geo.parking.relief import Need
from geo.parking.study import BayStudy
from geo.points.import_removal import remove_import
from geo.points.imports import add_points
from geo.study.figures import info
from geo.study.file import connect, read_layer
from geo.study.reader import Study
from geo.study.schema import conform_geo, together
from geo.tiers.study import grade_study

AT = pd.Timestamp("2026-01-05T00:00Z")
SAID = ("left_out", "findings", "built_at", "layers", "synthetic", "study")
"""Keys that say how many rows there are and how many count."""


def without(document: Any) -> Any:
    """Return a document without the counts of rows left out."""
    if isinstance(document, Mapping):
        return {key: without(value) for key, value in document.items() if key not in SAID}
    return [without(each) for each in document] if isinstance(document, list) else document


def added(study: Path, to: Path, rows: list[dict[str, Any]]) -> Path:
    """Copy a study, and import rows of illegal parking on one of its streets into it."""
    path = Path(shutil.copy(study, to))
    given = {"类别": "违停", "经度": 24.9405, "纬度": 60.1702, "渠道": "热线", "处置方式": "执法", "办结时间": ""}
    table = pd.DataFrame([{"编号": f"D{number}", **given, **row} for number, row in enumerate(rows)])
    file = to.with_suffix(".csv")
    table.to_csv(file, index=False)
    outcome = add_points(path, file, "complaints", Study(path).profile)
    assert (outcome.added, outcome.reading.doubted) == (len(rows), len(rows))
    return path


def figures(path: Path) -> dict[str, Any]:
    """Return what verbs and pages say of the complaints of a study, by figure."""
    study = Study(path)
    need = Need(BayStudy(study, study.profile), network_of(study))
    demand = FacilityStudy(study, "parking", "points", network_of(study)).demand
    found: dict[str, Any] = {
        "info": info(path),
        "response": response_of(path, AT),
        "hotspots": find_hotspots(path),
        "patrols": plan_patrols(path, 5),
        "need": need.document(),
        "demand": {
            **demand.table.drop(columns="geometry", errors="ignore").to_dict("list"),
            "left_out": dict(demand.left_out),
        },
        "grades": grade_study(path),
    }
    for layer in ("streets", "street_scores", "hotspots", "patrol_districts"):
        table = pd.DataFrame(read_layer(path, layer))
        found[f"layer {layer}"] = table.drop(columns="geometry", errors="ignore").astype(str).to_dict("list")
    return found


@pytest.fixture(scope="module")
def clean(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return figures(Path(shutil.copy(built, tmp_path_factory.mktemp("clean") / "sample.gpkg")))


def test_no_figure_moves_for_rows_of_a_doubted_receipt(clean: dict[str, Any], built: Path, tmp_path: Path) -> None:
    rows = [
        {"受理时间": "2062-03-01 10:00"},
        {"受理时间": "2062-03-01 10:00", "办结时间": "2062-03-01 11:00"},
        {"受理时间": "1970-01-01 08:00"},
        {"受理时间": "1969-12-31 10:00", "办结时间": "2025-05-01 10:00"},
    ]
    doubted = figures(added(built, tmp_path / "sample.gpkg", rows))
    for name, document in clean.items():
        assert without(doubted[name]) == without(document), name
    left_out = doubted["response"]["left_out"]
    assert {reasons["received_doubted"] for reasons in left_out.values()} == {4}, "every figure says so"
    assert doubted["hotspots"]["left_out"]["streets"]["received_doubted"] == 4
    assert doubted["demand"]["left_out"] == {"received_doubted": 4, "no_place": 3}
    assert doubted["patrols"]["left_out"]["districts"]["received_doubted"] == 4
    assert doubted["info"]["left_out"]["complaints"] == {"received_doubted": 4, "no_place": 3}
    assert doubted["info"]["layers"]["complaints"] == clean["info"]["layers"]["complaints"] + 4, "kept and shown"


def test_no_time_moves_for_rows_of_a_doubted_closing(clean: dict[str, Any], built: Path, tmp_path: Path) -> None:
    rows = [
        {"受理时间": "2025-05-01 10:00", "办结时间": "2035-05-02 10:00"},
        *[{"受理时间": "2025-05-01 10:00", "办结时间": "2025-04-30 10:00"}] * 30,
    ]
    path = added(built, tmp_path / "sample.gpkg", rows)
    found, before = response_of(path, AT), clean["response"]
    for name in ("hours", "answer_hours", "channels", "overdue", "since", "until", "days_behind"):
        assert without(found[name]) == without(before[name]), name  # type: ignore[literal-required]
    for name in ("hours", "channels", "overdue"):
        assert found["left_out"][name] == {"closed_doubted": 31}
    line = next(row for row in found["channels"] if row["channel"] == "热线")
    assert line["left_out"] == {"closed_doubted": 31}
    assert found["shares"] is not None
    assert found["shares"]["answered"] == before["shares"]["answered"] + 31, "how they were answered is not doubted"


def test_a_study_of_before_the_marks_is_held_to_the_same(clean: dict[str, Any], built: Path, tmp_path: Path) -> None:
    path = added(built, tmp_path / "sample.gpkg", [{"受理时间": "2062-03-01 10:00"}])
    with connect(path) as connection:
        for layer in ("complaints", "stalls", "parking", "other"):
            connection.execute(f"ALTER TABLE {layer} DROP COLUMN doubted")
    assert without(info(path)) == without(clean["info"])
    assert without(response_of(path, AT)) == without(clean["response"])
    assert info(path)["left_out"]["complaints"]["received_doubted"] == 1


def test_cases_without_a_place_count_in_shares_and_times_alone(
    clean: dict[str, Any], built: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(built, tmp_path / "sample.gpkg"))
    file = tmp_path / "more.csv"
    head = "编号,类别,经度,纬度,渠道,处置方式,受理时间,办结时间\n"
    lines = [f"U{n},违停,,,热线,执法,2025-05-01 10:{n:02d},2025-05-01 12:{n:02d}" for n in range(40)]
    placed = "P1,噪声,24.9405,60.1702,热线,服务,2025-05-01 10:00,2025-05-01 11:00"
    file.write_text(head + "\n".join([*lines, placed]) + "\n", encoding="utf-8")
    outcome = add_points(path, file, "complaints", Study(path).profile)
    assert (outcome.added, outcome.reading.refused, outcome.unplaced) == (41, 0, 40)
    found, before = response_of(path, AT), clean["response"]
    assert found["shares"] is not None
    assert found["shares"]["answered"] == before["shares"]["answered"] + 41
    assert found["hours"]["closed"] == before["hours"]["closed"] + 41
    assert sum(row["answered"] for row in found["by_street"]) == sum(r["answered"] for r in before["by_street"]) + 1
    assert sum(row["complaints"] for row in found["tiers"]) == sum(row["complaints"] for row in before["tiers"]) + 1
    assert found["without_place"]["cases"] == 43
    assert {found["left_out"][name]["no_place"] for name in found["without_place"]["not_counted_in"]} == {43}
    assert not any("no_place" in found["left_out"][name] for name in found["without_place"]["counted_in"])
    assert find_hotspots(path)["left_out"]["streets"]["no_place"] == 43
    # a later file gives one of them its place: it is one case still
    file.write_text(head + lines[0].replace("违停,,", "违停,24.9405,60.1702") + "\n", encoding="utf-8")
    assert add_points(path, file, "complaints", Study(path).profile).updated == 1
    assert response_of(path, AT)["without_place"]["cases"] == 42
    # and a file that does not know the place again does not take it away
    file.write_text(head + "\n".join([lines[0].replace("12:00", "13:00"), placed]) + "\n", encoding="utf-8")
    add_points(path, file, "complaints", Study(path).profile)
    row = read_layer(path, "complaints").set_index("complaint_id").loc["U0"]
    assert (row["precision"], row["closed_at"].hour, row.geometry is None) == ("coordinates", 10, False)


def test_a_place_far_from_every_street_counts_on_none(built: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(built, tmp_path / "sample.gpkg"))
    before, hot = response_of(path, AT), find_hotspots(path)
    study = Study(path)
    far = pd.DataFrame({"complaint_id": [f"F{n}" for n in range(50)], "category": "noise", "channel": "热线"})
    far = far.assign(received_at=pd.Timestamp("2025-05-01T08:00Z"), segment_id=study.layer("roads")["segment_id"][0])
    far = far.assign(offset_m=0.0, distance_m=4000.0, doubted="place", precision="coordinates")
    shapes = gpd.GeoDataFrame(far, geometry=[shapely.Point(24.8, 60.1)] * 50, crs=4326)
    study.write({"complaints": together(study.layer("complaints"), conform_geo(shapes, "complaints"), "complaints")})
    after, again = response_of(path, AT), find_hotspots(path)
    assert without(after["tiers"]) == without(before["tiers"])
    assert without(again) == without(hot)
    assert after["left_out"]["tiers"]["place_doubted"] == 50
    assert len(after["overdue"]) == len(before["overdue"]) + 50, "their times are not doubted"


def test_the_moment_is_the_clock_or_the_one_that_is_asked_for(built: Path) -> None:
    then = pd.Timestamp("2025-03-01T00:00Z")
    past, present = response_of(built, then), response_of(built)
    complaints = read_layer(built, "complaints")
    assert past["at"] == then.isoformat()
    assert past["left_out"]["shares"]["after_at"] == (complaints["received_at"] > then).sum()
    assert past["until"] is not None
    assert pd.Timestamp(past["until"]) <= then
    received = complaints[complaints["received_at"] <= then]
    assert past["hours"]["open"] == (received["closed_at"].isna() | (received["closed_at"] > then)).sum()
    now = pd.Timestamp.now("UTC")
    first = present["overdue"][0]
    age = (now - pd.Timestamp(first["received_at"])) / pd.Timedelta(hours=1)
    assert first["open_hours"] == pytest.approx(age, abs=0.2)
    assert present["until"] == clean_until(complaints)
    assert present["days_behind"] == pytest.approx((now - pd.Timestamp(present["until"])).days, abs=1)


def clean_until(complaints: pd.DataFrame) -> str:
    """Return the last time of a list without doubts."""
    return str(pd.concat([complaints["received_at"], complaints["closed_at"]]).max().isoformat())


def test_where_all_are_doubted_the_reason_is_said(built: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(built, tmp_path / "sample.gpkg"))
    study = Study(path)
    study.write({"complaints": study.layer("complaints").assign(doubted="received_at")})
    with pytest.raises(StudyError, match="time of receipt is doubted 600"):
        find_hotspots(path)
    found = response_of(path)
    assert (found["shares"], found["overdue"], found["channels"], found["until"]) == (None, [], [], None)
    assert all(row["rate"] is None for row in found["tiers"])
    assert plan_patrols(path, 3)["priorities"] == []


def test_an_import_of_cases_without_a_place_goes_as_a_whole(built: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(built, tmp_path / "sample.gpkg"))
    before = read_layer(path, "complaints")
    head = "编号,类别,经度,纬度,受理时间\n"
    outcomes = []
    for name, place in (("a.csv", ","), ("b.csv", "24.9405,60.1702")):
        file = tmp_path / name
        text = f"{head}U1,违停,{place},2025-05-01 10:00\nP1,噪声,24.9405,60.1702,2025-05-01 10:00\n"
        file.write_text(text, encoding="utf-8")
        outcomes.append(add_points(path, file, "complaints", Study(path).profile))
    assert (outcomes[1].added, outcomes[1].updated, outcomes[1].unchanged) == (0, 1, 1)
    assert remove_import(path, str(outcomes[1].import_id)) == 1
    row = read_layer(path, "complaints").set_index("complaint_id").loc["U1"]
    assert (row.geometry, row["segment_id"], row["precision"]) == (None, None, None)
    assert remove_import(path, str(outcomes[0].import_id)) == 2
    assert set(read_layer(path, "complaints")["complaint_id"]) == set(before["complaint_id"])
