"""Comments between colleagues on streets and zones: list them, add one, mark one as done."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
import typer

from geo.core.records import document_rows, to_text
from geo.core.text import Text
from geo.study.comments import add_comment, comments_on, finish_comment
from geo.study.documents import CommentDocument
from geo.study.file import read_layer
from jiexu.language import language
from jiexu.shared import AsJson, Study, bad_option, errors_as_messages, print_document, say

app = typer.Typer()


@app.command(epilog='Example: `jiexu comments anyang.gpkg --street 解放路 --add "与学校核对"`')
@errors_as_messages
def comments(
    study: Study,
    street: Annotated[str | None, typer.Option(metavar="NAME|ID", help="Comments on this street.")] = None,
    zone: Annotated[str | None, typer.Option(metavar="ID", help="Comments on this zone for stalls.")] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only comments that nobody has marked as done.")] = False,
    add: Annotated[str | None, typer.Option(metavar="TEXT", help="Add a comment on the street or zone.")] = None,
    done: Annotated[str | None, typer.Option(metavar="NUMBER", help="Mark this comment as done.")] = None,
    reopen: Annotated[str | None, typer.Option(metavar="NUMBER", help="Mark this comment as open again.")] = None,
    by: Annotated[str, typer.Option(help="Who says it, or marks it.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the comments on streets and zones; add one, or mark one as done."""
    if sum(each is not None for each in (add, done, reopen)) > 1:
        raise bad_option(Text("--add、--done、--reopen 只能选一个", "choose one of --add, --done and --reopen"))
    if street is not None and zone is not None:
        raise bad_option(Text("--street 和 --zone 只能选一个", "choose one of --street and --zone"))
    subject = zone
    if street is not None:
        from geo.tiers.decisions import find_street  # noqa: PLC0415 (verbs load what they need)

        subject = find_street(study, street)
    if add is not None:
        if subject is None:
            raise bad_option(
                Text("--add 须指明 --street 或 --zone", "--add is on a street or a zone: give --street or --zone")
            )
        number = add_comment(study, subject, add, by)
        say(Text(f"已记录留言 {number}", f"Comment {number} is recorded"))
    elif done is not None or reopen is not None:
        number = _number(str(done if reopen is None else reopen))
        finish_comment(study, number, by, done=done is not None)
        if done is not None:
            say(Text(f"留言 {number} 已标为办结", f"Comment {number} is marked as done"))
        else:
            say(Text(f"留言 {number} 重新打开", f"Comment {number} is open again"))
    rows = comments_on(pd.DataFrame(read_layer(study, "comments")), subject)
    if only_open:
        rows = rows[rows["done_at"].isna()]
    if as_json:
        moments = {column: to_text(rows[column]) for column in ("at", "done_at")}
        print_document(document_rows(rows.assign(**moments), CommentDocument))
    else:
        for row in rows.itertuples():
            typer.echo(_line(row))


def _number(given: str) -> str:
    """Return the number of a comment as it is kept (C0003), of any way to write it (3, c3, C0003)."""
    digits = given.strip().upper().removeprefix("C")
    return f"C{int(digits):04d}" if digits.isdecimal() else given


def _line(row: Any) -> str:
    """Return a comment in one line."""
    state = ""
    if not pd.isna(row.done_at):
        when = f"{row.done_at:%Y-%m-%d}"
        who = row.done_by if isinstance(row.done_by, str) and row.done_by else "-"
        state = Text(f"（{who} 于 {when} 办结）", f" (done {when} by {who})").pick(language())
    name = row.subject if pd.isna(row.subject_name) else row.subject_name
    return f"{row.comment_id}{state}  {row.at:%Y-%m-%d %H:%M}  {row.by or '-'}  {name}  {' '.join(row.text.split())}"
