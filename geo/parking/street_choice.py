"""The choice of bays street by street: need, spaces there now, bays given, and why no more."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from geo.core.records import document_rows
from geo.core.text import Text
from geo.parking.documents import StreetChoiceDocument

ENOUGH: Final = "enough_spaces"
MET: Final = "need_met"
MAPPED: Final = "parked_already"
NO_ROOM: Final = "no_room"
BY_DAY: Final = "all_day_room"
SHARE: Final = "kerb_share"
BUDGET: Final = "budget"
ELSEWHERE: Final = "served_nearby"

WHY_NAMES: Final = {
    ENOUGH: Text("步行范围内车位够用", "enough spaces within walking distance"),
    MET: Text("需求已满足", "the need is met"),
    MAPPED: Text("可设之处已有停车", "cars are parked already where bays would fit"),
    NO_ROOM: Text("没有更多可设之处", "no more room for such bays"),
    BY_DAY: Text("此处可设全天泊位（不加 --night 选取）", "bays fit here all day: choose them without --night"),
    SHARE: Text("已达路缘份额上限（need.kerb_share）", "the share of kerb is reached (need.kerb_share)"),
    BUDGET: Text("预算已用完", "the budget is spent"),
    ELSEWHERE: Text("其余车辆在附近停下", "the other cars find a space nearby"),
}
"""Why a street gets no more bays."""

_NOTHING: Final = {
    ENOUGH: Text(
        "没有街道缺车位：未设新泊位", "No bays are placed: every street has enough spaces within walking distance"
    ),
    NO_ROOM: Text(
        "缺车位的街道没有可设之处：未设新泊位", "No bays are placed: the streets that need them have no room"
    ),
    BUDGET: Text("预算为零：未设新泊位", "No bays are placed: the budget is zero"),
}


def shortage(cars: pd.Series, spaces: pd.Series) -> pd.Series:
    """Return how many whole bays each street lacks: its cars less the spaces that fall to them, rounded up."""
    return pd.Series(np.ceil((cars - spaces).clip(lower=0.0) - 1e-6).astype(np.int64), index=cars.index)


def street_choice(table: pd.DataFrame, budget: int) -> pd.DataFrame:
    """
    Say of each street why it gets no more bays.

    Parameters
    ----------
    table
        By street: `cars`, `spaces`, `shortage`, `room` (bays that fit), `fresh` (where nobody parks yet), `by_day`
        (bays of all day that fit, where bays for the night are chosen), `most` (by the share of kerb), `bays` (given).
    budget
        How many there could be in all.

    Returns
    -------
    table
        With `why`, one of `WHY_NAMES`; the streets that lack most first.
    """
    bays = table["bays"]
    spent = int(bays.sum()) >= budget
    why = np.select(
        [
            table["shortage"] <= 0,
            bays >= table["shortage"],
            (bays >= table["fresh"]) & (table["room"] > table["fresh"]),
            (bays >= table["fresh"]) & (table["by_day"] > 0),
            bays >= table["fresh"],
            bays >= table["most"],
            np.full(len(table), spent),
        ],
        [ENOUGH, MET, MAPPED, BY_DAY, NO_ROOM, SHARE, BUDGET],
        ELSEWHERE,
    )
    result = table.assign(why=why.astype(object))
    return result.sort_values(["shortage", "cars"], ascending=False, kind="stable")


def why_nothing(table: pd.DataFrame, budget: int) -> Text | None:
    """Return the sentence for a choice without any bays, and why; None where some were chosen."""
    if int(table["bays"].sum()) > 0:
        return None
    if not (table["shortage"] > 0).any():
        return _NOTHING[ENOUGH]
    return _NOTHING[BUDGET if budget == 0 else NO_ROOM]


def street_documents(table: pd.DataFrame, names: pd.Series) -> list[StreetChoiceDocument]:
    """
    Return the choice street by street as plain values.

    Parameters
    ----------
    table
        As `street_choice` returns.
    names
        Of the streets, by `street_id`.
    """
    rows = pd.DataFrame(
        {
            "street_id": table.index.astype(str),
            "name": names.reindex(table.index).to_numpy(dtype=object),
            "cars": table["cars"].round(1).to_numpy(),
            "spaces": table["spaces"].round(1).to_numpy(),
            "need": table["shortage"].to_numpy(),
            "room": table["fresh"].to_numpy(),
            "bays": table["bays"].to_numpy(),
            "why": table["why"].to_numpy(),
            "reason": [str(WHY_NAMES[why]) for why in table["why"]],
        }
    )
    return document_rows(rows, StreetChoiceDocument)
