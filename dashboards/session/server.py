"""The server that pages run on, as far as they need to know it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

STUDIES_GB: Final = 1.5
"""Memory of all studies together, in GB (10⁹ bytes); the least recently used leave."""
_BYTES: Final = 10**9


@dataclass(frozen=True)
class Server:
    """
    The server.

    Attributes
    ----------
    base_path
        Before all of its addresses, as `/jiexu`; empty at the root.
    private
        Whether its visitors sign in: nothing of theirs is kept by caches between.
    open_to_others
        Whether other computers reach it without signing in.
    bases
        The online base maps that browsers may load.
    library
        The folder whose studies it serves; None where it serves one study.
    studies_gb
        The memory of all studies together; one that is larger by itself is there alone.
    """

    base_path: str = ""
    private: bool = False
    open_to_others: bool = False
    bases: tuple[str, ...] = ()
    library: Path | None = None
    studies_gb: float = STUDIES_GB

    @property
    def studies_bytes(self) -> float:
        """The memory of all studies together, in bytes."""
        return self.studies_gb * _BYTES


_server = [Server()]


def serve_as(server: Server) -> None:
    """Tell the pages their server."""
    _server[0] = server


def server() -> Server:
    """Return the server that pages run on."""
    return _server[0]
