"""Titles and captions of the legend come from the schema."""

from __future__ import annotations

from geo.core.text import Text
from layers.map_layer import captions, named, sentence, title_of


def test_titles_and_captions_speak_the_language() -> None:
    assert (title_of("sites", "zh"), title_of("sites", "en")) == ("选址", "Sites")
    assert captions("sites", "status", "en") == {"proposed": "Proposed", "accepted": "Accepted", "closed": "To close"}
    assert captions("sites", "status", "zh")["closed"] == "拟关闭"
    assert captions("sites", "name", "en") == {}, "no coded column"


def test_a_value_of_a_thing_is_named_as_each_language_does() -> None:
    bay = named(Text("泊位", "Bay"), Text("夜间", "at night"))
    assert (bay.zh, bay.en) == ("泊位（夜间）", "Bay, at night")
    assert (sentence("new hot spot"), sentence("摊位"), sentence("")) == ("New hot spot", "摊位", "")
