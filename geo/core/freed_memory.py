"""Freed memory: the C library keeps it in pieces unless it is told otherwise, where it can be told."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import Final

_ARENA_MAX: Final = -8
"""The number of this option of `mallopt`, in GNU's C library."""
_ARENAS: Final = 2


def share_arenas() -> None:
    """
    Have all threads take memory from a few arenas.

    Where each thread had one of its own, its freed memory would stay in pieces that nobody else uses.
    """
    _tell("mallopt", _ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Have freed memory go back to the system."""
    _tell("malloc_trim", 0)


def _tell(function: str, *numbers: int) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than GNU's
            getattr(ctypes.CDLL(None), function)(*numbers)
