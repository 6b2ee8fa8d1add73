"""Processes by number and start, so that a number that was given to another process is not taken for the first."""

from __future__ import annotations

import os
import socket
import sys
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

_START: Final = 19
"""The place of a process's start among the fields of /proc/PID/stat after its name, in ticks."""
_DEAD: Final = ("Z", "X")


class Process(NamedTuple):
    """
    A process.

    Attributes
    ----------
    machine
        The computer, since it was started, and the space of process numbers on it.
    pid
        Its number there.
    started
        When it started, by the computer's own count.
    """

    machine: str
    pid: int
    started: str

    @property
    def is_here(self) -> bool:
        """Whether it runs, or ran, where this process can see it."""
        return self.machine == _machine()

    @property
    def alive(self) -> bool:
        """Whether a process of this computer runs still."""
        return started(self.pid) == self.started


def this_process() -> Process:
    """Return the process that this is."""
    pid = os.getpid()
    return Process(_machine(), pid, started(pid) or "")


def started(pid: int) -> str | None:
    """Return when the process with a number started, None if there is none or it has ended."""
    if sys.platform == "linux":
        try:
            # the name, in brackets, may have any character in it
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            return None
        return None if fields[0].decode() in _DEAD else fields[_START].decode()
    import psutil  # noqa: PLC0415 (where there is no /proc)

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.Error:
        return None


@cache
def _machine() -> str:
    name = socket.gethostname()
    if sys.platform != "linux":
        return name
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 (no path: a name in brackets)
    except OSError:
        return name
    return f"{name} {boot} {space}"
