"""The hours of no parking on a side of a street, and the sign behind them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.core.conditional import WEEK, clauses

NO_STOPPING: Final = ("no_stopping", "no_standing", "fire_lane")
"""Values of `restriction` under which nobody may stop, or only to let people out."""

NO_PARKING: Final = ("no_parking", *NO_STOPPING)
"""Values of `restriction` under which nobody may park."""

NOT_THERE: Final = ("no", "none", "no_parking", "no_stopping", "no_standing", "fire_lane", "not_possible")
"""Values of the position (`parking:SIDE`) of a side without parking."""

EXCEPTED: Final = ("disabled", "taxi", "bus", "psv", "motorcycle", "hgv", "goods", "tourist_bus", "car_sharing")
"""Users for whom a side may be kept that is closed to all others."""

ALLOWED, TAGGED_NO, SIGN_NO_PARKING, SIGN_NO_STOPPING = range(4)
"""The state of a side: parking is not forbidden; `parking:SIDE=no` without a sign; no parking; no stopping."""

_CONDITIONAL: Final = ("conditional", "restriction:conditional", "access:conditional")
_LIFTED: Final = ("none", "no", "free", "yes")
"""Values of `restriction:conditional` that lift a restriction."""

States = NDArray[np.int8]


def side_states(tags: Mapping[str, str]) -> States:
    """
    Return the state of a side in every minute of the week, from Monday 00:00: `ALLOWED`, `TAGGED_NO` and so on.

    What is forbidden in some weeks only (seasons, every first Tuesday) counts as forbidden; what is allowed in some
    weeks only does not count as allowed. A condition that is not one of hours (stay, weight, permits) changes nothing.

    Parameters
    ----------
    tags
        Of the side, in the words of the current scheme (`geo.streets.parking_tags.SideTags`).
    """
    conditions = tuple((key, tags[key]) for key in _CONDITIONAL if key in tags)
    return _states(base_state(tags), conditions)


def base_state(tags: Mapping[str, str]) -> int:
    """Return the state of a side at the hours that no condition speaks of."""
    position, restriction = tags.get("", ""), tags.get("restriction", "")
    signs = {position, *(part.strip() for part in restriction.split(";"))}
    if not signs.isdisjoint(NO_STOPPING):
        return SIGN_NO_STOPPING
    if "no_parking" in signs:
        return SIGN_NO_PARKING
    if tags.get("access") == "no" and not any(tags.get(who) in ("yes", "designated") for who in EXCEPTED):
        return SIGN_NO_PARKING
    return TAGGED_NO if position in NOT_THERE or _holds_none(tags) else ALLOWED


def _holds_none(tags: Mapping[str, str]) -> bool:
    try:
        return float(tags.get("capacity", "")) == 0
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def _states(base: int, conditions: tuple[tuple[str, str], ...]) -> States:
    state = np.full(WEEK, base, dtype=np.int8)
    for key, text in conditions:
        for value, hours in clauses(text):
            if hours is None:
                continue
            if value in NO_STOPPING:
                state[hours.some] = SIGN_NO_STOPPING
            elif value == "no_parking" or (key == "access:conditional" and value == "no"):
                state[hours.some] = SIGN_NO_PARKING
            elif key == "conditional" and value in NOT_THERE:
                state[hours.some] = TAGGED_NO
            elif key != "restriction:conditional" or value in _LIFTED:
                state[hours.every] = ALLOWED
    state.flags.writeable = False
    return state


def never_allowed(tags: Mapping[str, str]) -> bool:
    """Tell whether nobody may park on a side at any hour of the week."""
    if base_state(tags) != ALLOWED and not any(key in tags for key in _CONDITIONAL):
        return True
    return bool((side_states(tags) != ALLOWED).all())
