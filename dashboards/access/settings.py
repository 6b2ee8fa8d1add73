"""The server's settings: its address, allowed hosts, proxies, identity provider; from options and one file."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import ssl
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import psutil

from geo.core.errors import InputError, StudyError
from geo.core.text import Text
from geo.study.rights import ROLES, Role

FILE: Final = "jiexu-server.toml"
"""Beside the studies, for all that options of the command would be too long for."""

BASES: Final = {
    "osm": ("tile.openstreetmap.org",),
    "tianditu": ("*.tianditu.gov.cn",),
    "amap": ("*.is.autonavi.com",),
}
"""The online base maps, with the hosts that browsers load them from."""

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
UPLOAD_MB: Final = 200


_KEYS: Final = {
    "sign_in": bool,
    "hosts": list,
    "proxies": list,
    "user_header": str,
    "base_path": str,
    "certificate": str,
    "key": str,
    "bases": list,
    "upload_mb": int,
    "oidc": dict,
}
_OIDC: Final = {
    "issuer": str,
    "client_id": str,
    "secret": str,
    "title": str,
    "claim": str,
    "name_claim": str,
    "roles": dict,
}


@dataclass(frozen=True)
class Provider:
    """
    An identity provider (OpenID Connect).

    Attributes
    ----------
    issuer
        Its address; what it says of itself is read there.
    client_id, secret
        This server's registration at it.
    title
        Its name on the sign-in page.
    claim
        The claim of the identity token that has somebody's groups.
    roles
        The role of each group.
    name_claim
        The claim that has the account's name.
    """

    issuer: str
    client_id: str
    secret: str
    title: str
    claim: str = "roles"
    roles: Mapping[str, Role] = field(default_factory=dict)
    name_claim: str = "preferred_username"


@dataclass(frozen=True)
class Settings:
    """
    The settings of a server.

    Attributes
    ----------
    folder
        Of the studies and accounts.
    host, port
        The address that it listens on.
    sign_in
        Whether visitors must sign in.
    open_to_others
        Whether it was said aloud that others need not sign in: it is shown on every page.
    hosts
        Names and addresses under which it may be asked for, in lower case.
    proxies
        Addresses of reverse proxies: their headers on the client are believed.
    user_header
        A proxy's header with the name of whoever it has signed in, or None.
    base_path
        Before all of its addresses, as `/jiexu`; empty at the root.
    certificate, key
        The files of TLS, or None.
    provider
        The identity provider, or None.
    bases
        The online base maps that browsers may load, of `BASES`.
    upload_mb
        The largest file that may be uploaded.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8501
    sign_in: bool = False
    open_to_others: bool = False
    hosts: tuple[str, ...] = LOOPBACK
    proxies: tuple[str, ...] = ()
    user_header: str | None = None
    base_path: str = ""
    certificate: Path | None = None
    key: Path | None = None
    provider: Provider | None = None
    bases: tuple[str, ...] = ()
    upload_mb: int = UPLOAD_MB

    @property
    def base_hosts(self) -> tuple[str, ...]:
        """The hosts of the online base maps."""
        return tuple(host for base in self.bases for host in BASES[base])


def is_loopback(host: str) -> bool:
    """Tell whether an address is this computer's own (127.0.0.0/8, ::1, localhost)."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def own_hosts(host: str) -> tuple[str, ...]:
    """Return this computer's names and addresses for a server on `host`."""
    if is_loopback(host):
        return tuple(dict.fromkeys((*LOOPBACK, host.lower())))
    name = socket.gethostname().lower()
    found = [*LOOPBACK, name]
    if host in ("0.0.0.0", "::"):  # noqa: S104 (compared, not listened on)
        families = (socket.AF_INET, socket.AF_INET6)
        addresses = (each for cards in psutil.net_if_addrs().values() for each in cards)
        found += [each.address.partition("%")[0].lower() for each in addresses if each.family in families]
    else:
        found.append(host.lower())
    return tuple(dict.fromkeys(found))


def checked(settings: Settings) -> Settings:
    """
    Return settings that a server can start with.

    Raises
    ------
    StudyError
        If a certificate stands without its key, they are no pair, or a file of them is missing; if the base path is
        none.
    """
    if not re.fullmatch(r"(/[\w.~-]+)*", settings.base_path, re.ASCII):
        raise StudyError(
            Text(f"路径写法不对：{settings.base_path}", f"This is no path: {settings.base_path}"),
            Text("请写成 /jiexu", "Write it as /jiexu"),
        )
    files = (settings.certificate, settings.key)
    missing = [str(each) for each in files if each is not None and not each.is_file()]
    if missing or (files[0] is None) != (files[1] is None):
        raise StudyError(
            Text(
                f"找不到证书或密钥：{'、'.join(missing) or '只给出了其中之一'}",
                f"Certificate or key is missing: {', '.join(missing) or 'only one of them is given'}",
            ),
            Text("请同时给出 --certificate 和 --key", "Give both --certificate and --key"),
        )
    if files[0] is not None and files[1] is not None:
        _check_pair(files[0], files[1])
    return settings


def _check_pair(certificate: Path, key: Path) -> None:
    """Refuse a certificate and a key that no server could start with: the libraries would say so in numbers."""

    def no_passphrase() -> str:
        raise StudyError(
            Text(f"密钥 {key} 有密码保护", f"The key {key} is protected by a passphrase"),
            Text(
                "服务启动时无人输入密码，请去除：openssl pkey -in 原文件 -out key.pem",
                "Nobody types it when a server starts. Remove it: openssl pkey -in OLD -out key.pem",
            ),
        )

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, no_passphrase)
    except PermissionError as error:
        raise StudyError(
            Text(f"无法读取证书或密钥（{error.strerror}）", f"Certificate or key cannot be read ({error.strerror})"),
            Text("请让运行服务的用户可读", "Let the server's user read them"),
        ) from error
    except (OSError, ValueError) as error:
        raise StudyError(
            Text(
                f"{certificate} 与 {key} 不是一对 PEM 格式的证书和密钥",
                f"{certificate} and {key} are no certificate and its key in PEM",
            ),
            Text(
                "证书文件中服务器证书在前，中间证书在后；DER 文件请先转换：openssl x509 -inform der -in 文件",
                "The server's certificate stands first, those between it and the authority behind it; "
                "turn DER into PEM: openssl x509 -inform der -in FILE",
            ),
        ) from error


def with_file(settings: Settings) -> Settings:
    """
    Return settings with the ones of the folder's file, where there is one; given ones stand over it.

    Raises
    ------
    InputError
        If the file cannot be read, or has an unknown key or a value of the wrong kind.
    """
    path = settings.folder / FILE
    if not path.is_file():
        return settings
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            path,
            Text(f"无法读取（{error}）", f"It cannot be read ({error})"),
            Text("请改正后重试", "Mend it, try again"),
        ) from error
    _check(path, read, _KEYS, "")
    provider = _provider(path, read["oidc"]) if "oidc" in read else None
    unknown = [str(each) for each in read.get("bases", ()) if each not in BASES]
    if unknown:
        raise InputError(
            path,
            Text(f"没有在线底图 {'、'.join(unknown)}", f"There are no online base maps {', '.join(unknown)}"),
            Text(f"可用：{'、'.join(BASES)}", f"There are: {', '.join(BASES)}"),
        )
    return replace(
        settings,
        sign_in=settings.sign_in or (bool(read.get("sign_in")) and not settings.open_to_others),
        hosts=tuple(dict.fromkeys((*settings.hosts, *(str(each).lower() for each in read.get("hosts", ()))))),
        proxies=tuple(map(str, read.get("proxies", ()))) or settings.proxies,
        user_header=read.get("user_header", settings.user_header),
        base_path=settings.base_path or plain_base(read.get("base_path", "")),
        certificate=settings.certificate or _beside(path, read.get("certificate")),
        key=settings.key or _beside(path, read.get("key")),
        provider=provider,
        bases=tuple(map(str, read.get("bases", ()))) or settings.bases,
        upload_mb=read.get("upload_mb", settings.upload_mb),
    )


def plain_base(path: str) -> str:
    """Return a base path with one slash before it and none behind; empty for the root."""
    inner = path.strip("/")
    return f"/{inner}" if inner else ""


def _beside(path: Path, name: str | None) -> Path | None:
    return None if name is None else path.parent / name


def _provider(path: Path, read: Mapping[str, Any]) -> Provider:
    _check(path, read, _OIDC, "oidc.")
    missing = [key for key in ("issuer", "client_id") if not read.get(key)]
    roles = read.get("roles", {})
    wrong = [role for role in roles.values() if role not in ROLES]
    issuer = str(read.get("issuer", "")).rstrip("/")
    if missing or wrong or not (issuer.startswith("https://") or _local(issuer)):
        named = ", ".join([*(f"oidc.{key}" for key in missing), *map(str, wrong)]) or f"oidc.issuer = {issuer}"
        raise InputError(
            path,
            Text(f"身份服务设置有误：{named}", f"The identity provider's settings are wrong: {named}"),
            Text(
                f"需要 issuer（https://…）和 client_id；角色为 {'、'.join(ROLES)}",
                f"issuer (https://…) and client_id are needed; roles are {', '.join(ROLES)}",
            ),
        )
    return Provider(
        issuer=issuer,
        client_id=read["client_id"],
        secret=os.environ.get("JIEXU_OIDC_SECRET") or read.get("secret", ""),
        title=read.get("title", issuer.partition("//")[2]),
        claim=read.get("claim", "roles"),
        roles=roles,
        name_claim=read.get("name_claim", "preferred_username"),
    )


def _local(issuer: str) -> bool:
    host = issuer.removeprefix("http://").partition("/")[0].rpartition(":")[0]
    return issuer.startswith("http://") and is_loopback(host.strip("[]"))


def _check(path: Path, read: Mapping[str, Any], keys: Mapping[str, type], lead: str) -> None:
    for key, value in read.items():
        if key not in keys or not isinstance(value, keys[key]):
            raise InputError(
                path,
                Text(f"设置 {lead}{key} 未知或类型不对", f"The setting {lead}{key} is unknown or of the wrong kind"),
                Text(f"可用的设置：{'、'.join(keys)}", f"Settings are: {', '.join(keys)}"),
            )
