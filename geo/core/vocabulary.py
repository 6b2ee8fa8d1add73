"""The names of tiers and of kinds of facilities, and the words that mean them."""

from __future__ import annotations

from typing import Final, Literal

from geo.core.errors import StudyError
from geo.core.text import Text

FacilityKind = Literal["market", "parking", "toilet"]

CREDIT: Final = "© OpenStreetMap contributors, ODbL 1.0"

KINDS: Final[tuple[FacilityKind, ...]] = ("market", "parking", "toilet")

KIND_NAMES: Final[dict[FacilityKind, Text]] = {
    "market": Text("农贸市场", "market"),
    "parking": Text("停车场", "car park"),
    "toilet": Text("公共厕所", "public toilet"),
}

TIER_NAMES: Final[dict[str, Text]] = {
    "demonstration": Text("示范路", "demonstration road"),
    "secondary": Text("次干道", "secondary road"),
    "back_street": Text("背街小巷", "back street"),
    "unclassified": Text("不分级", "unclassified"),
}

TIER_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "demonstration": ("示范路", "示范街", "示范道路", "示范", "严禁", "demonstration", "demonstration road"),
    "secondary": ("次干道", "次干路", "严控", "secondary", "secondary road"),
    "back_street": ("背街小巷", "背街", "小巷", "有序", "back_street", "back street", "back-street"),
}
"""What a list may call a tier; the first word is the tier's own."""

_WORD_TO_TIER: Final = {word: tier for tier, words in TIER_WORDS.items() for word in words}


def tier_of(word: str) -> str | None:
    """Return the tier that a Chinese or English word names, or None."""
    return _WORD_TO_TIER.get(word.strip().casefold())


def facility_kind(kind: str) -> FacilityKind:
    """
    Return a kind of facility by its code, or by its Chinese or English name.

    Raises
    ------
    StudyError
        If there is no such kind.
    """
    for code in KINDS:
        if kind.strip().casefold() in (code, *(name.casefold() for name in KIND_NAMES[code])):
            return code
    raise StudyError(
        Text(f"没有设施类别“{kind}”", f"There is no kind of facility “{kind}”"),
        Text(f"请选择 {'、'.join(KIND_NAMES[code].zh for code in KINDS)}", f"Choose one of {', '.join(KINDS)}"),
    )
