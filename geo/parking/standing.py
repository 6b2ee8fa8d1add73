"""Kerb where signs or the map's tags forbid parking, by hours: no place for bays, and no spaces then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers
from geo.core.conditional import WEEK
from geo.core.opening_hours import Window, week_of
from geo.rules.loader import Profile
from geo.streets.parking_hours import SIGN_NO_PARKING, SIGN_NO_STOPPING, TAGGED_NO, side_states
from geo.streets.parking_tags import side_tags

SIGN_RULES: Final = ("bay.on_no_stopping", "bay.on_no_parking", "bay.on_tagged_no")
"""Whether bays may be proposed on sides with such a sign or tag."""

_STATES: Final = (SIGN_NO_STOPPING, SIGN_NO_PARKING, TAGGED_NO)
"""The states of a side that each of `SIGN_RULES` speaks of."""

_HOUR: Final = 60
_NO_PARKING: Final = '{"": "no"}'
_COLUMNS: Final = (("parking_left", "parking_left_tags"), ("parking_right", "parking_right_tags"))


def closed_by_sign(
    roads: pd.DataFrame, profile: Profile, windows: Sequence[Window] | None
) -> tuple[Integers, NDArray[np.object_]]:
    """
    Return the kerbs where signs or tags forbid bays at the hours that count, and the rule of each.

    Parameters
    ----------
    roads
        The study's layer: `parking_left`, `parking_right` and their `_tags`.
    profile
        `SIGN_RULES`, and `bay.sign_hours`: where they forbid no more hours of the week than this, bays may lie.
    windows
        The hours that count; None for all hours.

    Returns
    -------
    kerb, rule
        Of the states that are forbidden, the rule of the most hours.
    """
    wanted = np.ones(WEEK, dtype=bool) if windows is None else week_of(windows)
    minutes = _minutes(roads, wanted)
    minutes[:, [bool(profile[rule]) for rule in SIGN_RULES]] = 0
    kerb = np.flatnonzero(minutes.sum(axis=1) > _HOUR * float(profile["bay.sign_hours"]))
    rules = np.array(SIGN_RULES, dtype=object)[minutes[kerb].argmax(axis=1)]
    return kerb, rules


def open_share(roads: pd.DataFrame, wanted: Flags) -> Floats:
    """Return the share of the wanted minutes of the week without a sign against parking, shape (2 n,)."""
    return np.asarray(1 - _minutes(roads, wanted).sum(axis=1) / max(int(wanted.sum()), 1))


def minutes_by_period(night: Iterable[Window]) -> dict[str, Flags]:
    """Return the minutes of the week of `day` and `night`."""
    late = week_of(night)
    return {"day": ~late, "night": late}


def _minutes(roads: pd.DataFrame, wanted: Flags) -> NDArray[np.int64]:
    """Return how many of the wanted minutes of the week each kerb is closed by each of `SIGN_RULES`, shape (2 n, 3)."""
    texts = np.empty((len(roads), 2), dtype=object)
    for side, (kind, tags) in enumerate(_COLUMNS):
        said = roads[tags].to_numpy(dtype=object)
        none = (roads[kind] == "none").to_numpy()
        silent = pd.isna(said)
        texts[~silent, side], texts[silent & none, side] = said[~silent], _NO_PARKING
    codes, found = pd.factorize(texts.ravel())
    # one row more, for kerbs of which nothing is known
    table = np.zeros((len(found) + 1, len(_STATES)), dtype=np.int64)
    for row, text in enumerate(found):
        state = side_states(side_tags(text))[wanted]
        table[row] = [(state == each).sum() for each in _STATES]
    return table[codes]
