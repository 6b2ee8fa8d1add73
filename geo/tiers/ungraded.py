"""Streets that carry no tier unless somebody gives them one: motorways, expressways, ramps, service ways."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.core.arrays import Flags
from geo.core.text import Text
from geo.rules.loader import Profile

_MOTOR_ROAD: Final = Text(
    "汽车专用路不分级；规则 tiers.ungraded_motorroads", "a motor road carries no tier; rule tiers.ungraded_motorroads"
)
_SIDE_LANE_WEIGHT: Final = 1e-6
"""A street's side lanes are often mapped as service ways: they do not make it one."""


def ungraded_because(streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, profile: Profile) -> pd.Series:
    """
    Return why streets carry no tier.

    A street carries none where its class does not (`tiers.ungraded_highways`), or where most of its length is of such
    classes or, by `tiers.ungraded_motorroads`, a motor road.

    Parameters
    ----------
    streets
        `street_id`, `highway` (its class).
    roads
        `street_id`, `highway`, `length_m` and, where known, `motorroad`.
    profile
        The rules.

    Returns
    -------
    reasons
        By row of `streets`; None for streets that carry a tier.
    """
    listed = list(profile["tiers.ungraded_highways"])
    street = pd.Index(streets["street_id"]).get_indexer(pd.Index(roads["street_id"]))
    highway = roads["highway"].astype(str)
    metres = roads["length_m"].to_numpy(dtype=float) * np.where(highway == "service", _SIDE_LANE_WEIGHT, 1.0)
    of_class = highway.isin(listed).to_numpy()
    fast = np.zeros(len(roads), dtype=bool)
    if "motorroad" in roads and profile["tiers.ungraded_motorroads"]:
        fast = roads["motorroad"].to_numpy(dtype=bool)

    def mostly(counted: Flags) -> Flags:
        every, some = (np.bincount(street, weights=metres * part, minlength=len(streets)) for part in (1.0, counted))
        return np.asarray(some * 2 > every)

    reason = np.full(len(streets), None, dtype=object)
    reason[mostly(of_class | fast)] = str(_MOTOR_ROAD)
    table = pd.DataFrame({"street": street, "highway": highway, "metres": metres})[of_class]
    longest = table.groupby(["street", "highway"], as_index=False)["metres"].sum().sort_values("metres", kind="stable")
    name_of = longest.drop_duplicates("street", keep="last").set_index("street")["highway"]
    by_class = mostly(of_class) | streets["highway"].isin(listed).to_numpy()
    numbers = np.flatnonzero(by_class)
    names = name_of.reindex(numbers).fillna(pd.Series(streets["highway"].to_numpy()[numbers], index=numbers))
    reason[numbers] = names.map(_of_class).to_numpy(dtype=object)
    return pd.Series(reason, index=streets.index, dtype=object)


def _of_class(name: str) -> str:
    return str(
        Text(f"{name} 不分级；规则 tiers.ungraded_highways", f"{name} carries no tier; rule tiers.ungraded_highways")
    )
