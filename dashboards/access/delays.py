"""Delays after failed sign-ins: by name and address, so that nobody can try passwords, nor lock others out."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from typing import Final

from dashboards.access.access_log import note
from dashboards.access.store import Store
from geo.core.databases import utc_text

_FREE: Final = {"pair": 4, "host": 20, "name": 40}
"""Tries before there is any delay: of a name from one address, from an address, of a name from anywhere."""

_LONGEST_S: Final = {"pair": 900.0, "host": 900.0, "name": 60.0}
"""A name is never closed for long from everywhere: that would let strangers lock somebody out."""

_FORGOTTEN: Final = dt.timedelta(days=1)


def wait_s(store: Store, name: str, host: str) -> float:
    """Return the seconds before the next try is heard; 0 for at once."""
    if not store.exists:
        return 0.0
    now, longest = dt.datetime.now(dt.UTC), 0.0
    with store.reading() as connection:
        for kind, subject in _subjects(name, host).items():
            row = connection.execute("SELECT tries, last_at FROM failures WHERE subject = ?", (subject,)).fetchone()
            if row is None or row["tries"] <= _FREE[kind]:
                continue
            delay = min(2.0 ** min(row["tries"] - _FREE[kind], 20), _LONGEST_S[kind])
            since = (now - dt.datetime.fromisoformat(row["last_at"])).total_seconds()
            longest = max(longest, delay - since)
    return longest


def failed(store: Store, name: str, host: str) -> None:
    """Count a failed try; the name is noted as a digest only, since people type passwords there."""
    now = dt.datetime.now(dt.UTC)
    with store.changing() as connection:
        connection.execute("DELETE FROM failures WHERE last_at < ?", (utc_text(now - _FORGOTTEN),))
        connection.executemany(
            "INSERT INTO failures VALUES (?, 1, ?) ON CONFLICT (subject) DO UPDATE "
            "SET tries = tries + 1, last_at = excluded.last_at",
            [(subject, utc_text(now)) for subject in _subjects(name, host).values()],
        )
        note(connection, "refused", None, subject=_digest(name)[:12], host=host)


def succeeded(store: Store, name: str, host: str) -> None:
    """Forget the failed tries of a name from an address."""
    with store.changing() as connection:
        connection.execute("DELETE FROM failures WHERE subject = ?", (_subjects(name, host)["pair"],))


def _subjects(name: str, host: str) -> dict[str, str]:
    digest = _digest(name)
    return {"pair": f"pair:{digest}:{host}", "host": f"host:{host}", "name": f"name:{digest}"}


def _digest(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
