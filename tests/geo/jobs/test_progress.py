"""Progress is told to whoever follows, step by step, and to nobody else."""

from __future__ import annotations

from geo.core.text import Text
from geo.jobs.progress import Progress, followed, numbered, share, step, within


def test_nobody_follows_outside_of_a_job() -> None:
    step("一", "one", 1, 2)
    share(0.5)
    assert within(lambda n: n + 1, 1) == 2


def test_steps_and_their_shares_are_told_in_order() -> None:
    told: list[Progress] = []
    with followed(told.append):
        share(0.5)  # of no step yet
        step("一", "one", 1, 2)
        share(0.25)
        share(7)
        step("二", "two", 2, 2)
    step("三", "three", 3, 3)
    assert [(each.name.en, each.number, each.of, each.share) for each in told] == [
        ("one", 1, 2, 0.0),
        ("one", 1, 2, 0.25),
        ("one", 1, 2, 1.0),
        ("two", 2, 2, 0.0),
    ]


def test_the_steps_of_a_part_are_shares_of_its_step() -> None:
    told: list[Progress] = []

    def part() -> str:
        step("甲", "a", 1, 4)
        step("乙", "b", 2, 4)
        share(0.5)
        return "done"

    with followed(told.append):
        step("一", "one", 1, 2)
        assert within(part) == "done"
        step("二", "two", 2, 2)
    assert [(each.name.en, each.share) for each in told] == [
        ("one", 0.0),
        ("one", 0.0),
        ("one", 0.25),
        ("one", 0.375),
        ("two", 0.0),
    ]


def test_steps_are_counted_for_work_that_only_names_them() -> None:
    told: list[Progress] = []
    also: list[Text] = []
    begin = numbered(2, also.append)
    with followed(told.append):
        for name in ("one", "two", "too many"):
            begin(Text(name, name))
    assert [(each.name.en, each.number, each.of) for each in told] == [("one", 1, 2), ("two", 2, 2)]
    assert [each.en for each in also] == ["one", "two", "too many"]
