"""How much computed numbers may differ and still be equal."""

from __future__ import annotations

from typing import Final

ROUNDING: Final = 1e-6
"""A millionth of a metre, of a pitch or of a bay: what sums of lengths may be off. A shorter stretch is none."""

LEAST_DIVISOR: Final = 1e-9
"""Lengths and angles that may be nothing are divided by as this much at least."""
