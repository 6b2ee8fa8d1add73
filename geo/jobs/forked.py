"""A worker that is a fork of this process: it has all that is loaded here, and is ready at once."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import threading
import time
from typing import Final

from geo.jobs import worker

_LOOK_EVERY_S: Final = 0.005
_FIRST_OTHER: Final = 3
"""The number of the first file beside the three that every process has."""


def can_fork() -> bool:
    """Tell whether this process may be forked: nothing else of it runs that would be missing in the fork."""
    return worker.FORKS and threading.active_count() == 1


class Forked:
    """A fork of this process that runs jobs, with the interface of `subprocess.Popen` as far as a pool needs it."""

    def __init__(self) -> None:
        pipes = [os.pipe() for _ in range(3)]
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _serve(pipes[0][0], pipes[1][1], pipes[2][1])
        for number in (pipes[0][0], pipes[1][1], pipes[2][1]):
            os.close(number)
        # closed by whoever ends the worker
        self.stdin = io.FileIO(pipes[0][1], "wb")
        self.stdout = io.FileIO(pipes[1][0], "rb")
        self.stderr = io.FileIO(pipes[2][0], "rb")

    def poll(self) -> int | None:
        """Return how the process ended, None while it runs."""
        return self._ended(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int:
        """
        Return how the process ended, once it has.

        Raises
        ------
        subprocess.TimeoutExpired
            If it has not after so many seconds.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self._ended(0 if until is None else os.WNOHANG)) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("a fork", timeout or 0.0)
            time.sleep(_LOOK_EVERY_S)
        return status

    def kill(self) -> None:
        """End the process."""
        if self.poll() is None:
            os.kill(self.pid, 9)

    def _ended(self, how: int) -> int | None:
        if self.returncode is None:
            try:
                process, status = os.waitpid(self.pid, how)
            except ChildProcessError:  # somebody else has waited for it
                process, status = self.pid, 0
            if process:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _above(number: int) -> int:
    """Return a copy of an open file's number above the numbers of the three streams."""
    import fcntl  # noqa: PLC0415 (not on Windows)

    return int(fcntl.fcntl(number, fcntl.F_DUPFD, _FIRST_OTHER))


def _serve(requests: int, reply: int, said: int) -> None:
    """Be the worker: only the three streams stay open, and nothing of the process that forked is ended here."""
    try:
        os.setsid()
        # out of the way first: a process may have been started without a standard stream
        streams = [_above(number) for number in (requests, reply, said)]
        for place, number in enumerate(streams):
            os.dup2(number, place)
        os.closerange(_FIRST_OTHER, max(int(entry.name) for entry in os.scandir("/proc/self/fd")) + 1)
        worker.serve(())
    finally:
        os._exit(0)
