"""The works that a queue may do: each has a name, a function of ours, a right, and arguments that are checked."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.core.vocabulary import KINDS
from geo.study.rights import EVERY_STUDY, Right

Check = Callable[[Any], bool]
"""Tells whether a value of JSON may be an argument."""

_LONGEST: Final = 1_000
"""Characters of a text, rows of a list, keys of a table."""
_MONTH: Final = re.compile(r"\d{4}-\d{2}")
_KEPT_FILE: Final = re.compile(r"\d{1,2}(\.[a-z0-9]{1,8})?")
"""The name of a copy that the queue made."""


def text(value: Any) -> bool:
    """Tell whether a value is a text."""
    return isinstance(value, str) and len(value) <= _LONGEST


def flag(value: Any) -> bool:
    """Tell whether a value is true or false."""
    return isinstance(value, bool)


def number(value: Any) -> bool:
    """Tell whether a value is a finite number that is not below 0."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def texts(value: Any) -> bool:
    """Tell whether a value is a list of texts."""
    return isinstance(value, list) and len(value) <= 100 * _LONGEST and all(map(text, value))


def words(value: Any) -> bool:
    """Tell whether a value is a table of texts by texts."""
    return (
        isinstance(value, dict)
        and len(value) <= _LONGEST
        and all(text(each) for pair in value.items() for each in pair)
    )


def months(value: Any) -> bool:
    """Tell whether a value is a first and a last month."""
    return texts(value) and len(value) == 2 and all(_MONTH.fullmatch(each) for each in value)


def corners(value: Any) -> bool:
    """Tell whether a value is a list of places, each as longitude and latitude."""
    return (
        isinstance(value, list)
        and 3 <= len(value) <= 100 * _LONGEST
        and all(isinstance(each, list) and len(each) == 2 for each in value)
        and all(isinstance(part, (int, float)) and math.isfinite(part) for each in value for part in each)
    )


def kept_file(value: Any) -> bool:
    """Tell whether a value is the name of a file that the queue has copied."""
    return isinstance(value, str) and _KEPT_FILE.fullmatch(value) is not None


def whole(low: int, high: int) -> Check:
    """Return the check of a whole number within bounds."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def one_of(*values: str) -> Check:
    """Return the check of a text among some."""
    return lambda value: isinstance(value, str) and value in values


def or_none(check: Check) -> Check:
    """Return a check that lets null pass too."""
    return lambda value: value is None or check(value)


def number_or(*values: str) -> Check:
    """Return the check of a number, or of a text among some."""
    return lambda value: number(value) or one_of(*values)(value)


@dataclass(frozen=True)
class Work:
    """
    A work that a queue may do.

    Attributes
    ----------
    title
        Its name for readers.
    function
        As `module:name`; it takes the study's path and the arguments, and returns a small result of JSON.
    right
        Whoever submits it needs this right on the study.
    arguments
        The check of each argument; all but `needed` may be left out.
    files
        The arguments that are files.
    new
        Whether it makes the study: the right is asked on all studies.
    """

    title: Text
    function: str
    right: Right
    arguments: Mapping[str, Check] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    new: bool = False

    def asked_on(self, study: Path | str) -> Path | str:
        """Return the subject of the right: the study, or all studies for work that makes one."""
        return EVERY_STUDY if self.new else study


_TASKS: Final = "geo.background.tasks"
_OPTION: Final = or_none(text)

WORKS: Final[Mapping[str, Work]] = {
    "grade": Work(Text("评定街道等级", "Grade the streets"), f"{_TASKS}:grade", "decide"),
    "stalls": Work(Text("计算疏导点", "Compute zones for stalls"), f"{_TASKS}:stalls", "decide"),
    "guide": Work(Text("安排摊位去向", "Relocate stalls"), f"{_TASKS}:guide", "decide"),
    "bays": Work(
        Text("布设停车泊位", "Place parking bays"),
        f"{_TASKS}:bays",
        "decide",
        {"street_ids": or_none(texts), "night": flag, "budget": or_none(whole(1, 10**7))},
    ),
    "parking": Work(Text("盘点停车现状", "Take the inventory of parking"), f"{_TASKS}:parking", "decide"),
    "hotspots": Work(
        Text("查找热点", "Find hot spots"),
        f"{_TASKS}:hotspots",
        "decide",
        {"category": _OPTION, "bandwidth_m": or_none(number_or("cv")), "months": or_none(months)},
    ),
    "patrols": Work(
        Text("划分巡查片区", "Divide the streets for patrols"),
        f"{_TASKS}:patrols",
        "decide",
        {"people": or_none(whole(1, 2_000)), "keep_earlier": flag, "without": texts},
    ),
    "coverage": Work(
        Text("计算服务范围", "Compute the coverage"),
        f"{_TASKS}:coverage",
        "decide",
        {"kind": one_of(*KINDS), "within_m": or_none(number), "asked": one_of("residents", "points")},
        ("kind",),
    ),
    "sites": Work(
        Text("选址", "Choose sites"),
        f"{_TASKS}:sites",
        "decide",
        {
            "kind": one_of(*KINDS),
            "asked": one_of("residents", "points"),
            "count": whole(1, 1_000),
            "model": one_of("coverage", "median", "cover_all", "centre"),
            "within_m": or_none(number),
            "source": one_of("junctions", "kerbs", "lots", "vacant", "drawn"),
            "corners": or_none(corners),
            "closable": texts,
            "budget": or_none(number),
            "with_capacity": flag,
            "file": kept_file,
        },
        ("kind", "count"),
        ("file",),
    ),
    "build": Work(
        Text("生成研究", "Build a study"),
        f"{_TASKS}:build",
        "administer",
        {"file": kept_file, "name": text},
        files=("file",),
        new=True,
    ),
    "import": Work(
        Text("导入点位", "Import points"),
        f"{_TASKS}:import_points",
        "record",
        {
            "file": kept_file,
            "name": text,
            "kind": text,
            "by": text,
            "encoding": _OPTION,
            "crs": _OPTION,
            "mapping": words,
            "dates": words,
            "categories": words,
            "sheets": texts,
        },
        ("file", "name", "kind"),
        ("file",),
    ),
}
"""Every work by its name: nothing else can be asked of a queue."""


def checked(name: str, arguments: Mapping[str, Any], files: tuple[str, ...] = ()) -> Work:
    """
    Return the work with a name, if it takes the arguments.

    Parameters
    ----------
    name, arguments
        As somebody gave them.
    files
        The arguments that are given as files.

    Raises
    ------
    StudyError
        If there is no such work, or an argument is unknown, missing or of the wrong kind.
    """
    work = WORKS.get(name) if isinstance(name, str) else None
    if work is None:
        raise StudyError(
            Text(f"没有名为 {str(name)[:80]!r} 的后台任务", f"There is no work {str(name)[:80]!r}"),
            Text(f"可用：{'、'.join(WORKS)}", f"There are: {', '.join(WORKS)}"),
        )
    wrong = [key for key in arguments if key not in work.arguments or not work.arguments[key](arguments[key])]
    wrong += [key for key in files if key not in work.files or key in arguments]
    wrong += [key for key in work.needed if key not in arguments and key not in files]
    if wrong:
        named = ", ".join(dict.fromkeys(str(key)[:80] for key in wrong))
        raise StudyError(
            Text(f"任务 {name} 的参数有误：{named}", f"These arguments of {name} are wrong: {named}"),
            Text(f"可用参数：{'、'.join(work.arguments) or '无'}", f"It takes: {', '.join(work.arguments) or 'none'}"),
        )
    return work
