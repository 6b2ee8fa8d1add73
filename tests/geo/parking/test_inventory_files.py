"""The inventory as a schedule by street and as files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.core.errors import StudyError
from geo.parking.inventory_files import inventory_schedule, write_inventory
from geo.study.file import read_layer


def row(street: str, source: str, kind: str, length_m: float, cars: float) -> dict[str, object]:
    """Return a row of the layer."""
    bounds = {f"capacity_{bound}": cars * factor for bound, factor in (("low", 0.5), ("likely", 1.0), ("high", 2.0))}
    return {"street_id": street, "tier": "back_street", "source": source, "kind": kind, "length_m": length_m, **bounds}


def test_a_schedule_tells_mapped_forbidden_and_modelled_kerb_apart() -> None:
    inventory = pd.DataFrame(
        [
            row("s1", "mapped", "parallel", 100, 18),
            row("s1", "mapped", "none", 50, 0),
            row("s1", "mapped", "separate", 30, float("nan")),
            row("s2", "model", "parallel", 200, 30),
            row("s2", "model", "unlikely", 20, 1),
            row("s2", "listed", "parallel", 30, 5),
        ]
    )
    streets = pd.DataFrame({"street_id": ["s1", "s2"], "name": ["人民路", None]})
    found = inventory_schedule(inventory, streets).set_index("street_id")
    assert found.index.tolist() == ["s2", "s1"], "the most cars first"
    assert found.loc["s1", ["mapped_km", "forbidden_km", "model_km"]].tolist() == [0.13, 0.05, 0]
    assert found.loc["s2", ["mapped_km", "model_km", "mapped_likely", "model_low"]].tolist() == [0.03, 0.2, 5, 15.5]
    assert found.loc["s1", "name"] == "人民路"


def test_a_study_without_an_inventory_says_how_to_take_it(built: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyError) as raised:
        write_inventory(built, tmp_path / "parking.dxf")
    assert raised.value.remedy.en == "Take it first: jiexu parking"
    assert not (tmp_path / "parking.dxf").exists()


def test_a_layer_is_written_with_its_columns(placed: Path, tmp_path: Path) -> None:
    written = write_inventory(placed, tmp_path / "parking.csv")
    table = pd.read_csv(tmp_path / "parking.csv", comment="#")
    assert written.rows == len(table) == len(read_layer(placed, "parking_inventory"))
    assert {"state", "source", "probability", "capacity_low", "conditions"} <= set(table.columns)
