"""The inventory of a study: its figures add up, and no accuracy is claimed that was not measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.build import Inputs, build_study
from geo.parking.inventory import PARKED_KINDS
from geo.parking.inventory_documents import MeasuredDocument
from geo.parking.inventory_study import INVENTORY, LIMITS, UNKNOWN, inventory_parking
from geo.parking.side_knowledge import NOT_SAID
from geo.points.imports import add_points
from geo.rules import load_profile
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.extracts import grid, write_osm

SIZE = 5


@pytest.fixture(scope="module")
def untagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A grid of streets without a tag of parking; one is a tunnel."""
    folder = tmp_path_factory.mktemp("untagged")
    ways = [
        (row + 1, [row * SIZE + column + 1 for column in range(SIZE)], {"highway": "residential", "name": f"R{row}"})
        for row in range(SIZE)
    ]
    ways[1][2]["tunnel"] = "yes"
    ways += [
        (100 + column, [row * SIZE + column + 1 for row in range(SIZE)], {"highway": "tertiary", "name": f"C{column}"})
        for column in range(SIZE)
    ]
    path = folder / "city.gpkg"
    build_study(path, Inputs(write_osm(folder / "city.osm", grid(SIZE), ways)))
    return path


def test_a_study_without_tags_says_that_nothing_of_it_was_measured(untagged: Path) -> None:
    summary = inventory_parking(untagged)
    accuracy = summary["accuracy"]
    assert accuracy["measured_on"] == "other_places"
    assert (accuracy["streets"], accuracy["km"]) == (0, 0)
    assert accuracy["precision"] == {"value": None, "low": None, "high": None}
    assert set(accuracy["places"]) >= {"helsinki", "baltimore"}
    assert [limit["en"] for limit in summary["limits"]] == [limit.en for limit in LIMITS]
    assert summary["unknown"] == {"tunnel": 2 * (SIZE - 1)}
    assert summary["sides"] == {"mapped": 0, "listed": 0, "model": 2 * 9 * (SIZE - 1), "unknown": 2 * (SIZE - 1)}
    table = read_layer(untagged, "parking_inventory")
    assert set(table["source"]) == {"model"}
    assert summary["spaces"]["model"]["likely"] == pytest.approx(table["capacity_likely"].sum(), abs=1)
    assert summary["spaces"]["all"] == summary["spaces"]["model"]
    assert summary["spaces"]["mapped"] == {"low": 0, "likely": 0, "high": 0}
    assert sum(group["km"] for group in summary["groups"]) == pytest.approx(table["length_m"].sum() / 1000, abs=0.01)


def test_of_a_studys_own_tagged_streets_the_accuracy_is_measured_on_streets_left_out(placed: Path) -> None:
    summary = INVENTORY.known(Study(placed)).summary
    assert summary is not None
    accuracy = summary["accuracy"]
    assert accuracy["measured_on"] == "study"
    assert accuracy["streets"] >= 20
    for figure in ("precision", "recall", "f1"):
        measured: MeasuredDocument = accuracy[figure]  # type: ignore[literal-required]
        low, value, high = (measured[name] or 0.0 for name in ("low", "value", "high"))  # type: ignore[literal-required]
        assert 0 < low <= value <= high
    assert accuracy["coverage"] is not None
    assert abs(accuracy["coverage"] - accuracy["level"]) <= 0.08
    table = read_layer(placed, "parking_inventory")
    assert set(PARKED_KINDS) & set(table["kind"])


def test_fewer_streets_than_asked_for_leave_the_shipped_model_as_it_is(study: Path) -> None:
    rules = load_profile().changed({"inventory.least_streets": 500})
    accuracy = inventory_parking(study, rules)["accuracy"]
    assert accuracy["measured_on"] == "other_places"
    assert "helsinki" not in accuracy["places"], "the model of a city that it learned on is the one without it"
    assert accuracy["parked_from"] == 0.3


def test_a_place_on_the_studys_list_counts_once_and_one_that_is_doubted_not_at_all(
    untagged: Path, tmp_path: Path
) -> None:
    path = tmp_path / "city.gpkg"
    path.write_bytes(untagged.read_bytes())
    file = tmp_path / "spaces.csv"
    # the second is a kilometre from every street
    file.write_text(
        "编号,类型,泊位数,经度,纬度\nP1,路内,6,114.35050,36.10004\nP2,路内,9,114.33500,36.10200\n", encoding="utf-8"
    )
    add_points(path, file, "parking", Study(path).profile)
    summary = inventory_parking(path)
    assert summary["sides"]["listed"] == 1
    assert summary["spaces"]["listed"] == {"low": 6, "likely": 6, "high": 6}
    assert sum(summary["left_out"].values()) == 1
    listed = read_layer(path, "parking_inventory").query("source == 'listed'")
    assert listed["cause_id"].tolist() == ["P1"]


def test_every_reason_for_no_answer_has_its_words() -> None:
    assert set(UNKNOWN) == set(NOT_SAID)
