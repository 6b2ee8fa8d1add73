"""The values that an assumption may take instead: by its stated range, or a fifth either way."""

from __future__ import annotations

from typing import Any, Final

from geo.rules.leaf import Leaf
from geo.rules.units import CHOICES, UNITS

SHARE: Final = 0.2
"""How far a number without a stated range is moved, either way."""


def moves_of(leaf: Leaf, share: float = SHARE) -> list[Any]:
    """
    Return the other values of an assumption, the lower first.

    A number takes the ends of its range, or a fifth less and more, within what its unit takes; a count at least one
    less and more; a flag and a choice their other values. Lists (hours, categories, tags) have none.

    Parameters
    ----------
    leaf
        The assumption.
    share
        How far a number without a range is moved.
    """
    value = leaf.value
    if isinstance(value, bool):
        return [not value]
    if leaf.unit in CHOICES:
        return [other for other in CHOICES[leaf.unit] if other != value]
    if not isinstance(value, int | float):
        return []
    if leaf.range is not None:
        wanted = list(leaf.range)
    elif isinstance(value, int):
        step = max(1, round(value * share))
        wanted = [value - step, value + step]
    else:
        wanted = [round(value * (1 - share), 9), round(value * (1 + share), 9)]
    if leaf.unit == "share":
        wanted = [min(each, 1.0) for each in wanted]
    accepts = UNITS[leaf.unit][1]
    return [each for each in dict.fromkeys(wanted) if each != value and accepts(each)]
