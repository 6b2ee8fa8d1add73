"""Tables as plain values, for JSON documents."""

from __future__ import annotations

import pandas as pd

Row = dict[str, object]
"""A row of a document: plain values by column."""


def plain_rows(table: pd.DataFrame) -> list[Row]:
    """Return rows as plain values: times in ISO 8601, missing values as None."""
    text = table.copy()
    for column in text.columns:
        if isinstance(text[column].dtype, pd.DatetimeTZDtype):
            text[column] = text[column].map(lambda stamp: stamp.isoformat(), na_action="ignore")
    return list(text.astype(object).where(text.notna(), None).to_dict("records"))
