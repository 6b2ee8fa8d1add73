"""A sentence in two languages is stored as one text and read back in either."""

from __future__ import annotations

from geo.core.text import Text, pick


def test_a_sentence_is_stored_in_both_languages_and_read_in_one() -> None:
    stored = str(Text("没有写理由", "The reason is empty"))
    assert stored == "没有写理由 ｜ The reason is empty"
    assert (pick(stored, "zh"), pick(stored, "en")) == ("没有写理由", "The reason is empty")


def test_what_a_user_wrote_comes_back_as_it_is() -> None:
    assert [pick("夜市 | 周末", language) for language in ("zh", "en")] == ["夜市 | 周末"] * 2  # type: ignore[arg-type]
    assert pick("", "en") == ""


def test_a_sentence_picks_its_language() -> None:
    text = Text("示范路", "demonstration road")
    assert (text.pick("zh"), text.pick("en")) == ("示范路", "demonstration road")
