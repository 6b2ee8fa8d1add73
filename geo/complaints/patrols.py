"""Patrols: the segments and the hours that come first; districts and rounds have modules of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.complaints.districts import Districts, divide, linked
from geo.complaints.kept_districts import keep
from geo.complaints.rounds import Round, walking_round
from geo.core.arrays import Floats, Integers, members

__all__ = ["Districts", "Round", "divide", "heaviest", "keep", "linked", "priorities", "walking_round"]


def priorities(street: pd.Series, local: pd.Series, most: int = 50, hours: int = 2) -> pd.DataFrame:
    """
    Return when and where complaints come: the street and hours of the week with the most of them first.

    What a street's own counts say of an hour is drawn towards what the hour says of all streets: a street's complaints
    times the share that the hours of its day have in all, and its own count, weigh alike at that many complaints.

    Parameters
    ----------
    street
        Of each complaint.
    local
        When each came, on the study's clock.
    most
        How many rows.
    hours
        How long a block of hours is.

    Returns
    -------
    priorities
        `street_id`, `weekday` (0 Monday), `from_hour`, `to_hour`, `complaints` there and then, `expected`.
    """
    known = street.notna() & local.notna()
    table = pd.DataFrame(
        {
            "street_id": street[known],
            "weekday": local[known].dt.day_of_week,
            "from_hour": local[known].dt.hour // hours * hours,
        }
    )
    if table.empty:
        return pd.DataFrame(columns=["street_id", "weekday", "from_hour", "to_hour", "complaints", "expected"])
    own = table.value_counts().rename("complaints").reset_index()
    hour = table.groupby(["weekday", "from_hour"]).size() / len(table)
    total = table["street_id"].value_counts()
    share = hour.reindex(pd.MultiIndex.from_frame(own[["weekday", "from_hour"]])).to_numpy()
    prior = total.reindex(own["street_id"]).to_numpy() * share
    own["expected"] = np.round((own["complaints"] + prior) / 2, 2)
    own["to_hour"] = own["from_hour"] + hours
    own = own.sort_values(["expected", "complaints", "street_id"], ascending=[False, False, True], kind="stable")
    return own.head(most)[["street_id", "weekday", "from_hour", "to_hour", "complaints", "expected"]].reset_index(
        drop=True
    )


def heaviest(work: Floats, district: Integers, share: float) -> Integers:
    """Return the segments that hold a share of the work of their districts, the heaviest first."""
    order = np.lexsort((-work, district))
    counts = np.bincount(district)
    group, _ = members(counts)
    cumulative_work = np.cumsum(work[order])
    begin = np.cumsum(counts) - counts
    before = cumulative_work - work[order] - np.concatenate([[0.0], cumulative_work])[begin][group]
    total = np.bincount(district, weights=work)[group]
    kept = (before < share * total - 1e-12) & (work[order] > 0)
    return np.asarray(order[kept])
