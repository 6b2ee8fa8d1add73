"""Refusals of the guard: one clear sentence in the visitor's language."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from dashboards.session.language import TAGS, language_of
from geo.core.text import Text

_POLICY_VIOLATION: Final = 1008
_PAGE: Final = (
    '<!doctype html><html lang="{tag}"><meta charset="utf-8"><title>街序 Jiexu</title>'
    '<body style="font-family: sans-serif; max-width: 40rem; margin: 4rem auto"><h1>{problem}</h1><p>{remedy}</p>'
)


@dataclass(frozen=True)
class Refusal:
    """
    A request that is not answered.

    Attributes
    ----------
    status
        Of HTTP.
    problem, remedy
        The reason, and what to do; the remedy may be empty.
    headers
        Of the answer, besides.
    """

    status: int
    problem: Text
    remedy: Text
    headers: Mapping[str, str] = field(default_factory=dict)


async def refused(refusal: Refusal, scope: Scope, receive: Receive, send: Send, base_path: str) -> None:
    """Send a refusal: a page to a browser, a sentence to a program; an open connection is never made."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        return
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    language = language_of(headers.get("accept-language"))
    problem, remedy = refusal.problem.pick(language), refusal.remedy.pick(language)
    answer: Response
    if "text/html" in headers.get("accept", ""):
        page = _PAGE.format(tag=TAGS[language], problem=html.escape(problem), remedy=html.escape(remedy))
        answer = HTMLResponse(page, refusal.status)
    else:
        stop = "。" if language == "zh" else ". "
        answer = PlainTextResponse(f"{problem}{stop}{remedy}".strip(), refusal.status)
    answer.headers["cache-control"] = "no-store"
    for name, value in refusal.headers.items():
        answer.headers[name] = value
    await answer(scope, receive, send)
