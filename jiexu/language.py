"""The language of messages on the command line."""

from __future__ import annotations

import locale
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.core.text import Language


def language() -> Language:
    """Return the language of messages: Chinese where the locale says so, else English."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if (wanted or locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
