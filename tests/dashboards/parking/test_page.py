"""The page Parking answers from the study: room by day and at night, bays placed, what if, the inventory."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.parking.inventory_study import INVENTORY, inventory_parking
from geo.parking.inventory_words import accuracy_text
from geo.parking.study import BayStudy, plan_bays
from geo.points.imports import add_points
from geo.rules import Profile
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.pages import Serve, figures, labelled, opened


@pytest.mark.parametrize(
    ("language", "fit", "place"), [("zh", "可容泊位", "布设泊位"), ("en", "Bays that fit", "Place the bays")]
)
def test_bays_are_counted_and_placed(
    language: str, fit: str, place: str, study: Path, served: Serve, profile: Profile
) -> None:
    served(study)
    page = opened("parking", language)
    fitting = len(BayStudy(Study(study), profile).placed("all_day"))
    assert figures(page)[fit] == f"{fitting:,}"
    labelled(page.button, place).click().run()
    assert not page.exception
    bays = read_layer(study, "bays")
    assert (bays["hours"] == "all_day").sum() == fitting, "one number before and after"
    assert {"all_day", "night"} == set(bays["hours"])
    assert sum(table.value.shape[0] == bays["street_id"].nunique() for table in page.dataframe) == 1


def test_a_longer_bay_loses_some(study: Path, served: Serve) -> None:
    served(study)
    page = opened("parking")
    before = int(page.metric[0].value.replace(",", ""))
    labelled(page.number_input, "Bay: length (m)").set_value(8.0).run()
    assert not page.exception
    changed = [metric for metric in page.metric if metric.label == "Bays that fit"][1]
    then = int(changed.value.replace(",", ""))
    assert then < before
    assert changed.delta == f"{then - before:+,}"


def test_a_budget_places_the_bays_that_relieve_and_says_with_what_proof(study: Path, served: Serve) -> None:
    served(study)
    page = opened("parking")
    labelled(page.number_input, "Maximum number of new bays").set_value(25).run()
    labelled(page.button, "Place the bays").click().run()
    assert not page.exception
    assert len(read_layer(study, "bays")) == 25
    assert any("25 of 25 bays chosen" in box.value and "proven" in box.value for box in page.success)
    need = read_layer(study, "parking_need")
    assert any("Cars relieved" in table.value and table.value["Cars relieved"].sum() == 25 for table in page.dataframe)
    chosen = next(table.value for table in page.dataframe if "Why no more" in table.value)
    assert chosen["Bays given"].sum() == 25
    assert (chosen["Bays given"] <= chosen["Bays needed"]).all()
    assert "the budget is spent" in set(chosen["Why no more"])
    cars = figures(page)["Cars by day, estimated"]
    assert cars == f"{need['demand_day'].sum():,.0f}"


def test_bays_of_before_a_change_say_so(study: Path, served: Serve, tmp_path: Path) -> None:
    served(study)
    plan_bays(study, budget=10)
    page = opened("parking")
    assert not page.warning
    file = tmp_path / "more.csv"
    file.write_text("编号,类别,经度,纬度\n9001,违停,24.9405,60.1702\n", encoding="utf-8")
    add_points(study, file, "complaints", Study(study).profile)
    page.run()
    assert not page.exception
    assert [box.value for box in page.warning] == ["Out of date: complaints, streets changed"]
    assert not page.success, "what was proven of other complaints is not said any more"


@pytest.mark.parametrize(
    ("language", "take", "model"),
    [
        ("zh", "盘点停车现状", "其余路段车位（模型推断）"),
        ("en", "Take the inventory", "Spaces elsewhere, by the model"),
    ],
)
def test_the_inventory_is_taken_and_its_accuracy_said(
    language: str, take: str, model: str, study: Path, served: Serve
) -> None:
    served(study)
    page = opened("parking", language)
    assert model not in figures(page)
    labelled(page.button, take).click().run()
    assert not page.exception
    summary = INVENTORY.known(Study(study)).summary
    assert summary is not None
    assert figures(page)[model] == f"{summary['spaces']['model']['likely']:,}"
    said = accuracy_text(summary["accuracy"])
    assert any(text.value == (said.zh if language == "zh" else said.en) for text in page.text)
    assert not page.warning
    inventory = read_layer(study, "parking_inventory")
    assert any(len(frame.value) == inventory["street_id"].nunique() for frame in page.dataframe)


def test_an_inventory_of_before_a_change_says_so(study: Path, served: Serve, tmp_path: Path) -> None:
    served(study)
    inventory_parking(study)
    file = tmp_path / "spaces.csv"
    file.write_text("编号,类型,泊位数,经度,纬度\nP901,路内,6,24.9405,60.1702\n", encoding="utf-8")
    add_points(study, file, "parking", Study(study).profile)
    page = opened("parking")
    assert not page.exception
    assert [box.value for box in page.warning] == ["Out of date: parking changed"]
