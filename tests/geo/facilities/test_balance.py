"""Spaces and cars of each quarter, stalls and hall places: what is short where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from geo.facilities.coverage_study import cover
from geo.parking.decisions import adopt_bays
from geo.stalls.study import guide_stalls
from geo.study.file import read_layer


def test_parking_is_balanced_by_day_and_night(placed: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(placed, tmp_path / "study.gpkg"))
    before = pd.DataFrame(cover(path, "parking")["balance"])
    assert (before["bays_day"] == 0).all()
    expected = before["off_street_night"] + before["bays_night"] - before["cars_night"]
    assert before["balance_night"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.11)
    assert before["balance_night"].is_monotonic_increasing
    bays = read_layer(path, "bays")
    adopt_bays(path, "a trial")
    after = pd.DataFrame(cover(path, "parking")["balance"])
    assert after["bays_night"].sum() == len(bays)
    assert after["bays_day"].sum() == (bays["hours"] == "all_day").sum()


def test_stalls_that_move_into_halls_are_market_demand(study: Path) -> None:
    moves = guide_stalls(study).moves
    balance = pd.DataFrame(cover(study, "market")["balance"])
    assert balance["stalls_to_halls"].sum() == (moves["to_kind"] == "hall").sum()
    assert balance["hall_places"].sum() > 0
