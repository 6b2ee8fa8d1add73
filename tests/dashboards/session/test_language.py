"""No text is missing in either language."""

from __future__ import annotations

import ast
import string

from babel.messages.pofile import read_po

from dashboards.session.language import LOCALE, language_of, translator
from tests.conftest import ROOT


def texts_of_the_source() -> set[str]:
    """Return every text that is given to `_` or `translate`, also inside f-strings."""
    found: set[str] = set()
    for folder in ("dashboards", "layers"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ("_", "translate"):
                    found.add(str(node.args[0].value))
    return found


def test_every_text_has_its_chinese_and_no_text_is_left_over() -> None:
    with (LOCALE / "zh" / "LC_MESSAGES" / "jiexu.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file) if message.id}
    source = texts_of_the_source()
    assert len(source) > 40
    assert sorted(source - set(catalogue)) == []
    assert sorted(set(catalogue) - source) == []
    assert [text for text, chinese in catalogue.items() if not chinese] == []


def test_translations_have_the_same_fields() -> None:
    translate = translator("zh")
    for text in texts_of_the_source():
        fields, translated = (
            sorted((name, form) for _, name, form, _ in string.Formatter().parse(words) if name)
            for words in (text, translate(text))
        )
        assert fields == translated, text


def test_chinese_is_shown_where_the_browser_asks_for_it() -> None:
    assert [language_of(tag) for tag in ("zh-CN", "zh", "zh-Hant-TW", "en-GB", "fi", None)] == [
        "zh", "zh", "zh", "en", "en", "en"
    ]  # fmt: skip
    assert translator("zh")("Tier") == "等级"
    assert translator("en")("Tier") == "Tier"
