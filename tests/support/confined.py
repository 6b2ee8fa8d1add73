"""
A command under the confinement of a unit, as far as that goes without systemd: `python -m tests.support.confined UNIT
COMMAND …`.

Its filter of system calls, families of addresses, refusal of namespaces and of memory that is written and then run are
put in place by libseccomp as systemd does; capabilities and new privileges go by setpriv. Folders, users, devices and
control groups would need systemd, and are not confined.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
import re
import shutil
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

ALLOW = 0x7FFF0000
REFUSE = 0x00050000
EQUAL, MASKED = 4, 7
NAMESPACES = 0x7E020080
"""The flags of clone(2) that make namespaces."""
RUNS, WRITES = 4, 2
"""PROT_EXEC and PROT_WRITE."""


class Comparison(ctypes.Structure):
    """A comparison of an argument (`struct scmp_arg_cmp`)."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def why_not() -> str | None:
    """Return the reason that nothing can be confined here, or None."""
    if not sys.platform.startswith("linux"):
        return "the units are of Linux"
    missing = [name for name in ("setpriv", "systemd-analyze") if shutil.which(name) is None]
    if missing:
        return f"no {', '.join(missing)} on this machine"
    return None if ctypes.util.find_library("seccomp") else "no libseccomp on this machine"


def settings(unit: Path) -> dict[str, list[str]]:
    """Return the settings of a unit, each with its values in order."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text(encoding="utf-8"), re.M):
        found.setdefault(name, []).append(value)
    return found


@cache
def calls_of(group: str) -> frozenset[str]:
    """Return the system calls of one of systemd's groups."""
    listed = subprocess.check_output(["systemd-analyze", "--no-pager", "syscall-filter", group], text=True)
    names = [line.strip() for line in listed.splitlines() if line.startswith("    ") and "#" not in line]
    inner = [calls_of(name) for name in names if name.startswith("@")]
    return frozenset(name for name in names if not name.startswith("@")).union(*inner)


def allowed_calls(unit: dict[str, list[str]]) -> frozenset[str]:
    """Return the system calls that a unit allows."""
    allowed = calls_of("@default")
    for line in unit["SystemCallFilter"]:
        words = line.removeprefix("~").split()
        named = frozenset().union(*(calls_of(word) if word.startswith("@") else {word} for word in words))
        allowed = allowed - named if line.startswith("~") else allowed | named
    return allowed


def confine(unit: dict[str, list[str]]) -> None:
    """Confine this process, and all that come of it."""
    library = ctypes.CDLL(ctypes.util.find_library("seccomp"))
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add_array.argtypes = (
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Comparison)),
    )
    library.seccomp_load.argtypes = (ctypes.c_void_p,)
    context = library.seccomp_init(REFUSE | errno.EPERM)

    def rule(action: int, name: str, *comparisons: Comparison) -> None:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # of another architecture
            return
        array = (Comparison * max(len(comparisons), 1))(*comparisons)
        assert library.seccomp_rule_add_array(context, action, number, len(comparisons), array) == 0, name

    special = {"socket", "clone", "clone3", "unshare", "setns", "mmap", "mprotect", "pkey_mprotect", "personality"}
    for name in allowed_calls(unit) - special:
        rule(ALLOW, name)
    for family in unit["RestrictAddressFamilies"][0].split():
        rule(ALLOW, "socket", Comparison(0, EQUAL, getattr(socket, family), 0))
    rule(ALLOW, "clone", Comparison(0, MASKED, NAMESPACES, 0))
    rule(REFUSE | errno.ENOSYS, "clone3")  # its flags cannot be seen: the C library takes clone instead
    for protection in (0, WRITES, RUNS):
        rule(ALLOW, "mmap", Comparison(2, MASKED, RUNS | WRITES, protection))
    for name in ("mprotect", "pkey_mprotect"):
        rule(ALLOW, name, Comparison(2, MASKED, RUNS, 0))
    assert library.seccomp_load(context) == 0


def confined(unit: Path, *words: str) -> list[str]:
    """Return the command that runs another one under a unit's confinement."""
    off = ["setpriv", "--no-new-privs", "--bounding-set", "-all", "--inh-caps", "-all"]
    return [*off, sys.executable, "-m", "tests.support.confined", str(unit), *words]


if __name__ == "__main__":
    confine(settings(Path(sys.argv[1])))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 (no shell is wanted)
