"""Why figures leave out rows, in words and in sums."""

from __future__ import annotations

from geo.core.text import Text
from geo.study.doubts import reason_of
from geo.study.left_out import REASONS, left_out_text, most_left_out, together_left_out


def test_reasons_are_sentences_in_both_languages() -> None:
    for field in ("received_at", "answered_at", "closed_at", "due_at", "place"):
        assert reason_of(field) in REASONS
    assert left_out_text({}) == Text("", "")
    text = left_out_text({"no_place": 3, "closed_doubted": 1})
    assert text.en == "left out: no place 3; time of closing is doubted 1"
    assert text.zh == "未计入：没有位置 3；办结时间存疑 1"
    assert together_left_out({"no_time": 1}, {"no_time": 2, "no_place": 1}) == {"no_time": 3, "no_place": 1}
    assert most_left_out({"a": {"no_time": 1}, "b": {"no_time": 2}}) == {"no_time": 2}
