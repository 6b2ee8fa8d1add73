"""The order of day, month and year in a column of dates, decided from all of its cells, or asked."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.text import Text
from geo.files.date_parts import full_years
from geo.files.questions import Question

DateOrder = Literal["dmy", "mdy", "ymd"]
DATE_ORDERS: Final[tuple[DateOrder, ...]] = get_args(DateOrder)
ANSWER: Final = "--dates"
"""The option that answers a question about an order."""

_PLACES: Final[dict[DateOrder, tuple[str, str, str]]] = {
    "dmy": ("c", "b", "a"),
    "mdy": ("c", "a", "b"),
    "ymd": ("a", "b", "c"),
}
"""Of each order, the places of year, month and day."""
_SAID: Final[dict[DateOrder, Text]] = {
    "dmy": Text("日在前", "day first"),
    "mdy": Text("月在前", "month first"),
    "ymd": Text("年在前", "year first"),
}
_SLIPS: Final = 0.02
"""At most this share of the cells that tell an order may tell another one, as slips of the pen."""
_EXAMPLES: Final = 3


class Decided(NamedTuple):
    """
    The days of a column.

    Attributes
    ----------
    days
        `year`, `month`, `day`; NaN where a cell has no such day in the column's order.
    order
        The order; None where no cell needs one, or it is asked.
    question
        Asked where cells cannot tell the order.
    """

    days: pd.DataFrame
    order: DateOrder | None
    question: Question | None


def decide_order(
    parts: pd.DataFrame,
    counts: NDArray[np.int64],
    texts: pd.Series,
    field: str,
    column: str,
    said: DateOrder | None,
    year_first: bool = False,
) -> Decided:
    """
    Decide the order of day, month and year in a column.

    Parameters
    ----------
    parts
        Of its distinct texts, as `geo.files.date_parts.parts_of` returns.
    counts
        How many cells have each text.
    texts
        The distinct texts, in the order of the file.
    field, column
        The field and the column, for a question.
    said
        The order that a person said: it answers where cells cannot tell.
    year_first
        Whether other cells of the column have the year first.
    """
    days = _only(parts[["year", "month", "day"]], valid_days(parts))
    open_ = (parts["ok"] & parts["a"].notna()).to_numpy()
    if not open_.any():
        return Decided(days, None, None)
    read = {order: _read_as(parts[open_], order) for order in DATE_ORDERS}
    fits = {order: valid_days(found) for order, found in read.items()}
    weight = counts[open_]
    readable = np.logical_or.reduce(list(fits.values()))
    if not readable.any():
        return Decided(days, None, None)
    total = int(weight[readable].sum())
    full = [order for order in DATE_ORDERS if weight[fits[order]].sum() == total]
    if not full:
        full = _most_told(fits, weight)
    if "ymd" in full and (year_first or bool(parts.loc[~open_, "year"].notna().any())):
        full = ["ymd"]
    differ = [order for order in full if not read[order][readable].equals(read[full[0]][readable])]
    order = full[0] if full and not differ else (said if said in full else None)
    if order is not None:
        rows = days.index[open_]
        days.loc[rows, :] = _only(read[order], fits[order]).to_numpy()
        return Decided(days, order, None)
    return Decided(days, None, _question(read, full, texts[open_], field, column))


def _read_as(parts: pd.DataFrame, order: DateOrder) -> pd.DataFrame:
    """Return year, month and day of open cells in an order; years have two or four digits."""
    year, month, day = (parts[place] for place in _PLACES[order])
    digits = parts[f"{_PLACES[order][0]}_digits"]
    written = digits.isin((2, 4)) & ((order != "ymd") | (parts["c_digits"] <= 2))
    years = pd.Series(full_years(year.to_numpy(dtype=float)), index=parts.index)
    return pd.DataFrame({"year": years.where(written), "month": month, "day": day}, index=parts.index)


def _only(days: pd.DataFrame, rows: NDArray[np.bool_]) -> pd.DataFrame:
    """Return days without the other rows' ones."""
    result = days.copy()
    result[~rows] = np.nan
    return result


def valid_days(days: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell for each row if it is a day of the calendar."""
    year, month, day = (days[column].to_numpy(dtype=float) for column in ("year", "month", "day"))
    some = np.isfinite(year) & np.isfinite(month) & np.isfinite(day) & (month >= 1) & (month <= 12) & (day >= 1)
    at = np.where(some, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    last = ((at + 1).astype("datetime64[D]") - at.astype("datetime64[D]")).astype(float)
    return np.asarray(some & (day <= last))


def _most_told(fits: dict[DateOrder, NDArray[np.bool_]], weight: NDArray[np.int64]) -> list[DateOrder]:
    """Return the order that nearly all telling cells tell, or every order with a cell that tells it."""
    told = {
        order: int(weight[fit & ~np.logical_or.reduce([f for other, f in fits.items() if other != order])].sum())
        for order, fit in fits.items()
    }
    best = max(told, key=lambda order: told[order])
    some = [order for order in DATE_ORDERS if told[order]] or [order for order in DATE_ORDERS if fits[order].any()]
    return [best] if sum(told.values()) - told[best] <= _SLIPS * sum(told.values()) and told[best] else some


def _question(
    read: dict[DateOrder, pd.DataFrame], orders: list[DateOrder], texts: pd.Series, field: str, column: str
) -> Question:
    """Return the question about the order of a column, with the first cells that read differently."""
    first, *others = (_only(read[order], valid_days(read[order])).fillna(0) for order in orders)
    apart = np.logical_or.reduce([(first != other).any(axis=1).to_numpy() for other in others])
    shown = texts[apart].iloc[:_EXAMPLES]
    example, row = str(shown.iloc[0]), shown.index[0]
    days = {order: _iso(read[order].loc[[row]]) for order in orders}
    zh = "，还是 ".join(f"{days[order]}（{_SAID[order].zh}，{order}）" for order in orders)
    en = " or ".join(f"{days[order]} ({_SAID[order].en}, {order})" for order in orders)
    return Question(
        field,
        column,
        Text(
            f"各行的日期无法区分日和月：“{example}”是 {zh}",
            f"Its cells do not tell day from month: “{example}” is {en}",
        ),
        tuple(map(str, shown)),
        tuple(orders),
        ANSWER,
        tuple(days[order] for order in orders),
    )


def _iso(days: pd.DataFrame) -> str:
    """Return the day of one row as text; a dash for no day."""
    if not valid_days(days)[0]:
        return "–"
    year, month, day = days.iloc[0].astype(int)
    return f"{year:04d}-{month:02d}-{day:02d}"
