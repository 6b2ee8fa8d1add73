"""The inventory of parking, from and into the study file."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final, Literal, cast

import numpy as np
import pandas as pd

from geo.core.arrays import Floats
from geo.core.text import Text
from geo.jobs import progress
from geo.kerbs.ground import GROUND, KerbGround, read_ground
from geo.parking.inventory import Inventory, inventory_layer, take_inventory
from geo.parking.inventory_documents import (
    InventoryGroupDocument,
    MeasuredDocument,
    ParkingDocument,
    SideAccuracyDocument,
    SpacesDocument,
)
from geo.parking.side_knowledge import SideKnowledge
from geo.points.cases import placed_cases
from geo.rules.documents import profile_document
from geo.rules.loader import Profile
from geo.study.left_out import LeftOut
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.rights import requires

INVENTORY: Final[Result[ParkingDocument]] = Result(
    "parking",
    Text("停车现状", "Parking inventory"),
    GROUND | MadeOf(rules=("inventory", "mapped_parking", "fire_lane")),
    ("parking_inventory",),
)

UNKNOWN: Final = {
    "class": Text("模型未学过的道路等级", "class of road that the model has not learned"),
    "tunnel": Text("隧道", "tunnel"),
    "closed": Text("机动车不得驶入或停放", "closed to cars"),
    "roundabout": Text("环岛", "roundabout"),
    "remote": Text("远离路口，模型未学过", "far from every junction, unlike any that the model learned on"),
}
"""Why a side has no answer."""

LIMITS: Final = (
    Text(
        "不宜用模型判断某一条街的哪一侧可停车：由标志决定的路段（滨水、使馆、市场、学校门前）几何上看不出来。",
        "Not to say on which side of a given street cars park: geometry does not show what a sign forbids (quays, "
        "embassies, markets, schools).",
    ),
    Text(
        "没有标注街道的城市，车位总数只是量级：模型在欧洲和北美的城市学习，中国城市未经检验；先标注或实测二十条街道。",
        "Not for the number of spaces where no streets are tagged: the model learned in Europe and North America and "
        "was measured in no Chinese city; tag or survey twenty streets first.",
    ),
    Text(
        "不宜用于决定何处设泊位：那是 jiexu bays 的问题。此处只说现在有什么。",
        "Not to decide where bays may be marked: that is `jiexu bays`. This says what is there.",
    ),
    Text(
        "标注的停车以标注之日为准；院内和地下车位、违法停车均不在内。",
        "Mapped parking is as old as its tags; private courts, garages and illegal parking are not in it.",
    ),
)
"""When not to use it."""

_FIGURES: Final = ("precision", "recall", "f1")
_ON_STREET: Final = "on_street"


@requires("decide")
@on_study
def inventory_parking(study: Study, profile: Profile | None = None) -> ParkingDocument:
    """
    Take the inventory of parking at kerbs, and write the layer `parking_inventory` into the study.

    Parameters
    ----------
    study
        The study, or its path.
    profile
        The rules; by default the study's.

    Returns
    -------
    summary
        Kilometres, sides and cars by source and kind, and the accuracy of the model on streets that it has not seen.
    """
    rules = profile or study.profile
    progress.step("读取路缘", "Read the kerbs", 1, 2)
    ground, left_out = _without_doubted(read_ground(study, rules), study.layer("parking"))
    progress.step("盘点停车现状", "Take the inventory", 2, 2)
    inventory = take_inventory(ground, study.layer("facilities"), study.layer("context"), study.extent, rules)
    layer = inventory_layer(ground, inventory)
    summary: ParkingDocument = {
        "profile": profile_document(rules),
        "sides": _sides(inventory),
        "groups": _groups(inventory, layer),
        "spaces": _spaces(inventory),
        "unknown": {
            reason: int((inventory.unknown & kerbs).sum())
            for reason, kerbs in inventory.reasons.items()
            if (inventory.unknown & kerbs).any()
        },
        "accuracy": accuracy_document(inventory.knowledge),
        "left_out": left_out,
        "limits": [{"zh": text.zh, "en": text.en} for text in LIMITS],
    }
    command = command_of("parking", study, rules=profile and profile.name)
    INVENTORY.keep(study, summary, {"parking_inventory": layer}, command, rules=profile)
    return summary


def accuracy_document(knowledge: SideKnowledge) -> SideAccuracyDocument:
    """Return the accuracy of a study's model as plain values."""
    found = knowledge.accuracy
    values: dict[str, MeasuredDocument] = {
        name: {"value": _share(value), "low": _share(low), "high": _share(high)}
        for name, value, (low, high) in zip(_FIGURES, found.figures, found.intervals, strict=True)
    }
    return {
        "measured_on": "study" if found.own else "other_places",
        "streets": found.streets,
        "km": round(found.metres / 1000, 3),
        "parked_from": knowledge.parked_from,
        "precision": values["precision"],
        "recall": values["recall"],
        "f1": values["f1"],
        "level": knowledge.level,
        "coverage": _share(found.coverage),
        "places": {
            place: {"precision": precision, "recall": recall, "f1": f1}
            for place, (precision, recall, f1) in found.places.items()
        },
    }


def _share(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(float(value), 3)


def _without_doubted(ground: KerbGround, parking: pd.DataFrame) -> tuple[KerbGround, LeftOut]:
    """Return the ground without listed parking of a doubted place, and the rows of the list that are left out."""
    listed = parking[parking["kind"] == _ON_STREET]
    counted = placed_cases(listed)
    bays = ground.surveyed.bays
    kept = ~bays["listed"].to_numpy(dtype=bool) | bays["cause_id"].isin(counted.rows["parking_id"]).to_numpy()
    surveyed = replace(ground.surveyed, bays=bays[kept].reset_index(drop=True))
    return replace(ground, surveyed=surveyed), counted.left_out


def _sides(inventory: Inventory) -> dict[str, int]:
    table = inventory.stretches
    counts = table.groupby("source")["kerb"].nunique()
    found = {source: int(counts.get(source, 0)) for source in ("mapped", "listed", "model")}
    return {**found, "unknown": int(inventory.unknown.sum())}


def _rounded(low: float, likely: float, high: float) -> SpacesDocument:
    return {"low": round(low), "likely": round(likely), "high": round(high)}


def _sums(table: pd.DataFrame) -> Floats:
    """Return the sums of low, likely and high; an unknown number counts as none."""
    columns = ["capacity_low", "capacity_likely", "capacity_high"]
    return np.nansum(table[columns].to_numpy(dtype=float), axis=0)


def _groups(inventory: Inventory, layer: pd.DataFrame) -> list[InventoryGroupDocument]:
    table = inventory.stretches.assign(length_m=layer["length_m"].to_numpy())
    modelled = float(table.loc[table["source"] == "model", "capacity_likely"].sum())
    found: list[InventoryGroupDocument] = []
    for (source, kind), rows in table.groupby(["source", "kind"], sort=True):
        low, likely, high = (float(value) for value in _sums(rows))
        if source == "model":
            # the interval of all, by the part of the kind in the expected number
            part = likely / modelled if modelled else 0.0
            low, high = inventory.model_low * part, inventory.model_high * part
        known = bool(rows["capacity_likely"].notna().any())
        found.append(
            {
                "source": cast("Literal['mapped', 'listed', 'model']", source),
                "kind": str(kind),
                "km": round(float(rows["length_m"].sum()) / 1000, 3),
                "sides": int(rows["kerb"].nunique()),
                "spaces": _rounded(low, likely, high) if known else None,
            }
        )
    order = {"mapped": 0, "listed": 1, "model": 2}
    return sorted(found, key=lambda group: (order[group["source"]], -group["km"]))


def _spaces(inventory: Inventory) -> dict[str, SpacesDocument]:
    """Return the cars by source and in all."""
    table = inventory.stretches
    sums = {source: _sums(table[table["source"] == source]) for source in ("mapped", "listed", "model")}
    sums["model"] = np.array([inventory.model_low, sums["model"][1], inventory.model_high])
    sums["all"] = np.sum(list(sums.values()), axis=0)
    return {source: _rounded(*(float(value) for value in values)) for source, values in sums.items()}
