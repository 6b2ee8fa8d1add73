"""An open page without a browser: it speaks Streamlit's protocol over a WebSocket, as its own pages do."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from benchmarks.desk_elements import Elements, Widget

ANSWERS_WITHIN_S: Final = 60.0
"""A run of the script that takes longer is an error."""

_REMEMBERED_RUNS: Final = 2
"""For how many runs a page keeps large messages, so that they are not sent again (`global.maxCachedMessageAge`)."""

_LARGEST: Final = 300_000_000


class DeskError(Exception):
    """No answer came, or the page lacks a widget."""


@dataclass
class Answer:
    """An answer to a click: seconds until the script had run to its end, its runs, bytes received, errors shown."""

    seconds: float
    runs: int
    received: int
    errors: list[str]


class Desk:
    """
    An open page.

    Parameters
    ----------
    address
        The server's, as `http://127.0.0.1:8501`.
    cookie
        The `Cookie` header of a session that is signed in; empty at a server without sign-in.
    query
        Of the page's address, without the question mark.
    locale
        The browser's language.
    """

    def __init__(self, address: str, cookie: str = "", query: str = "", locale: str = "en-GB") -> None:
        self.address, self.query = address, query
        self.pages: dict[str, str] = {}
        self.page = ""
        self.shown = Elements()
        self.lost = asyncio.Event()
        self._cookie, self._locale = cookie, locale
        self._socket: ClientConnection | None = None
        self._session = ""
        self._heard: asyncio.Task[None] | None = None
        self._again: dict[str, asyncio.Task[None]] = {}
        self._messages: dict[str, tuple[int, ForwardMsg]] = {}
        self._ended = asyncio.Event()
        self._counted = self._received = 0
        self._waits_for_page = False

    async def open(self, timeout: float = ANSWERS_WITHIN_S) -> Answer:
        """Connect, anew where the connection was lost, and run the page's script."""
        await self.close()
        parts = urlsplit(self.address)
        self.lost.clear()
        begun = time.perf_counter()
        self._socket = await connect(
            f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}{parts.path}/_stcore/stream",
            additional_headers={"Cookie": self._cookie} if self._cookie else None,
            origin=Origin(f"{parts.scheme}://{parts.netloc}"),
            # the second place is of a token against requests of other websites, the third of the session before
            subprotocols=[Subprotocol(each) for each in ("streamlit", "-", self._session) if each],
            max_size=_LARGEST,
            open_timeout=timeout,
        )
        self._heard = asyncio.create_task(self._listen(self._socket))
        answer = await self.rerun(timeout=timeout)
        answer.seconds = time.perf_counter() - begun
        return answer

    async def close(self) -> None:
        """Close the page."""
        self._stop_repeating()
        if self._socket is not None:
            with suppress(Exception):
                await self._socket.close()
        if self._heard is not None:
            self._heard.cancel()
        self._socket = self._heard = None

    async def rerun(
        self, page: str = "", fragment: str = "", trigger: WidgetState | None = None, timeout: float = ANSWERS_WITHIN_S
    ) -> Answer:
        """
        Have the page's script run, and wait until it has settled.

        Parameters
        ----------
        page
            The hash of the page to go to; by default it stays.
        fragment
            The fragment that runs; by default the whole script.
        trigger
            The click that happens once.
        timeout
            In seconds.

        Raises
        ------
        DeskError
            If no answer comes, or the connection is lost.
        """
        self._ended.clear()
        self._waits_for_page = not fragment
        self._counted = self._received = 0
        begun = time.perf_counter()
        await self._send(self._state(page, fragment, trigger))
        waits = [asyncio.ensure_future(each.wait()) for each in (self._ended, self.lost)]
        done, _ = await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        if not done:
            raise DeskError(f"no answer within {timeout:.0f} s")
        if not self._ended.is_set():
            raise DeskError("the connection was lost")
        return Answer(time.perf_counter() - begun, self._counted, self._received, self.shown.errors())

    async def go(self, page: str) -> Answer:
        """Go to another page by its path, as a click in the navigation does; the first page has none."""
        if page not in self.pages:
            raise DeskError(f"there is no page {page}")
        return await self.rerun(page=self.pages[page])

    async def set(self, widget: Widget, value: Any) -> Answer:
        """Set a widget's value."""
        self.shown.values[widget.element.id] = value
        return await self.rerun(fragment=widget.fragment)

    async def press(self, widget: Widget) -> Answer:
        """Press a button."""
        return await self.rerun(fragment=widget.fragment, trigger=WidgetState(id=widget.element.id, trigger_value=True))

    async def report(self, component: str, event: str, value: Any) -> Answer:
        """Have a component of ours report an event, as the map does after a click."""
        widget = self.widget(component)
        state = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{widget.element.id}__events")
        state.json_trigger_value = json.dumps([{"event": event, "value": value}])
        return await self.rerun(fragment=widget.fragment, trigger=state)

    def widget(self, key: str) -> Widget:
        """Return a widget by its key."""
        for widget in self.shown.widgets():
            if widget.key == key:
                return widget
        raise DeskError(f"there is no {key} on the page")

    def _state(self, page: str, fragment: str, trigger: WidgetState | None, auto: bool = False) -> BackMsg:
        """Return the state of the page and its widgets, as each click sends it."""
        message = BackMsg()
        client = message.rerun_script
        if page and page != self.pages.get(self.page):
            self._stop_repeating()
            self.query = ""  # Streamlit's pages drop the address's query when another page is chosen
            self.shown.leave_page()
        client.query_string = self.query
        client.page_script_hash = page or self.pages.get(self.page, "")
        client.fragment_id, client.is_auto_rerun = fragment, auto
        client.cached_message_hashes.extend(self._messages)
        client.context_info.locale, client.context_info.timezone = self._locale, "UTC"
        client.context_info.color_scheme = "light"
        client.context_info.url = f"{self.address}/{self.page}"
        client.widget_states.widgets.extend(self.shown.states())
        if trigger is not None:
            client.widget_states.widgets.append(trigger)
        return message

    async def _send(self, message: BackMsg) -> None:
        if self._socket is None:
            raise DeskError("the page is not open")
        try:
            await self._socket.send(message.SerializeToString())
        except ConnectionClosed as error:
            raise DeskError("the connection was lost") from error

    async def _listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for data in socket:
                self._received += len(data)
                self._take(ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode()))
        self.lost.set()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            known = ForwardMsg()
            known.CopyFrom(self._messages[message.ref_hash][1])
            known.metadata.CopyFrom(message.metadata)
            message, kind = known, known.WhichOneof("type")
        elif message.metadata.cacheable:
            self._messages[message.hash] = (0, message)
        if kind == "new_session":
            self._session = message.new_session.initialize.session_id
            self.shown.begin(message)
            if not message.metadata.run.fragment_ids:
                self._stop_repeating()
        elif kind == "delta":
            self.shown.draw(message)
        elif kind == "navigation":
            self.pages = {each.url_pathname: each.page_script_hash for each in message.navigation.app_pages}
            self.page = next(url for url, each in self.pages.items() if each == message.navigation.page_script_hash)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            fragment = message.auto_rerun.fragment_id
            if earlier := self._again.pop(fragment, None):
                earlier.cancel()
            self._again[fragment] = asyncio.create_task(self._repeat(fragment, message.auto_rerun.interval))
        elif kind == "script_finished":
            self._finish(message.script_finished)

    def _finish(self, status: int) -> None:
        self._counted += 1
        of_fragment = status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
        if of_fragment or status == ForwardMsg.FINISHED_SUCCESSFULLY:
            self.shown.drop_old(of_fragment)
        if status == ForwardMsg.FINISHED_SUCCESSFULLY:
            kept = {key: (age + 1, each) for key, (age, each) in self._messages.items() if age < _REMEMBERED_RUNS}
            self._messages = kept
        if status != ForwardMsg.FINISHED_EARLY_FOR_RERUN and not (of_fragment and self._waits_for_page):
            self._ended.set()

    async def _repeat(self, fragment: str, every_s: float) -> None:
        """Have a fragment run again and again, as pages do that look for news."""
        with suppress(DeskError):
            while True:
                await asyncio.sleep(every_s)
                await self._send(self._state("", fragment, None, auto=True))

    def _stop_repeating(self) -> None:
        for task in self._again.values():
            task.cancel()
        self._again.clear()
