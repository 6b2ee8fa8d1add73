"""Texts folded for search, character by character: one width, one script and one kind of digit."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

_LAST: Final = 0x1D800
"""The code point after the mathematical digits; what lies beyond is not folded."""
_HAN: Final = (0x3400, 0xA000)
_SURROGATES: Final = range(0xD800, 0xE000)
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u180e\ufe0f\u20e3"
"""Characters without a width, which people paste along with a number; to a search they are one space."""
_SPACES: Final = "\t\u2028\u2029\x0b\x0c\x1c\x1d\x1e\x1f\x85"


def folded(text: str) -> str:
    """
    Return a text of the same length with the plain form of each character.

    Full-width, circled and mathematical letters and digits become ASCII, digits of other scripts too; traditional
    characters become simplified ones; spaces of every width become one space, and half of a surrogate pair becomes
    U+FFFD. A character with a plain form of several (㎡, №) stays as it is, so that positions hold in both texts.
    """
    return text if text.isascii() and text.isprintable() else text.translate(_table())


@cache
def _table() -> str:
    """Return the plain form of each character, at its code point."""
    plain = [_plain(number) for number in range(_LAST)]
    for number, simple in zip(range(*_HAN), _simplified(range(*_HAN)), strict=True):
        if len(simple) == 1:
            plain[number] = simple
    return "".join(plain)


def _plain(number: int) -> str:
    own = chr(number)
    if number in _SURROGATES:
        return "\ufffd"
    if own in _INVISIBLE or own in _SPACES:
        return " "
    digit = unicodedata.decimal(own, None)
    if digit is not None:
        return str(digit)
    form = unicodedata.normalize("NFKC", own)
    return form if len(form) == 1 else own


def _simplified(numbers: range) -> list[str]:
    from opencc import OpenCC  # noqa: PLC0415  (slow to load, and most runs read no text)

    return str(OpenCC("t2s").convert("\n".join(map(chr, numbers)))).split("\n")
