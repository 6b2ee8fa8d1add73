"""Regular expressions that are made ready when they are first used: the ones for personal data take long."""

from __future__ import annotations

import re
from typing import Any, cast


class _Pattern:
    """A regular expression with the attributes of `re.Pattern`."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        # from now on they are found without asking here
        for each in ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn", "flags", "groups"):
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression as `re.compile` does; it is compiled when it is first used."""
    return cast("re.Pattern[str]", _Pattern(text, flags))
