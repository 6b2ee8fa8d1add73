"""A pattern is compiled when it is first used, and is the same as one of `re`."""

from __future__ import annotations

import re

import pytest

from geo.core.patterns import pattern


def test_a_pattern_finds_what_one_of_re_finds() -> None:
    text = "Tel 13800138000, tel 13900139000"
    ours, theirs = pattern(r"tel (?P<it>\d{11})", re.IGNORECASE), re.compile(r"tel (?P<it>\d{11})", re.IGNORECASE)
    assert ours.pattern == theirs.pattern
    assert [match.span("it") for match in ours.finditer(text)] == [match.span("it") for match in theirs.finditer(text)]
    assert ours.sub("#", text) == theirs.sub("#", text)
    assert (ours.flags, ours.groups) == (theirs.flags, theirs.groups)


def test_it_is_compiled_at_its_first_use() -> None:
    wrong = pattern("(")
    with pytest.raises(re.error):
        wrong.search("")
