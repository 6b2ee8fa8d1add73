"""English names: small cases by hand."""

from __future__ import annotations

from geo.core.english_names import english_names
from geo.core.segmented import Words


def test_small_cases() -> None:
    assert [*english_names(Words("Mr Smith called"))] == [(3, 8)]
