"""The JSON documents of `jiexu verify` and `jiexu privacy`."""

from __future__ import annotations

from typing import TypedDict

from geo.study.documents import TextDocument


class ProblemDocument(TypedDict):
    """
    A problem of a study.

    Attributes
    ----------
    part
        `file`, `layer`, `rows`, `facts` or `log`.
    layer
        The layer or table; null where it is none's.
    column
        Its column, or null.
    rows
        Number of rows, or null.
    text
        The problem, in words.
    """

    part: str
    layer: str | None
    column: str | None
    rows: int | None
    text: TextDocument


class LayerCheckDocument(TypedDict):
    """
    The state of a layer or table.

    Attributes
    ----------
    layer
        Its name.
    status
        `sound`, `unkept` (no checksum yet: the next change of the study makes one), `changed_outside` (by another
        program), `damaged` or `unreadable`.
    rows
        Number of rows; null where they cannot be read.
    kept_at
        When its checksum was kept, or null.
    changed_since
        Since when it is changed by another program, or null.
    """

    layer: str
    status: str
    rows: int | None
    kept_at: str | None
    changed_since: str | None


class MaskedDocument(TypedDict):
    """
    A masked field of a decision.

    Attributes
    ----------
    decision_id
        The decision.
    field
        The field.
    at
        When it was masked.
    by
        Who masked it.
    """

    decision_id: str
    field: str
    at: str
    by: str


class ForgottenDocument(TypedDict):
    """
    A removal of old texts.

    Attributes
    ----------
    layer
        The layer of the rows.
    at
        When they were removed.
    by
        Who removed them.
    """

    layer: str
    at: str
    by: str


class LogCheckDocument(TypedDict):
    """
    The state of the log of decisions.

    Attributes
    ----------
    status
        `sound`, `unchained` (the next change of the study begins the chain) or `broken`.
    decisions
        Number of decisions.
    entries
        Number of entries of the chain.
    chained_since
        When decisions of before were taken into the chain; null where each was chained when it was taken.
    head
        Hash of the newest entry: noted elsewhere, it proves the log as it stands.
    masked
        Fields that were masked.
    forgotten
        Removals of old texts.
    """

    status: str
    decisions: int
    entries: int
    chained_since: str | None
    head: str | None
    masked: list[MaskedDocument]
    forgotten: list[ForgottenDocument]


class CopyDocument(TypedDict):
    """
    Another file of the same study.

    Attributes
    ----------
    file
        Its path.
    written_at
        When it was last written.
    decisions
        Number of decisions in it.
    """

    file: str
    written_at: str
    decisions: int


class InputDocument(TypedDict):
    """
    An original file of an import.

    Attributes
    ----------
    kind
        The layer of its rows.
    file
        Its name.
    sha256
        Its checksum.
    at
        When it was imported.
    """

    kind: str
    file: str
    sha256: str
    at: str


class RestoreDocument(TypedDict):
    """
    Sources to restore a study from.

    Attributes
    ----------
    copies
        Other files of the same study that are sound, newest first.
    inputs
        Original files of the imports.
    steps
        Next steps, in words.
    """

    copies: list[CopyDocument]
    inputs: list[InputDocument]
    steps: list[TextDocument]


class VerifyDocument(TypedDict):
    """
    The soundness of a study, as `jiexu verify` prints it.

    Attributes
    ----------
    study
        Name of the file.
    checked_at
        When it was checked.
    sound
        Whether nothing is wrong.
    problems
        All that is wrong.
    layer_states
        State of each layer and table.
    log
        State of the log of decisions; null where it cannot be read.
    restore
        Sources to restore from.
    """

    study: str
    checked_at: str
    sound: bool
    problems: list[ProblemDocument]
    layer_states: list[LayerCheckDocument]
    log: LogCheckDocument | None
    restore: RestoreDocument


class PersonalDocument(TypedDict):
    """
    Personal data in a column: kinds and counts, never the data.

    Attributes
    ----------
    layer
        The layer or table; `about` for facts of the study.
    column
        The column, or the fact.
    cells
        Number of cells with personal data.
    kinds
        Number of finds by kind.
    """

    layer: str
    column: str
    cells: int
    kinds: dict[str, int]


class PrivacyDocument(TypedDict):
    """
    The personal data in a study, as `jiexu privacy` prints it.

    Attributes
    ----------
    study
        Name of the file.
    cells
        Number of cells with personal data.
    columns
        Where they are.
    masked
        Whether they were masked now.
    forgotten
        Number of old complaints whose texts and identifiers were removed now.
    undated
        Complaints without a date, which no age is known of; null where nothing was to be removed.
    forget_before
        The day before which complaints were received whose texts were removed; null where none were to be.
    """

    study: str
    cells: int
    columns: list[PersonalDocument]
    masked: bool
    forgotten: int
    undated: int | None
    forget_before: str | None
