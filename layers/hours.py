"""Hours in tiles: each distinct set of hours has a number, and the page sends the numbers open now."""

from __future__ import annotations

import pandas as pd

from geo.core.opening_hours import DayKind, open_at


def distinct(hours: pd.Series) -> list[str]:
    """Return the distinct hours of a layer, in the order of their numbers in tiles."""
    return sorted(hours.dropna().unique())


def numbered(hours: pd.Series) -> pd.Series:
    """Return the number of each row's hours."""
    return hours.map({text: number for number, text in enumerate(distinct(hours))}).fillna(-1).astype("int64")


def open_numbers(texts: list[str], day: DayKind, minute: int) -> list[int]:
    """Return the numbers of the hours (as `distinct` lists them) that hold at a minute of a kind of day."""
    return [number for number, text in enumerate(texts) if open_at(text, day, minute)]
