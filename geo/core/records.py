"""Tables as plain values, for JSON documents."""

from __future__ import annotations

from typing import NotRequired, TypeVar, cast, get_origin, get_type_hints

import pandas as pd

Row = dict[str, object]
"""A row of a document: plain values by column."""

_Document = TypeVar("_Document")


def plain_rows(table: pd.DataFrame) -> list[Row]:
    """Return rows as plain values: times in ISO 8601, missing values as None."""
    text = table.copy()
    for column in text.columns:
        if isinstance(text[column].dtype, pd.DatetimeTZDtype):
            text[column] = text[column].map(lambda stamp: stamp.isoformat(), na_action="ignore")
    return list(text.astype(object).where(text.notna(), None).to_dict("records"))


def to_text(moments: pd.Series) -> pd.Series:
    """Return moments in ISO 8601, in UTC to the millisecond (2026-05-01T11:00:00.000Z); None where there is none."""
    text = moments.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str[:-3] + "Z"
    return text.where(moments.notna(), None)


def document_rows(table: pd.DataFrame, document: type[_Document]) -> list[_Document]:
    """
    Return a table's rows as documents, in plain values.

    Parameters
    ----------
    table
        With a column for each key of the document; other columns are left out. Without rows it may have none.
    document
        A TypedDict.

    Raises
    ------
    KeyError
        If there is no column for a key that is always there.
    """
    if table.empty:
        return []
    keys = _keys(document)
    missing = [key for key, required in keys.items() if required and key not in table]
    if missing:
        raise KeyError(f"{document.__name__}: no column {', '.join(missing)}")
    return cast("list[_Document]", plain_rows(table[[column for column in table.columns if column in keys]]))


def _keys(document: type) -> dict[str, bool]:
    """Return a document's keys, and whether each is always there."""
    hints = get_type_hints(document, include_extras=True)
    return {key: get_origin(hint) is not NotRequired for key, hint in hints.items()}
