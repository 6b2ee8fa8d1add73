"""Docstrings name the thing, and the pages have one Chinese word for each thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog, Message

from geo.core.text import Text
from geo.study.results import RESULTS
from geo.study.schema import STUDY_LAYERS
from scripts import commands_page
from tests.conftest import ROOT

FOLDERS: Final = ("geo", "layers", "dashboards", "jiexu", "benchmarks", "scripts")
ROUNDABOUT: Final = re.compile(r"\b(what|which|whose|those|that of|some of|it came to)\b", re.I)
"""Words by which a first paragraph goes round the name of its thing."""

OLD_CHINESE: Final = ("摊点", "摊区", "档口", "逾期", "超时未结", "商贩")
"""Words that have given way to 摊位, 疏导点, 超期 and 经营者."""

NAMES: Final = frozenset({"OpenStreetMap"})
"""Texts that are the same in both languages."""

CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
MANY_WORDS: Final = re.compile(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}[ ,]+[a-z]{2,}")
"""Three English words after each other: in a Chinese text, a sentence that was forgotten."""


def catalogue() -> Catalog:
    with (ROOT / "dashboards/locale/zh/LC_MESSAGES/jiexu.po").open("rb") as file:
        return pofile.read_po(file, locale="zh")


MESSAGES: Final[list[Message]] = [message for message in catalogue() if message.id]


def first_paragraphs(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the place and the first paragraph of every docstring in a folder."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            if text := ast.get_docstring(node):
                place = f"{path.relative_to(ROOT)}:{getattr(node, 'name', 'module')}"
                yield place, " ".join(text.split("\n\n")[0].split())


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_first_paragraph_of_a_docstring_names_the_thing(folder: str) -> None:
    found = [(place, text) for place, text in first_paragraphs(folder) if ROUNDABOUT.search(text)]
    assert found == []


def test_the_first_paragraph_of_a_docstring_is_a_sentence() -> None:
    texts = [(place, text) for folder in FOLDERS for place, text in first_paragraphs(folder)]
    assert [(place, text) for place, text in texts if not text.endswith((".", ":", "?", "”", ")"))] == []


def test_every_text_of_the_pages_is_translated() -> None:
    assert [message.id for message in MESSAGES if not message.string] == []


def test_the_texts_of_the_pages_are_english_in_the_source_and_chinese_in_the_catalogue() -> None:
    assert [message.id for message in MESSAGES if CHINESE.search(str(message.id))] == []
    same = {str(message.id) for message in MESSAGES if message.id == message.string and len(str(message.id)) > 1}
    assert same <= NAMES
    assert [message.string for message in MESSAGES if MANY_WORDS.search(str(message.string))] == []


def test_no_text_of_the_pages_goes_round_the_name_of_its_thing() -> None:
    labels = [str(message.id) for message in MESSAGES if not str(message.id).endswith((".", "?"))]
    assert [label for label in labels if ROUNDABOUT.search(label) and label not in _LABELS] == []


_LABELS: Final = frozenset({"What if"})
"""Labels that are the field's own words, though they have a roundabout one."""


def test_no_text_has_an_old_chinese_word() -> None:
    said = [str(message.string) for message in MESSAGES]
    for path in [*(ROOT / "geo").rglob("*.py"), *(ROOT / "jiexu").rglob("*.py"), *(ROOT / "layers").rglob("*.py")]:
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        said += [ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "Text" and call.args]
    said += [path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")]
    said += [(ROOT / "README.zh.md").read_text(encoding="utf-8"), (ROOT / "README.md").read_text(encoding="utf-8")]
    assert {word for word in OLD_CHINESE for text in said if word in text} == set()


def described() -> Iterator[tuple[str, Text]]:
    """Yield every title, meaning and caption of the study's layers, and the titles of results."""
    for layer in STUDY_LAYERS.values():
        yield layer.name, layer.title
        yield layer.name, layer.row
        for name, column in layer.columns.items():
            yield f"{layer.name}.{name}", column.title
            yield f"{layer.name}.{name}", column.meaning
            yield from ((f"{layer.name}.{name}={value}", text) for value, text in (column.values or {}).items())
    for result in RESULTS.values():
        yield result.name, result.title


def test_the_descriptions_of_layers_are_each_in_its_language() -> None:
    texts = list(described())
    assert [place for place, text in texts if CHINESE.search(text.en)] == []
    assert [place for place, text in texts if MANY_WORDS.search(text.zh)] == []
    assert [(place, text.en) for place, text in texts if ROUNDABOUT.search(text.en)] == []


def test_the_help_of_every_verb_names_the_thing() -> None:
    said = [
        (name, text)
        for name, verb in commands_page.verbs().items()
        for text in (verb.help, *(getattr(param, "help", None) for param in verb.params))
    ]
    assert [(name, text) for name, text in said if text and ROUNDABOUT.search(text.split("\n\n")[0])] == []
