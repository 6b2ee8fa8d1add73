"""Segmented: small cases by hand."""

from __future__ import annotations

from geo.core.segmented import plain, surname_at


def test_small_cases() -> None:
    assert plain("范围") and not plain("李建国")
    assert surname_at("欧阳", 0) == 2
