"""A server under measurement: on its own core, with its memory and its work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import psutil

from benchmarks.map import ROOT, free_port

_STARTS_WITHIN_S: Final = 300.0
_LOOKS_EVERY_S: Final = 0.05
_SAMPLES_EVERY_S: Final = 1.0


class Sample(NamedTuple):
    """The memory of the server with its children, in MB, when so many clicks had been answered."""

    at: float
    clicks: int
    mb: float


class Slope(NamedTuple):
    """MB for every hundred clicks, and the standard error of that."""

    mb: float
    error_mb: float


def slope_of(samples: Sequence[Sample]) -> Slope:
    """Return the slope of memory over clicks by least squares."""
    clicks, mb = (np.array([getattr(each, name) for each in samples], dtype=float) for name in ("clicks", "mb"))
    apart = clicks - clicks.mean() if len(samples) else clicks
    spread = float((apart**2).sum())
    if len(samples) < 3 or spread == 0:
        return Slope(float("nan"), float("nan"))
    slope = float((apart * mb).sum() / spread)
    rest = mb - mb.mean() - slope * apart
    error = float(np.sqrt((rest**2).sum() / (len(samples) - 2) / spread))
    return Slope(100 * slope, 100 * error)


def place(core: int) -> bool:
    """Keep this process, and all that it starts, on a core; tell whether that is possible here."""
    with suppress(AttributeError, OSError, ValueError):
        if (os.cpu_count() or 1) > core:
            psutil.Process().cpu_affinity([core])
            return True
    return False


class Served:
    """
    A server of a study, started as a user starts it.

    Parameters
    ----------
    study
        The study.
    core
        Its core, or None where it cannot be kept on one.
    cache
        The folder for caches.
    options
        Further ones of `jiexu serve`.
    """

    def __init__(self, study: Path, core: int | None, cache: Path, options: Sequence[str] = ()) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._study, self._core, self._cache, self._options = study, core, cache, options
        self.process: psutil.Popen | None = None

    def start(self) -> float:
        """Start it, and return after how many seconds it answers."""
        command = [sys.executable, "-m", "jiexu", "serve", str(self._study), "--no-browser", "--port", str(self.port)]
        environment = {**os.environ, "XDG_CACHE_HOME": str(self._cache)}
        begun = time.monotonic()
        with (self._cache.parent / f"server-{self.port}.log").open("ab") as log:
            self.process = psutil.Popen(
                [*command, *self._options], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        if self._core is not None:
            self.process.cpu_affinity([self._core])
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() - begun > _STARTS_WITHIN_S:
                raise RuntimeError(f"the server did not start: {self._cache.parent / f'server-{self.port}.log'}")
            time.sleep(_LOOKS_EVERY_S)
        return time.monotonic() - begun

    def stop(self, sign: int = signal.SIGTERM) -> None:
        """Stop it by a signal."""
        if self.process is None:
            return
        # a server that is killed leaves its helpers for a moment: they end by themselves
        self.process.send_signal(sign)
        self.process.wait(60)
        self.process = None

    def cpu_s(self) -> float:
        """Return the seconds of work of the server and its children so far."""
        return sum(_each(self.process, lambda each: sum(each.cpu_times()[:2])))

    def mb(self) -> float:
        """Return the memory of the server and its children; shared parts count once where the system tells them."""
        return sum(_each(self.process, _own_bytes)) / 1e6

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2):  # noqa: S310 (our own server)
                return True
        except OSError:
            return False


def _own_bytes(process: psutil.Process) -> int:
    """Return a process's share of memory; a fork has most of its memory in common with its parent."""
    full = process.memory_full_info()
    return int(getattr(full, "pss", full.uss))


def _each(process: psutil.Popen | None, measure: Callable[[psutil.Process], float]) -> list[float]:
    found = []
    if process is not None:
        with suppress(psutil.Error):
            for each in (process, *process.children(recursive=True)):
                with suppress(psutil.Error):
                    found.append(measure(each))
    return found


class Watch:
    """
    Samples the memory of a server while clicks are counted.

    Parameters
    ----------
    served
        The server.
    clicks
        Says how many clicks have been answered.
    """

    def __init__(self, served: Served, clicks: Callable[[], int]) -> None:
        self.samples: list[Sample] = []
        self._served, self._clicks = served, clicks
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_SAMPLES_EVERY_S):
            self.samples.append(Sample(time.monotonic(), self._clicks(), self._served.mb()))
