"""
The process that runs jobs: `python -m geo.jobs.worker MODULE …` loads the modules, then answers requests.

On Linux each job runs in a fork of it, which has loaded everything and ends with the job: a damaged file leaves nothing
behind, and the limits are the kernel's. Elsewhere the job runs in the process itself, and the pool watches it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import queue
import select
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from geo.jobs.limits import Limits
from geo.jobs.messages import COUNT, STATUS, Buffer, dumps, portable

FORKS: Final = sys.platform == "linux"
"""Whether a job runs in a fork of the worker."""
IN_PLACE: Final = "--in-place"
"""The argument that makes a worker run jobs in itself where it could fork."""
CHUNK: Final = 1 << 20
_OUT_OF_MEMORY: Final = 97
"""The exit status of a job that cannot even send its refusal for want of memory."""
_SOON_S: Final = 5
"""After the limit on computing, the kernel waits this long before it kills."""
_DIE_WITH_PARENT: Final = 1
"""The option PR_SET_PDEATHSIG of prctl(2)."""

_working = False


class Job(NamedTuple):
    """A function, as `module:name`, with its arguments, the folder that paths start from, one for temporary files."""

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    folder: str
    temporary: str
    limits: Limits


def working() -> bool:
    """Tell whether this is a process for jobs: one starts no other."""
    return _working


def run(job: Job) -> list[Buffer]:
    """Run a job, and return the message that answers it: whether it raised, and the result or the exception."""
    try:
        os.chdir(job.folder)
        tempfile.tempdir = job.temporary
        module, _, name = job.function.partition(":")
        function: Any = importlib.import_module(module)
        for part in name.split("."):
            function = getattr(function, part)
        return dumps((False, getattr(function, "__wrapped__", function)(*job.args, **job.kwargs)))
    except BaseException as error:  # also a panic of a library in Rust, which is no Exception
        failed: BaseException = error
    if not isinstance(failed, Exception):
        return dumps((True, ("crash", type(failed).__name__)))
    if _memory_ran_out(failed):
        failed = MemoryError()
    return dumps((True, ("raised", portable(failed))))


def _memory_ran_out(error: BaseException | None) -> bool:
    """Tell whether an error, or one behind it, is of a want of memory."""
    while error is not None:
        words = str(error).lower()
        if isinstance(error, MemoryError) or "bad_alloc" in words or "cannot allocate memory" in words:
            return True
        error = error.__cause__ or error.__context__
    return False


def _write(fd: int, data: Buffer) -> None:
    rest = memoryview(data).cast("B")
    while rest:
        rest = rest[os.write(fd, rest[:CHUNK]) :]


def _chunk(reply: int, data: Buffer) -> None:
    view = memoryview(data).cast("B")
    for start in range(0, len(view), CHUNK):
        part = view[start : start + CHUNK]
        _write(reply, COUNT.pack(len(part)))
        _write(reply, part)


def _end(reply: int, status: int) -> None:
    _write(reply, COUNT.pack(0) + STATUS.pack(status))


def _request(fd: int) -> bytes | None:
    """Return the next request, None when there are no more."""
    head = _read(fd, COUNT.size)
    return None if head is None else _read(fd, COUNT.unpack(head)[0])


def _read(fd: int, size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(fd, min(size, CHUNK))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _in_place(requests: int, reply: int) -> None:
    """Run jobs in this process; it ends as soon as nobody is there to ask."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def listen() -> None:
        while (request := _request(requests)) is not None:
            waiting.put(request)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        for part in run(pickle.loads(waiting.get())):  # noqa: S301 (of our own process)
            _chunk(reply, part)
        _end(reply, 0)


if sys.platform == "linux":
    import ctypes
    import resource

    def _in_forks(requests: int, reply: int) -> None:
        """Run each job in a fork of this process; both end as soon as nobody is there to ask."""
        gc.collect()
        gc.freeze()
        while (request := _request(requests)) is not None:
            source, sink = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(source)
                _one(request, sink, (requests, reply))
            os.close(sink)
            try:
                _relay(source, requests, reply)
            except OSError:  # nobody reads any more
                os.kill(child, signal.SIGKILL)
                return
            finally:
                os.close(source)
            _, status = os.waitpid(child, 0)
            _end(reply, os.waitstatus_to_exitcode(status))
            _load(pickle.loads(request).function.partition(":")[0])  # noqa: S301 (of our own process)

    def _load(module: str) -> None:
        """Load the module of a job, so that the next fork has it."""
        if module not in sys.modules:
            with contextlib.suppress(Exception):
                importlib.import_module(module)
            gc.freeze()

    def _relay(source: int, requests: int, reply: int) -> None:
        """Pass on the answer of a job until it ends; raise BrokenPipeError where the other side has gone."""
        poll = select.poll()
        poll.register(source, select.POLLIN)
        poll.register(requests, 0)
        while True:
            ready = dict(poll.poll())
            if requests in ready:
                raise BrokenPipeError
            data = os.read(source, CHUNK)
            if not data:
                return
            _chunk(reply, data)

    def _one(request: bytes, sink: int, others: Sequence[int]) -> None:
        """Run one job under its limits, write the answer and end."""
        status = 1
        try:
            for fd in others:
                os.close(fd)
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            job: Job = pickle.loads(request)  # noqa: S301 (of our own process)
            _, most = resource.getrlimit(resource.RLIMIT_DATA)
            _limit(job.limits, most)
            try:
                parts = run(job)
            except MemoryError:
                resource.setrlimit(resource.RLIMIT_DATA, (most, most))
                parts = dumps((True, ("raised", MemoryError())))
            for part in parts:
                _write(sink, part)
            status = 0
        except MemoryError:
            status = _OUT_OF_MEMORY
        finally:
            os._exit(status)

    def _limit(limits: Limits, most: int) -> None:
        """Set the limits of this process: its data, and the time that it computes."""
        data = limits.memory_bytes if most == resource.RLIM_INFINITY else min(limits.memory_bytes, most)
        resource.setrlimit(resource.RLIMIT_DATA, (data, most))
        seconds = max(int(-(-limits.cpu_s // 1)), 1)
        _, longest = resource.getrlimit(resource.RLIMIT_CPU)
        soft = seconds if longest == resource.RLIM_INFINITY else min(seconds, longest)
        hard = soft + _SOON_S if longest == resource.RLIM_INFINITY else longest
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def means_memory(status: int) -> bool:
    """Tell whether an exit status is a want of memory."""
    return status == _OUT_OF_MEMORY


def main() -> None:
    """Load the modules named on the command line, then run the jobs that come in."""
    serve(sys.argv[1:])


def serve(words: Sequence[str]) -> None:
    """
    Run the jobs that come in on standard input, and answer on standard output.

    Parameters
    ----------
    words
        Modules to load first, and `IN_PLACE`.
    """
    global _working  # noqa: PLW0603 (one process, one word)
    _working = True
    # whatever a library prints must not reach the answers
    requests, reply = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        msvcrt.setmode(requests, os.O_BINARY)
        msvcrt.setmode(reply, os.O_BINARY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides when to end
    for name in words:
        if name != IN_PLACE:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    run_jobs: Callable[[int, int], None] = _in_place
    if sys.platform == "linux" and IN_PLACE not in words:
        run_jobs = _in_forks
    with contextlib.suppress(OSError):
        run_jobs(requests, reply)


if __name__ == "__main__":
    # as the module that other modules know, so that there is one `working()`
    importlib.import_module("geo.jobs.worker").main()
