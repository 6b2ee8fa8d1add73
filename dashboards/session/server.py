"""The server that pages run on, as far as they need to know it."""

from __future__ import annotations

from dataclasses import dataclass


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
    """

    base_path: str = ""
    private: bool = False
    open_to_others: bool = False
    bases: tuple[str, ...] = ()


_server = [Server()]


def serve_as(server: Server) -> None:
    """Tell the pages their server."""
    _server[0] = server


def server() -> Server:
    """Return the server that pages run on."""
    return _server[0]
