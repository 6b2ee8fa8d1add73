"""Requests of a person, told from the ones that an open page makes by itself: only the former keep a session."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboards.access.edge import SAFE_METHODS


def by_person(scope: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    """
    Tell whether a person asked for something: they opened a page or sent something.

    Tiles, pictures, the map's frame and the connection itself are fetched by open pages too, when a colleague's change
    draws them anew or the network comes back.

    Parameters
    ----------
    scope
        Of the request.
    headers
        By names in lower case.
    """
    if scope["type"] != "http":
        return False
    if scope["method"] not in SAFE_METHODS:
        return True
    if "sec-fetch-dest" in headers:
        return headers["sec-fetch-dest"] == "document"
    return "text/html" in headers.get("accept", "")  # of older browsers, and of programs


def message_by_person(message: Mapping[str, Any]) -> bool:
    """
    Tell whether a message of an open page follows a click or typing.

    A page that draws a part of itself by the clock (`st.fragment(run_every=…)`) says so; it also sends signs of life.

    Parameters
    ----------
    message
        As ASGI has it.
    """
    content = message.get("bytes")
    if message["type"] != "websocket.receive" or not content:
        return False
    said = BackMsg()
    with suppress(Exception):  # no message of a page: nothing is in it then
        said.ParseFromString(content)
    return said.WhichOneof("type") == "rerun_script" and not said.rerun_script.is_auto_rerun
