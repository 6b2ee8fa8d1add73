"""Progress of long work: its steps, told to whoever follows it, and to nobody outside of a job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

from geo.core.text import Text

_R = TypeVar("_R")


class Progress(NamedTuple):
    """
    A moment in the course of some work.

    Attributes
    ----------
    name
        Of the step that is being done.
    number, of
        The step, from 1, and how many there are.
    share
        How much of the step is done, from 0 to 1.
    """

    name: Text
    number: int
    of: int
    share: float = 0.0


Follow = Callable[[Progress], None]
"""Takes each progress as it is made."""


class _Course:
    """The course of work that somebody follows."""

    def __init__(self, follow: Follow) -> None:
        self.follow = follow
        self.now: Progress | None = None

    def tell(self, progress: Progress) -> None:
        self.now = progress
        self.follow(progress)


_course: ContextVar[_Course | None] = ContextVar("course", default=None)


@contextmanager
def followed(follow: Follow) -> Iterator[None]:
    """Tell a function of the progress of all that is done within a `with` block."""
    token = _course.set(_Course(follow))
    try:
        yield
    finally:
        _course.reset(token)


def step(zh: str, en: str, number: int, of: int) -> None:
    """Begin a step of some work; `number` counts from 1."""
    course = _course.get()
    if course is not None:
        course.tell(Progress(Text(zh, en), number, of))


def share(done: float) -> None:
    """Tell how much of the present step is done, from 0 to 1."""
    course = _course.get()
    if course is not None and course.now is not None:
        course.tell(course.now._replace(share=min(max(float(done), 0.0), 1.0)))


def within(work: Callable[..., _R], *args: Any, **kwargs: Any) -> _R:
    """Do some work with steps of its own as a part of the present step."""
    outer = _course.get()
    if outer is None or outer.now is None:
        return work(*args, **kwargs)
    with followed(lambda inner: _inward(outer, inner)):
        return work(*args, **kwargs)


def numbered(of: int, also: Callable[[Text], None]) -> Callable[[Text], None]:
    """Return a function that begins the next of `of` steps by its name each time, and tells `also` of it."""
    count = 0

    def begin(name: Text) -> None:
        nonlocal count
        count += 1
        if count <= of:
            step(name.zh, name.en, count, of)
        also(name)

    return begin


def _inward(outer: _Course, inner: Progress) -> None:
    assert outer.now is not None
    outer.tell(outer.now._replace(share=(inner.number - 1 + inner.share) / inner.of))
