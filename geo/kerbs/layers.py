"""Stretches of kerb as rows of a layer: lines and linear references."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.crs import to_degrees
from geo.kerbs.lines import Kerbs
from geo.kerbs.numbering import side_names
from geo.kerbs.plan import KerbPlan

MILLIMETRES: Final = 3
"""Decimals of metres that the study keeps."""


def stretch_lines(kerbs: Kerbs, kerb: Integers, from_m: Floats, to_m: Floats) -> NDArray[np.object_]:
    """Return stretches of kerb in WGS 84."""
    lines = kerbs.stretches(kerb, from_m, to_m)
    xy, row = shapely.get_coordinates(lines, return_index=True)
    lonlat = np.round(to_degrees(xy, kerbs.crs), 8) if len(xy) else xy
    result: NDArray[np.object_] = shapely.linestrings(lonlat, indices=row) if len(xy) else lines
    return result


def references(plan: KerbPlan, kerb: Integers, from_m: Floats, to_m: Floats) -> dict[str, NDArray[np.generic]]:
    """Return the columns of linear references, by name."""
    return {
        "segment_id": plan.segment_ids(kerb),
        "side": side_names(kerb),
        "street_id": plan.street_ids(kerb),
        "tier": plan.tier[kerb],
        "from_m": np.round(from_m, MILLIMETRES),
        "to_m": np.round(to_m, MILLIMETRES),
    }
