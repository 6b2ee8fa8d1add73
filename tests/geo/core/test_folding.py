"""Folding: small cases by hand."""

from __future__ import annotations

from geo.core.folding import folded


def test_small_cases() -> None:
    text = "ＡＢ①㎡陳\u00a0\ud800"
    assert folded(text) == "AB1㎡陈 \ufffd"
    assert len(folded(text)) == len(text)
