"""The state of a case by the words of its status: open, in progress or closed."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import pandas as pd

from geo.core.arrays import Flags

OPEN: Final = "open"
IN_PROGRESS: Final = "in_progress"
CLOSED: Final = "closed"

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    OPEN: (
        *("open", "new", "submitted", "received", "confirmed", "pending", "reopened", "open - dup", "unassigned"),
        *("未办结", "未结案", "未处置", "未处理", "待受理", "待办", "待处理", "待处置", "待派遣", "待派单", "新建"),
        *("已受理", "受理", "已立案", "立案", "已上报", "上报", "重新打开", "返工", "待核查"),
    ),
    IN_PROGRESS: (
        *("in progress", "in_progress", "assigned", "investigating", "action scheduled", "started", "planned"),
        *("acknowledged", "processing", "pending - assigned", "email sent"),
        *(
            "已处置",
            "处置中",
            "办理中",
            "处理中",
            "受理中",
            "在办",
            "已派遣",
            "已派单",
            "派遣",
            "派单",
            "流转中",
            "核查中",
            "进行中",
        ),
        *("延期", "已延期", "挂账", "待核实", "整改中"),
    ),
    CLOSED: (
        *("closed", "completed", "complete", "resolved", "done", "fixed", "cancelled", "canceled", "duplicate"),
        *("fixed - council", "fixed - user", "not responsible", "unable to fix", "no further action", "closed - dup"),
        *("closed - testing", "finished"),
        *("已结案", "结案", "已办结", "办结", "已完成", "完成", "已关闭", "关闭", "已处理", "已归档", "归档"),
        *("已销案", "销案", "已作废", "作废", "已撤销", "已整改", "不予受理", "已解决"),
    ),
}
"""The words of statuses in files, by state."""


def _key(word: str) -> str:
    return re.sub(r"[\s_()（）-]+", "", unicodedata.normalize("NFKC", word)).casefold()


_STATE_OF: Final = {_key(word): state for state, words in _WORDS.items() for word in words}


def state_of(status: str) -> str | None:
    """Return the state that a status stands for: `OPEN`, `IN_PROGRESS`, `CLOSED`, or None for any other word."""
    return _STATE_OF.get(_key(status))


def closed_by_status(status: pd.Series) -> pd.Series:
    """Tell the cases with a status that says closed."""
    closed = {word for word in status.dropna().unique() if state_of(str(word)) == CLOSED}
    return status.isin(closed)


def closed_without_time(complaints: pd.DataFrame) -> Flags:
    """Tell the complaints that are closed by their status, while nobody knows since when."""
    if "status" not in complaints:
        return pd.Series(False, index=complaints.index).to_numpy(dtype=bool)
    return (closed_by_status(complaints["status"]) & complaints["closed_at"].isna()).to_numpy(dtype=bool)
