"""The pages of signing in and out, without scripts, in both languages."""

from __future__ import annotations

import html
import math
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboards.access import accounts, delays, provider, sessions
from dashboards.access.accounts import Account
from dashboards.access.guard import SIGN_IN, SIGN_OUT, STATE, is_tls, visitor_of
from dashboards.access.settings import Settings
from dashboards.access.visitors import Visitors, session_digest
from dashboards.session.language import LANGUAGES, TAGS, language_of, translator
from geo.core.errors import JiexuError
from geo.core.text import Language

_TEMPLATE: Final = (Path(__file__).parent / "sign_in.html").read_text(encoding="utf-8")
_LONGEST_FORM: Final = 8_192
_AT_ONCE: Final = 2
"""Passwords checked at the same time: each takes a tenth of a second and 64 MB."""


class SignIn:
    """
    The routes of signing in and out.

    Parameters
    ----------
    settings
        The server's settings.
    visitors
        Who its visitors are.
    """

    def __init__(self, settings: Settings, visitors: Visitors) -> None:
        self._settings = settings
        self._visitors = visitors
        self._store = visitors.store
        self._checks = CapacityLimiter(_AT_ONCE)
        self._provider = provider.SignInAtProvider(settings, self._store) if settings.provider else None

    @property
    def routes(self) -> list[BaseRoute]:
        """The routes, below the server's base path."""
        base = self._settings.base_path
        routes: list[BaseRoute] = [
            Route(base + SIGN_IN, self._page, methods=["GET"]),
            Route(base + SIGN_IN, self._try, methods=["POST"]),
            Route(base + STATE, self._state, methods=["GET"]),
            Route(base + SIGN_OUT, self._ask_out, methods=["GET"]),
            Route(base + SIGN_OUT, self._out, methods=["POST"]),
        ]
        if self._provider is not None:
            routes += [
                Route(f"{base}{SIGN_IN}/provider", self._to_provider),
                Route(f"{base}{SIGN_IN}/callback", self._from_provider),
            ]
        return routes

    async def _page(self, request: Request) -> Response:
        if visitor_of(request.scope) is not None:
            return RedirectResponse(self._next(request.query_params.get("next")), 303)
        return self._form(request, request.query_params.get("next"))

    async def _state(self, request: Request) -> Response:
        """Tell an open page whether its session is still in force; asking does not keep it alive."""
        there = visitor_of(request.scope) is not None
        return Response(status_code=204 if there else 401, headers={"cache-control": "no-store"})

    async def _try(self, request: Request) -> Response:
        body = await _form_of(request)
        name, password = body.get("name", ""), body.get("password", "")
        target, host = body.get("next"), _host(request)
        wait = await to_thread.run_sync(delays.wait_s, self._store, name, host)
        if wait > 0:
            return self._form(request, target, name, wait_s=wait)
        account = await to_thread.run_sync(self._verified, name, password, host, limiter=self._checks)
        if account is None:
            return self._form(request, target, name, failed=True)
        return await self._signed_in(request, account, target)

    def _verified(self, name: str, password: str, host: str) -> Account | None:
        account = accounts.verified(self._store, name, password) if self._store.exists else None
        (delays.failed if account is None else delays.succeeded)(self._store, name, host)
        return account

    async def _signed_in(self, request: Request, account: Account, target: str | None) -> Response:
        secret = await to_thread.run_sync(sessions.open_session, self._store, account, _host(request))
        answer = RedirectResponse(self._next(target), 303)
        self._set_cookie(request, answer, sessions.COOKIE, secret, int(sessions.LASTS.total_seconds()))
        return answer

    def _set_cookie(self, request: Request, answer: Response, name: str, value: str, seconds: int) -> None:
        answer.set_cookie(
            name,
            value,
            max_age=seconds,
            path=self._settings.base_path or "/",
            secure=is_tls(request.scope),
            httponly=True,
            samesite="lax",
        )

    async def _ask_out(self, request: Request) -> Response:
        language = self._language(request)
        _ = translator(language)
        words = html.escape(_("Sign out"))
        action = f"{self._settings.base_path}{SIGN_OUT}"
        inner = f'<h1>{words}</h1><form method="post" action="{action}"><button>{words}</button></form>'
        return self._html(inner, language, "")

    async def _out(self, request: Request) -> Response:
        visitor = visitor_of(request.scope)
        digest = session_digest(visitor) if visitor is not None else None
        if visitor is not None and digest is not None:
            await to_thread.run_sync(sessions.end, self._store, digest, _host(request))
            self._visitors.forget(visitor.key)
        answer = RedirectResponse(f"{self._settings.base_path}{SIGN_IN}", 303)
        answer.delete_cookie(sessions.COOKIE, path=self._settings.base_path or "/")
        return answer

    async def _to_provider(self, request: Request) -> Response:
        if self._provider is None:
            return RedirectResponse(f"{self._settings.base_path}{SIGN_IN}", 303)
        target = self._next(request.query_params.get("next"))
        try:
            address, state = await to_thread.run_sync(self._provider.begin, self._callback(request), target)
        except JiexuError as error:
            return self._form(request, target, problem=error)
        answer = RedirectResponse(address, 303)
        self._set_cookie(request, answer, provider.COOKIE, state, provider.LASTS_S)
        return answer

    async def _from_provider(self, request: Request) -> Response:
        if self._provider is None:
            return RedirectResponse(f"{self._settings.base_path}{SIGN_IN}", 303)
        given = request.query_params
        bound = request.cookies.get(provider.COOKIE)
        try:
            account, target = await to_thread.run_sync(
                self._provider.finish, dict(given), bound, self._callback(request), limiter=self._checks
            )
        except JiexuError as error:
            return self._form(request, None, problem=error)
        answer = await self._signed_in(request, account, target)
        answer.delete_cookie(provider.COOKIE, path=self._settings.base_path or "/")
        return answer

    def _callback(self, request: Request) -> str:
        scheme = "https" if is_tls(request.scope) else "http"
        return f"{scheme}://{request.headers['host']}{self._settings.base_path}{SIGN_IN}/callback"

    def _next(self, target: str | None) -> str:
        """Return where to go after signing in: a path of this server, else its first page."""
        home = f"{self._settings.base_path}/"
        if not target or "\\" in target or any(ord(each) < ord(" ") for each in target):
            return home
        parts = urlsplit(target)
        inside = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith("//")
        return target if inside and not parts.path.startswith(f"{self._settings.base_path}{SIGN_IN}") else home

    def _language(self, request: Request) -> Language:
        asked = request.query_params.get("lang")
        return language_of(asked if asked in LANGUAGES else request.headers.get("accept-language"))

    def _form(
        self,
        request: Request,
        target: str | None,
        name: str = "",
        *,
        failed: bool = False,
        wait_s: float = 0.0,
        problem: JiexuError | None = None,
    ) -> Response:
        language = self._language(request)
        _ = translator(language)
        status, said = 200, ""
        if wait_s > 0:
            status, said = 429, _("Too many attempts. Try again in {seconds} s.").format(seconds=math.ceil(wait_s))
        elif failed:
            status, said = 401, _("Wrong name or password.")
        elif problem is not None:
            status, said = 403, problem.sentence(language)
        base, wanted = self._settings.base_path, self._next(target)
        words = {"title": _("Sign in"), "name": _("User name"), "password": _("Password"), "button": _("Sign in")}
        inner = [f"<h1>{html.escape(words['title'])}</h1>"]
        if said:
            inner.append(f'<p role="alert" class="problem">{html.escape(said)}</p>')
        if not self._store.exists and self._provider is None:
            made = _("There are no accounts yet. On the server, run:")
            inner.append(f"<p>{html.escape(made)}</p><pre>jiexu users add NAME --role administrator</pre>")
        inner.append(
            f'<form method="post" action="{base}{SIGN_IN}?lang={language}">'
            f'<input type="hidden" name="next" value="{html.escape(wanted)}">'
            f"<label>{html.escape(words['name'])}"
            f'<input name="name" autocomplete="username" autofocus required value="{html.escape(name)}"></label>'
            f"<label>{html.escape(words['password'])}"
            '<input name="password" type="password" autocomplete="current-password" required></label>'
            f"<button>{html.escape(words['button'])}</button></form>"
        )
        if self._settings.provider is not None:
            at = _("Sign in with {provider}").format(provider=self._settings.provider.title)
            inner.append(
                f'<p><a class="provider" href="{base}{SIGN_IN}/provider?next={quote(wanted, safe="")}">'
                f"{html.escape(at)}</a></p>"
            )
        answer = self._html("".join(inner), language, wanted)
        answer.status_code = status
        if wait_s > 0:
            answer.headers["retry-after"] = str(math.ceil(wait_s))
        return answer

    def _html(self, inner: str, language: Language, wanted: str) -> Response:
        after = f"&next={quote(wanted, safe='')}" if wanted else ""
        switch = " · ".join(
            f'<a href="?lang={each}{html.escape(after)}" lang="{TAGS[each]}">{title}</a>'
            for each, title in LANGUAGES.items()
            if each != language
        )
        page = _TEMPLATE.replace("{tag}", TAGS[language]).replace("{switch}", switch).replace("{inner}", inner)
        return HTMLResponse(page, headers={"cache-control": "no-store"})


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


async def _form_of(request: Request) -> dict[str, str]:
    """Return the fields of a small form; nothing of a larger one."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    return {name: values[-1] for name, values in fields.items()}
