"""The dispatcher: takes waiting jobs of a queue and runs each in a process of its own, until it is closed."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from geo.core.errors import JiexuError, StudyError
from geo.core.faults import note_fault
from geo.core.text import Text
from geo.jobs.limits import CrashError, KilledError, LimitError, Limits, StoppedError
from geo.jobs.pool import Pool
from geo.jobs.processes import this_process
from geo.jobs.queue import Queue, interrupted
from geo.jobs.queued import QueuedJob

_log: Final = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 0.4
"""How often the file of the queue is looked at for jobs of other processes."""
_ALL_EVERY_S: Final = 5.0
"""How often the queue is read, whether it changed or not: for jobs whose runner was killed."""
_SEEN_EVERY_S: Final = 5.0
_WISHES_EVERY_S: Final = 0.2
_CLOSING_S: Final = 3.0

_CANCELLED: Final = "cancelled"
_CLOSED: Final = "closed"

Admit = Callable[[QueuedJob], Any]
"""Returns the rights that a job acts with now, or raises a `JiexuError` where it may not be done any more."""

Over = Callable[[QueuedJob, Any], None]
"""Takes a job that is over, and the rights that it acted with; None for one that could not start."""

_dispatchers: dict[Path, Dispatcher] = {}


def dispatcher_of(folder: Path) -> Dispatcher | None:
    """Return the dispatcher of this process for the queue of a folder, if it has one."""
    return _dispatchers.get(folder.resolve())


class Dispatcher:
    """
    The dispatcher of a queue.

    Parameters
    ----------
    folder
        Of the studies.
    function
        Does a job, as `module:name`; it is called in a worker with the folder, the job's number and its rights, and
        returns a small result of JSON.
    limits
        The limits of a job.
    modules
        Loaded by a worker before its first job.
    most
        How many jobs may run at a time.
    admit
        Looks at a job before it starts, and every few seconds until it ends.
    over
        Told of each job when it is over.
    """

    def __init__(
        self,
        folder: Path,
        function: str,
        limits: Callable[[QueuedJob], Limits],
        modules: Sequence[str] = (),
        most: int = 1,
        admit: Admit = lambda job: job.rights,
        over: Over = lambda job, acted: None,
    ) -> None:
        self.folder, self.most = folder.resolve(), most
        self.queue = Queue(self.folder)
        self._function, self._limits, self._admit = function, limits, admit
        self._over = over
        self._pool = Pool(modules, most)
        self._wake, self._closing = threading.Event(), threading.Event()
        self._running: dict[int, threading.Thread] = {}
        self._turn = threading.Lock()
        self._loop: threading.Thread | None = None

    def start(self) -> None:
        """Start to run jobs, and have a worker load its modules meanwhile."""
        _dispatchers[self.folder] = self
        self._loop = threading.Thread(target=self._run_waiting, name="jiexu-jobs", daemon=True)
        self._loop.start()
        try:
            self._pool.warm()
        except OSError as error:  # said by the first job
            _log.warning("no worker can be started: %s", error)

    def poke(self) -> None:
        """Look at the queue now: something was submitted or cancelled."""
        self._wake.set()

    def run_all(self) -> int:
        """Run all jobs that wait, until none is left, and return how many were run."""
        count = 0
        while True:
            count += self._take()
            threads = list(self._running.values())
            if not threads:
                return count
            threads[0].join(_LOOK_EVERY_S)

    def close(self) -> None:
        """End all jobs: whoever looks at them next sees that they were interrupted."""
        self._closing.set()
        self._wake.set()
        if _dispatchers.get(self.folder) is self:
            del _dispatchers[self.folder]
        for thread in [*self._running.values(), *([self._loop] if self._loop else [])]:
            thread.join(_CLOSING_S)
        self._pool.close()

    def _run_waiting(self) -> None:
        stamp, looked = -1, 0.0
        while not self._closing.is_set():
            now = self.queue.database.stamp
            if self._wake.is_set() or now != stamp or time.monotonic() - looked > _ALL_EVERY_S:
                self._wake.clear()
                stamp, looked = now, time.monotonic()
                try:
                    self._take()
                except (JiexuError, sqlite3.Error, OSError) as error:
                    _log.warning("the queue of work cannot be read: %s", error)
            self._wake.wait(_LOOK_EVERY_S)

    def _take(self) -> int:
        """Start the jobs that may run now, and return how many."""
        if not self.queue.database.exists:
            return 0
        for number in self.queue.interrupt_abandoned():
            self._over(self.queue.find(number), None)
        self._end_lost()
        count = 0
        while not self._closing.is_set():
            with self._turn:
                if len(self._running) >= self.most or (job := self.queue.claim(self.most, this_process())) is None:
                    return count
                thread = threading.Thread(target=self._run, args=(job,), name=f"jiexu-job-{job.number}", daemon=True)
                self._running[job.number] = thread
                thread.start()
            count += 1
        return count

    def _end_lost(self) -> None:
        """End the jobs of this process that no thread of it runs: their end could not be written, for a full disk."""
        with self._turn:
            for job in self.queue.running():
                if job.runner == this_process() and job.number not in self._running:
                    self.queue.end(job.number, "interrupted", error=interrupted())

    def _run(self, job: QueuedJob) -> None:
        try:
            acted = self._run_to_its_end(job)
            self._over(self.queue.find(job.number), acted)
        except Exception:  # of the queue's file
            _log.exception("job %s", job.number)
        finally:
            with self._turn:
                self._running.pop(job.number, None)
            self.poke()

    def _run_to_its_end(self, job: QueuedJob) -> Any:
        """Run a job, and return the rights that it acted with, None where it could not start."""
        end, number = self.queue.end, job.number
        rights = None
        try:
            rights = self._admit(job)
            watch = _Watch(self, job, self._admit)
            result = self._pool.run(
                self._function, [str(self.folder), number, rights], {}, self._limits(job), watch.reason
            )
        except StoppedError as error:
            if error.reason == _CANCELLED:
                end(number, "cancelled")
            else:
                end(number, "interrupted", error=interrupted())
        except KilledError:
            end(number, "interrupted", error=interrupted())
        except LimitError as error:
            end(number, "failed", error=_exceeded(error))
        except CrashError as error:
            text = Text(f"计算进程异常终止（{error.how}）", f"The process of the work has crashed ({error.how})")
            end(number, "failed", error=text)
        except JiexuError as error:
            end(number, "failed", error=Text(error.sentence("zh"), error.sentence("en")))
        except Exception as error:
            fault = note_fault(error, job.work).number
            end(number, "failed", error=Text(f"街序内部故障 {fault}", f"Jiexu has failed, fault {fault}"))
        else:
            end(number, "done", result=result)

    @property
    def closing(self) -> bool:
        """Whether its jobs are to end."""
        return self._closing.is_set()


class _Watch:
    """Looks, while a job runs, for reasons to end it."""

    def __init__(self, dispatcher: Dispatcher, job: QueuedJob, admit: Admit) -> None:
        self._dispatcher, self._job, self._admit = dispatcher, job, admit
        self._stamp = -1
        self._looked = self._seen = time.monotonic()

    def reason(self) -> str | None:
        """Return the reason to end the job now, or None."""
        if self._dispatcher.closing:
            return _CLOSED
        now = time.monotonic()
        if now - self._seen >= _SEEN_EVERY_S:
            self._admit(self._job)
        try:
            return self._wish(now)
        except (StudyError, sqlite3.Error, OSError) as error:  # of the queue's file: a moment later it can be read
            _log.warning("the queue of work cannot be read: %s", error)
            return None

    def _wish(self, now: float) -> str | None:
        queue = self._dispatcher.queue
        if now - self._seen >= _SEEN_EVERY_S:
            self._seen = now
            queue.seen(self._job.number)
        if now - self._looked >= _WISHES_EVERY_S:
            self._looked = now
            if (stamp := queue.database.stamp) != self._stamp:
                self._stamp = stamp
                return _CANCELLED if queue.wish(self._job.number) is not None else None
        return None


def _exceeded(error: LimitError) -> Text:
    limits = error.limits
    if error.kind == "memory":
        gb = limits.memory_bytes / 1e9
        return Text(
            f"所需内存超过上限（{gb:,.3g} GB）；可设 JIEXU_JOB_GB",
            f"It takes more memory than the limit ({gb:,.3g} GB); set JIEXU_JOB_GB for more",
        )
    hours = (limits.cpu_s if error.kind == "cpu" else limits.wall_s) / 3600
    return Text(
        f"所需时间超过上限（{hours:,.3g} 小时）；可设 JIEXU_JOB_HOURS",
        f"It takes longer than the limit ({hours:,.3g} hours); set JIEXU_JOB_HOURS for more",
    )
