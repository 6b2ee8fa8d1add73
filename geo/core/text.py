"""Sentences that the study file keeps or an error carries, in Chinese and in English side by side."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]

SEPARATOR = " ｜ "


class Text(NamedTuple):
    """One sentence in both languages. `str()` gives both: the form stored in the study file."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh}{SEPARATOR}{self.en}"

    def pick(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.zh if language == "zh" else self.en


def pick(stored: str, language: Language) -> str:
    """
    Return one language of a sentence that was stored in both.

    Text that a user wrote has no separator and comes back as it is.
    """
    zh, found, en = stored.partition(SEPARATOR)
    return stored if not found else Text(zh, en).pick(language)
