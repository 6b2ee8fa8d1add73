"""Questions about files: as a document, and as an error that names the option."""

from geo.core.text import Text
from geo.files.questions import AskedError, Question

WHEN = Question(
    "received_at",
    "受理时间",
    Text("03.04.2025 是几月几日", "Which day is 03.04.2025"),
    ("03.04.2025",),
    ("dmy", "mdy"),
    "--dates",
    ("2025-04-03", "2025-03-04"),
)


def test_a_question_is_a_document_of_plain_values() -> None:
    assert WHEN.as_dict() == {
        "field": "received_at",
        "column": "受理时间",
        "text": {"zh": "03.04.2025 是几月几日", "en": "Which day is 03.04.2025"},
        "examples": ["03.04.2025"],
        "choices": ["dmy", "mdy"],
        "evidence": ["2025-04-03", "2025-03-04"],
        "answer": "--dates",
    }


def test_the_error_names_the_column_and_the_option_in_both_languages() -> None:
    error = AskedError("投诉.csv", [WHEN])
    assert error.questions == (WHEN,)
    assert error.sentence("en") == (
        "投诉.csv, column “受理时间”: Which day is 03.04.2025. "
        "Answer with --dates dmy|mdy and try again; nothing was stored."
    )
    assert "请用 --dates dmy|mdy 回答" in error.sentence("zh")
