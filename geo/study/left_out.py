"""Why figures leave out rows: the reasons in words, and the bounds of plausible times. Light to load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geo.core.text import Text

COLUMN: Final = "doubted"
"""The column of a layer of points that lists the doubted fields of each row, between commas."""

PLACE_FIELD: Final = "place"
"""The field of a place that is far from every street."""

EARLIEST_DAY: Final = "1990-01-01"
"""Times before it are not plausible."""

AHEAD_DAYS: Final[Mapping[str, int]] = {
    "received_at": 2,
    "answered_at": 2,
    "closed_at": 2,
    "due_at": 36_500,
    "updated_at": 2,
}
"""By how many days a time may be ahead of the present."""

REASONS: Final[Mapping[str, Text]] = {
    "received_doubted": Text("受理时间存疑", "time of receipt is doubted"),
    "answered_doubted": Text("首次响应时间存疑", "time of the first answer is doubted"),
    "closed_doubted": Text("办结时间存疑", "time of closing is doubted"),
    "due_doubted": Text("到期时间存疑", "due date is doubted"),
    "closed_untimed": Text("已办结但无办结时间", "closed, at an unknown time"),
    "place_doubted": Text("位置存疑", "place is doubted"),
    "no_place": Text("没有位置", "no place"),
    "no_time": Text("没有受理时间", "no time of receipt"),
    "no_response": Text("未记录处置方式", "no recorded response"),
    "after_at": Text("晚于所问时刻受理", "received after the moment asked for"),
    "same_event": Text("同一事件的重复上报", "further report of the same event"),
    "part_month": Text("所在月份数据不全", "in a month that the data cover in part"),
}
"""Why figures leave out rows."""

LeftOut = dict[str, int]
"""How many rows a figure leaves out, by reason (a key of `REASONS`)."""


def together_left_out(*parts: Mapping[str, int]) -> LeftOut:
    """Return the sums of several counts of rows left out."""
    total: LeftOut = {}
    for part in parts:
        for reason, count in part.items():
            total[reason] = total.get(reason, 0) + count
    return total


def left_out_text(left_out: Mapping[str, int]) -> Text:
    """Return a sentence on the rows that a figure leaves out, empty where it leaves out none."""
    if not left_out:
        return Text("", "")
    zh = "；".join(f"{REASONS[reason].zh} {count}" for reason, count in left_out.items())
    en = "; ".join(f"{REASONS[reason].en} {count}" for reason, count in left_out.items())
    return Text(f"未计入：{zh}", f"left out: {en}")


def most_left_out(figures: Mapping[str, Mapping[str, int]]) -> LeftOut:
    """Return for each reason the most rows that any of some figures leaves out for it."""
    most: LeftOut = {}
    for part in figures.values():
        for reason, count in part.items():
            most[reason] = max(most.get(reason, 0), count)
    return most
