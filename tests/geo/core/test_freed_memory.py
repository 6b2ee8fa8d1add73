"""The C library is told what to do with freed memory, where it can be."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

import pytest

from geo.core.freed_memory import give_back, share_arenas


class _Told:
    """A C library that notes what it is told."""

    def __init__(self, name: str | None) -> None:
        self.name = name

    def mallopt(self, option: int, value: int) -> None:
        TOLD.append(("mallopt", option, value))

    def malloc_trim(self, pad: int) -> None:
        TOLD.append(("malloc_trim", pad))


TOLD: list[tuple[object, ...]] = []


@pytest.mark.parametrize(
    ("tell", "told"), [(share_arenas, ("mallopt", -8, 2)), (give_back, ("malloc_trim", 0))], ids=["arenas", "trim"]
)
def test_the_c_library_is_told_on_linux_alone(
    tell: Callable[[], None], told: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    TOLD.clear()
    monkeypatch.setattr(ctypes, "CDLL", _Told)
    monkeypatch.setattr(sys, "platform", "linux")
    tell()
    assert [told] == TOLD
    monkeypatch.setattr(sys, "platform", "darwin")
    tell()
    assert [told] == TOLD


@pytest.mark.parametrize("tell", [share_arenas, give_back])
def test_another_c_library_is_left_alone(tell: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    asked: list[object] = []

    def other(name: object) -> object:
        asked.append(name)
        return object()

    monkeypatch.setattr(ctypes, "CDLL", other)
    tell()
    assert asked == [None]


@pytest.mark.skipif(sys.platform != "linux", reason="for GNU's C library")
def test_this_one_takes_both() -> None:
    assert ctypes.CDLL(None).mallopt(-8, 2) == 1
    assert ctypes.CDLL(None).malloc_trim(0) in (0, 1)
