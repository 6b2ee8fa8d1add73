"""Estimates of the memory that tables, arrays and objects made of them hold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

_SAMPLE: Final = 200
"""So many elements of a long list tell how large all are."""
_GEOMETRY: Final = 184
"""Bytes of a geometry besides its coordinates: the Python object and the structures of GEOS (measured, 64 bits)."""
_COORDINATE: Final = 16
_ARRAY: Final = 112
"""Bytes of an array besides its values."""
_DEEPEST: Final = 12
_NOTHING: Final = (bool, int, float, complex, type, pd.RangeIndex)


def held_bytes(value: Any, known: set[int] | None = None) -> int:
    """
    Return an estimate of the memory that a value holds, with all that is reached from it.

    Parameters
    ----------
    value
        Tables, arrays, sparse matrices, containers and objects of them.
    known
        The ids of parts that are counted already; parts that are counted now are added.
    """
    return _held(value, set() if known is None else known, 0)


def _held(value: Any, known: set[int], depth: int) -> int:
    if value is None or isinstance(value, _NOTHING) or callable(value):
        return 0
    if depth > _DEEPEST or id(value) in known:
        return 0
    if isinstance(value, (str, bytes)):
        return sys.getsizeof(value)
    known.add(id(value))
    counted = next((count for types, count in _COUNTS if isinstance(value, types)), _attributes)
    return counted(value, known, depth)


def _geometry(value: Any, _known: set[int], _depth: int) -> int:
    return _GEOMETRY + _COORDINATE * int(shapely.get_num_coordinates(value))


def _frame(value: pd.DataFrame, known: set[int], depth: int) -> int:
    columns = (_column(value.iloc[:, number], known, depth) for number in range(value.shape[1]))
    return _held(value.index, known, depth + 1) + sum(columns)


def _series(value: pd.Series, known: set[int], depth: int) -> int:
    return _held(value.index, known, depth + 1) + _column(value, known, depth)


def _index(value: pd.Index, known: set[int], depth: int) -> int:
    return _values(value.array, known, depth)


def _mapping(value: Mapping[Any, Any], known: set[int], depth: int) -> int:
    # as pairs: looking through all of a mapping that notes its keys is no question
    pairs = list(value.items())
    # keys and values apart: a sample of both in turn could be of keys alone
    parts = ([key for key, _ in pairs], [each for _, each in pairs])
    return sys.getsizeof(value) + sum(_all(part, known, depth) for part in parts)


def _container(value: Any, known: set[int], depth: int) -> int:
    return sys.getsizeof(value) + _all(list(value), known, depth)


def _column(column: pd.Series, known: set[int], depth: int) -> int:
    return _values(column.array, known, depth)


def _values(values: Any, known: set[int], depth: int) -> int:
    """Return the bytes of an array of pandas."""
    inner = getattr(values, "_ndarray", None)  # of numpy, text as objects, geometries
    if inner is None:
        inner = getattr(values, "_data", None)
    if isinstance(inner, np.ndarray):
        mask = getattr(values, "_mask", None)
        return _held(inner, known, depth + 1) + (0 if mask is None else int(mask.nbytes))
    return int(getattr(values, "nbytes", 0))


def _array(array: np.ndarray, known: set[int], depth: int) -> int:
    base = array
    while isinstance(base.base, np.ndarray):  # a view holds all of its array
        base = base.base
    if base is not array:
        if id(base) in known:
            return 0
        known.add(id(base))
    if base.dtype != object:
        return int(base.nbytes) + _ARRAY
    flat = base.reshape(-1)
    found = flat[np.linspace(0, flat.size - 1, min(flat.size, _SAMPLE)).astype(int)] if flat.size else flat
    if len(found) and isinstance(next((each for each in found if each is not None), None), shapely.Geometry):
        return int(base.nbytes) + _GEOMETRY * flat.size + _COORDINATE * int(shapely.get_num_coordinates(flat).sum())
    return int(base.nbytes) + _scaled(list(found), flat.size, known, depth)


def _all(values: list[Any], known: set[int], depth: int) -> int:
    step = max(len(values) // _SAMPLE, 1)
    return _scaled(values[::step], len(values), known, depth)


def _scaled(sample: list[Any], count: int, known: set[int], depth: int) -> int:
    """Return the bytes of so many elements, by a sample of them; one text that stands many times is one."""
    if not sample:
        return 0
    different = {id(each): each for each in sample}
    held = sum(_held(each, known, depth + 1) for each in different.values())
    return held if len(different) < len(sample) // 2 else held * count // len(sample)


def _attributes(value: Any, known: set[int], depth: int) -> int:
    """Return the bytes of an object of a class, with its attributes."""
    names = [name for cls in type(value).__mro__ for name in getattr(cls, "__slots__", ())]
    held = [getattr(value, name, None) for name in names if isinstance(name, str)]
    held += list(getattr(value, "__dict__", {}).values())
    return sys.getsizeof(value) + sum(_held(each, known, depth + 1) for each in held)


_COUNTS: Final[tuple[tuple[Any, Callable[[Any, set[int], int], int]], ...]] = (
    (np.ndarray, _array),
    (shapely.Geometry, _geometry),
    (pd.DataFrame, _frame),
    (pd.Series, _series),
    (pd.Index, _index),
    (Mapping, _mapping),
    ((list, tuple, set, frozenset), _container),
)
