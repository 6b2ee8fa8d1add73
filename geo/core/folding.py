"""Texts folded for search, character by character: one width, one script and one kind of digit."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opencc import OpenCC

_LAST: Final = 0x1D800
"""The code point after the mathematical digits; what lies beyond is not folded."""
_HAN: Final = range(0x3400, 0xA000)
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
    return text if text.isascii() and text.isprintable() else text.translate(_forms)


class _Forms(dict[int, str]):
    """The plain form of each character by its code point, found when it first comes."""

    def __missing__(self, number: int) -> str:
        form = _plain(number) if number < _LAST else chr(number)
        self[number] = form
        return form


_forms: Final = _Forms()


def _plain(number: int) -> str:
    own = chr(number)
    if number in _HAN:
        simple = str(_simplifier().convert(own))
        return simple if len(simple) == 1 else own
    if number in _SURROGATES:
        return "\ufffd"
    if own in _INVISIBLE or own in _SPACES:
        return " "
    digit = unicodedata.decimal(own, None)
    if digit is not None:
        return str(digit)
    form = unicodedata.normalize("NFKC", own)
    return form if len(form) == 1 else own


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC  # noqa: PLC0415  (most runs read no Chinese text)

    return OpenCC("t2s")
