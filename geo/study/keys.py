"""The key of a study's pseudonyms: a file beside the study, made when first needed and never exported."""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from geo.core.errors import StudyError, writing
from geo.core.text import Text

FINGERPRINT: Final = "key_fingerprint"
"""The fact that tells the key of a study's pseudonyms; a study without pseudonyms has none."""

SUFFIX: Final = ".key"
_HEAD: Final = "jiexu-key-1"
_BYTES: Final = 32
_FINGERPRINT_BYTES: Final = 8
_OWNER_ONLY: Final = 0o600


class StudyKey(NamedTuple):
    """
    The key of a study.

    Attributes
    ----------
    secret
        Its 32 bytes.
    replaces
        Whether it stands in for a key that is missing or another one: pseudonyms of before are not found by it.
    """

    secret: bytes
    replaces: bool = False

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint; it does not betray the key."""
        return hashlib.blake2b(self.secret, digest_size=_FINGERPRINT_BYTES, person=b"jiexu-key").hexdigest()


def key_path(study: Path) -> Path:
    """Return where the key of a study stands: `sample.key` beside `sample.gpkg`."""
    return study.resolve().with_suffix(SUFFIX)


def study_key(study: Path, facts: Mapping[str, str], new: bool = False) -> StudyKey:
    """
    Return the key of a study; a new one is not written yet (`keep_key`).

    Parameters
    ----------
    study
        The study.
    facts
        What `about` says.
    new
        Whether to make a new key where the study's own is missing.

    Raises
    ------
    StudyError
        If the study holds pseudonyms and its key is missing, or another one, or cannot be read.
    """
    path, known = key_path(study), facts.get(FINGERPRINT)
    held = _read(path, forgiving=new)
    if held is not None and known in (None, "", held.fingerprint):
        return held
    if known and not new:
        raise _missing(path, other=held is not None)
    return StudyKey(secrets.token_bytes(_BYTES), replaces=bool(known))


def keep_key(study: Path, key: StudyKey | None) -> dict[str, str]:
    """
    Write a key beside its study, for its owner alone; a key that it replaces is kept under its fingerprint.

    Returns
    -------
    facts
        For `about`: the key's fingerprint; nothing without a key.

    Raises
    ------
    ChangedError
        If somebody else made the study's key meanwhile.
    StudyError
        If it cannot be written.
    """
    from geo.study.writing import changed_meanwhile  # noqa: PLC0415 (writing knows the study file, which loads more)

    if key is None:
        return {}
    path, facts = key_path(study), {FINGERPRINT: key.fingerprint}
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        held = _read(path, forgiving=True)
        if held == StudyKey(key.secret):
            return facts
        if path.exists():
            if not key.replaces:
                raise changed_meanwhile()
            spare = "unreadable" if held is None else held.fingerprint
            path.replace(path.with_name(f"{path.stem}.{spare}-{secrets.token_hex(2)}{SUFFIX}"))
        if not _write(path, f"{_HEAD} {key.secret.hex()}\n"):
            raise changed_meanwhile()
    return facts


def carry_key(study: Path, copy: Path) -> Path | None:
    """
    Copy the key of a study beside a copy of the study: an alternative, a backup; None where it has none.

    Raises
    ------
    StudyError
        If another key stands there, or it cannot be written.
    """
    source, target = key_path(study), key_path(copy)
    key = _read(source)
    if key is None or source == target:
        return None if key is None else target
    with writing(target):
        if not _write(target, f"{_HEAD} {key.secret.hex()}\n") and _read(target) != key:
            raise StudyError(
                Text(f"{target} 是另一个密钥", f"{target} is another key"),
                Text("请移走该文件后重试", "Move it away and try again"),
            )
    return target


def _write(path: Path, text: str) -> bool:
    """Write a whole new file, readable by its owner alone; False where one is there already."""
    aside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(3)}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if sys.platform == "win32":
            aside.rename(path)  # refused where the name is taken
        else:
            os.link(aside, path)
    except FileExistsError:
        return False
    except OSError:
        # a file system without hard links: whoever reads meanwhile may see half a key and is refused
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w") as file:
                file.write(text)
        except FileExistsError:
            return False
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return True


def _tighten(path: Path) -> None:
    """Take a key's rights from everybody but its owner: a copy by hand may have given them."""
    if sys.platform != "win32":
        with suppress(OSError):
            if path.stat().st_mode & ~_OWNER_ONLY & 0o777:
                path.chmod(_OWNER_ONLY)


def _read(path: Path, forgiving: bool = False) -> StudyKey | None:
    """Return the key of a file, None where there is none; a forgiving reader takes an unreadable one for none."""
    try:
        head, _, text = path.read_text(encoding="ascii").strip().partition(" ")
        secret = bytes.fromhex(text)
        if head == _HEAD and len(secret) == _BYTES:
            _tighten(path)
            return StudyKey(secret)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        pass
    if forgiving:
        return None
    raise StudyError(
        Text(f"{path} 不是可读的密钥", f"{path} is no key that can be read"),
        Text(
            "请从备份恢复该文件；确实丢失时加 --new-key 换用新密钥",
            "Restore it from a backup; if it is lost, say --new-key to go on with a new one",
        ),
    )


def _missing(path: Path, other: bool) -> StudyError:
    problem = (
        Text(f"{path} 不是该研究的密钥", f"{path} is not the key of this study")
        if other
        else Text(f"该研究含有化名，但缺少密钥 {path}", f"The study holds pseudonyms, and their key {path} is missing")
    )
    return StudyError(
        problem,
        Text(
            "请找回密钥放在研究文件旁；确实丢失时加 --new-key 换用新密钥（以前的化名将无法对应）。未写入任何内容",
            "Bring the key and put it beside the study, or, if it is lost, say --new-key (earlier pseudonyms are not "
            "recognised then). Nothing was stored",
        ),
    )
