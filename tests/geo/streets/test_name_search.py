"""Names are found as people type them."""

from __future__ import annotations

import pytest

from geo.streets.name_search import find_names

NAMES = ["文峰大道", "文明大道", "人民大道", "Mannerheimintie", "Kalevankatu", "长江路", "解放大道Ａ"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("文峰", "文峰大道"),
        ("wfdd", "文峰大道"),
        ("wm", "文明大道"),
        ("renmin", "人民大道"),
        ("大道A", "解放大道Ａ"),
        ("manner", "Mannerheimintie"),
        ("katu", "Kalevankatu"),
        ("Kalevankattu", "Kalevankatu"),
    ],
)
def test_the_likeliest_name_comes_first(typed: str, first: str) -> None:
    assert find_names(NAMES, typed)[0] == first


@pytest.mark.parametrize("typed", ["", "  ", "zzzzqqq", "'; DROP TABLE", "<script>"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert find_names(NAMES, typed) == []


def test_no_more_names_than_asked_for_and_none_twice() -> None:
    found = find_names([f"文峰{i}路" for i in range(50)], "文峰", limit=5)
    assert len(found) == len(set(found)) == 5
