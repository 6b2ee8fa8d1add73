"""A job of a queue: its work, its state and its course."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from geo.core.text import Text
from geo.jobs.processes import Process

State = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]

ACTIVE: Final[tuple[State, ...]] = ("waiting", "running")
"""The states of a job that is not over."""

ALL: Final = "asked"
"""Under which the rights of several who asked for one job are kept."""

STATE_NAMES: Final[dict[State, Text]] = {
    "waiting": Text("等待中", "waiting"),
    "running": Text("进行中", "running"),
    "done": Text("已完成", "done"),
    "failed": Text("失败", "failed"),
    "cancelled": Text("已取消", "cancelled"),
    "interrupted": Text("中断", "interrupted"),
}


@dataclass(frozen=True)
class QueuedJob:
    """
    A job of a queue.

    Attributes
    ----------
    number
        Its number in the queue.
    study
        The study's file name, in the queue's folder.
    work, arguments
        The name of the work, and its arguments.
    by, rights
        Whoever submitted it: the name, and the rights they had then; of several who asked for it, all names, and the
        rights of the first.
    asked
        Everybody who asked for it while it waited, each with the rights of then.
    state
        Where it stands.
    submitted_at, started_at, ended_at
        In UTC; None for a moment that has not come.
    step, number_of_step, steps, share
        The present or last step: its name, its number from 1, how many there are, how much of it is done.
    course
        The steps begun so far: the number of each, and the seconds from the start to its beginning.
    result
        Of a job that is done.
    error
        Of one that failed or was interrupted.
    stopped_by
        Whoever cancelled it.
    files
        The folder of its files, or None.
    runner
        The process that had it run.
    """

    number: int
    study: str
    work: str
    arguments: dict[str, Any]
    by: str
    rights: Any
    state: State
    submitted_at: str
    started_at: str | None = None
    ended_at: str | None = None
    step: Text | None = None
    number_of_step: int = 0
    steps: int = 0
    share: float = 0.0
    course: list[tuple[int, float]] = field(default_factory=list)
    result: Any = None
    error: Text | None = None
    stopped_by: str | None = None
    wish: str | None = None
    files: str | None = None
    asked: tuple[tuple[str, Any], ...] = ()
    runner: Process | None = None
    seen_at: str | None = None

    @property
    def active(self) -> bool:
        """Whether it is not over."""
        return self.state in ACTIVE


def asked_in(row: sqlite3.Row) -> list[tuple[str, Any]]:
    """Return everybody who asked for the job of a row, by name with the rights of then."""
    rights = json.loads(row["rights"])
    if isinstance(rights, dict) and ALL in rights:
        return [(name, theirs) for name, theirs in rights[ALL]]
    return [(row["by_name"], rights)]


def from_row(row: sqlite3.Row) -> QueuedJob:
    """Return the job of a row of the queue's file."""
    asked = asked_in(row)
    return QueuedJob(
        number=row["number"],
        study=row["study"],
        work=row["work"],
        arguments=json.loads(row["arguments"]),
        by=row["by_name"],
        rights=asked[0][1],
        asked=tuple(asked),
        state=cast("State", row["state"]),
        submitted_at=row["submitted_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        step=None if row["step_en"] is None else Text(row["step_zh"], row["step_en"]),
        number_of_step=row["step"] or 0,
        steps=row["steps"] or 0,
        share=row["share"] or 0.0,
        course=[(int(number), float(seconds)) for number, seconds in json.loads(row["course"])],
        result=None if row["result"] is None else json.loads(row["result"]),
        error=None if row["error_en"] is None else Text(row["error_zh"], row["error_en"]),
        stopped_by=row["stopped_by"],
        wish=row["wish"],
        files=row["files"],
        runner=None if row["pid"] is None else Process(row["machine"], row["pid"], row["pid_started"]),
        seen_at=row["seen_at"],
    )
