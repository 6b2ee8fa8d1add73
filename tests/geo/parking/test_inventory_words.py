"""The inventory in words: one sentence of accuracy, measured here or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.parking.inventory_documents import ParkingDocument, SideAccuracyDocument
from geo.parking.inventory_study import INVENTORY
from geo.parking.inventory_words import accuracy_text, cars_text, inventory_lines
from geo.study.reader import Study

NONE = {"value": None, "low": None, "high": None}
ELSEWHERE: SideAccuracyDocument = {
    "measured_on": "other_places",
    "streets": 3,
    "km": 0.4,
    "parked_from": 0.3,
    "precision": NONE,  # type: ignore[typeddict-item]
    "recall": NONE,  # type: ignore[typeddict-item]
    "f1": NONE,  # type: ignore[typeddict-item]
    "level": 0.9,
    "coverage": 0.79,
    "places": {
        "one": {"precision": 0.5, "recall": 0.9, "f1": 0.64},
        "two": {"precision": 0.9, "recall": 0.9, "f1": 0.9},
        "none": {"precision": 0.0, "recall": None, "f1": 0.0},
    },
}


def test_an_accuracy_that_was_not_measured_is_not_claimed() -> None:
    text = accuracy_text(ELSEWHERE)
    assert "was not measured here" in text.en
    assert "0.64–0.90" in text.en
    assert "held the mapped one on 79% of streets" in text.en
    assert "未能检验" in text.zh


def test_a_measured_accuracy_has_its_intervals() -> None:
    measured = {"value": 0.8, "low": 0.7, "high": 0.91}
    own: SideAccuracyDocument = {
        **ELSEWHERE,
        "measured_on": "study",
        "streets": 40,
        "precision": measured,  # type: ignore[typeddict-item]
        "places": {},
    }
    text = accuracy_text(own)
    assert "precision 0.80 (0.70–0.91), recall –" in text.en
    assert "精确率 0.80（0.70–0.91）" in text.zh


@pytest.mark.parametrize(
    ("cars", "said"),
    [
        (None, "number of cars unknown"),
        ({"low": 3, "likely": 3, "high": 3}, "3 cars"),
        ({"low": 900, "likely": 1200, "high": 1500}, "1,200 cars (900 to 1,500)"),
    ],
)
def test_cars_are_told_with_their_interval(cars: dict[str, int] | None, said: str) -> None:
    assert cars_text(cars).en == said  # type: ignore[arg-type]


def test_lines_name_every_source_no_answers_and_limits(placed: Path) -> None:
    summary: ParkingDocument | None = INVENTORY.known(Study(placed)).summary
    assert summary is not None
    english = [line.en for line in inventory_lines(summary)]
    for start in ("mapped: ", "own list: ", "model: ", "all: ", "sides without an answer: ", "When not to use this"):
        assert any(line.startswith(start) for line in english), start
    assert len(english) > len(summary["groups"]) + 6
