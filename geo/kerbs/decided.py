"""Stretches of kerb that were decided on, found again by where they run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely

from geo.core.metric_geometry import metric_shapes
from geo.kerbs.exclusions import Exclusions
from geo.kerbs.lines import Kerbs
from geo.kerbs.obstacles import inside
from geo.study.decisions import standing_on

_BESIDE_M = 1.5
"""A stretch that was decided on is the kerb this near to where it was."""


def reasons_of(decisions: pd.DataFrame) -> dict[str, str]:
    """Return the reasons of decisions by their ids."""
    return dict(zip(decisions["decision_id"], decisions["reason"], strict=True))


def zone_decisions(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions on zones that stand, the newest of each zone."""
    return standing_on(decisions, "zone").drop_duplicates("subject", keep="last")


def decided_on(decisions: pd.DataFrame, kerbs: Kerbs) -> Decided:
    """
    Return the stretches of kerb that standing decisions accepted or rejected, found by where they run.

    Parameters
    ----------
    decisions
        The study's table.
    kerbs
        Its kerbs as they are now.
    """
    zones = zone_decisions(decisions)
    if zones.empty or len(kerbs) == 0:
        return Decided.none()
    lines = metric_shapes(shapely.from_wkt(zones["part"].to_numpy(dtype=object)), kerbs.crs)
    around = shapely.buffer(lines, _BESIDE_M, cap_style="flat")
    reach = float(kerbs.half_m.max()) + _BESIDE_M
    asked, row = kerbs.tree.query(lines, predicate="dwithin", distance=reach)
    number, kerb, from_m, to_m = inside(kerbs, around[asked], row)
    zone = asked[number]
    # a kerb that crosses the place, or only touches its end, is another
    along = to_m - from_m > np.minimum(2 * _BESIDE_M, shapely.length(lines)[zone] / 2)
    zone, kerb, from_m, to_m = zone[along], kerb[along], from_m[along], to_m[along]
    cause = zones["decision_id"].to_numpy(dtype=object)[zone]
    every = Exclusions.of(kerb, from_m, to_m, "decisions", cause, (1 << 63) - 1)
    accepted = (zones["after"] == "accepted").to_numpy()[zone]
    return Decided(every.where(accepted), every.where(~accepted))


class Decided(NamedTuple):
    """
    Stretches of kerb that were decided on, with the decision as their cause.

    Attributes
    ----------
    accepted, rejected
        With the rule `decisions`, in every slot.
    """

    accepted: Exclusions
    rejected: Exclusions

    @classmethod
    def none(cls) -> Decided:
        """Return no decisions."""
        nothing = np.zeros(0)
        empty = Exclusions.of(nothing.astype(np.int64), nothing, nothing, "decisions", "", 0)
        return cls(empty, empty)
