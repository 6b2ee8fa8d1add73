"""Lists of other points are told apart by their category, else by their file."""

from __future__ import annotations

import pandas as pd

from geo.points.other_lists import list_names, list_of

ROWS = pd.DataFrame({"category": ["shop", None, "hoarding", None], "source": ["a.csv", "b.csv", "a.csv", "b.csv"]})


def test_a_row_is_of_its_category_else_of_its_file() -> None:
    assert list_of(ROWS).tolist() == ["shop", "b.csv", "hoarding", "b.csv"]


def test_lists_stand_in_the_order_in_which_tiles_number_them() -> None:
    assert list_names(ROWS) == ["b.csv", "hoarding", "shop"]
    assert list_names(ROWS.iloc[:0]) == []
