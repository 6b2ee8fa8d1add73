"""The parking at kerbs that is there already, and the bays that would be new beside it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.parking.documents import NewBaysDocument, SupplyDocument
from geo.parking.need import PERIODS
from geo.parking.standing import SIGN_RULES

if TYPE_CHECKING:
    from geo.parking.room import BayHours
    from geo.parking.study import BayStudy


def supply_document(
    rooms: BayStudy, bays: gpd.GeoDataFrame, street_ids: Collection[str] | None, night: bool
) -> SupplyDocument:
    """
    Return the parking at kerbs that is there, and the bays that would be new beside it.

    Parameters
    ----------
    rooms
        The rooms for bays.
    bays
        As `BayStudy.described` returns.
    street_ids
        The streets that count; by default all.
    night
        Whether bays for the night were placed too.
    """
    mapped, kerbs = rooms.mapped, rooms.ground.kerbs
    counted = np.ones(len(kerbs), dtype=bool)
    if street_ids is not None:
        counted = rooms.room("all_day").on_streets(street_ids)
    there = counted[mapped.kerb]
    on_mapped = bays["mapped"].to_numpy(dtype=bool)
    placed: tuple[BayHours, ...] = ("all_day", "night") if night else ("all_day",)
    of_hours: dict[str, NewBaysDocument] = {}
    for hours in placed:
        mine = (bays["hours"] == hours).to_numpy()
        found = rooms.room(hours).exclusions
        signed = np.isin(found.rule, SIGN_RULES) & counted[found.kerb]
        metres = kerbs.kerb_metres(found.kerb[signed], found.from_m[signed], found.to_m[signed])
        sums = pd.Series(metres).groupby(found.rule[signed].astype(str)).sum()
        of_hours[hours] = {
            "on_existing": int((mine & on_mapped).sum()),
            "new": int((mine & ~on_mapped).sum()),
            "new_capacity": rooms.new_capacity(hours, street_ids),
            "signs_m": {str(rule): round(float(m), 1) for rule, m in sums.items()},
        }
    return {
        "existing": {period: round(float(mapped.cars_in(period)[there].sum()), 1) for period in PERIODS},
        "hours": of_hours,
    }
