"""Studies of a library that were used last, read before somebody comes."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Thread
from typing import Final

from dashboards.session import cache
from dashboards.session.open_studies import open_studies
from dashboards.session.served_study import on_study
from dashboards.session.server import server
from geo.core.errors import JiexuError
from geo.study.library import studies
from geo.study.rights import acting, system_user

_log: Final = logging.getLogger(__name__)

_MOST: Final = 3
"""Studies that are read before somebody comes."""
_SHARE: Final = 0.5
"""Of the memory for studies: the rest is for what visitors look at."""


def warm_studies(folder: Path) -> Thread:
    """
    Read the figures of the studies of a folder that were changed last, and return the thread that does it meanwhile.

    It ends early where half of the memory for studies is taken.
    """
    found = Thread(target=_warm, args=(folder,), name="warm-studies", daemon=True)
    found.start()
    return found


def _warm(folder: Path) -> None:
    try:
        sound = [each for each in studies(folder, "current") if each.state == "sound"]
        recent = sorted(sound, key=lambda each: each.path.stat().st_mtime, reverse=True)[:_MOST]
        # the oldest first: the newest one leaves last
        for each in reversed(recent):
            if open_studies().held_bytes > _SHARE * server().studies_bytes:
                return
            with acting(system_user()), on_study(each.name):
                cache.figures()
                cache.street_names()
    except (JiexuError, OSError) as error:  # whoever opens it is told
        _log.info("a study was not read in advance: %s", error)
