"""A user's options answer the questions that a file leaves open."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.core.errors import InputError
from geo.files.column_matching import propose_mapping
from geo.files.coordinates import System
from geo.files.crs_detection import Candidate, Verdict
from geo.points.options import DateColumns, Options, system_question, without_ties

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


def test_columns_that_fit_a_time_equally_well_are_asked_about() -> None:
    table = pd.DataFrame({"一级办结时间": ["2025-03-01"], "二级办结时间": ["2025-03-02"]}, dtype=object)
    proposed = propose_mapping(table.columns.tolist(), "complaints")
    mapping, (question,) = without_ties(table, "complaints", proposed, Options(), None)
    assert "closed_at" not in mapping
    assert (question.field, question.answer) == ("closed_at", "--map")
    assert question.choices == ("一级办结时间=closed_at", "二级办结时间=closed_at")
    assert question.evidence == ("2025-03-01", "2025-03-02")
    said = Options(mapping={"closed_at": "二级办结时间"})
    kept, none = without_ties(table, "complaints", {"closed_at": "二级办结时间"}, said, None)
    assert (kept, none) == ({"closed_at": "二级办结时间"}, ())


@pytest.mark.parametrize(
    "headers", [["要求办结时间", "实际办结时间"], ["实际办结时间", "要求办结时间"], ["due date", "closed date"]]
)
def test_a_deadline_is_never_the_time_of_closing(headers: list[str]) -> None:
    closed = next(header for header in headers if header in ("实际办结时间", "closed date"))
    for kind in ("complaints", "other"):
        mapping = propose_mapping(headers, kind)
        assert mapping["closed_at"] == closed
    assert propose_mapping(headers, "other")["due_at"] != closed
    assert "closed_at" not in propose_mapping(["要求办结时间", "处置截止时间"], "complaints")
