"""Home addresses: small cases by hand."""

from __future__ import annotations

from geo.core.home_addresses import addresses


def test_small_cases() -> None:
    assert (4, 14) in [*addresses("阳光小区3号楼2单元501室")]
    assert [*addresses("文峰大道88号")] == []
