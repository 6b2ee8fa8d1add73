"""The interface's language: gettext catalogues, Chinese by default where the browser asks for it."""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import streamlit as st
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from geo.core.text import Language

LANGUAGES: Final[dict[Language, str]] = {"zh": "中文", "en": "English"}
TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}
"""The tag of each language for browsers (BCP 47)."""

LOCALE: Final = Path(__file__).parent.parent / "locale"
DOMAIN: Final = "jiexu"


@cache
def catalogue(language: Language) -> gettext.NullTranslations:
    """Return the catalogue of a language; English is the language of the source."""
    source = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not source.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translator(language: Language) -> Callable[[str], str]:
    """Return the function that translates the source's English into `language`."""
    return catalogue(language).gettext


def language_of(tag: str | None) -> Language:
    """Return the language for a tag such as `zh-CN`: Chinese for every kind of Chinese, else English."""
    return "zh" if (tag or "").lower().startswith("zh") else "en"


def current_language() -> Language:
    """Return the language of this session: the one chosen (`?lang=`), else the browser's."""
    chosen = st.query_params.get("lang")
    return language_of(chosen if chosen in LANGUAGES else st.context.locale)


def _(message: str) -> str:
    """Translate into the session's language."""
    return translator(current_language())(message)
