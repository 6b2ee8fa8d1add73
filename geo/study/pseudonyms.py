"""Identifiers that stay identities: telephone and identity numbers become pseudonyms by a keyed hash."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable, Collection
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Flags
from geo.core.masked_words import mask_under
from geo.core.personal_numbers import IDENTITY_CHECKS, IDENTITY_WEIGHTS, has_luhn_digit

PREFIX: Final = "p-"
CONTENT_PREFIX: Final = "xk-"
FORGOTTEN_PREFIX: Final = "forgotten-"
"""The beginnings of pseudonyms: of an identifier, of a row's content, and of an old complaint whose texts are gone."""
REPEATED: Final = re.compile(r"-row-\d+$")
"""What is added to an identifier that a file has twice."""
_PAIRS: Final = 12
"""Pairs of a digit and a letter: 60 to the power of 12 pseudonyms; two of a million are the same with 2e-10."""
_DIGITS: Final = "0123456789"
_LETTERS: Final = "abcdef"
_KEY_BYTES: Final = 32
_OURS: Final = re.compile(
    rf"(?:{PREFIX}|{CONTENT_PREFIX}|{FORGOTTEN_PREFIX})(?:[{_DIGITS}][{_LETTERS}]){{{_PAIRS}}}(?:{REPEATED.pattern})?"
)
_CONTENT: Final = "content\x1d"
_FORGOTTEN: Final = "forgotten\x1d"
"""What is hashed before a content and a forgotten identifier, so that no two kinds of names are of one hash."""

_CUT: Final = re.compile(r"[-+]?\d(?:[.,]\d+)?[eE]\+\d{1,3}|\d{16,}\.0")
"""A number as Excel shows one that is too long for its column, or keeps one of more digits than it can."""
_EXACT_DIGITS: Final = 15
"""Excel keeps so many digits of a number and makes the others zero."""
_MOST: Final = 0.5
_SURELY_CUT: Final = 17
"""A single number of so many digits that ends in zeros was cut; a shorter one ends in a zero by chance."""

_CARD: Final = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_OLD_CARD: Final = re.compile(r"\d{8}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_LONG: Final = re.compile(r"(?<![0-9A-Za-z])\d{14,}[Xx]?(?![0-9A-Za-z])")
_MOBILE: Final = re.compile(r"(?:\+86|0086|86)?(1[3-9]\d{9})")
_COUNTRY: Final = re.compile(r"^(?:\+86|0086)")
_BETWEEN: Final = re.compile(r"[\s\-‐-―.()·]+")
_CARD_HEADER: Final = re.compile(r"身份证|证件|id\s*card|identity|passport|护照", re.IGNORECASE)
_PHONE_HEADER: Final = re.compile(r"电话|手机|联系方式|\btel\b|telephone|phone|mobile", re.IGNORECASE)
_PHONE_DIGITS: Final = re.compile(r"\+?\d{7,15}")
_WEIGHTS: Final = np.array(IDENTITY_WEIGHTS)
_CHECKS: Final = np.array([ord(letter) for letter in IDENTITY_CHECKS])
"""GB 11643: the weights of the 17 digits, and the check characters by the remainder modulo 11."""
_AREAS: Final = (11, 91)
_NEARLY_ALL: Final = 0.8
"""The share of a column's numbers with valid check characters from which they are identity numbers, wrong ones
misspelt: a serial number has a valid one with a chance of 1 in 11."""
_FEW: Final = 3
"""Fewer numbers than these may be valid by chance: they are identity numbers only with an adult's date of birth."""
_ADULT_YEARS: Final = 14
_CARD_LENGTHS: Final = range(16, 20)
"""Digits of a bank card."""


Known = Callable[[str], Collection[str] | None]
"""A function that returns the identifiers that a study has in a column."""


class Hidden(NamedTuple):
    """
    A column of identifiers without personal data.

    Attributes
    ----------
    column
        Identifiers, pseudonyms in place of personal ones; None where there is none, or the number was cut.
    cut
        The rows with a number that was cut.
    hidden
        How many different identifiers became pseudonyms.
    """

    column: pd.Series
    cut: pd.Index
    hidden: int


class Pseudonyms:
    """
    Pseudonyms under a key: the same identifier has the same one, in each column and at each import.

    Parameters
    ----------
    secret
        The study's key; by default one of this moment, for files that no study keeps.
    known
        What returns the identifiers that a study has in a column; it is asked where a number may be personal.
    """

    def __init__(self, secret: bytes | None = None, known: Known | None = None) -> None:
        self._secret = secret or secrets.token_bytes(_KEY_BYTES)
        self._known = known

    def of(self, identifier: str) -> str:
        """Return the pseudonym of an identifier; spelling does not matter (138 0013-8000, +86, full width)."""
        return self._spelt(PREFIX, _normal(identifier))

    def of_content(self, content: str) -> str:
        """Return the identity of a row's content: without the key, nobody can guess it."""
        return self._spelt(CONTENT_PREFIX, f"{_CONTENT}{content}")

    def forgotten(self, identifier: str) -> str:
        """Return the new name of an old complaint in place of its identifier; spelling matters."""
        return self._spelt(FORGOTTEN_PREFIX, f"{_FORGOTTEN}{identifier}")

    def _spelt(self, prefix: str, text: str) -> str:
        """Return a prefix and the keyed hash of a text (BLAKE2b, RFC 7693) in pairs of a digit and a letter."""
        digest = hashlib.blake2b(text.encode(errors="surrogatepass"), key=self._secret).digest()
        number, letters = int.from_bytes(digest[:16], "big"), []
        for _ in range(_PAIRS):
            number, digit = divmod(number, len(_DIGITS))
            number, letter = divmod(number, len(_LETTERS))
            letters += [_DIGITS[digit], _LETTERS[letter]]  # never two digits in a row: no part looks like a number
        return prefix + "".join(letters)

    def hide(self, cells: pd.Series, name: str, header: str) -> Hidden:
        """
        Hide the personal identifiers of a column.

        Order numbers stay as they are, also ones with an area code and a day: identity numbers are told by the check
        characters of the whole column (GB 11643) or by its header.

        Parameters
        ----------
        cells
            Text, or None.
        name
            The field.
        header
            The column's name in the file.
        """
        codes, words = pd.factorize(cells.astype(object))
        distinct = np.array([str(word) for word in words], dtype=object)
        plain = [unicodedata.normalize("NFKC", word).strip() for word in distinct]
        cut = cut_numbers(plain)
        personal = self._personal(plain, name, header) & ~cut
        result = distinct.copy()
        result[personal] = [self.of(word) for word in distinct[personal]]
        result[cut] = None
        given = codes >= 0
        column: NDArray[np.object_] = np.full(len(cells), None, dtype=object)
        column[given] = result[codes[given]]
        cut_rows = cells.index[given][cut[codes[given]]]
        return Hidden(pd.Series(column, index=cells.index, dtype=object), cut_rows, int(personal.sum()))

    def _personal(self, plain: list[str], name: str, header: str) -> Flags:
        """Tell the personal ones of distinct identifiers."""
        compact = [_BETWEEN.sub("", word) for word in plain]
        mobile = np.array([_MOBILE.fullmatch(word) is not None for word in compact], dtype=bool)
        if _PHONE_HEADER.search(header):
            mobile |= np.array([_PHONE_DIGITS.fullmatch(word) is not None for word in compact], dtype=bool)
        joined = [short if _LONG.fullmatch(short) else word for short, word in zip(compact, plain, strict=True)]
        numbers = self._identity_numbers(joined, name, header) & ~mobile
        rest = pd.Series([_LONG.sub("#", word) for word in joined], dtype=object)
        masked = (mask_under(rest, header) != rest).to_numpy(dtype=bool)
        pseudonyms = np.array([_OURS.fullmatch(word) is not None for word in plain], dtype=bool)
        result: Flags = (mobile | numbers | masked) & ~pseudonyms
        return result

    def _identity_numbers(self, words: list[str], name: str, header: str) -> Flags:
        """Tell the words with identity numbers: decided for a column as a whole, by its check characters."""
        found = [_CARD.search(word) for word in words]
        at = np.flatnonzero([match is not None for match in found])
        cards = np.array([match[0].upper() for match in found if match is not None], dtype="U18")
        valid, born = valid_cards(cards)
        by_header = _CARD_HEADER.search(header) is not None
        few = len(at) < _FEW
        share = float(valid.mean()) if len(at) else 0.0
        whole = by_header or (share >= _NEARLY_ALL and not few)
        old = np.array([whole and _OLD_CARD.fullmatch(word) is not None for word in words], dtype=bool)
        result = old | np.array([by_header and _LONG.fullmatch(word) is not None for word in words], dtype=bool)
        if whole:
            result[at] = True
        elif len(at):
            # what an earlier import hid stays hidden, and what it kept stays as it is
            known = frozenset() if self._known is None else frozenset(self._known(name) or ())
            maybe = np.flatnonzero(valid)
            hidden = [self.of(words[at[row]]) in known for row in maybe] if known else [False] * len(maybe)
            adult = born <= np.datetime64("today") - np.timedelta64(_ADULT_YEARS * 365, "D")
            for row, before in zip(maybe, hidden, strict=True):
                alone = few and share >= _NEARLY_ALL and bool(adult[row]) and words[at[row]] not in known
                result[at[row]] = before or alone
        return result | _bank_cards(words)


def valid_cards(cards: NDArray[np.str_]) -> tuple[Flags, NDArray[np.datetime64]]:
    """
    Tell valid identity numbers of 18 characters (GB 11643): area, date of birth and check character.

    Returns
    -------
    valid
        By number.
    born
        The dates of birth, NaT where it is no date.
    """
    if len(cards) == 0:
        return np.zeros(0, dtype=bool), np.zeros(0, dtype="datetime64[D]")
    codes = cards.astype("U18").view(np.uint32).reshape(-1, 18).astype(np.int64)
    digits = codes[:, :17] - ord("0")
    expected = _CHECKS[(digits @ _WEIGHTS) % 11]
    area = digits[:, 0] * 10 + digits[:, 1]
    days = pd.Series([card[6:14] for card in cards])
    born = pd.to_datetime(days, format="%Y%m%d", errors="coerce").to_numpy().astype("datetime64[D]")
    with np.errstate(invalid="ignore"):
        alive = (born >= np.datetime64("1900-01-01")) & (born <= np.datetime64("today"))
    valid: Flags = (codes[:, 17] == expected) & (area >= _AREAS[0]) & (area <= _AREAS[1]) & alive
    return valid, born


def cut_numbers(words: list[str]) -> Flags:
    """Tell numbers that a spreadsheet cut: 2.02503E+17, or long ones, most with zeros alone after 15 digits."""
    shown = np.array([_CUT.fullmatch(word) is not None for word in words], dtype=bool)
    long = np.array([len(word) > _EXACT_DIGITS and word.isascii() and word.isdigit() for word in words], dtype=bool)
    zeros = np.array([flag and not word[_EXACT_DIGITS:].strip("0") for word, flag in zip(words, long, strict=True)])
    zeros = zeros.astype(bool)
    sure = long.sum() > 1 or any(len(word) >= _SURELY_CUT for word, flag in zip(words, zeros, strict=True) if flag)
    return shown | zeros if sure and zeros.sum() >= _MOST * long.sum() else shown


def _bank_cards(words: list[str]) -> Flags:
    """Tell the bank cards of a column by its check digits, valid in nearly all (ISO/IEC 7812, Luhn)."""
    result = np.zeros(len(words), dtype=bool)
    at = [
        row
        for row, word in enumerate(words)
        if len(word) in _CARD_LENGTHS and word.isascii() and word.isdigit() and word[0] in "3456"
    ]
    if len(at) >= _FEW and np.mean([has_luhn_digit(words[row]) for row in at]) >= _NEARLY_ALL:
        result[at] = True
    return result


def _normal(identifier: str) -> str:
    """Return an identifier without differences of spelling."""
    text = unicodedata.normalize("NFKC", identifier).strip()
    compact = _BETWEEN.sub("", text)
    if match := _MOBILE.fullmatch(compact):
        return match[1]
    if compact.lstrip("+")[:-1].isdigit():
        return _COUNTRY.sub("0", compact).replace("00", "0", 1).upper() if _COUNTRY.match(compact) else compact.upper()
    return re.sub(r"\s+", " ", text).casefold()
