"""Functions that jobs run: well-behaved ones and such as take their process down."""

from __future__ import annotations

import ctypes
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from geo.core.errors import InputError
from geo.core.text import Text


class PanicException(BaseException):
    """As a library in Rust raises it: no Exception."""


def doubled(number: int) -> int:
    return 2 * number


def process() -> int:
    return os.getpid()


def grows(pieces: int = 150) -> int:
    kept = [b"x" * 10_000_000 for _ in range(pieces)]
    time.sleep(1)
    return len(kept)


def computes() -> NoReturn:
    number = 0
    while True:
        number += 1


def aborts() -> None:
    os.abort()


def reads_address_zero() -> None:
    ctypes.string_at(0)


def panics() -> None:
    raise PanicException("explicit panic")


def refuses() -> None:
    error = InputError("a.csv", Text("坏", "bad"), Text("改", "mend it"), row=3, column="时间")
    error.evidence = ["x"]  # type: ignore[attr-defined]
    raise error from ValueError("behind")


def asserts() -> None:
    raise AssertionError("of a library")


def prints() -> str:
    print("into the answers?", flush=True)
    return "said"


def leaves_a_file(mark: str) -> str:
    """Write a temporary file, and end without removing it."""
    path = Path(tempfile.mkdtemp()) / "part"
    path.write_text(mark, encoding="utf-8")
    Path(mark).write_text(str(path), encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


def notes_itself(file: str) -> None:
    """Write the number of its process into a file, and then never end."""
    Path(file).write_text(str(os.getpid()), encoding="utf-8")
    computes()
