"""Alternatives of a pattern, from words."""

from __future__ import annotations

import re
from collections.abc import Iterable


def any_of(words: Iterable[str]) -> str:
    """
    Return a pattern that matches the longest of words.

    Words with the same beginning share it, so that a search reads each character once: 投诉(?:人|者).
    """
    return _branches(sorted(set(words) - {""}))


def _branches(words: list[str]) -> str:
    """Return the pattern of words in order, none of them empty."""
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[0], []).append(word[1:])
    return "|".join(re.escape(first) + _rest(rests) for first, rests in by_first.items())


def _rest(rests: list[str]) -> str:
    """Return the pattern of the rests after a shared beginning; an empty one makes it optional."""
    longer = [rest for rest in rests if rest]
    if not longer:
        return ""
    return f"(?:{_branches(longer)})" + ("?" if len(longer) < len(rests) else "")
