"""A small pool of processes for jobs: started when the first job comes, kept for the next."""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from geo.jobs.forked import Forked, can_fork
from geo.jobs.limits import CrashError, LimitError, Limits
from geo.jobs.messages import COUNT, STATUS, loads
from geo.jobs.worker import FORKS, IN_PLACE, Job, means_memory

_LOOK_EVERY_S: Final = 0.1
"""How often a job that runs is looked at."""
_TAIL: Final = 16_384
"""How many bytes of what a worker said last are kept."""
_WANTS_MEMORY: Final = (b"memory allocation", b"bad_alloc", b"out of memory", b"MemoryError", b"Cannot allocate")
_SIGXCPU: Final = 24
_SIGKILL: Final = 9
_LAST_WORDS_S: Final = 0.05
"""What a process said before it ended is read a moment later."""
_JOBS_OF_ONE: Final = 50
"""A worker that runs jobs in itself is replaced after so many."""


class _Worker:
    """One process for jobs; it runs one at a time."""

    def __init__(self, modules: Sequence[str], in_place: bool, forked: bool = False) -> None:
        self.in_place, self.jobs = in_place, 0
        self.process = Forked() if forked else self._started(modules)
        self._said = b""
        threading.Thread(target=self._listen, daemon=True).start()

    def _started(self, modules: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a process of its own, and have it load the modules."""
        path = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
        # one thread for each: a fork has no other threads than the one that forked
        settings = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
        settings |= {"PYTHONPATH": path, "RUST_BACKTRACE": "0"}
        return subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-P", "-m", "geo.jobs.worker", *modules, *([IN_PLACE] if self.in_place else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **settings},
            bufsize=0,
            # Ctrl+C in a terminal is for whoever asked, who ends this process
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def _listen(self) -> None:
        stream = self.process.stderr
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):
            while part := os.read(stream.fileno(), 4096):
                self._said = (self._said + part)[-_TAIL:]

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def run(self, job: Job) -> Any:
        """
        Return the answer to a job.

        Raises
        ------
        LimitError, CrashError
            If it exceeds a limit, or takes its process down.
        """
        self.jobs += 1
        self._said = b""
        answer = _Answer(self.process)
        try:
            request = pickle.dumps(job, 5)
            assert self.process.stdin is not None
            with contextlib.suppress(OSError):  # a process that is gone gives its answer by its end
                self.process.stdin.write(COUNT.pack(len(request)) + request)
            threading.Thread(target=answer.read, daemon=True).start()
            self._wait(answer, job.limits)
        except BaseException:
            self.kill()
            raise
        if answer.error is not None:
            self.kill()
            raise answer.error
        if answer.status != 0:
            time.sleep(_LAST_WORDS_S)
            raise self._ended(answer.status, job.limits)
        failed, found = answer.item
        if not failed:
            return found
        kind, what = found
        if kind == "crash":
            raise CrashError(what)
        raise LimitError("memory", job.limits) if isinstance(what, MemoryError) else what

    def _wait(self, answer: _Answer, limits: Limits) -> None:
        ends = time.monotonic() + limits.wall_s
        watched = None if not self.in_place else _Watched(self.process.pid)
        while not answer.there.wait(_LOOK_EVERY_S):
            if time.monotonic() > ends:
                raise LimitError("wall", limits)
            if watched is not None and (exceeded := watched.exceeded(limits)):
                raise LimitError(exceeded, limits)

    def _ended(self, status: int, limits: Limits) -> Exception:
        """Return the error of a job by the status of its process at the end."""
        if means_memory(status) or any(words in self._said for words in _WANTS_MEMORY):
            return LimitError("memory", limits)
        if status == -_SIGXCPU:
            return LimitError("cpu", limits)
        if status == -_SIGKILL:  # the kernel, for want of memory, or after the limit on computing
            return LimitError("memory", limits)
        return CrashError(_name(status))

    def kill(self) -> None:
        """End the process and whatever it started."""
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self.process.kill()
            else:
                os.killpg(self.process.pid, _SIGKILL)
        self.close()

    def close(self) -> None:
        """Close the streams: a process that waits for jobs ends by that."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        if self.process.stderr is not None and not self.alive:
            with contextlib.suppress(OSError):
                self.process.stderr.close()


class _Answer:
    """The answer to one job, as it is read by a thread."""

    def __init__(self, process: subprocess.Popen[bytes] | Forked) -> None:
        self.there = threading.Event()
        self.item: Any = None
        self.status = 0
        self.error: Exception | None = None
        self._process = process
        assert process.stdout is not None
        self._stream = process.stdout
        self._left = 0

    def read(self) -> None:
        """Read the answer to its end."""
        try:
            with contextlib.suppress(_EndedError):
                self.item = loads(self._into)
                self._into(memoryview(bytearray(1)))  # the end, or else there is more than an answer
        except (OSError, ValueError, EOFError):
            self.status = self._process.wait() or 1
        except Exception as error:  # an answer that cannot be understood
            self.error = error
        finally:
            self.there.set()

    def _into(self, view: memoryview) -> None:
        while view:
            if not self._left:
                self._left = COUNT.unpack(self._exactly(COUNT.size))[0]
                if not self._left:
                    self.status = STATUS.unpack(self._exactly(STATUS.size))[0]
                    raise _EndedError
            count = self._stream.readinto(view[: self._left])  # type: ignore[attr-defined]
            if not count:
                raise EOFError
            self._left -= count
            view = view[count:]

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self._stream.read(size - len(found))
            if not part:
                raise EOFError
            found += part
        return found


class _EndedError(Exception):
    """The end of a message."""


class _Watched:
    """The memory and the computing of a process without limits of the kernel's."""

    def __init__(self, pid: int) -> None:
        import psutil  # noqa: PLC0415 (only where there are no limits)

        self._process: Any = None
        with contextlib.suppress(psutil.Error):  # it may have ended already
            self._process = psutil.Process(pid)
            self._began = self._computed()

    def _computed(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def exceeded(self, limits: Limits) -> Any:
        """Return the limit that the process exceeds, or None."""
        import psutil  # noqa: PLC0415

        if self._process is None:
            return None
        with contextlib.suppress(psutil.Error):
            if self._process.memory_info().rss > limits.memory_bytes:
                return "memory"
            if self._computed() - self._began > limits.cpu_s:
                return "cpu"
        return None


def _name(status: int) -> str:
    import signal  # noqa: PLC0415

    if status >= 0:
        return f"exit {status}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"


class Pool:
    """
    Processes for jobs.

    Parameters
    ----------
    modules
        Loaded by each process before its first job.
    size
        How many jobs run at once; others wait for their turn, without a limit of theirs.
    in_place
        Whether a process runs its jobs in itself; by default only where a process cannot be forked safely.
    """

    def __init__(self, modules: Sequence[str], size: int = 2, in_place: bool = not FORKS) -> None:
        self.modules, self.size, self.in_place = tuple(modules), size, in_place
        self._forget()
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave)

    def _forget(self) -> None:
        self._turn = threading.Condition()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()

    def _leave(self) -> None:
        """In a fork of this process: the workers are the other's."""
        for worker in [*self._idle, *self._busy]:
            for stream in (worker.process.stdin, worker.process.stdout, worker.process.stderr):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            worker.process.returncode = 0  # not ours to wait for
        self._forget()

    def warm(self, fork: bool = False) -> None:
        """
        Start a process, if there is none: it loads its modules while this one does something else.

        Parameters
        ----------
        fork
            Whether it may be a fork of this process, which has loaded them, where that is safe.
        """
        with self._turn:
            if not self._idle and not self._busy:
                forked = fork and not self.in_place and can_fork()
                self._idle.append(_Worker(self.modules, self.in_place, forked))

    def run(self, function: str, args: Sequence[Any], kwargs: dict[str, Any], limits: Limits) -> Any:
        """
        Return the result of a function, given as `module:name`, in another process.

        Raises
        ------
        LimitError
            If it exceeds a limit.
        CrashError
            If it takes its process down.
        OSError
            If no process can be started.
        Exception
            As the function does.
        """
        worker = self._take()
        try:
            temporary = tempfile.mkdtemp(prefix="jiexu-")
            try:
                return worker.run(Job(function, tuple(args), kwargs, str(Path.cwd()), temporary, limits))
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
        finally:
            self._give_back(worker)

    def _take(self) -> _Worker:
        with self._turn:
            while True:
                while self._idle:
                    worker = self._idle.pop()
                    if worker.alive:
                        self._busy.add(worker)
                        return worker
                    worker.close()
                if len(self._busy) < self.size:
                    worker = _Worker(self.modules, self.in_place)
                    self._busy.add(worker)
                    return worker
                self._turn.wait()

    def _give_back(self, worker: _Worker) -> None:
        with self._turn:
            self._busy.discard(worker)
            if worker.alive and not (self.in_place and worker.jobs >= _JOBS_OF_ONE):
                self._idle.append(worker)
            else:
                worker.close()
            self._turn.notify()

    def close(self) -> None:
        """End all processes."""
        with self._turn:
            workers = [*self._idle, *self._busy]
            self._idle.clear()
        for worker in workers:
            worker.kill()
