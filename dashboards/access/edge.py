"""The edge of the server: hosts and origins that it answers to, and the headers of each answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

FORWARDED: Final = ("forwarded", "via", "x-real-ip")
_FORWARDED_LEAD: Final = "x-forwarded-"
SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")

CLOSED: Final = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check", "/auth/", "/oauth2callback")
"""Routes of Streamlit that nobody needs here."""


def host_of(header: str | None) -> str | None:
    """Return the name or address in a `Host` header, in lower case without port and brackets; None for none or a bad
    one."""
    if not header or any(each in header for each in "/@?# \\,"):
        return None
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port  # a bad one raises
    except ValueError:
        return None
    return (parts.hostname or "").rstrip(".").lower() or None


def same_origin(origin: str, host: str, scheme: str) -> bool:
    """Tell whether an `Origin` header is the server's own address as it was asked for."""
    try:
        parts = urlsplit(origin)
        asked = urlsplit(f"//{host}")
        ports = {"http": 80, "https": 443}
        theirs = (parts.scheme, parts.hostname, parts.port or ports.get(parts.scheme))
        ours = (scheme, asked.hostname, asked.port or ports.get(scheme))
    except ValueError:
        return False
    return theirs == ours


def scheme_of(asked: str, peer: str, headers: Mapping[str, str], proxies: Collection[str]) -> str:
    """
    Return `https` or `http`: how a visitor asked.

    Parameters
    ----------
    asked
        How the server was asked; a listed proxy says how it was.
    peer
        The address that asks.
    headers
        Of the request, by names in lower case.
    proxies
        The listed proxies.
    """
    scheme = {"ws": "http", "wss": "https"}.get(asked, asked)
    if peer in proxies:
        scheme = headers.get("x-forwarded-proto", scheme).partition(",")[0].strip()
    return "https" if scheme == "https" else "http"


def client_of(peer: str, headers: Mapping[str, str], proxies: Collection[str]) -> str:
    """Return the address that a visitor asks from: the last that listed proxies name and that is none of them."""
    if peer not in proxies:
        return peer
    named = [each.strip() for each in headers.get("x-forwarded-for", "").split(",") if each.strip()]
    return next((each for each in reversed(named) if each not in proxies), peer)


def was_forwarded(headers: Mapping[str, str]) -> bool:
    """Tell whether a proxy has passed a request on."""
    return any(name in FORWARDED or name.startswith(_FORWARDED_LEAD) for name in headers)


def is_closed(path: str) -> bool:
    """Tell whether a path is one of Streamlit's that are closed."""
    return any(path == each.rstrip("/") or path.startswith(each.rstrip("/") + "/") for each in CLOSED)


def security_headers(bases: Iterable[str] = (), tls: bool = False) -> dict[str, str]:
    """
    Return the headers of every answer.

    Streamlit's pages set styles in line and compile charts (Vega) and checks of components in the browser; the map's
    page has a script in line. Nothing is loaded from other hosts but pictures of online base maps, where named.

    Parameters
    ----------
    bases
        Hosts of online base maps, with `*.` for all below one.
    tls
        Whether the server is asked for by https.
    """
    pictures = " ".join(("'self'", "data:", "blob:", *(f"https://{each}" for each in bases)))
    policy = {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": pictures,
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "media-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    headers = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }
    if tls:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers
