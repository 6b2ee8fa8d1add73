"""Roles on a study, the rights of each, and whoever acts now: every change of a study asks here."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, Final, Literal, ParamSpec, TypeVar

from geo.core.errors import JiexuError
from geo.core.text import Text

_P = ParamSpec("_P")
_R = TypeVar("_R")

Role = Literal["viewer", "officer", "planner", "administrator"]
Right = Literal["see", "record", "decide", "administer"]
"""See a study; import points, record steps and permits; compute results and decide; change rules, users and studies."""

ROLES: Final[tuple[Role, ...]] = ("viewer", "officer", "planner", "administrator")
"""From the least rights to the most; each role has all rights of the ones before it."""

RIGHTS: Final[tuple[Right, ...]] = ("see", "record", "decide", "administer")
"""The right that each role adds, in the order of `ROLES`."""

ROLE_NAMES: Final[Mapping[Role, Text]] = {
    "viewer": Text("查看者", "viewer"),
    "officer": Text("执法人员", "officer"),
    "planner": Text("规划人员", "planner"),
    "administrator": Text("管理员", "administrator"),
}

_ACTS: Final[Mapping[Right, Text]] = {
    "see": Text("查看此研究", "see this study"),
    "record": Text("导入数据或登记事项", "import data or record steps"),
    "decide": Text("计算结果或作出决定", "compute results or decide"),
    "administer": Text("更改规则、用户或研究", "change rules, users or studies"),
}

EVERY_STUDY: Final = "*"
"""Stands for all studies of a folder."""

_needed: ContextVar[Right] = ContextVar("needed", default="administer")
"""The right that a change needs: the most, unless the function that makes it says less."""
_doing: ContextVar[str] = ContextVar("doing", default="")
"""The function that a change was asked of."""


class RightError(JiexuError):
    """Somebody asked for something that their role on a study does not allow. Nothing was changed."""


@dataclass(frozen=True)
class Grant:
    """
    A role on a study.

    Attributes
    ----------
    role
        The role.
    layers
        The layers that a viewer sees; None for all.
    texts
        Whether free texts (of complaints, reasons of decisions) are shown.
    """

    role: Role
    layers: tuple[str, ...] | None = None
    texts: bool = True

    def allows(self, right: Right) -> bool:
        """Tell whether the role has a right."""
        return ROLES.index(self.role) >= RIGHTS.index(right)

    def shows(self, layer: str) -> bool:
        """Tell whether a layer may be seen."""
        return self.layers is None or layer in self.layers


@dataclass(frozen=True)
class Actor:
    """
    Somebody who works on studies.

    Attributes
    ----------
    name
        Of the account; it signs decisions.
    grants
        By the name of a study's file without suffix, `EVERY_STUDY` for all others.
    reads_only
        Whether nothing may be changed, whatever the roles (a token for reading).
    signed_in
        Whether the name comes from an account; else it is the operating system's user.
    """

    name: str
    grants: Mapping[str, Grant] = field(default_factory=dict)
    reads_only: bool = False
    signed_in: bool = True

    def grant_on(self, study: Path | str) -> Grant | None:
        """Return the role on a study, or None."""
        return self.grants.get(Path(study).stem, self.grants.get(EVERY_STUDY))

    def may(self, right: Right, study: Path | str) -> bool:
        """Tell whether a right holds on a study."""
        grant = self.grant_on(study)
        return grant is not None and grant.allows(right) and (right == "see" or not self.reads_only)


NOBODY: Final = Actor("")
"""Whoever has not signed in: may nothing."""

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)
_after_change: list[Callable[[Actor, Right, Path], None]] = []
_source: list[Callable[[], Actor]] = []


def system_user() -> Actor:
    """Return the operating system's user, who may do all that the file system lets them."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a number without a name
        name = ""
    return Actor(name, {EVERY_STUDY: Grant("administrator")}, signed_in=False)


def take_from(source: Callable[[], Actor]) -> None:
    """Have `current` ask a function where nobody acts in this context: a server's, by session."""
    _source[:] = [source]


def when_changed(noted: Callable[[Actor, Right, Path], None]) -> None:
    """Have a function called after each change, with the actor, the right and the study."""
    _after_change[:] = [noted]


def doing() -> str:
    """Return the name of the function that a change was asked of, as `decide_tier`; empty for none."""
    return _doing.get()


def current() -> Actor:
    """Return whoever acts now: in this context (`acting`), else by the source of this process."""
    return _acting.get() or (_source[0] if _source else system_user)()


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Act as somebody within a `with` block, on this thread and in copies of its context."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


def signature(by: str = "") -> str:
    """Return the name that a change is signed with: of the account that acts, else as given."""
    actor = current()
    return actor.name if actor.signed_in and actor.name else by


def require(right: Right, study: Path | str) -> Actor:
    """
    Return whoever acts, if they have a right on a study.

    Raises
    ------
    RightError
        If they have not.
    """
    actor = current()
    if actor.may(right, study):
        return actor
    grant, act = actor.grant_on(study), _ACTS[right]
    if grant is None:
        problem = Text(f"您没有此研究的权限，不能{act.zh}", f"You have no role on this study and may not {act.en}")
    elif actor.reads_only:
        problem = Text(f"此令牌只能读取，不能{act.zh}", f"This token is for reading only: it may not {act.en}")
    else:
        role = ROLE_NAMES[grant.role]
        problem = Text(f"您的角色是{role.zh}，不能{act.zh}", f"Your role is {role.en}: it may not {act.en}")
    raise RightError(problem, Text("未作任何改动；请联系管理员", "Nothing was changed; ask an administrator"))


def requires(right: Right) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """
    Decorate a function that changes a study, its first argument: it asks for a right before it works, and changes by
    that right.

    A function that changes a study and is not decorated needs the right to administer it.
    """

    def decorate(work: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(work)
        def asked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            study: Any = args[0] if args else next(iter(kwargs.values()))
            require_on(right, study)
            token = _doing.set(_doing.get() or work.__name__)
            try:
                with needing(right):
                    return work(*args, **kwargs)
            finally:
                _doing.reset(token)

        return asked

    return decorate


def require_on(right: Right, study: Any) -> Actor:
    """Return whoever acts, as `require`, of a study or its path."""
    return require(right, getattr(study, "path", study))


@contextmanager
def needing(right: Right) -> Iterator[None]:
    """Change studies by a right within a `with` block."""
    token = _needed.set(right)
    try:
        yield
    finally:
        _needed.reset(token)


@contextmanager
def permitted(study: Path) -> Iterator[None]:
    """
    Change a study within a `with` block: every change passes here.

    Raises
    ------
    RightError
        If whoever acts has not the right that the change needs.
    """
    actor = require(_needed.get(), study)
    yield
    for noted in _after_change:
        noted(actor, _needed.get(), study)
