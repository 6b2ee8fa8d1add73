"""Faults of ours: each gets a number to report and a log, with the texts of users masked."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, NamedTuple

_KEPT: Final = 50
"""How many logs are kept: the newest."""
_LIBRARIES: Final = (
    *("geopandas", "numpy", "ortools", "osmium", "pandas", "pyarrow", "pyogrio", "pyproj", "python-calamine"),
    *("rasterio", "shapely", "streamlit"),
)
"""Libraries whose versions a log states."""
_LONGEST: Final = 1_000
"""Longer lines of a log are cut: they quote a file."""


class Fault(NamedTuple):
    """
    A fault that was noted.

    Attributes
    ----------
    number
        Its time (UTC) and four digits that are the same for the same place in the code.
    log
        The file with its trace, or None where it could not be written.
    refused
        Why it could not.
    folder
        Where logs are.
    """

    number: str
    log: Path | None
    refused: str
    folder: Path


def note_fault(error: BaseException, doing: str = "") -> Fault:
    """
    Write the log of a fault.

    Parameters
    ----------
    error
        The exception that nobody expected.
    doing
        The verb or the page, for the log.
    """
    import platformdirs  # noqa: PLC0415 (a fault is rare)

    number = f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-{_digits(error)}"
    folder = Path(platformdirs.user_cache_dir("jiexu")) / "faults"
    log = folder / f"{number}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        log.touch(mode=0o600)  # a trace may quote what the study says of people
        log.write_text(_report(error, number, doing), encoding="utf-8", errors="backslashreplace")
        for old in sorted(folder.glob("*.log"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as refused:
        return Fault(number, None, refused.strerror or str(refused), folder)
    return Fault(number, log, "", folder)


def debugging() -> bool:
    """Tell whether traces are shown to the user too (`JIEXU_DEBUG`)."""
    return os.environ.get("JIEXU_DEBUG", "").strip().lower() not in ("", "0", "no", "false")


def _digits(error: BaseException) -> str:
    """Return four digits for the kind of an error and its place in the code."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.name}" for frame in frames]
    return hashlib.sha256("|".join([type(error).__name__, *places]).encode()).hexdigest()[:4]


def _report(error: BaseException, number: str, doing: str) -> str:
    head = [
        f"fault {number}",
        f"jiexu {_version('jiexu')}, Python {platform.python_version()}, {platform.platform()}",
        ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES),
        f"doing: {doing or '-'}",
        "",
    ]
    trace = "".join(traceback.format_exception(error)).replace(str(Path.home()), "~").splitlines()
    return "\n".join([*head, *_masked([line[:_LONGEST] for line in trace])]) + "\n"


def _masked(lines: list[str]) -> list[str]:
    """Return lines of a trace without people's names and numbers."""
    try:
        import pandas as pd  # noqa: PLC0415 (a fault is rare)

        from geo.core.masking import mask  # noqa: PLC0415

        return [str(line) for line in mask(pd.Series(lines, dtype=object))]
    except Exception:  # whatever is wrong: what cannot be masked is left out, but for the places in the code
        return [line for line in lines if line.lstrip().startswith("File ")]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"
