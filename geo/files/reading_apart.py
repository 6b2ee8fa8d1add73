"""Reading in a process of its own: files of users reach a parser there, under limits, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from geo.core.errors import InputError, JiexuError
from geo.core.text import Text
from geo.jobs.limits import CrashError, LimitError, Limits
from geo.jobs.pool import Pool
from geo.jobs.worker import working

_P = ParamSpec("_P")
_R = TypeVar("_R")

_INSIDE: Final = "inside"
_GB: Final = 3.0
_S: Final = 30.0
_S_PER_MB: Final = 5.0
"""More time for a larger file: a workbook of a megabyte has some hundred thousand cells."""
_SMALL_MB: Final = 1.0
_MEMORY_OF_EXTRACT: Final = 40
"""Memory for an extract, by its size: an index of its nodes and its streets by column."""
_WAIT: Final = 3
"""The limit on the clock, by the limit on computing, with half a minute besides: other programs compute too."""
_READERS: Final = (
    *("archives", "gdal_files", "geopackage_files", "json_files", "map_files"),
    *("spreadsheets", "text_tables", "xml_files"),
)
"""The modules of this package that `geo.files.formats` loads when a file of theirs comes."""
_MODULES: Final = (
    *("geo.files.formats", *(f"geo.files.{name}" for name in _READERS)),
    *("pyarrow.pandas_compat", "encodings.utf_8_sig"),
)
_REMEDY: Final = Text("请另存为 CSV 或 XLSX，或拆分后重试", "Save it as CSV or XLSX, or split it, and try again")
_EXPORT_AGAIN: Final = Text("请重新导出，或另存为其他格式", "Export it again, or save it in another format")

_here: ContextVar[bool] = ContextVar("reading_inside", default=False)


@cache
def pool() -> Pool:
    """Return the processes that read files; none is started before the first file, or `warm`."""
    return Pool(_MODULES)


def warm(fork: bool = False) -> None:
    """
    Start the reader of files, unless files are read in this process: it is ready when the first file comes.

    Parameters
    ----------
    fork
        Whether it may be a fork of this process: for a program that has loaded what reads files, and nothing of a
        user's yet.
    """
    if not is_inside():
        try:
            pool().warm(fork)
        except OSError:  # said where a file is read
            return


@contextmanager
def inside() -> Iterator[None]:
    """Read files in this process, without limits, for as long as the context lasts: for tests and trusted files."""
    token = _here.set(True)
    try:
        yield
    finally:
        _here.reset(token)


def is_inside() -> bool:
    """Tell whether files are read in this process."""
    return working() or _here.get() or os.environ.get("JIEXU_READERS", "").strip().lower() == _INSIDE


def file_limits(file: Path) -> Limits:
    """Return the limits of reading a table or a map file: time grows with its size."""
    return _limits(file, 0)


def extract_limits(file: Path) -> Limits:
    """Return the limits of reading an OSM extract: time and memory grow with its size."""
    return _limits(file, _MEMORY_OF_EXTRACT)


def _limits(file: Path, memory_per_byte: int) -> Limits:
    size = _size(file)
    cpu_s = setting("JIEXU_READ_SECONDS", os.environ.get("JIEXU_READ_SECONDS"), _S) + _S_PER_MB * max(
        size / 1e6 - _SMALL_MB, 0
    )
    gb = setting("JIEXU_READ_GB", os.environ.get("JIEXU_READ_GB"), _GB)
    memory = int(max(gb * 1e9, memory_per_byte * size))
    return Limits(memory, cpu_s, _WAIT * cpu_s + _S)


def _size(file: Path) -> int:
    """Return the bytes of a file, or of the files in a folder."""
    try:
        if file.is_dir():
            return sum(each.stat().st_size for each in file.iterdir() if each.is_file())
        return file.stat().st_size
    except OSError:
        return 0


def setting(variable: str, given: str | None, default: float) -> float:
    """Return the limit that an environment variable gives, or a default; refuse one that is no number above 0."""
    text = (given or "").strip()
    try:
        number = float(text) if text else default
    except ValueError:
        number = 0.0
    if not number > 0:
        raise InputError(
            variable,
            Text(f"应为正数，而不是“{text}”", f"A number above 0 is expected, not “{text}”"),
            Text("请修改或删去该环境变量", "Change or remove this environment variable"),
        )
    return number


def apart(
    limits: Callable[[Path], Limits] = file_limits,
    file_of: Callable[[Any], Path | str] = Path,
    passes: tuple[type[Exception], ...] = (),
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """
    Make a function read its file in a process of its own.

    Parameters
    ----------
    limits
        The limits of reading a file.
    file_of
        The file, from the function's first argument.
    passes
        Errors of the function that are for its caller.

    Raises
    ------
    InputError
        By the function, if the file exceeds a limit, takes its reader down, or makes it raise whatever; it names the
        file, and the limit.
    """

    def decorate(read: Callable[_P, _R]) -> Callable[_P, _R]:
        known: tuple[type[Exception], ...] = (JiexuError, *passes)
        name = f"{read.__module__}:{read.__qualname__}"

        @wraps(read)
        def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            file = Path(file_of(args[0]))
            try:
                if is_inside() or not file.exists():
                    return read(*args, **kwargs)
                return _answer(name, file, limits(file), args, kwargs)  # type: ignore[no-any-return]
            except known:
                raise
            except Exception as error:  # whatever a damaged file makes a parser raise is the file's fault
                raise InputError(
                    file,
                    Text(f"文件已损坏（{type(error).__name__}）", f"The file is damaged ({type(error).__name__})"),
                    _EXPORT_AGAIN,
                ) from error

        return run

    return decorate


def _answer(name: str, file: Path, limits: Limits, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        return pool().run(name, args, kwargs, limits)
    except LimitError as error:
        raise InputError(file, _exceeded(error), _REMEDY) from error
    except CrashError as error:
        raise InputError(
            file,
            Text(
                f"文件已损坏：读取程序因它中止（{error.how}）",
                f"The file is damaged: it ended its reader ({error.how})",
            ),
            _EXPORT_AGAIN,
        ) from error
    except (PermissionError, BlockingIOError, FileNotFoundError) as error:  # of starting a process
        raise InputError(
            file,
            Text(f"无法启动读取文件的进程（{error}）", f"No process can be started to read it ({error})"),
            Text("请检查系统限制，或设 JIEXU_READERS=inside", "Check the system's limits, or set JIEXU_READERS=inside"),
        ) from error
    except InputError as error:
        if _nested(error):
            raise InputError(
                file,
                Text("文件的层层嵌套超过上限", "The file is nested deeper than the limit"),
                _EXPORT_AGAIN,
            ) from error
        raise


def _exceeded(error: LimitError) -> Text:
    limits = error.limits
    gb, cpu, wall = limits.memory_bytes / 1e9, limits.cpu_s, limits.wall_s
    if error.kind == "memory":
        return Text(
            f"读取它所需内存超过上限（{gb:,.3g} GB）", f"Reading it takes more memory than the limit ({gb:,.3g} GB)"
        )
    if error.kind == "cpu":
        return Text(
            f"读取它所需计算时间超过上限（{cpu:,.0f} 秒）",
            f"Reading it takes more computing than the limit ({cpu:,.0f} s)",
        )
    return Text(f"读取它所需时间超过上限（{wall:,.0f} 秒）", f"Reading it takes longer than the limit ({wall:,.0f} s)")


def _nested(error: BaseException | None) -> bool:
    """Tell whether an error is of levels without end."""
    while error is not None:
        if isinstance(error, RecursionError):
            return True
        error = error.__cause__
    return False
