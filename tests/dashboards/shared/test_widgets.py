"""Tables of a city: names are looked up once each, and the browser gets the first rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboards.shared.widgets import SHOWN_ROWS, each_once


def test_each_value_is_named_once() -> None:
    asked: list[object] = []

    def called(value: object) -> str:
        asked.append(value)
        return f"<{value}>"

    values = pd.Series(["a", "b", None, "a", np.nan, "b"] * 1000, index=range(7, 6007))
    names = each_once(values, called)
    assert names.iloc[:6].tolist() == ["<a>", "<b>", "<None>", "<a>", "<None>", "<b>"]
    assert names.index.equals(values.index)
    assert len(asked) == 3
    assert each_once(values.iloc[:0], called).empty


def _page() -> None:
    from unittest.mock import patch  # noqa: PLC0415

    import pandas as pd  # noqa: PLC0415

    from dashboards.shared import widgets  # noqa: PLC0415

    with patch.object(widgets, "downloads"):
        widgets.table(pd.DataFrame({"a": range(5_000)}), "a", "a")


def test_a_long_table_shows_its_first_rows_and_says_so() -> None:
    page = AppTest.from_function(_page).run()
    assert not page.exception
    assert len(page.dataframe[0].value) == SHOWN_ROWS
    assert "5,000" in page.caption[0].value
