"""The units of parameters: accepted values, and conversion between units of the same quantity."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, TypeGuard

from geo.core.opening_hours import parse_windows

STANCES: Final = ("forbidden", "designated", "orderly")
"""What a tier says of a use of the kerb: never; in designated places only; where nothing speaks against it."""

ORIENTATIONS: Final = ("parallel", "angled_30", "angled_45", "angled_60", "perpendicular")
"""How bays lie to the kerb."""

KERNELS: Final = ("gaussian", "epanechnikov", "quartic")
"""Shapes of densities along streets."""

SPLITS: Final = ("simple", "discontinuous", "continuous")
"""What becomes of a density's kernel at a junction: see `geo.complaints.kernel_density`."""

GOODS: Final = ("farm_produce", "daily_goods", "services", "registered_food")
"""Groups of goods that a zone may be for."""

STEPS: Final = ("guidance", "warning", "light_penalty", "strict")
"""The steps that a city may take with an operator, from the mildest."""


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)


def _is_hours(value: object) -> bool:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return False
    try:
        parse_windows(value)
    except ValueError:
        return False
    return True


def _one_of(*words: str) -> tuple[str, Callable[[object], bool]]:
    return f"one of {', '.join(words)}", lambda v: v in words


CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "stance": STANCES,
    "designation": ("proposed", "accepted"),
    "kernel": KERNELS,
    "split": SPLITS,
    "exposure": ("length", "frontage"),
    "reading": ("standard", "strict"),
    "orientation": ORIENTATIONS,
    "vehicle": ("small", "large"),
}
"""The values of units that are choices."""

UNITS: Final[dict[str, tuple[str, Callable[[object], bool]]]] = {
    "m": ("a length of 0 m or more", lambda v: _is_number(v) and v >= 0),
    "metres": (
        "a list of lengths above 0 m",
        lambda v: isinstance(v, list) and bool(v) and all(_is_number(x) and x > 0 for x in v),
    ),
    "m2": ("an area above 0 m2", lambda v: _is_number(v) and v > 0),
    "ha": ("an area of 0 ha or more", lambda v: _is_number(v) and v >= 0),
    "ft": ("a length of 0 ft or more", lambda v: _is_number(v) and v >= 0),
    "h": ("a time of 0 hours or more", lambda v: _is_number(v) and v >= 0),
    "min": ("a time of 0 minutes or more", lambda v: _is_number(v) and v >= 0),
    "share": ("a number from 0 to 1", lambda v: _is_number(v) and 0 <= v <= 1),
    "degrees": ("an angle from 0 to 180 degrees", lambda v: _is_number(v) and 0 <= v <= 180),
    "km/h": ("a speed above 0 km/h", lambda v: _is_number(v) and v > 0),
    "mph": ("a speed above 0 mph", lambda v: _is_number(v) and v > 0),
    "points": ("a number of 0 or more", lambda v: _is_number(v) and v >= 0),
    "per 100 m": ("a number above 0", lambda v: _is_number(v) and v > 0),
    "per km": ("a number of 0 or more", lambda v: _is_number(v) and v >= 0),
    "ratio": ("a number above 0", lambda v: _is_number(v) and v > 0),
    "count": ("a whole number of 0 or more", lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0),
    "months": (
        "a list of whole numbers of months above 0",
        lambda v: isinstance(v, list) and bool(v) and all(isinstance(x, int) and x > 0 for x in v),
    ),
    "categories": ("a list of category codes", _is_texts),
    "words": ("a list of words", _is_texts),
    "flag": ("true or false", lambda v: isinstance(v, bool)),
    **{unit: _one_of(*values) for unit, values in CHOICES.items()},
    "steps": (
        f"a list of steps ({', '.join(STEPS)}), the first offence's first",
        lambda v: _is_texts(v) and all(item in STEPS for item in v),
    ),
    "goods": (
        f"a list of groups of goods ({', '.join(GOODS)})",
        lambda v: _is_texts(v) and all(item in GOODS for item in v),
    ),
    "hours": ('a list of windows like "Mo-Fr 17:00-22:00" (days Mo-Fr, Sa-Su, Mo-Su), or "24/7"', _is_hours),
    "osm_values": ("a list of OSM tag values", _is_texts),
    "osm_tags": (
        "a list of OSM tags like amenity=toilets",
        lambda v: _is_texts(v) and all("=" in item for item in v),
    ),
}
"""What each unit takes, in words and as a test."""

_CONVERTED: Final = {("ft", "m"): "foot", ("min", "h"): "minute", ("mph", "km/h"): "mile / hour"}
_PINT: Final = {"m": "metre", "h": "hour", "km/h": "kilometre / hour"}


def converted(value: float, unit: str, to: str) -> float | None:
    """Return a value in another unit that measures the same thing, or None where none does."""
    if unit == to:
        return value
    source = _CONVERTED.get((unit, to))
    if source is None:
        return None
    import pint  # noqa: PLC0415 (only files that quote foreign laws need it)

    return round(float(pint.get_application_registry().Quantity(value, source).to(_PINT[to]).magnitude), 6)
