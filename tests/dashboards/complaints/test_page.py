"""The page Complaints answers from the study: hot spots, 721, times, patrols."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from dashboards.session import cache
from geo.build import Inputs, build_study
from geo.complaints.answer_times import survival
from geo.complaints.patrol_study import plan_patrols
from geo.complaints.study import find_hotspots
from geo.points.imports import add_points
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.complaints import timeless_complaints
from tests.support.pages import Serve, figures, labelled, opened


@pytest.mark.parametrize(
    ("language", "label", "find"), [("zh", "热点路段", "分析热点"), ("en", "Hot segments", "Find hot spots")]
)
def test_the_page_speaks_both_languages(language: str, label: str, find: str, study: Path, served: Serve) -> None:
    served(study)
    page = opened("complaints", language)
    assert figures(page)[label] == "–"
    assert labelled(page.button, find)


def test_hot_spots_are_found_on_the_page(study: Path, served: Serve) -> None:
    served(study)
    page = opened("complaints")
    labelled(page.button, "Find hot spots").click().run()
    assert not page.exception
    layer = read_layer(study, "hotspots")
    hot = int(layer.drop_duplicates("segment_id")["hot"].sum())
    assert figures(page)["Hot segments"] == f"{hot:,}"
    (table,) = [each.value for each in page.dataframe if "High itself" in each.value]
    assert table["High itself"].iloc[0] == "yes"
    assert table["Complaints"].iloc[0] > 0
    assert "In a hot neighbourhood" in table
    assert any("compared with their own past" in caption.value for caption in page.caption)


@pytest.mark.slow
def test_a_category_and_cross_validation(study: Path, served: Serve) -> None:
    served(study)
    page = opened("complaints")
    labelled(page.selectbox, "Category").select("illegal_parking_motor")
    labelled(page.selectbox, "Bandwidth").select("cv")
    labelled(page.button, "Find hot spots").click().run()
    assert not page.exception
    complaints = read_layer(study, "complaints")
    there = complaints["duplicate_of"].isna() & complaints["segment_id"].notna()
    mine = complaints[there & (complaints["category"] == "illegal_parking_motor")]
    assert any(f"Illegal parking, motor vehicle, all months; {len(mine)} complaints" in c.value for c in page.caption)


def test_the_figures_are_those_of_the_complaints(study: Path, served: Serve) -> None:
    served(study)
    page = opened("complaints")
    complaints = pd.DataFrame(read_layer(study, "complaints"))
    metrics = figures(page)
    assert metrics["Complaints"] == f"{len(complaints):,}"
    assert metrics["Service"] == f"{(complaints['response'] == 'service').mean():.0%}"
    half = survival(complaints, cache.hour()).quantile(0.5)
    assert half is not None
    assert metrics["Median time to close"] == f"{half:.0f} h"


def test_only_the_selected_street_counts(study: Path, served: Serve) -> None:
    served(study)
    streets = read_layer(study, "streets")
    street = streets.sort_values("complaints").iloc[-1]
    page = opened("complaints", state={"selected_streets": [street["street_id"]]})
    assert figures(page)["Complaints"] == f"{street['complaints']:,}"


def test_streets_are_divided_among_supervisors(study: Path, served: Serve) -> None:
    served(study)
    page = opened("complaints")
    labelled(page.number_input, "Supervisors").set_value(7).run()
    labelled(page.button, "Divide the streets").click().run()
    assert not page.exception
    assert len(read_layer(study, "patrol_districts")) == 7
    assert any("District" in table.value and len(table.value) == 7 for table in page.dataframe)
    labelled(page.multiselect, "Districts without a supervisor").select("W03").run()
    assert labelled(page.number_input, "Supervisors").disabled
    labelled(page.button, "Divide the streets").click().run()
    assert not page.exception
    assert len(read_layer(study, "patrol_districts")) == 6
    assert "W03" not in set(read_layer(study, "patrol_districts")["district_id"])
    assert any("same district as before" in caption.value for caption in page.caption)


def test_a_study_without_complaints_is_told_how_to_go_on(bare: Path, tmp_path: Path, served: Serve) -> None:
    served(Path(shutil.copy(bare, tmp_path / "bare.gpkg")))
    page = opened("complaints")
    assert any("no complaints yet" in box.value for box in page.info)


@pytest.mark.slow
def test_complaints_without_times_are_shown_as_far_as_they_go(sample: Inputs, tmp_path: Path, served: Serve) -> None:
    path = tmp_path / "timeless.gpkg"
    build_study(path, Inputs(sample.osm, points={"complaints": timeless_complaints(tmp_path)}))
    find_hotspots(path)
    plan_patrols(path, 3)
    served(path)
    assert figures(opened("complaints"))["Complaints"] == "12"


def test_the_page_says_what_is_left_out_and_takes_ages_at_the_end_of_the_data(
    study: Path, served: Serve, tmp_path: Path
) -> None:
    served(study)
    before = figures(opened("complaints"))
    file = tmp_path / "more.csv"
    file.write_text(
        "编号,类别,经度,纬度,渠道,处置方式,受理时间\nD1,违停,24.9405,60.1702,热线,执法,2062-03-01 10:00\n",
        encoding="utf-8",
    )
    add_points(study, file, "complaints", Study(study).profile)
    page = opened("complaints")
    assert figures(page) == before, "a row of 2062 moves nothing"
    said = " ".join(caption.value for caption in page.caption)
    assert "Left out: time of receipt is doubted 1" in said
    assert "3 complaints have no place" in said
    assert "closed since then still count as open" in said
    zh = " ".join(caption.value for caption in opened("complaints", "zh").caption)
    assert "受理时间存疑 1" in zh
    assert "3 件投诉没有位置" in zh
    then = opened("complaints", state={"complaints-as-of": "end"})
    assert not then.exception
    assert figures(then)["Overdue"] <= before["Overdue"]
