"""Personal numbers: small cases by hand."""

from __future__ import annotations

from geo.core.personal_numbers import is_card, is_identity, numbers


def test_small_cases() -> None:
    assert is_identity("110105196102124814") and not is_identity("110105196102124815")
    assert is_card("6222020293137585841") and not is_card("6222020293137585842")
    assert [span.kind for span in numbers("13812345678，豫E12345")] == ["phone", "plate"]
