"""The works are the functions of the command line: the same layers come of them, and a small result of JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from geo.background import do_here
from geo.complaints.study import HOTSPOTS
from geo.facilities.coverage_study import COVERAGE
from geo.parking.inventory_study import INVENTORY
from geo.study.file import about, read_layer
from geo.study.rights import Actor, Grant, acting


def test_hot_spots_and_coverage_are_kept_in_the_study(study: Path) -> None:
    found = do_here(study, "hotspots", {"category": None, "bandwidth_m": 150.0, "months": None})
    kept = HOTSPOTS.known(about(study)).summary
    assert kept is not None
    assert found == {"complaints": kept["complaints"], "hot": kept["hot"]}
    assert kept["bandwidth_m"] == 150
    share = do_here(study, "coverage", {"kind": "toilet", "asked": "residents"})["share"]
    covered = COVERAGE.of_kind("toilet").known(about(study)).summary
    assert covered is not None and covered["share"] == share


def test_the_inventory_of_parking_is_kept_in_the_study(study: Path) -> None:
    found = do_here(study, "parking", {})
    kept = INVENTORY.known(about(study)).summary
    assert kept is not None
    assert found == {"sides": kept["sides"]}
    assert read_layer(study, "parking_inventory")["source"].isin(["mapped", "listed", "model"]).all()


def test_an_import_is_signed_with_the_account_and_told_by_its_number(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "bins.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["编号", "类型", "名称", "经度", "纬度"])
        rows.writerow(["1", "垃圾桶", "甲", 24.94, 60.17])
    with acting(Actor("王", {"*": Grant("officer")})):
        stored = do_here(study, "import", {"name": "桶.csv", "kind": "other", "by": "somebody"}, {"file": file})
    assert json.loads(json.dumps(stored)) == stored
    assert stored["added"] == 1
    imports = read_layer(study, "imports").set_index("import_id")
    assert (imports.loc[stored["import_id"], "by"], imports.loc[stored["import_id"], "file"]) == ("王", "桶.csv")
