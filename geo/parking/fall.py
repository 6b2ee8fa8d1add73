"""The waterfall of kerb for bays, down to the bays that are drawn."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Integers
from geo.kerbs.waterfall import Waterfall, waterfall
from geo.parking.room import BayRoom

OVERLAPS: Final = "bay.overlaps"
"""The rule that leaves out bays in buildings, under ways and on each other."""


def bay_waterfall(room: BayRoom, placed: pd.DataFrame | Integers, kerbs: NDArray[np.bool_] | None = None) -> Waterfall:
    """
    Compute the kerb taken by each rule from bays; the last step takes the bays that cannot be drawn.

    Parameters
    ----------
    room
        Where there is room.
    placed
        The bays of it, as `geo.parking.bays.place_bays` returns, or the kerb of each.
    kerbs
        Shape (2 n,): the kerbs that count; by default all.
    """
    fall = waterfall(room, 0, kerbs)
    kerb = room.kerbs.of(placed) if isinstance(placed, pd.DataFrame) else placed
    drawn = len(placed) if kerbs is None else int(kerbs[kerb].sum())
    lost = fall.pitches - drawn
    if lost <= 0:
        return fall
    metres = min(lost * room.pitch_m, fall.free_m)
    step = pd.DataFrame({"rule": [OVERLAPS], "metres": [metres], "pitches": [lost], "sole_m": [metres]})
    steps = pd.concat([fall.steps, step], ignore_index=True)
    return fall._replace(steps=steps, free_m=fall.free_m - metres, pitches=drawn)
