"""Alternatives: small cases by hand."""

from __future__ import annotations

from geo.core.alternatives import any_of


def test_small_cases() -> None:
    assert any_of(["市", "市民"]) == "市民|市"
