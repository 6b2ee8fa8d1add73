"""Nothing is asked of a queue but the works there are, with arguments of the right kinds."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest

from geo.background.works import (
    WORKS,
    checked,
    corners,
    flag,
    kept_file,
    months,
    number,
    number_or,
    one_of,
    or_none,
    text,
    texts,
    whole,
    words,
)
from geo.core.errors import StudyError
from geo.study.rights import RIGHTS


@pytest.mark.parametrize("name", WORKS)
def test_every_work_is_a_function_of_ours_that_takes_its_arguments(name: str) -> None:
    work = WORKS[name]
    module, _, function = work.function.partition(":")
    assert module == "geo.background.tasks"
    parameters = inspect.signature(getattr(importlib.import_module(module), function)).parameters
    assert next(iter(parameters)) == "study"
    assert set(work.arguments) == set(parameters) - {"study"}
    needed = {each.name for each in parameters.values() if each.default is inspect.Parameter.empty} - {"study"}
    assert set(work.needed) == needed
    assert set(work.files) <= set(work.arguments)
    assert work.right in RIGHTS[1:]
    assert work.title.zh and work.title.en


@pytest.mark.parametrize(
    "name",
    ["os:system", "geo.background.tasks:stalls", "stalls:__globals__", "", "Stalls", None, 3, ["stalls"], "街" * 999],
)
def test_a_name_outside_of_the_list_is_refused(name: Any) -> None:
    with pytest.raises(StudyError, match="There is no work") as caught:
        checked(name, {})
    assert "stalls" in caught.value.remedy.en
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("stalls", {"study": "/etc/passwd"}),
        ("stalls", {"profile": "../../x.yaml"}),
        ("bays", {"budget": 0}),
        ("bays", {"budget": True}),
        ("bays", {"budget": "5; DROP TABLE jobs"}),
        ("bays", {"night": "yes"}),
        ("bays", {"street_ids": "all"}),
        ("bays", {"street_ids": [1]}),
        ("hotspots", {"bandwidth_m": float("nan")}),
        ("hotspots", {"bandwidth_m": "__import__('os')"}),
        ("hotspots", {"months": ["2025-01"]}),
        ("hotspots", {"months": ["2025-01", "now"]}),
        ("hotspots", {"category": "a" * 100_000}),
        ("coverage", {}),
        ("coverage", {"kind": "prison"}),
        ("sites", {"kind": "toilet", "count": 10**9}),
        ("sites", {"kind": "toilet", "count": 3, "corners": [[1, 2], [3, float("inf")], [5, 6]]}),
        ("sites", {"kind": "toilet", "count": 3, "file": "/etc/passwd"}),
        ("import", {"name": "a", "kind": "complaints"}),
        ("import", {"name": "a", "kind": "complaints", "file": "../../accounts.db"}),
        ("import", {"name": "a", "kind": "complaints", "file": "0.csv", "mapping": {"a": 1}}),
    ],
)
def test_arguments_that_a_work_does_not_take_are_refused(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(StudyError, match=f"arguments of {name} are wrong"):
        checked(name, arguments)


def test_files_are_given_as_files_and_only_where_a_work_reads_one() -> None:
    assert checked("import", {"name": "a", "kind": "other"}, ("file",)).right == "record"
    with pytest.raises(StudyError, match="wrong: file"):
        checked("stalls", {}, ("file",))
    with pytest.raises(StudyError, match="wrong: name"):
        checked("import", {"file": "0.csv", "kind": "other"})
    with pytest.raises(StudyError, match="wrong: file"):
        checked("import", {"file": "0.csv", "name": "a", "kind": "other"}, ("file",))


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (text, ["", "街"], [None, 1, "a" * 1001]),
        (flag, [True, False], [0, None, "true"]),
        (number, [0, 1.5], [-1, True, float("nan"), "1", None]),
        (texts, [[], ["a"]], ["a", [1], None]),
        (words, [{}, {"a": "b"}], [{"a": 1}, [], {1: "a"}]),
        (months, [["2025-01", "2025-03"]], [["2025-01"], ["2025-1", "2025-03"], "2025-01"]),
        (corners, [[[1, 2], [3, 4.5], [5, -6]]], [[[1, 2]], [[1, 2], [3, 4], [5]], [[1, 2], [3, 4], ["5", 6]], 1]),
        (kept_file, ["0.csv", "12"], ["a.csv", "../0.csv", "0.csv/..", "0.c.d", 0]),
        (whole(1, 9), [1, 9], [0, 10, 1.0, True, "1"]),
        (one_of("a", "b"), ["a"], ["c", None, ["a"]]),
        (or_none(flag), [None, True], [0]),
        (number_or("cv"), [2.5, "cv"], ["cw", None]),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_checks_tell_values_from_others(check: Any, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not check(value)] == []
    assert [value for value in bad if check(value)] == []
