"""The kind of a file's rows: as the user says, else recognised, and asked where the file does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

from geo.core.errors import InputError
from geo.core.masked_words import mask_word
from geo.core.text import Text
from geo.files.column_matching import FIELDS
from geo.files.formats import read_file
from geo.files.questions import Question
from geo.files.raw_file import RawFile
from geo.points.kinds import TITLES, KindCandidate, KindVerdict, recognise
from geo.points.makes import Make, make_of
from geo.study.findings import Finding

ELSEWHERE: Final[Mapping[str, Text]] = {
    "tier_list": Text("jiexu grade STUDY --list 文件", "jiexu grade STUDY --list FILE"),
    "widths": Text("jiexu build … --widths 文件", "jiexu build … --widths FILE"),
    "population": Text("jiexu population STUDY 文件", "jiexu population STUDY FILE"),
}
"""The verbs for kinds of files that hold no points."""


_UNKNOWN: Final = KindVerdict((), {})


class KindDocument(TypedDict):
    """
    The kind of a file's rows.

    Attributes
    ----------
    kind
        The kind that was used.
    given
        Whether the user said it.
    sure
        Whether the file tells it.
    make
        The known make of such files (`nyc311`), or null.
    evidence
        The kinds that the file may be of, the likeliest first.
    text
        The evidence in a sentence, in Chinese and in English.
    """

    kind: str
    given: bool
    sure: bool
    make: str | None
    evidence: list[KindCandidate]
    text: dict[str, str]


@dataclass(frozen=True)
class RowsOf:
    """
    The kind of a file's rows, as it is used.

    Attributes
    ----------
    kind
        The kind.
    given
        Whether the user said it.
    verdict
        The kinds that the file may be of.
    make
        Its known make, where its rows are of that kind.
    questions, findings
        What must be asked, and what was doubted.
    """

    kind: str
    given: bool = True
    verdict: KindVerdict = _UNKNOWN
    make: Make | None = None
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()

    def as_dict(self) -> KindDocument:
        """Return the part `kind` of the document of `jiexu add --json`."""
        return {
            "kind": self.kind,
            "given": self.given,
            "sure": self.given or self.verdict.sure,
            "make": None if self.make is None else self.make.name,
            "evidence": [*self.verdict.candidates],
            "text": {"zh": self.verdict.text.zh, "en": self.verdict.text.en},
        }


def rows_of(raw: RawFile, file: str, kind: str | None) -> RowsOf:
    """
    Return the kind of a file's rows: as the user says, else as its headers and cells tell.

    Parameters
    ----------
    raw
        The file.
    file
        The name to call it by.
    kind
        The user's kind, or None.

    Raises
    ------
    InputError
        If nobody says the kind, and the file is surely a list that another verb takes.
    """
    verdict = recognise(raw.table, file, raw.shapes is not None)
    headers = raw.table.columns.tolist()
    if kind is not None:
        return RowsOf(kind, True, verdict, make_of(headers, kind), (), tuple(contradiction(verdict, kind)))
    refuse_elsewhere(verdict, file)
    likely = next((each["kind"] for each in verdict.candidates if each["kind"] in FIELDS), "other")
    sure = verdict.sure and verdict.kind == likely
    return RowsOf(likely, False, verdict, make_of(headers, likely), () if sure else (kind_question(verdict),))


def recognised(path: Path, encoding: str | None = None, name: str | None = None) -> RowsOf:
    """
    Return the kind of a file's rows, as the file tells it.

    Raises
    ------
    InputError
        If it cannot be read, or is surely a list that another verb takes.
    """
    raw = read_file(path, encoding)
    return rows_of(raw, mask_word(name or raw.name), None)


def kind_question(verdict: KindVerdict) -> Question:
    """Return the question about the kind of a file's rows."""
    kinds = [each["kind"] for each in verdict.candidates if each["kind"] in FIELDS]
    choices = tuple(dict.fromkeys((*kinds, *FIELDS)))
    shares = {each["kind"]: f"{each['share'] * 100:.0f} %" for each in verdict.candidates}
    evidence = tuple(shares.get(kind, "–") for kind in choices)
    columns = ", ".join(verdict.candidates[0]["columns"]) if verdict.candidates else ""
    text = Text(
        f"无法确定这是哪一类数据（{verdict.text.zh}）", f"The kind of its rows is not certain ({verdict.text.en})"
    )
    return Question("kind", columns, text, (), choices, "--kind", evidence)


def refuse_elsewhere(verdict: KindVerdict, file: str) -> None:
    """
    Refuse a file that holds no points, where it is sure.

    Raises
    ------
    InputError
        That names the verb that takes it.
    """
    if verdict.sure and verdict.kind is not None and verdict.kind in ELSEWHERE:
        verb = ELSEWHERE[verdict.kind]
        raise InputError(
            file,
            verdict.text,
            Text(f"请用 {verb.zh} 导入；确为点位时请写明 --kind", f"Use {verb.en}; if its rows are points, say --kind"),
        )


def contradiction(verdict: KindVerdict, kind: str) -> list[Finding]:
    """Return a finding where a file strongly looks like rows of another kind than the user says, else none."""
    if not verdict.strong or verdict.kind in (None, kind):
        return []
    option = f"--kind {verdict.kind}"
    instead = ELSEWHERE.get(str(verdict.kind), Text(option, option))
    return [
        Finding(
            None,
            "",
            Text(
                f"所说的类型是{TITLES[kind].zh}，而文件像是另一类。{verdict.text.zh}",
                f"It is said to hold {TITLES[kind].en}, and looks like another kind. {verdict.text.en}",
            ),
            Text(
                f"按所说的类型读取；如有误，请移除该导入并改用 {instead.zh}",
                f"It was read as was said; if that is wrong, remove the import and use {instead.en}",
            ),
        )
    ]
