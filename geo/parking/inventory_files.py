"""The inventory of parking as drawings and schedules."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.parking.files import written_layer
from geo.parking.inventory import PARKED_KINDS
from geo.study.export import Written
from geo.study.reader import Study, open_study

_BOUNDS: Final = ("low", "likely", "high")


def inventory_schedule(inventory: pd.DataFrame, streets: pd.DataFrame) -> pd.DataFrame:
    """
    Return the schedule of parking by street (停车现状明细表): `street_id`, `name`, `tier`, `mapped_km`, `forbidden_km`,
    `model_km` (where parking is likely), and `mapped_low` to `model_high`: cars that are mapped or listed, and by the
    model; the most cars first.

    Parameters
    ----------
    inventory
        The layer `parking_inventory`.
    streets
        `street_id`, `name`.
    """
    parked = inventory["kind"].isin(PARKED_KINDS)
    model = inventory["source"] == "model"
    km = {
        "mapped_km": parked & ~model,
        "forbidden_km": (inventory["kind"] == "none") & ~model,
        "model_km": parked & model,
    }
    columns = {name: np.where(chosen, inventory["length_m"] / 1000, 0.0) for name, chosen in km.items()}
    for source, chosen in (("mapped", ~model), ("model", model)):
        for bound in _BOUNDS:
            cars = inventory[f"capacity_{bound}"].fillna(0.0)
            columns[f"{source}_{bound}"] = np.where(chosen, cars, 0.0)
    sums = pd.DataFrame(columns).groupby(inventory["street_id"].to_numpy()).sum()
    table = sums.round(dict.fromkeys(km, 3) | {name: 1 for name in columns if name not in km})
    table.insert(0, "tier", inventory.groupby("street_id")["tier"].first())
    table.insert(0, "name", table.index.map(streets.set_index("street_id")["name"]))
    order = (table["mapped_likely"] + table["model_likely"]).sort_values(ascending=False, kind="stable").index
    return table.loc[order].rename_axis("street_id").reset_index()


def write_inventory(study: Study | Path, to: Path) -> Written:
    """
    Write a study's inventory of parking to a file: a DXF drawing in the metric CRS with a layer for each state, an XLSX
    schedule by street, or the layer in any format of `geo.study.export`.

    Returns
    -------
    written
        How many stretches, or streets of a schedule, and what the format could not hold.

    Raises
    ------
    StudyError
        If there is no inventory, or the file cannot be written.
    """
    opened = open_study(study)
    inventory = opened.layer("parking_inventory")
    if inventory.empty:
        raise _no_inventory()
    kinds = "PARKING_" + inventory["state"].str.upper()
    return written_layer(opened, "parking_inventory", to, inventory_schedule, kinds)


def _no_inventory() -> StudyError:
    return StudyError(
        Text("研究中没有停车现状", "The study has no inventory of parking"),
        Text("请先运行 jiexu parking", "Take it first: jiexu parking"),
    )
