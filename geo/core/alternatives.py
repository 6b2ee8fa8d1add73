"""Alternatives of a pattern, from words."""

from __future__ import annotations

import re
from collections.abc import Iterable


def any_of(words: Iterable[str]) -> str:
    """Return a pattern that matches the longest of words."""
    return "|".join(sorted(map(re.escape, set(words)), key=lambda word: (-len(word), word)))
