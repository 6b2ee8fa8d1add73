"""Sign-in at an identity provider: OpenID Connect, authorization code flow with PKCE."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dashboards.access import accounts
from dashboards.access.accounts import Account
from dashboards.access.sessions import digest_of
from dashboards.access.settings import Provider, Settings
from dashboards.access.store import Store
from geo.core.databases import utc_text
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.study.rights import EVERY_STUDY, ROLES, Grant

COOKIE: Final = "jiexu_sign_in"
"""Binds the answer of the provider to the browser that was sent there."""

LASTS_S: Final = 600
"""How long somebody may take at the provider."""

_WAIT_S: Final = 10
_SLACK_S: Final = 60
"""By how much the provider's clock may be off."""

_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
"""Signatures with a key of the provider's: none that the client's secret could make."""


class SignInAtProvider:
    """
    Sign-in at the provider of the settings.

    Parameters
    ----------
    settings
        With a provider.
    store
        The accounts.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        if settings.provider is None:
            raise ValueError("no provider")
        self._provider: Provider = settings.provider
        self._store = store
        self._found: dict[str, Any] | None = None

    def begin(self, callback: str, target: str) -> tuple[str, str]:
        """
        Begin a sign-in.

        Parameters
        ----------
        callback
            The address that the provider sends the browser back to.
        target
            Where to go afterwards.

        Returns
        -------
        address, state
            The provider's address for the browser, and what binds its answer to this browser.

        Raises
        ------
        StudyError
            If the provider does not answer.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._session(callback) as session:
            address, _ = session.create_authorization_url(
                self._metadata()["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        content = json.dumps({"nonce": nonce, "verifier": verifier, "target": target})
        oldest = utc_text(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=LASTS_S))
        with self._store.changing() as connection:
            connection.execute("DELETE FROM requests WHERE made_at < ?", (oldest,))
            connection.execute("INSERT INTO requests VALUES (?, ?, ?)", (digest_of(state), utc_text(), content))
        return str(address), state

    def finish(self, given: Mapping[str, str], bound: str | None, callback: str) -> tuple[Account, str]:
        """
        Finish a sign-in with the provider's answer.

        Parameters
        ----------
        given
            The query of the address that the browser came back to.
        bound
            The cookie of `begin`.
        callback
            As `begin` took it.

        Returns
        -------
        account, target

        Raises
        ------
        StudyError
            If the answer is not one to a sign-in of this browser, or the provider refuses, or gives no role here.
        """
        state = given.get("state", "")
        if not state or bound is None or not hmac.compare_digest(state.encode(), bound.encode()):
            raise _again()
        with self._store.changing() as connection:  # each answer is taken once
            row = connection.execute(
                "DELETE FROM requests WHERE state = ? AND made_at >= ? RETURNING content",
                (digest_of(state), utc_text(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=LASTS_S))),
            ).fetchone()
        if row is None or "error" in given or not given.get("code"):
            raise _again()
        begun = json.loads(row["content"])
        claims = self._claims(given["code"], begun, callback)
        name = str(claims.get(self._provider.name_claim) or claims["sub"])
        grants = self._grants(claims)
        if not grants:
            raise StudyError(
                Text(f"{name} 在此没有角色", f"{name} has no role here"),
                Text("请联系管理员", "Ask an administrator"),
            )
        return accounts.take_from_provider(self._store, name, self._provider.issuer, grants), begun["target"]

    def _session(self, callback: str) -> OAuth2Session:
        return OAuth2Session(
            self._provider.client_id,
            self._provider.secret or None,
            scope="openid profile",
            redirect_uri=callback,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._provider.secret else "none",
        )

    def _metadata(self) -> dict[str, Any]:
        """Return the provider's description of itself, asked for once."""
        if self._found is None:
            address = f"{self._provider.issuer}/.well-known/openid-configuration"
            found = self._asked(lambda: requests.get(address, timeout=_WAIT_S, allow_redirects=False))
            if found.get("issuer", "").rstrip("/") != self._provider.issuer:
                raise self._silent(f"issuer = {found.get('issuer')}")
            self._found = found
        return self._found

    def _asked(self, ask: Callable[[], requests.Response]) -> dict[str, Any]:
        try:
            answer = ask()
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise self._silent(type(error).__name__) from error
        return found if isinstance(found, dict) else {}

    def _claims(self, code: str, begun: Mapping[str, str], callback: str) -> dict[str, Any]:
        """Return the claims of the identity token that a code stands for."""
        metadata = self._metadata()
        try:
            with self._session(callback) as session:
                answer = session.fetch_token(
                    metadata["token_endpoint"],
                    code=code,
                    code_verifier=begun["verifier"],
                    timeout=_WAIT_S,
                )
                more = self._more(session, metadata)
        except (OAuthError, requests.RequestException, ValueError) as error:
            raise self._silent(type(error).__name__) from error
        keys = self._asked(lambda: requests.get(metadata["jwks_uri"], timeout=_WAIT_S, allow_redirects=False))
        wanted = jwt.JWTClaimsRegistry(
            leeway=_SLACK_S,
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": self._provider.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": begun["nonce"]},
        )
        try:
            token = jwt.decode(
                str(answer.get("id_token", "")), KeySet.import_key_set(cast("Any", keys)), algorithms=_ALGORITHMS
            )
            wanted.validate(token.claims)
        except (JoseError, ValueError) as error:
            raise self._silent(type(error).__name__) from error
        if more.get("sub") != token.claims["sub"]:
            more = {}
        return {**more, **token.claims}

    def _more(self, session: OAuth2Session, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Return the claims that the provider gives besides the token's, where it has an address for them."""
        address = metadata.get("userinfo_endpoint")
        return self._asked(lambda: session.get(address, timeout=_WAIT_S)) if address else {}

    def _grants(self, claims: Mapping[str, Any]) -> dict[str, Grant]:
        """Return the highest role that the groups of a claim give, on all studies."""
        value: Any = claims
        for part in self._provider.claim.split("."):
            value = value.get(part, ()) if isinstance(value, Mapping) else ()
        groups = value.split() if isinstance(value, str) else [str(each) for each in value or ()]
        roles = [self._provider.roles[group] for group in groups if group in self._provider.roles]
        return {EVERY_STUDY: Grant(max(roles, key=ROLES.index))} if roles else {}

    def _silent(self, reason: str) -> StudyError:
        title = self._provider.title
        return StudyError(
            Text(f"{title} 未能完成登录（{reason}）", f"{title} did not complete the sign-in ({reason})"),
            Text("请稍后重试，或联系管理员", "Try again later, or ask an administrator"),
        )


def _again() -> StudyError:
    return StudyError(
        Text("登录未完成或已过期", "The sign-in was not completed or is too old"), Text("请重新登录", "Sign in again")
    )
