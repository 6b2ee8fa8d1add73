"""Who else has a study open now, by the pages of this server."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Final

_AWAY_AFTER_S: Final = 10.0
"""A page that has not been heard of for so long is closed."""

_seen: Final[dict[tuple[str, str], tuple[str, float]]] = {}
_lock: Final = threading.Lock()


def others(study: Path, key: str, name: str) -> list[str]:
    """
    Note that a page has a study open, and return the names of all others who have, sorted.

    Parameters
    ----------
    study
        The study.
    key
        Of the page's session.
    name
        Of its account: further pages of one's own are not others.
    """
    now = time.monotonic()
    with _lock:
        for known, (_, at) in list(_seen.items()):
            if now - at > _AWAY_AFTER_S:
                del _seen[known]
        _seen[str(study), key] = (name, now)
        return sorted({who for (path, _), (who, _) in _seen.items() if path == str(study) and who != name})
