"""A user's options answer the questions that a file leaves open."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.core.errors import InputError
from geo.files.coordinates import System
from geo.files.crs_detection import Candidate, Verdict
from geo.points.options import DateColumns, system_question

CELLS = pd.Series(["03.04.2025"], dtype=object)
MAPPING = {"received_at": "受理时间", "closed_at": "办结时间"}


def test_two_columns_of_a_file_may_have_different_orders() -> None:
    dates = DateColumns("UTC", None, MAPPING, {"受理时间": "dmy", "closed_at": "mdy"})
    assert list(dates.read(CELLS, "received_at").days) == ["2025-04-03"]
    assert list(dates.read(CELLS, "closed_at").days) == ["2025-03-04"]
    assert dates.questions == []


def test_one_answer_serves_all_columns_and_one_of_a_column_stands_over_it() -> None:
    dates = DateColumns("UTC", None, MAPPING, {"": "dmy", "办结时间": "mdy"})
    assert list(dates.read(CELLS, "received_at").days) == ["2025-04-03"]
    assert list(dates.read(CELLS, "closed_at").days) == ["2025-03-04"]


def test_without_an_answer_every_column_asks_for_itself() -> None:
    dates = DateColumns("UTC", None, MAPPING)
    for field in MAPPING:
        dates.read(CELLS, field)
    assert [question.column for question in dates.questions] == ["受理时间", "办结时间"]
    with pytest.raises(InputError, match="no column"):
        DateColumns("UTC", None, MAPPING, {"没有这列": "dmy"})


def test_a_system_that_is_too_close_to_tell_is_a_question() -> None:
    close = [Candidate(System("WGS84"), 0.81, 1.0, 5.0), Candidate(System("GCJ-02"), 0.8, 1.0, 5.0)]
    (question,) = system_question(Verdict(close[0].system, False, close, 40), {"lon": "经度", "lat": "纬度"})
    assert (question.column, question.answer) == ("经度, 纬度", "--crs")
    assert dict(zip(question.choices, question.evidence, strict=True)) == {"WGS84": "81%", "GCJ-02": "80%"}
    assert system_question(Verdict(close[0].system, True, close, 40), {}) == []
    assert system_question(None, {}) == []
