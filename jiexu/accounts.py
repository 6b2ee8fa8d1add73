"""Accounts of a server: users, roles, passwords, tokens, and the log of access."""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple, cast

import typer

from geo.core.errors import StudyError, writing
from geo.core.text import Text
from geo.study.rights import EVERY_STUDY, ROLE_NAMES, ROLES, Grant, Role, system_user
from jiexu.language import language
from jiexu.shared import AsJson, errors_as_messages, print_document, say

if TYPE_CHECKING:
    from dashboards.access.documents import (
        AccessLineDocument,
        AccessLogDocument,
        AccountsDocument,
        NewTokenDocument,
    )
    from dashboards.access.store import Store

app = typer.Typer()

Action = Literal["add", "role", "disable", "enable", "password", "list", "token", "revoke", "log"]

_NAMELESS: Final = ("list", "log")
_NONE: Final = "none"


@app.command(epilog="Example: `jiexu users add 王 --role planner --folder studies`")
@errors_as_messages
def users(
    action: Annotated[Action, typer.Argument(help="The act.", show_default=False)],
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The account; of `revoke`, the token's number.")
    ] = None,
    folder: Annotated[
        Path, typer.Option(envvar="JIEXU_FOLDER", help="The folder of the studies; the accounts stand there.")
    ] = Path("studies"),
    role: Annotated[str | None, typer.Option(help=f"One of {', '.join(ROLES)}; `none` takes a role away.")] = None,
    study: Annotated[str, typer.Option(help="The study of the role, without suffix; by default all.")] = EVERY_STUDY,
    layers: Annotated[
        str | None, typer.Option(metavar="LAYERS", help="The layers that a viewer sees, with commas; by default all.")
    ] = None,
    texts: Annotated[bool, typer.Option("--texts/--no-texts", help="Whether a viewer sees free texts.")] = True,
    read_only: Annotated[bool, typer.Option("--read-only", help="A token that may change nothing.")] = False,
    expires: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day of a token (2027-06-30); by default none.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, for scripts.")
    ] = False,
    to: Annotated[Path | None, typer.Option(help="Write the log to this CSV file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add and list accounts of a server; change roles, passwords and tokens; show the log of access."""
    from dashboards.access.store import Store  # noqa: PLC0415 (verbs load what they need)

    if action not in _NAMELESS and not name:
        raise StudyError(
            Text("没有写用户名", "No account is named"),
            Text(f"jiexu users {action} 用户名", f"jiexu users {action} NAME"),
        )
    given = _Given(
        Store(folder), name or "", role, study, _layers(layers), texts, read_only, expires, password_stdin, to, as_json
    )
    _ACTS[action](given, system_user().name)


class _Given(NamedTuple):
    """The arguments of `users`."""

    store: Store
    name: str
    role: str | None
    study: str
    layers: tuple[str, ...] | None
    texts: bool
    read_only: bool
    expires: str | None
    stdin: bool
    to: Path | None
    as_json: bool

    @property
    def grant(self) -> Grant:
        """The role that is given."""
        return Grant(_role(self.role or "viewer"), self.layers, self.texts)


def _add(given: _Given, by: str) -> None:
    from dashboards.access import accounts  # noqa: PLC0415

    accounts.add(given.store, given.name, _password(given.stdin), given.grant, given.study, by=by)
    say(Text(f"已添加用户 {given.name}", f"{given.name} was added"))


def _set_role(given: _Given, by: str) -> None:
    from dashboards.access import accounts  # noqa: PLC0415

    if given.role is None:
        raise StudyError(
            Text("没有写角色", "No role is named"),
            Text(f"--role {'、'.join(ROLES)} 或 none", f"Add --role: {', '.join(ROLES)} or none"),
        )
    accounts.set_role(given.store, given.name, None if given.role == _NONE else given.grant, given.study, by=by)
    say(Text(f"已更改 {given.name} 的角色", f"The role of {given.name} was changed"))


def _disable(given: _Given, by: str) -> None:
    from dashboards.access import accounts  # noqa: PLC0415

    accounts.set_disabled(given.store, given.name, True, by=by)
    say(Text(f"已停用 {given.name}；其会话与令牌立即失效", f"{given.name} is disabled; sessions and tokens have ended"))


def _enable(given: _Given, by: str) -> None:
    from dashboards.access import accounts  # noqa: PLC0415

    accounts.set_disabled(given.store, given.name, False, by=by)
    say(Text(f"已启用 {given.name}", f"{given.name} is enabled"))


def _set_password(given: _Given, by: str) -> None:
    from dashboards.access import accounts  # noqa: PLC0415

    accounts.set_password(given.store, given.name, _password(given.stdin), by=by)
    say(Text(f"已更改 {given.name} 的密码", f"The password of {given.name} was changed"))


def _make_token(given: _Given, by: str) -> None:
    from dashboards.access import tokens  # noqa: PLC0415

    until = _day_end(given.expires)
    secret = tokens.make(given.store, given.name, reads_only=given.read_only, expires=until, by=by)
    document: NewTokenDocument = {
        "name": given.name,
        "token": secret,
        "expires_at": until.isoformat() if until else None,
    }
    if given.as_json:
        print_document(document)
    else:
        say(Text("令牌只显示这一次，请妥善保存：", "The token is shown this once. Keep it safe:"))
        typer.echo(secret)


def _revoke(given: _Given, by: str) -> None:
    from dashboards.access import tokens  # noqa: PLC0415

    tokens.revoke(given.store, given.name, by=by)
    say(Text(f"已撤销令牌 {given.name}", f"Token {given.name} is revoked"))


def _list(given: _Given, by: str) -> None:
    document = _accounts(given.store)
    if given.as_json:
        print_document(document)
    else:
        typer.echo("\n".join(_lines(document)))


def _log(given: _Given, by: str) -> None:
    import pandas as pd  # noqa: PLC0415

    from dashboards.access.access_log import broken_at, lines  # noqa: PLC0415
    from geo.study.export_tables import inert, write_csv  # noqa: PLC0415

    every = lines(given.store)
    shown = [line._asdict() for line in every]
    for each in shown:
        del each["previous"]
    document: AccessLogDocument = {
        "lines": cast("list[AccessLineDocument]", shown),
        "broken_at": broken_at(every),
    }
    if given.to is not None:
        with writing(given.to):
            write_csv(pd.DataFrame(shown).astype(object).apply(inert), given.to)
        say(Text(f"{given.to}：{len(every)} 行", f"{given.to}: {len(every)} lines"))
    if given.as_json:
        print_document(document)
    elif given.to is None:
        for line in every:
            parts = (line.at, line.name, line.event, line.study, line.subject, line.host)
            typer.echo("  ".join(each for each in parts if each))
    if document["broken_at"] is not None:
        number = document["broken_at"]
        say(Text(f"第 {number} 行起日志被改动过", f"The log was changed at line {number}"))
        raise typer.Exit(1)


_ACTS: Final[dict[str, Callable[[_Given, str], None]]] = {
    "add": _add,
    "role": _set_role,
    "disable": _disable,
    "enable": _enable,
    "password": _set_password,
    "list": _list,
    "token": _make_token,
    "revoke": _revoke,
    "log": _log,
}


def _role(role: str) -> Role:
    if role not in ROLES:
        raise StudyError(
            Text(f"没有角色 {role}", f"There is no role {role!r}"),
            Text(f"请用 --role 选择：{'、'.join(ROLES)}", f"Choose with --role one of: {', '.join(ROLES)}"),
        )
    return role


def _layers(layers: str | None) -> tuple[str, ...] | None:
    from geo.study.schema import LAYERS  # noqa: PLC0415

    if layers is None:
        return None
    names = tuple(each.strip() for each in layers.split(",") if each.strip())
    unknown = [each for each in names if each not in LAYERS]
    if unknown:
        raise StudyError(
            Text(f"没有图层 {'、'.join(unknown)}", f"There are no layers {', '.join(unknown)}"),
            Text(f"请选择：{'、'.join(LAYERS)}", f"Choose of: {', '.join(LAYERS)}"),
        )
    return names


def _password(stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise StudyError(
            Text("没有终端可输入密码", "There is no terminal to type a password at"),
            Text("请加 --password-stdin 并从标准输入给出", "Give it on standard input with --password-stdin"),
        )
    zh = language() == "zh"
    first = getpass.getpass("密码：" if zh else "Password: ")
    if first != getpass.getpass("再输入一次：" if zh else "Once more: "):
        raise StudyError(Text("两次输入不一致", "The two do not agree"), Text("请重试", "Try again"))
    return first


def _day_end(day: str | None) -> dt.datetime | None:
    if day is None:
        return None
    try:
        last = dt.date.fromisoformat(day)
    except ValueError as error:
        raise StudyError(
            Text(f"日期写法不对：{day}", f"This is no date: {day}"), Text("请写成 2027-06-30", "Write it as 2027-06-30")
        ) from error
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(0)).astimezone(dt.UTC)
    if end <= dt.datetime.now(dt.UTC):
        raise StudyError(Text(f"{day} 已过", f"{day} is over"), Text("请给出以后的日期", "Give a later day"))
    return end


def _accounts(store: Store) -> AccountsDocument:
    from dashboards.access import accounts, tokens  # noqa: PLC0415

    made = tokens.every(store)
    return {
        "folder": str(store.folder),
        "accounts": [
            {
                "name": account.name,
                "provider": account.provider,
                "created_at": account.created_at,
                "disabled": account.disabled,
                "roles": [
                    {
                        "study": study,
                        "role": grant.role,
                        "layers": None if grant.layers is None else list(grant.layers),
                        "texts": grant.texts,
                    }
                    for study, grant in account.grants.items()
                ],
                "tokens": [
                    {
                        "token_id": token.token_id,
                        "read_only": token.reads_only,
                        "created_at": token.created_at,
                        "expires_at": token.expires_at,
                        "revoked": token.revoked,
                    }
                    for token in made
                    if token.name == account.name
                ],
            }
            for account in accounts.every(store)
        ],
    }


def _lines(document: AccountsDocument) -> list[str]:
    zh = language() == "zh"
    found = []
    for account in document["accounts"]:
        roles = ", ".join(
            f"{role['study']}: {ROLE_NAMES[cast('Role', role['role'])].pick(language())}" for role in account["roles"]
        )
        state = ("（已停用）" if zh else " (disabled)") if account["disabled"] else ""
        at = f" [{account['provider']}]" if account["provider"] else ""
        found.append(f"{account['name']}{state}{at}  {roles}")
        for token in account["tokens"]:
            if not token["revoked"]:
                until = token["expires_at"] or ("长期有效" if zh else "no end")
                kind = ("只读" if zh else "read-only") if token["read_only"] else ("读写" if zh else "full")
                found.append(f"  {'令牌' if zh else 'token'} {token['token_id']}  {kind}  {until}")
    return found
