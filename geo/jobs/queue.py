"""A queue of work on studies, beside them in one file: safe among processes, and true about the end of each job."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from geo.core.databases import utc_text
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.jobs.database import Database, seconds_between
from geo.jobs.processes import Process
from geo.jobs.progress import Progress
from geo.jobs.queued import ALL, QueuedJob, State, asked_in, from_row

SILENT_S: Final = 60.0
"""A runner on another computer that is silent for so long is taken to be gone."""

_MOST_WAITING: Final = 50
"""Jobs that wait for one study."""
_KEPT: Final = 200
"""Jobs that are over and still listed."""
_EARLIER: Final = 5
"""Earlier runs that tell how long one takes."""
_PATIENCE_S: Final = 1.0
"""A progress that cannot be written for so long is left out."""


class Queue:
    """
    The queue of a folder of studies.

    Parameters
    ----------
    folder
        Of the studies.
    """

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder)

    def submit(
        self,
        study: str,
        work: str,
        arguments: Mapping[str, Any],
        by: str,
        rights: Any,
        files: Mapping[str, Path] | None = None,
    ) -> QueuedJob:
        """
        Put work into the queue, and return its job; the one that waits already, where it is the same work.

        Whoever asks for work that waits is noted with it: it is done as long as one of them may ask for it.

        Parameters
        ----------
        study
            The study's file name.
        work, arguments
            Of JSON.
        by, rights
            Whoever asks, by name, and the rights that the work acts with.
        files
            Files that the work reads, by argument: they are copied.

        Raises
        ------
        StudyError
            If too much waits already, or the queue cannot be written.
        """
        token, names = self.database.keep(files) if files else (None, {})
        said = json.dumps({**arguments, **names}, ensure_ascii=False, sort_keys=True)
        known = json.dumps(rights, ensure_ascii=False, sort_keys=True)
        try:
            with self.database.changing() as connection:
                waiting = connection.execute(
                    "SELECT * FROM jobs WHERE study = ? AND state = 'waiting' ORDER BY number", (study,)
                ).fetchall()
                for row in waiting if token is None else ():
                    if (row["work"], row["arguments"]) == (work, said):
                        return _joined(connection, row, by, rights)
                if len(waiting) >= _MOST_WAITING:
                    raise _too_many(study)
                _forget_oldest(connection)
                number = connection.execute(
                    "INSERT INTO jobs (study, work, arguments, by_name, rights, files, state, submitted_at) "
                    "VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?)",
                    (study, work, said, by, known, token, utc_text()),
                ).lastrowid
                return _row_of(connection, int(number or 0))
        except BaseException:
            self.database.drop(token)
            raise

    def claim(self, most: int, runner: Process) -> QueuedJob | None:
        """Take the oldest job that may run now, one for each study and `most` in all; None where there is none."""
        if not self.database.exists:
            return None
        with self.database.changing() as connection:
            running = [row["study"] for row in connection.execute("SELECT study FROM jobs WHERE state = 'running'")]
            if len(running) >= most:
                return None
            for row in connection.execute("SELECT * FROM jobs WHERE state = 'waiting' ORDER BY number").fetchall():
                if row["study"] not in running:
                    at = utc_text()
                    connection.execute(
                        "UPDATE jobs SET state = 'running', started_at = ?, seen_at = ?, machine = ?, pid = ?, "
                        "pid_started = ? WHERE number = ?",
                        (at, at, *runner, row["number"]),
                    )
                    return _row_of(connection, row["number"])
        return None

    def note(self, number: int, progress: Progress, course: list[tuple[int, float]]) -> None:
        """Keep the progress of a job that runs; where the queue is busy, the next one will do."""
        try:
            with self.database.changing(_PATIENCE_S) as connection:
                connection.execute(
                    "UPDATE jobs SET step_zh = ?, step_en = ?, step = ?, steps = ?, share = ?, course = ?, seen_at = ? "
                    "WHERE number = ? AND state = 'running'",
                    (*progress.name, *progress[1:], json.dumps(course), utc_text(), number),
                )
        except (StudyError, sqlite3.Error):
            return

    def wish(self, number: int) -> str | None:
        """Return the end that somebody wishes for a job that runs, None where nobody does; one given up ends too."""
        with self.database.connected() as connection:
            row = connection.execute("SELECT state, wish FROM jobs WHERE number = ?", (number,)).fetchone()
        if row is None or row["state"] not in ("running", "done"):
            return "gone"
        return None if row["wish"] is None else str(row["wish"])

    def running(self) -> list[QueuedJob]:
        """Return the jobs that run."""
        with self.database.connected() as connection:
            return [from_row(row) for row in connection.execute("SELECT * FROM jobs WHERE state = 'running'")]

    def seen(self, number: int) -> None:
        """Keep that the runner of a job lives."""
        with self.database.changing() as connection:
            connection.execute("UPDATE jobs SET seen_at = ? WHERE number = ?", (utc_text(), number))

    def end(
        self, number: int, state: State, result: Any = None, error: Text | None = None, at: str | None = None
    ) -> bool:
        """Keep the end of a job that runs, by default now, and tell whether it ran until then."""
        with self.database.changing() as connection:
            ended = connection.execute(
                "UPDATE jobs SET state = ?, ended_at = ?, result = ?, error_zh = ?, error_en = ? "
                "WHERE number = ? AND state = 'running' RETURNING files",
                (state, at or utc_text(), json.dumps(result, ensure_ascii=False), *(error or (None, None)), number),
            ).fetchall()
        for row in ended:
            self.database.drop(row["files"])
        return bool(ended)

    def cancel(self, number: int, by: str) -> QueuedJob:
        """
        Cancel a job: one that waits is over at once, one that runs is ended by its runner.

        Raises
        ------
        StudyError
            If there is no such job.
        """
        self.find(number)
        with self.database.changing() as connection:
            ended = connection.execute(
                "UPDATE jobs SET state = 'cancelled', ended_at = ?, stopped_by = ? "
                "WHERE number = ? AND state = 'waiting' RETURNING files",
                (utc_text(), by, number),
            ).fetchall()
            connection.execute(
                "UPDATE jobs SET wish = 'cancelled', stopped_by = coalesce(stopped_by, ?) "
                "WHERE number = ? AND state = 'running'",
                (by, number),
            )
            found = _row_of(connection, number)
        for row in ended:
            self.database.drop(row["files"])
        return found

    def find(self, number: int) -> QueuedJob:
        """
        Return a job as it stands.

        Raises
        ------
        StudyError
            If there is none with this number.
        """
        if self.database.exists:
            self.interrupt_abandoned()
            with self.database.connected() as connection:
                if (row := connection.execute("SELECT * FROM jobs WHERE number = ?", (number,)).fetchone()) is not None:
                    return from_row(row)
        raise StudyError(
            Text(f"没有编号为 {number} 的任务", f"There is no job {number}"),
            Text("jiexu jobs 列出所有任务", "jiexu jobs lists them"),
        )

    def jobs(self, study: str | None = None) -> list[QueuedJob]:
        """Return the jobs of a study, or of all, newest first."""
        if not self.database.exists:
            return []
        self.interrupt_abandoned()
        every = "SELECT * FROM jobs ORDER BY number DESC"
        of_one = "SELECT * FROM jobs WHERE study = ? ORDER BY number DESC"
        with self.database.connected() as connection:
            rows = connection.execute(every) if study is None else connection.execute(of_one, (study,))
            return [from_row(row) for row in rows]

    def earlier(self, job: QueuedJob) -> list[QueuedJob]:
        """Return the latest runs of the same work that came to their end: on the same study, else on any."""
        with self.database.connected() as connection:
            rows = connection.execute(
                "SELECT * FROM jobs WHERE work = ? AND state = 'done' ORDER BY study = ? DESC, number DESC LIMIT ?",
                (job.work, job.study, _EARLIER),
            )
            found = [from_row(row) for row in rows]
        return [each for each in found if each.study == job.study] or found

    def interrupt_abandoned(self) -> list[int]:
        """Mark jobs without their runner as interrupted, and return their numbers."""
        # the last that was heard of each
        return [
            job.number
            for job in self.running()
            if _abandoned(job) and self.end(job.number, "interrupted", error=interrupted(), at=job.seen_at)
        ]


def interrupted() -> Text:
    """Return the error of a job that was ended before it was done."""
    return Text(
        "运行它的进程在完成前被终止；研究文件保持原样",
        "The process that ran it was ended before it was done; the study is as it was",
    )


def _abandoned(job: QueuedJob) -> bool:
    """Tell whether the runner of a job is gone: as this computer sees it, else by its long silence."""
    if job.runner is None:
        return True
    if job.runner.is_here:
        return not job.runner.alive
    return seconds_between(job.seen_at or job.submitted_at, utc_text()) > SILENT_S


def _joined(connection: sqlite3.Connection, row: sqlite3.Row, by: str, rights: Any) -> QueuedJob:
    """Note somebody with a job that waits; whoever asks again has the rights of now."""
    asked = dict(asked_in(row)) | {by: rights}
    kept = json.dumps({ALL: list(asked.items())}, ensure_ascii=False, sort_keys=True)
    names = ", ".join(filter(None, asked))
    connection.execute(
        "UPDATE jobs SET by_name = ?, rights = ? WHERE number = ?",
        (names if len(asked) > 1 else by, kept, row["number"]),
    )
    return _row_of(connection, row["number"])


def _row_of(connection: sqlite3.Connection, number: int) -> QueuedJob:
    return from_row(connection.execute("SELECT * FROM jobs WHERE number = ?", (number,)).fetchone())


def _forget_oldest(connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM jobs WHERE state NOT IN ('waiting', 'running') AND number NOT IN "
        "(SELECT number FROM jobs WHERE state NOT IN ('waiting', 'running') ORDER BY number DESC LIMIT ?)",
        (_KEPT,),
    )


def _too_many(study: str) -> StudyError:
    return StudyError(
        Text(f"{study} 已有 {_MOST_WAITING} 个任务在等待", f"{_MOST_WAITING} jobs wait for {study} already"),
        Text("请等其完成，或用 jiexu jobs --cancel 取消", "Wait for them, or cancel some: jiexu jobs --cancel"),
    )
