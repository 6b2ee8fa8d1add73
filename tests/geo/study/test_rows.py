"""Some rows and columns of a layer are those that a reading of all of it gives."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from geo.study.file import connect, read_layer
from geo.study.rows import AMONG, count_in, rows_in


def test_rows_under_a_condition_are_those_of_the_whole(study: Path) -> None:
    whole = read_layer(study, "complaints")
    wanted = whole["complaint_id"].iloc[[3, 7]].tolist()
    with connect(study) as connection:
        some = rows_in(connection, "complaints", None, f"complaint_id {AMONG}", (json.dumps(wanted),))
        assert count_in(connection, "complaints") == len(whole)
    pd.testing.assert_frame_equal(
        pd.DataFrame(some.reset_index(drop=True)), pd.DataFrame(whole.iloc[[3, 7]].reset_index(drop=True))
    )
    assert some.index.tolist() == [4, 8]


def test_some_columns_come_without_the_others_and_without_shapes(study: Path) -> None:
    with connect(study) as connection:
        some = rows_in(connection, "roads", ("segment_id", "length_m"), geometry=False)
    whole = read_layer(study, "roads")
    pd.testing.assert_frame_equal(some.reset_index(drop=True), pd.DataFrame(whole[["segment_id", "length_m"]]))


def test_a_layer_that_is_not_there_is_empty(study: Path) -> None:
    with connect(study) as connection:
        connection.execute("DROP TABLE moves")
        assert count_in(connection, "moves") == 0
        assert len(rows_in(connection, "moves")) == 0
